"""Answers by secret link: opened, kept, corrected, erased, taken in by the team, as are those by telephone. A structure is known by its link
alone."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection, Engine, delete, insert, select

from matcher.catalogue.identity.trust import STATED, STRUCTURE
from matcher.catalogue.intake.lookups import Lookups
from matcher.catalogue.steward.corrections import state, unstate
from matcher.catalogue.steward.privacy import Erased, Leaving, PrivacyRefused, opt_out
from matcher.catalogue.store.opt_outs import read_guard
from matcher.catalogue.store.read import find_id, load_supplier
from matcher.catalogue.store.tables import CORRECTIONS
from matcher.db import reading, writing
from matcher.domain.supplier import Supplier
from matcher.dossiers.asking.answer import BelievedTrade, GivenAnswer, believed
from matcher.dossiers.asking.campaign import HAS_ANSWERED
from matcher.dossiers.asking.store import AnswerKept, AskedStructure, Campaign, answer_of, campaign_of, load
from matcher.dossiers.asking.tables import ANSWERS, ASKED, CAMPAIGNS
from matcher.dossiers.calling import offered
from matcher.dossiers.dossier import Dossier, DossierChange, Status
from matcher.dossiers.entry_changes import SetStatus, TakeAnswers
from matcher.dossiers.store import DOSSIERS
from matcher.erasure import without
from matcher.journal.change import ChangeRefused, plain
from matcher.mail.links import Correspondence, holder_of
from matcher.mail.outbox import cancel
from matcher.ownership import OrganisationId

WHO = "la structure"
_PERSON = ("contact", "phone", "email")


class LinkClosed(Exception):
    """A secret that opens nothing: forged, revoked, too old, or of a structure that has left; nothing tells which."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """Page that a link opens: the campaign, the supplier as it is known today, its trades to be confirmed, its last answer, until when it opens.

    `source` and `as_of` say where its address was taken."""

    asked_id: int
    campaign: Campaign
    supplier: Supplier
    trades: tuple[BelievedTrade, ...]
    answer: AnswerKept | None
    until: datetime
    source: str
    as_of: date | None

    @property
    def trusted(self) -> bool:
        """Whether a directory gave the address that the link went to: who answers is then taken to be the establishment."""
        return self.source not in STATED


def invitation(engine: Engine, secret: str, now: datetime) -> Invitation:
    """Return what a secret opens; nothing is written. Raises LinkClosed."""
    with reading(engine) as connection:
        asked_id, until = holder_of(connection, Correspondence.CAMPAIGN, secret, now) or (0, now)
        asked = connection.execute(select(ASKED).where(ASKED.c.id == asked_id, ASKED.c.left_out == "")).one_or_none()
        supplier_id = find_id(connection, asked.supplier_id) if asked else None
        if asked is None or supplier_id is None:
            raise LinkClosed
        row = connection.execute(select(CAMPAIGNS).where(CAMPAIGNS.c.id == asked.campaign_id)).one()
        answered = connection.execute(select(ANSWERS).where(ANSWERS.c.asked_id == asked_id)).one_or_none()
    supplier = load_supplier(engine, supplier_id)
    if supplier is None:
        raise LinkClosed
    campaign, answer = campaign_of(row), answer_of(answered) if answered else None
    trades = believed(supplier, campaign.trades, tuple(answer.given.trades) if answer else ())
    return Invitation(asked_id, campaign, supplier, trades, answer, until, asked.source, asked.as_of)


def take(engine: Engine, secret: str, given: GivenAnswer, *, now: datetime, lookups: Lookups | None = None) -> None:
    """Keep an answer in the place of the former one, and what it says of the structure in the catalogue, unless the team must see it first.

    Raises LinkClosed, CorrectionRefused where the catalogue cannot take it: nothing is then written.
    """
    found = invitation(engine, secret, now)
    with writing(engine) as connection:
        _undo(connection, found, now)
        said = given.said()
        correction = None
        if said and found.trusted:
            correction = _enter(connection, found.supplier.id, found.campaign.id, said, "", now, lookups)
        cut = read_guard(connection).forgotten.cut
        person = {name: without(getattr(given, name), cut, "") for name in _PERSON}
        rest = without(plain(replace(given, contact="", phone="", email="")), cut)
        row = {"asked_id": found.asked_id, "at": now.replace(tzinfo=None), "said": rest, **person}
        row |= {"waiting": bool(said) and correction is None, "correction_id": correction}
        connection.execute(insert(ANSWERS), row)
        cancel(connection, Correspondence.CAMPAIGN, [found.asked_id], HAS_ANSWERED, now)
        _follow(connection, found, given.available, now)


def erase(engine: Engine, secret: str, *, now: datetime) -> None:
    """Take an answer back, from the catalogue too. Raises LinkClosed."""
    found = invitation(engine, secret, now)
    with writing(engine) as connection:
        _undo(connection, found, now)


def leave(engine: Engine, secret: str, *, now: datetime, leaving: Sequence[Leaving]) -> Erased:
    """Take the structure out of the catalogue, as `opt_out` does, at its own request. Raises LinkClosed."""
    found = invitation(engine, secret, now)
    motive = f"par son lien, campagne {found.campaign.id}"
    try:
        return opt_out(engine, found.supplier.id, who=WHO, motive=motive, now=now, leaving=leaving)
    except PrivacyRefused as gone:  # another request of the same link was faster
        raise LinkClosed from gone


def accept(
    engine: Engine,
    owner: OrganisationId,
    number: int,
    key: str,
    *,
    who: str,
    now: datetime,
    lookups: Lookups | None = None,
) -> None:
    """Take into the catalogue an answer that waits for the team. Raises ChangeRefused where none does, CorrectionRefused."""
    if not who.strip():
        raise ChangeRefused("Dites qui accepte la réponse : le nom est gardé.")
    one = load(engine, owner, number).structure(key)
    with writing(engine) as connection:
        said = _judged(connection, one)
        by = f", acceptée par {who.strip()}"
        correction = _enter(connection, one.supplier_id, number, said, by, now, lookups)
        own = ANSWERS.c.asked_id == one.id
        connection.execute(ANSWERS.update().where(own).values(correction_id=correction))


def refuse(engine: Engine, owner: OrganisationId, number: int, key: str) -> None:
    """Keep an answer that waits for the team out of the catalogue; its campaign still shows it. Raises ChangeRefused where none does."""
    one = load(engine, owner, number).structure(key)
    with writing(engine) as connection:
        _judged(connection, one)


def _judged(connection: Connection, one: AskedStructure) -> Mapping[str, Sequence[str]]:
    """Have an answer wait no more, once however many judge it; return what it says of the structure."""
    waits = (ANSWERS.c.asked_id == one.id) & ANSWERS.c.waiting
    if one.answer is None or not connection.execute(ANSWERS.update().where(waits).values(waiting=False)).rowcount:
        raise ChangeRefused(f"Aucune réponse de « {one.name} » n’attend.")
    return one.answer.given.said()


def _enter(
    connection: Connection,
    supplier_id: str,
    number: int,
    said: Mapping[str, Sequence[str]],
    by: str,
    now: datetime,
    lookups: Lookups | None,
) -> int:
    motive = f"réponse à la campagne {number}{by}"
    return state(connection, supplier_id, said, who=WHO, motive=motive, now=now, source=STRUCTURE, lookups=lookups).id


def _undo(connection: Connection, found: Invitation, now: datetime) -> None:
    """Take the former answer out, and the correction that it made where it still stands."""
    own = ANSWERS.c.asked_id == found.asked_id
    number = connection.execute(select(ANSWERS.c.correction_id).where(own)).scalar()
    standing = select(CORRECTIONS.c.id).where(CORRECTIONS.c.id == number, CORRECTIONS.c.withdrawn.is_(None))
    if number is not None and connection.execute(standing).scalar() is not None:
        unstate(connection, number, now=now)
    connection.execute(delete(ANSWERS).where(own))


def _follow(connection: Connection, found: Invitation, available: bool | None, now: datetime) -> None:
    """Write in the dossier whether the need is for the structure, where it is on the list that the team follows."""
    number, lot = found.campaign.dossier_id, found.campaign.lot
    if available is None or number is None or lot is None:
        return
    status = Status.INTERESTED if available else Status.NOT_INTERESTED

    def told(dossier: Dossier) -> list[DossierChange]:
        ids = [entry.match.id for one in dossier.lots if one.number == lot for entry in one.entries]
        # Its id may have changed.
        mine = next((one for one in ids if find_id(connection, one) == found.supplier.id), None)
        return [] if mine is None else [SetStatus(lot, mine, status, now.date())]

    with suppress(ChangeRefused):  # closed or deleted: the answer is kept beside it
        DOSSIERS.change(connection, found.campaign.owner, number, told, who=WHO, now=now)


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
    """Give the catalogue what a supplier of a dossier's lot answered, once however many take it in.

    Raises ChangeRefused where nothing of it waits, or the dossier takes no change; CorrectionRefused. Nothing was then written.
    """
    with writing(engine) as connection:
        dossier = DOSSIERS.read(connection, owner, number)
        held = dossier.lot(lot)
        entry = held.entries[held.place_of(supplier_id)]
        said = offered(entry).said()
        if entry.call is None or not said:
            raise ChangeRefused(f"Rien de ce que {entry.match.name} a répondu n’attend : c’est déjà au catalogue.")
        motive = f"au téléphone, dossier {dossier.number}, notée par {entry.call.who}, acceptée par {who}"
        state(connection, supplier_id, said, who=WHO, motive=motive, now=now, source=STRUCTURE, lookups=lookups)
        DOSSIERS.change(connection, owner, number, lambda _: [TakeAnswers(lot, supplier_id)], who=who, now=now)
