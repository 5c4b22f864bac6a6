"""Answers of structures, whatever way they came by: noted in the dossier, told to the catalogue, undone, settled where two contradict each
other. What follows of them, the list, the opinion and what has changed, is read from these two."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime

from sqlalchemy import Connection, Engine, select

from matcher.catalogue.identity.trust import STRUCTURE
from matcher.catalogue.intake.lookups import Lookups
from matcher.catalogue.steward.corrections import state, unstate
from matcher.catalogue.steward.stated_record import CorrectionRefused
from matcher.catalogue.store.followed import followed
from matcher.catalogue.store.read import find_id
from matcher.catalogue.store.tables import CORRECTIONS
from matcher.db import writing
from matcher.dossiers.asking.store import answer_of
from matcher.dossiers.asking.tables import ANSWERS, ASKED, CAMPAIGNS
from matcher.dossiers.calling import offered
from matcher.dossiers.dossier import AnswerWay, Call, Dossier, Entry, SavedLot, SettledBy
from matcher.dossiers.entry_changes import RecordCall, SettleAnswers, TakeAnswers, UndoAnswer, weighed
from matcher.dossiers.store import DOSSIERS
from matcher.journal.change import OPEN, ChangeRefused
from matcher.ownership import OrganisationId

WHO = "la structure"
_BY_WAY: Mapping[AnswerWay, str] = {
    AnswerWay.PHONE: "au téléphone",
    AnswerWay.EMAIL: "par courriel",
    AnswerWay.LINK: "par son lien",
    AnswerWay.CLUB: "au Club",
}


def tell_catalogue(
    connection: Connection,
    supplier_id: str,
    said: Mapping[str, Sequence[str]],
    *,
    motive: str,
    now: datetime,
    on: date | None = None,
    lookups: Lookups | None = None,
) -> int:
    """Write what a structure says of itself in the catalogue, as its own word, said `on` a day; return the number of the correction. Raises
    CorrectionRefused."""
    return state(
        connection, supplier_id, said, who=WHO, motive=motive, now=now, on=on, source=STRUCTURE, lookups=lookups
    ).id


def take_back(connection: Connection, number: int | None, now: datetime) -> None:
    """Withdraw from the catalogue what an answer told it, where that still stands."""
    standing = select(CORRECTIONS.c.id).where(CORRECTIONS.c.id == number, CORRECTIONS.c.withdrawn.is_(None))
    if number is not None and connection.execute(standing).scalar() is not None:
        unstate(connection, number, now=now)


def answer(
    engine: Engine,
    owner: OrganisationId,
    number: int,
    make: Callable[[Dossier], RecordCall | None],
    *,
    who: str,
    now: datetime,
    corrects: str = "",
    lookups: Lookups | None = None,
) -> Dossier:
    """Note the answer that `make` gives for the dossier as it is, None where it is noted already, and tell the catalogue what it says of the
    structure, signed by who `corrects` it; empty where who notes it may not, and it then waits for a person who may.

    Raises ChangeRefused.
    """
    with writing(engine) as connection:
        dossier = DOSSIERS.read(connection, owner, number)
        noted = make(dossier)
        if noted is None:
            return dossier
        return note(connection, owner, dossier, noted, who=who, now=now, corrects=corrects, lookups=lookups)


def note(
    connection: Connection,
    owner: OrganisationId,
    dossier: Dossier,
    noted: RecordCall,
    *,
    who: str,
    now: datetime,
    corrects: str = "",
    lookups: Lookups | None = None,
) -> Dossier:
    """Do as `answer` inside a transaction."""
    noted = weighed(dossier, noted, who)
    dossier = DOSSIERS.change(connection, owner, dossier.id, lambda _: [noted], who=who, now=now)
    if not corrects:
        return dossier
    return _told(connection, owner, dossier, noted.lot, noted.supplier_id, who=corrects, now=now, lookups=lookups)


def take_in(
    engine: Engine,
    owner: OrganisationId,
    number: int,
    lot: int,
    supplier_id: str,
    *,
    who: str,
    now: datetime,
    lookups: Lookups | None = None,
) -> None:
    """Tell the catalogue what a supplier of a dossier's lot answered and still waits, once however many take it in.

    Raises ChangeRefused where nothing of it waits, or the dossier takes no change; CorrectionRefused. Nothing was then written.
    """
    with writing(engine) as connection:
        dossier = DOSSIERS.read(connection, owner, number)
        entry = _entry_of(dossier, lot, supplier_id)
        if entry.call is None or not offered(entry).said():
            raise ChangeRefused(f"Rien de ce que {entry.match.name} a répondu n’attend : c’est déjà au catalogue.")
        _tell(connection, owner, dossier, lot, entry, entry.call, who=who, now=now, lookups=lookups)


def undo(
    engine: Engine,
    owner: OrganisationId,
    number: int,
    lot: int,
    supplier_id: str,
    *,
    who: str,
    now: datetime,
    key: str = "",
    corrects: str = "",
) -> Dossier:
    """Take back the last answer noted of a supplier, that of `key` where one is given, from the catalogue too.

    Raises ChangeRefused where there is none, or another, or where the catalogue was told of it and who undoes may not correct it.
    """
    with writing(engine) as connection:
        before, change = (
            _entry_of(DOSSIERS.read(connection, owner, number), lot, supplier_id),
            UndoAnswer(lot, supplier_id, key),
        )
        dossier = DOSSIERS.change(connection, owner, number, lambda _: [change], who=who, now=now)
        if before.correction != _entry_of(dossier, lot, supplier_id).correction:
            if not corrects:
                raise ChangeRefused("Cette réponse est au catalogue : demandez à qui peut le corriger de l’annuler.")
            take_back(connection, before.correction, now)
        return dossier


def settle(
    engine: Engine,
    owner: OrganisationId,
    number: int,
    lot: int,
    supplier_id: str,
    by: SettledBy,
    *,
    who: str,
    now: datetime,
    corrects: str = "",
) -> Dossier:
    """Say which of two answers of a supplier counts; where it is the later, the catalogue is told of it. Raises ChangeRefused."""
    with writing(engine) as connection:
        rival = _entry_of(DOSSIERS.read(connection, owner, number), lot, supplier_id).rival
        change = SettleAnswers(lot, supplier_id, by)
        dossier = DOSSIERS.change(connection, owner, number, lambda _: [change], who=who, now=now)
        if not corrects or by is not SettledBy.CHANGED:
            return dossier
        if rival is not None and rival.way is AnswerWay.LINK:
            with suppress(CorrectionRefused), connection.begin_nested():
                _accept_waiting(connection, owner, dossier, lot, supplier_id, who=corrects, now=now)
        return _told(connection, owner, dossier, lot, supplier_id, who=corrects, now=now)


def accept(
    connection: Connection,
    owner: OrganisationId,
    asked_id: int,
    *,
    who: str,
    now: datetime,
    lookups: Lookups | None = None,
) -> bool:
    """Take into the catalogue an answer by link that waits for the team, and say so in the dossier that it is noted in; return whether one
    waited. Raises CorrectionRefused."""
    waits = (ANSWERS.c.asked_id == asked_id) & ANSWERS.c.waiting
    joined = ANSWERS.join(ASKED, ASKED.c.id == ANSWERS.c.asked_id).join(
        CAMPAIGNS, CAMPAIGNS.c.id == ASKED.c.campaign_id
    )
    query = select(ANSWERS, ASKED.c.supplier_id, ASKED.c.campaign_id, CAMPAIGNS.c.dossier_id, CAMPAIGNS.c.lot)
    row = connection.execute(query.select_from(joined).where(waits)).one_or_none()
    if row is None:
        return False
    motive = f"réponse à la campagne {row.campaign_id}, acceptée par {who.strip()}"
    said = answer_of(row).given.said()
    correction = tell_catalogue(connection, row.supplier_id, said, motive=motive, now=now, lookups=lookups)
    connection.execute(ANSWERS.update().where(waits).values(waiting=False, correction_id=correction))
    mark_taken(connection, owner, row.dossier_id, row.lot, row.supplier_id, correction, who=who, now=now)
    return True


def mark_taken(
    connection: Connection,
    owner: OrganisationId,
    number: int | None,
    lot: int | None,
    supplier_id: str,
    correction: int,
    *,
    who: str,
    now: datetime,
) -> None:
    """Write in the dossier the number of the correction that an answer by link made, where that answer counts there."""
    followed_in = entry_followed(connection, owner, number, lot, supplier_id)
    if followed_in is None or followed_in[2].call is None or followed_in[2].call.way is not AnswerWay.LINK:
        return
    dossier, held, entry = followed_in
    if entry.rival is None:
        change = TakeAnswers(held, entry.match.id, correction, by_link=True)
        DOSSIERS.change(connection, owner, dossier.id, lambda _: [change], who=who, now=now)


def entry_followed(
    connection: Connection, owner: OrganisationId, number: int | None, lot: int | None, supplier_id: str
) -> tuple[Dossier, int, Entry] | None:
    """Return the dossier, the lot and the entry of a supplier, whatever id it had then, on a list that the team follows; None where there is
    none, or the dossier takes no change."""
    if number is None or lot is None:
        return None
    dossier, today = DOSSIERS.read(connection, owner, number), find_id(connection, supplier_id)
    if dossier.standing != OPEN:
        return None
    entries = (entry for one in dossier.lots if one.number == lot for entry in one.entries)
    mine = next((entry for entry in entries if find_id(connection, entry.match.id) == today), None)
    return None if mine is None else (dossier, lot, mine)


def _accept_waiting(
    connection: Connection,
    owner: OrganisationId,
    dossier: Dossier,
    lot: int,
    supplier_id: str,
    *,
    who: str,
    now: datetime,
) -> None:
    """Accept what a supplier answered by link about a lot, where it waits for the team."""
    joined = ANSWERS.join(ASKED, ASKED.c.id == ANSWERS.c.asked_id).join(
        CAMPAIGNS, CAMPAIGNS.c.id == ASKED.c.campaign_id
    )
    about = (CAMPAIGNS.c.dossier_id == dossier.id) & (CAMPAIGNS.c.lot == lot) & ANSWERS.c.waiting
    rows = connection.execute(select(ASKED.c.id, ASKED.c.supplier_id).select_from(joined).where(about)).all()
    today = find_id(connection, supplier_id)
    for row in rows:
        if find_id(connection, row.supplier_id) == today:
            accept(connection, owner, row.id, who=who, now=now)


def declined_today(engine: Engine, lot: SavedLot) -> dict[str, str]:
    """Return who has said no to a lot by the id that each has today, and how that is said of it."""
    declined = lot.declined
    return {now: declined[then] for then, now in followed(engine, declined.keys()).items()} if declined else {}


def _told(
    connection: Connection,
    owner: OrganisationId,
    dossier: Dossier,
    lot: int,
    supplier_id: str,
    *,
    who: str,
    now: datetime,
    lookups: Lookups | None = None,
) -> Dossier:
    """The dossier once the catalogue has what an answer says; where it cannot take it, that waits for a person."""
    entry = _entry_of(dossier, lot, supplier_id)
    if entry.call is None or entry.rival or not (entry.correction or offered(entry).said()):
        return dossier
    with suppress(CorrectionRefused), connection.begin_nested():
        return _tell(connection, owner, dossier, lot, entry, entry.call, who=who, now=now, lookups=lookups)
    return dossier


def _tell(
    connection: Connection,
    owner: OrganisationId,
    dossier: Dossier,
    lot: int,
    entry: Entry,
    call: Call,
    *,
    who: str,
    now: datetime,
    lookups: Lookups | None = None,
) -> Dossier:
    """Put in the catalogue what the last answer says, in the place of what it said before it was amended."""
    supplier_id, said = entry.match.id, offered(entry).said()
    take_back(connection, entry.correction, now)
    accepted = "" if who == call.who else f", acceptée par {who}"
    motive = f"{_BY_WAY[call.way]}, dossier {dossier.number}, notée par {call.who}{accepted}"
    correction = None
    if said:
        correction = tell_catalogue(connection, supplier_id, said, motive=motive, now=now, on=call.on, lookups=lookups)
    change = TakeAnswers(lot, supplier_id, correction)
    return DOSSIERS.change(connection, owner, dossier.id, lambda _: [change], who=who, now=now)


def _entry_of(dossier: Dossier, lot: int, supplier_id: str) -> Entry:
    held = dossier.lot(lot)
    return held.entries[held.place_of(supplier_id)]
