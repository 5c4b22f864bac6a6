"""Transactions that write suppliers' answers (by telephone, e-mail, link or meeting) both in the dossier and in the catalogue: note, accept, undo, settle
two that contradict each other, erase at their author's request."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import Connection, Engine, select

from matcher.accounts.organisations import answered_name
from matcher.answers.sharing import share
from matcher.catalogue.identity.trust import STATED, STRUCTURE
from matcher.catalogue.steward.corrections import withdraw_statement, write_statement
from matcher.catalogue.steward.stated_record import CorrectionRefused
from matcher.catalogue.store.followed import follow_ids
from matcher.catalogue.store.read import find_id
from matcher.catalogue.store.tables import CORRECTIONS
from matcher.db import writing
from matcher.dossiers.answer_changes import (
    RecordCall,
    SettleAnswers,
    TakeAnswers,
    TakeBack,
    UndoAnswer,
    replaced_corrections,
    settlements,
    weigh_answer,
)
from matcher.dossiers.asking.store import answer_of
from matcher.dossiers.asking.tables import ANSWERS, ASKED, CAMPAIGNS
from matcher.dossiers.calling import answer_to_take, free_teams
from matcher.dossiers.dossier import AnswerWay, Call, Dossier, DossierChange, Entry, SavedLot, SettledBy
from matcher.dossiers.store import DOSSIERS
from matcher.journal.change import OPEN, ChangeRefused
from matcher.ownership import OrganisationId

T = TypeVar("T")

WHO = "la structure"
_BY_WAY: Mapping[AnswerWay, str] = {
    AnswerWay.PHONE: "au téléphone",
    AnswerWay.EMAIL: "par courriel",
    AnswerWay.LINK: "par son lien",
    AnswerWay.CLUB: "au Club",
    AnswerWay.FOLLOWED: "au suivi",
}
# Query of the answers by link that wait for the team, with their supplier, campaign, dossier and lot.
_WAITING = (
    select(ANSWERS, ASKED.c.supplier_id, ASKED.c.source, ASKED.c.campaign_id, CAMPAIGNS.c.dossier_id, CAMPAIGNS.c.lot)
    .select_from(
        ANSWERS.join(ASKED, ASKED.c.id == ANSWERS.c.asked_id).join(CAMPAIGNS, CAMPAIGNS.c.id == ASKED.c.campaign_id)
    )
    .where(ANSWERS.c.waiting)
)


@dataclass(frozen=True, slots=True)
class AnswerAct:
    """Open transaction that changes answers: the owner of the dossiers, the author (`who`), the time (UTC), and the name that signs corrections of
    the catalogue (`corrects`), empty where the author may not correct it."""

    connection: Connection
    owner: OrganisationId
    who: str
    now: datetime
    corrects: str = ""

    def read(self, number: int) -> Dossier:
        """Return the current state of a dossier. Raises JournalUnknown."""
        return DOSSIERS.read(self.connection, self.owner, number)

    def change(self, number: int, *changes: DossierChange) -> Dossier:
        """Make changes to a dossier, all of them or none. Raises ChangeRefused."""
        return DOSSIERS.change(self.connection, self.owner, number, lambda _: changes, author=self.who, now=self.now)

    def tell(
        self, supplier_id: str, statement: Mapping[str, Sequence[str]], motive: str, on: date | None = None
    ) -> int:
        """Write a supplier's statement about itself as a correction of the catalogue, dated `on`; return its number. Raises CorrectionRefused."""
        return write_statement(
            self.connection, supplier_id, statement, author=WHO, motive=motive, now=self.now, on=on, source=STRUCTURE
        ).id

    def take_back(self, numbers: Iterable[int | None]) -> None:
        """Withdraw corrections of the catalogue, by number, unless they are withdrawn already."""
        listed = CORRECTIONS.c.id.in_([number for number in numbers if number is not None])
        standing = select(CORRECTIONS.c.id).where(listed, CORRECTIONS.c.withdrawn.is_(None)).order_by(CORRECTIONS.c.id)
        for number in self.connection.execute(standing).scalars().all():
            withdraw_statement(self.connection, number, now=self.now)


def record_answers(
    engine: Engine,
    owner: OrganisationId,
    number: int,
    make: Callable[[Dossier], Sequence[RecordCall]],
    *,
    author: str,
    now: datetime,
    corrects: str = "",
) -> Dossier:
    """Note the answers that `make` returns for the current dossier (none where they are noted already), and put what they state in the catalogue, signed by
    `corrects`; where that is empty the statements wait for a person who may correct the catalogue. Raises ChangeRefused."""
    with writing(engine) as connection:
        act = AnswerAct(connection, owner, author, now, corrects)
        dossier = act.read(number)
        for noted in make(dossier):
            dossier = note_answer(act, dossier, noted)
        return dossier


def note_answer(act: AnswerAct, dossier: Dossier, noted: RecordCall) -> Dossier:
    """Note one answer as `record_answers` does, inside an open transaction."""
    before, noted = dossier.entry(noted.lot, noted.supplier_id), weigh_answer(dossier, noted, act.who)
    return _update_catalogue(act, act.change(dossier.id, noted), noted.lot, noted.supplier_id, before)


def take_into_catalogue(
    engine: Engine, owner: OrganisationId, number: int, lot: int, supplier_id: str, *, author: str, now: datetime
) -> None:
    """Put in the catalogue the answers of a supplier of a dossier's lot that wait there, once, even if several people ask for it at the same time. Raises
    ChangeRefused where none waits or the dossier is closed; CorrectionRefused. Nothing is then written."""
    with writing(engine) as connection:
        act = AnswerAct(connection, owner, author, now, author)
        dossier = act.read(number)
        entry = dossier.entry(lot, supplier_id)
        if entry.call is None or not answer_to_take(entry).statement():
            raise ChangeRefused(f"Rien de ce que {entry.match.name} a répondu n’attend : c’est déjà au catalogue.")
        _share_by_telephone(act, _put_in_catalogue(act, dossier, lot, entry, entry.call).entry(lot, supplier_id))


def undo_answer(
    engine: Engine,
    owner: OrganisationId,
    number: int,
    lot: int,
    supplier_id: str,
    *,
    author: str,
    now: datetime,
    key: str = "",
    corrects: str = "",
) -> Dossier:
    """Undo the last answer noted for a supplier, in the dossier and in the catalogue. Raises ChangeRefused where there is none, where its key is not `key`
    (if given), or where it is in the catalogue and `corrects` is empty."""
    with writing(engine) as connection:
        act = AnswerAct(connection, owner, author, now)
        before = act.read(number).entry(lot, supplier_id)
        dossier = act.change(number, UndoAnswer(lot, supplier_id, key))
        withdrawn = set(before.corrections) - set(dossier.entry(lot, supplier_id).corrections)
        if withdrawn and not corrects:
            raise ChangeRefused("Cette réponse est au catalogue : demandez à qui peut le corriger de l’annuler.")
        act.take_back(withdrawn)
        _share_by_telephone(act, dossier.entry(lot, supplier_id), before)
        return dossier


def settle_answers(
    engine: Engine,
    owner: OrganisationId,
    number: int,
    lot: int,
    supplier_id: str,
    by: SettledBy,
    *,
    author: str,
    now: datetime,
    corrects: str = "",
) -> Dossier:
    """Choose which of two contradictory answers of a supplier counts; if it is the later one, put it in the catalogue. Raises ChangeRefused."""
    with writing(engine) as connection:
        act = AnswerAct(connection, owner, author, now, corrects)
        rival = act.read(number).entry(lot, supplier_id).rival
        dossier = act.change(number, SettleAnswers(lot, supplier_id, by))
        if by is not SettledBy.CHANGED:
            return dossier
        if corrects and rival is not None and rival.way is AnswerWay.LINK:
            about = (CAMPAIGNS.c.dossier_id == number) & (CAMPAIGNS.c.lot == lot)
            with suppress(CorrectionRefused), connection.begin_nested():
                now_id = find_id(connection, supplier_id)
                for row in connection.execute(_WAITING.where(about)).all():
                    if find_id(connection, row.supplier_id) == now_id:
                        accept_answer(replace(act, who=corrects), row.asked_id)
        return _update_catalogue(act, dossier, lot, supplier_id)


def forget_answers(act: AnswerAct, number: int, key: str) -> None:
    """Erase from a dossier, its journal included, the answers whose key begins with `key`, at their author's request; other answers that waited only
    because of them then count."""

    def empty(change: DossierChange) -> DossierChange:
        return change.without_answers() if isinstance(change, RecordCall) and change.key.startswith(key) else change

    changes = [line.change for line in act.read(number).journal]
    if DOSSIERS.rewrite(act.connection, act.owner, number, empty):
        first = next(change for change in changes if isinstance(change, RecordCall) and change.key.startswith(key))
        changed_dossier = act.change(number, TakeBack(first.lot, first.supplier_id, key))
        if changed_dossier.standing == OPEN:
            act.change(number, *settlements(changed_dossier, first.supplier_id))


def accept_answer(act: AnswerAct, asked_id: int) -> bool:
    """Put in the catalogue an answer by link that waits for the team, and note this in its dossier; return whether one waited. Raises CorrectionRefused."""
    row = act.connection.execute(_WAITING.where(ANSWERS.c.asked_id == asked_id)).one_or_none()
    if row is None:
        return False
    answer = answer_of(row).given
    motive = f"réponse à la campagne {row.campaign_id}, acceptée par {act.who.strip()}"
    correction = act.tell(row.supplier_id, answer.statement(), motive)
    update = ANSWERS.update().where(ANSWERS.c.asked_id == asked_id)
    act.connection.execute(update.values(waiting=False, correction_id=correction))
    if row.source not in STATED:  # only a directory's address shows that the link went to the supplier itself
        by = answered_name(act.connection, act.owner)
        on, boxes = row.at.date(), answer.shared
        share(act.connection, correction, boxes, way="lien", directory=row.source, asked_by=by, on=on, now=act.now)
    mark_taken(act, row.dossier_id, row.lot, row.supplier_id, correction)
    return True


def mark_taken(act: AnswerAct, number: int | None, lot: int | None, supplier_id: str, correction: int) -> None:
    """Note in the dossier the number of the catalogue correction that an answer by link made, where that answer is the one that counts."""
    dossier, entry = followed_entry(act, number, lot, supplier_id) or (None, None)
    if dossier and lot and entry and entry.call and entry.call.way is AnswerWay.LINK and entry.rival is None:
        act.change(dossier.id, TakeAnswers(lot, entry.match.id, correction, by_link=True))


def followed_entry(
    act: AnswerAct, number: int | None, lot: int | None, supplier_id: str
) -> tuple[Dossier, Entry] | None:
    """Return the dossier and the entry of a supplier (by today's id, even if the list has an older one) on the list of a lot; None where there is none
    or the dossier is closed."""
    if number is None or lot is None:
        return None
    dossier, today = act.read(number), find_id(act.connection, supplier_id)
    if dossier.standing != OPEN:
        return None
    entries = (entry for one in dossier.lots if one.number == lot for entry in one.entries)
    own_entry = next((entry for entry in entries if find_id(act.connection, entry.match.id) == today), None)
    return None if own_entry is None else (dossier, own_entry)


def declined_today(engine: Engine, lot: SavedLot) -> dict[str, str]:
    """Return the suppliers that declined a lot, as today's id → French sentence."""
    return _by_present_id(engine, lot.refusals)


def teams_today(engine: Engine, lot: SavedLot) -> dict[str, float]:
    """Return the number of people that suppliers have free for a lot, by today's id."""
    return _by_present_id(engine, free_teams(lot))


def _by_present_id(engine: Engine, by_id: Mapping[str, T]) -> dict[str, T]:
    return {now: by_id[then] for then, now in follow_ids(engine, by_id.keys()).items()} if by_id else {}


def _update_catalogue(
    act: AnswerAct, dossier: Dossier, lot: int, supplier_id: str, before: Entry | None = None
) -> Dossier:
    """Put the last answer in the catalogue where the author may correct it and it is valid, else leave it waiting for a person; return the dossier."""
    entry = dossier.entry(lot, supplier_id)
    is_due = replaced_corrections(entry) or answer_to_take(entry).statement()
    if act.corrects and entry.call and is_due and not entry.rival:
        with suppress(CorrectionRefused), act.connection.begin_nested():
            dossier = _put_in_catalogue(act, dossier, lot, entry, entry.call)
    _share_by_telephone(act, dossier.entry(lot, supplier_id), before)
    return dossier


def _put_in_catalogue(act: AnswerAct, dossier: Dossier, lot: int, entry: Entry, call: Call) -> Dossier:
    """Put the last answer in the catalogue, replacing the corrections that it made before it was amended."""
    supplier_id, statement = entry.match.id, answer_to_take(entry).statement()
    act.take_back(replaced_corrections(entry))
    accepted = "" if act.corrects == call.who else f", acceptée par {act.corrects}"
    motive = f"{_BY_WAY[call.way]}, dossier {dossier.number}, notée par {call.who}{accepted}"
    on = (_last_audible(entry) or call).on
    correction = act.tell(supplier_id, statement, motive, on) if statement else None
    return replace(act, who=act.corrects).change(dossier.id, TakeAnswers(lot, supplier_id, correction))


def _share_by_telephone(act: AnswerAct, entry: Entry, before: Entry | None = None) -> None:
    """Store which of its telephone answers a supplier agreed, in its last call, to share with other installations. Do nothing while two answers
    contradict each other, or where only unanswered calls came since `before`."""
    call, answered = _last_audible(entry), _answered_by_telephone(entry)
    if entry.rival or call is None or call.way is not AnswerWay.PHONE:
        return
    if before and (_last_audible(before), _answered_by_telephone(before)) == (call, answered):
        return
    asked_by = answered_name(act.connection, act.owner)
    for number, on in answered.items():
        share(act.connection, number, call.shared, way="telephone", asked_by=asked_by, on=on, now=act.now)


def _last_audible(entry: Entry) -> Call | None:
    """Return the last answer of an entry that counts, skipping unanswered calls."""
    while entry.call and entry.call.is_silent and entry.former:
        entry = entry.former
    return None if entry.call is None or entry.call.is_silent else entry.call


def _answered_by_telephone(entry: Entry) -> dict[int, date]:
    """Return the corrections made from an entry's telephone answers: number → day of the answer."""
    days: dict[int, date] = {}
    earlier: Entry | None = entry
    while earlier and earlier.call:
        if earlier.call.way is AnswerWay.PHONE:
            days |= dict.fromkeys(earlier.corrections, (_last_audible(earlier) or earlier.call).on)
        earlier = earlier.former
    return days
