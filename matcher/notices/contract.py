"""Computes the current lots of a contract by applying its notices in order: calls, corrections, cancellations, awards (event sourcing). Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from itertools import count

from matcher.catalogue.identity.trust import TEAM
from matcher.cleaning.words import fold
from matcher.domain.french import day
from matcher.domain.notice import LotState, NoticeKind, PublishedLot, PublishedNotice, ReservedFor
from matcher.notices.reserving import UNSAID

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SIREN = 9
_FIRST = "1"
_CALLING = {NoticeKind.CALL: LotState.CALLED, NoticeKind.PLANNED: LotState.PLANNED, NoticeKind.OTHER: LotState.CALLED}
# A notice's source, and its reference there.
NoticeKey = tuple[str, str]
CANCELLED = "un avis d’annulation est paru, qui nomme d’autres lots : lisez-le"
CORRECTED = "rectifié le {} : lisez le rectificatif"
# Added to the sentence above if the correction gives its reason.
_IN_WORDS = " : « {} »"


@dataclass(frozen=True, slots=True)
class ToldNotice:
    """A stored notice, with its row id."""

    id: int
    notice: PublishedNotice


@dataclass(frozen=True, slots=True)
class StandingLot:
    """The current content and state of a lot; `notice_id` is the last notice about it."""

    lot: PublishedLot
    state: LotState
    notice_id: int


def contracts_of(notices: Iterable[PublishedNotice], known: Mapping[NoticeKey, str]) -> dict[NoticeKey, str]:
    """Return each notice's contract key: its folder number (a UUID, or a number prefixed by the buyer's SIREN); else the contract key of the notice
    that it corrects, cancels or awards, among `notices` or `known`; else a key made of its own reference."""
    by_key = {(notice.source, notice.ref): notice for notice in notices}
    return {key: _contract(key, by_key, known) for key in by_key}


def _contract(key: NoticeKey, notices: Mapping[NoticeKey, PublishedNotice], known: Mapping[NoticeKey, str]) -> str:
    seen = {key}
    while (notice := notices.get(key)) is not None:
        folder = notice.folder.lower()
        if _UUID.fullmatch(folder):
            return folder
        if folder and notice.buyer:
            return f"{notice.buyer[:_SIREN]}/{folder}"
        earlier = (notice.source, notice.earlier[0]) if notice.earlier else key
        if earlier in seen:
            break
        seen.add(earlier)
        key = earlier
    return known.get(key) or alone_key(key)


def alone_key(key: NoticeKey) -> str:
    """Return the key of a contract of which only this notice is known."""
    return ":".join(key)


def standing_lots(notices: Iterable[ToldNotice]) -> tuple[StandingLot, ...]:
    """Return the lots of a contract, in the order of their numbers, from all its notices, the earliest published first.

    A second call overwrites a lot's fields with its own non-empty ones. A correction overwrites those of the lots it names, and its deadline is all lots'.
    A cancellation or an award closes the lots it names, or all. A modification of a running contract changes no lot. The team's notices come last: they
    give the family of a reserved lot if no other notice does.
    """
    lots: dict[str, StandingLot] = {}
    sources: dict[int, str] = {}
    # By day; on one day calls first, then in the order of their import.
    ordered = sorted(
        notices, key=lambda row: (row.notice.published or date.min, row.notice.kind not in _CALLING, row.id)
    )
    team_lots: list[PublishedLot] = []
    for notice in ordered:
        if notice.notice.source == TEAM:
            team_lots += notice.notice.lots
            continue
        sources[notice.id] = notice.notice.source
        kind = notice.notice.kind
        if state := _CALLING.get(kind):
            _call(lots, notice, state, sources)
        elif kind is NoticeKind.CORRECTION:
            _correct(lots, notice)
        elif kind is NoticeKind.CANCELLED:
            _cancel(lots, notice)
        else:
            _award(lots, notice, sources)
    for own in team_lots:
        known = lots.get(own.number)
        if known is not None and known.lot.reserved is ReservedFor.UNSAID:
            doubts = tuple(doubt for doubt in known.lot.doubts if doubt != UNSAID)
            lever = replace(known.lot.lot, levier=own.lot.levier)
            family = replace(known.lot, reserved=own.reserved, lot=lever, doubts=doubts)
            lots[own.number] = replace(known, lot=family)
    # « 2 », « 2a », « 10 »; a number without digits comes last.
    numbers = sorted(lots, key=lambda number: (int(re.sub(r"(?s)\D.*", "", number) or 10**9), number))
    return tuple(lots[number] for number in numbers)


def _call(lots: dict[str, StandingLot], notice: ToldNotice, state: LotState, sources: Mapping[int, str]) -> None:
    for lot in notice.notice.lots:
        known = lots.get(lot.number)
        if known is None:
            lots[lot.number] = StandingLot(lot, state, notice.id)
        elif not _surely_same(known, notice, sources) and fold(known.lot.title) != fold(lot.title):
            _set_apart(lots, lot, state, notice.id)
        elif known.state is not LotState.AWARDED:  # an award may bear an earlier day than its call
            lots[lot.number] = StandingLot(_fill_fields(known.lot, lot), state, notice.id)


def _surely_same(standing: StandingLot, told_notice: ToldNotice, sources: Mapping[int, str]) -> bool:
    """Return True if a notice surely means the lot already known under this number. Two notices of one source with neither a UUID as folder nor a
    reference to an earlier notice may mean two lots: some buyers use the same number for several contracts."""
    notice = told_notice.notice
    unique = _UUID.fullmatch(notice.folder.lower()) is not None
    return unique or bool(notice.earlier) or sources[standing.notice_id] != notice.source


def _set_apart(lots: dict[str, StandingLot], lot: PublishedLot, state: LotState, notice_id: int) -> None:
    number = next(new for n in count(2) if (new := f"{lot.number}~{n}") not in lots)
    lots[number] = StandingLot(replace(lot, number=number), state, notice_id)


def _correct(lots: dict[str, StandingLot], told_notice: ToldNotice) -> None:
    """Overwrite the lots that a correction names, apply its deadline to all others, and add a doubt to each lot concerned (all, if none is named)."""
    notice = told_notice.notice
    own = {lot.number: lot for lot in notice.lots}
    reason = _IN_WORDS.format(notice.why) if notice.why else ""
    when = (f"{CORRECTED.format(day(notice.published))}{reason}",) if notice.published else ()
    for number, known in lots.items():
        if number in own:
            lot = _fill_fields(known.lot, own[number])
        else:
            lot = replace(known.lot, deadline=notice.deadline or known.lot.deadline)
            if own and lot == known.lot:
                continue
        doubts = tuple(dict.fromkeys((*lot.doubts, *when)))
        lots[number] = StandingLot(replace(lot, doubts=doubts), known.state, told_notice.id)
    for number in own.keys() - lots.keys():
        lots[number] = StandingLot(own[number], LotState.CALLED, told_notice.id)


def _cancel(lots: dict[str, StandingLot], notice: ToldNotice) -> None:
    """Cancel the lots that a notice names, or all if it names none; if it names only unknown lots, add a doubt to all."""
    whole = [lot for lot in notice.notice.lots if not lot.number]
    if whole and not lots:  # nothing else of this contract was read
        lots[_FIRST] = StandingLot(replace(whole[0], number=_FIRST), LotState.CANCELLED, notice.id)
    named = {lot.number for lot in notice.notice.lots if lot.number} or lots.keys()
    for number in named & lots.keys():
        lots[number] = replace(lots[number], state=LotState.CANCELLED, notice_id=notice.id)
    if not named & lots.keys():
        for number, known in lots.items():
            doubts = tuple(dict.fromkeys((*known.lot.doubts, CANCELLED)))
            lots[number] = replace(known, lot=replace(known.lot, doubts=doubts))


def _award(lots: dict[str, StandingLot], notice: ToldNotice, sources: Mapping[int, str]) -> None:
    """Mark lots as awarded, or as cancelled without a winner: a lot already called keeps its own text and estimate, an unknown one is created."""
    for lot in notice.notice.lots:
        known = lots.get(lot.number)
        state = LotState.CANCELLED if lot.without_winner else LotState.AWARDED
        if known is None:
            lots[lot.number] = StandingLot(lot, state, notice.id)
        elif notice.notice.kind is not NoticeKind.AWARD:
            continue
        elif known.state is LotState.AWARDED and not _surely_same(known, notice, sources):
            _set_apart(lots, lot, state, notice.id)
        else:
            lots[lot.number] = StandingLot(_fill_fields(lot, known.lot), state, notice.id)


def _fill_fields(default: PublishedLot, newer: PublishedLot) -> PublishedLot:
    """Return a lot with the non-empty fields of `newer`, and those of `default` for the rest."""
    values = {field.name: getattr(newer, field.name) or getattr(default, field.name) for field in fields(newer)}
    opened = newer.not_reserved and not newer.reserved  # the reservation is lifted
    values |= {"reserved": None} if opened else {"not_reserved": values["not_reserved"] and not values["reserved"]}
    names = [field.name for field in fields(newer.lot)]
    lot = {name: getattr(newer.lot, name) or getattr(default.lot, name) for name in names}
    lot |= {"levier": newer.lot.levier} if opened else {}
    return PublishedLot(**values | {"lot": type(newer.lot)(**lot)})
