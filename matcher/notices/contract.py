"""Lots of one contract as all its notices together leave them: called, corrected, cancelled, awarded. Pure: the same notices give the same lots."""

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
# What follows where the correction says it in words.
_IN_WORDS = " : « {} »"


@dataclass(frozen=True, slots=True)
class ToldNotice:
    """A notice as it is kept, under its number in the catalogue."""

    id: int
    notice: PublishedNotice


@dataclass(frozen=True, slots=True)
class StandingLot:
    """A lot as its contract's notices leave it: `notice_id` is the last of those about it."""

    lot: PublishedLot
    state: LotState
    notice_id: int


def contracts_of(notices: Iterable[PublishedNotice], known: Mapping[NoticeKey, str]) -> dict[NoticeKey, str]:
    """Return the key of the contract of each notice: a folder that is unique in the world, or in its buyer; else that of the notice it corrects,
    cancels or awards, among these or those `known`; else its own."""
    own = {(one.source, one.ref): one for one in notices}
    return {key: _contract(key, own, known) for key in own}


def _contract(key: NoticeKey, own: Mapping[NoticeKey, PublishedNotice], known: Mapping[NoticeKey, str]) -> str:
    seen = {key}
    while (notice := own.get(key)) is not None:
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
    """Return the key of a contract that nothing but this notice names."""
    return ":".join(key)


def standing_lots(notices: Iterable[ToldNotice]) -> tuple[StandingLot, ...]:
    """Return the lots of a contract, in the order of their numbers, from all its notices, the earliest published first.

    A notice that calls again fills and replaces its own fields; a correction replaces those of the lots it names, its deadline that of all; a cancellation
    and an award close the lots they name, or all. What came out of a contract since (a modification) changes no lot. The notices of the team are applied
    last: the family of a reserved lot, as long as its notices do not give it.
    """
    lots: dict[str, StandingLot] = {}
    sources: dict[int, str] = {}
    # By day, what calls before what changes it; those of one day as they came.
    ordered = sorted(
        notices, key=lambda one: (one.notice.published or date.min, one.notice.kind not in _CALLING, one.id)
    )
    for notice in ordered:
        if notice.notice.source == TEAM:
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
    for notice in ordered:
        for own in notice.notice.lots if notice.notice.source == TEAM else ():
            known = lots.get(own.number)
            if known is not None and known.lot.reserved is ReservedFor.UNSAID:
                doubts = tuple(doubt for doubt in known.lot.doubts if doubt != UNSAID)
                lever = replace(known.lot.lot, levier=own.lot.levier)
                family = replace(known.lot, reserved=own.reserved, lot=lever, doubts=doubts)
                lots[own.number] = replace(known, lot=family)
    return tuple(lots[number] for number in sorted(lots, key=_by_number))


def _call(lots: dict[str, StandingLot], notice: ToldNotice, state: LotState, sources: Mapping[int, str]) -> None:
    for lot in notice.notice.lots:
        known = lots.get(lot.number)
        if known is None:
            lots[lot.number] = StandingLot(lot, state, notice.id)
        elif not _surely_same(known, notice, sources) and fold(known.lot.title) != fold(lot.title):
            _set_apart(lots, lot, state, notice.id)
        elif known.state is not LotState.AWARDED:  # an award may bear an earlier day than its call
            lots[lot.number] = StandingLot(_filled(known.lot, lot), state, notice.id)


def _surely_same(known: StandingLot, told_notice: ToldNotice, sources: Mapping[int, str]) -> bool:
    """Return whether a notice speaks of the lot that is known under its number. One source that gives a number twice, without a folder that is
    unique in the world nor the notice that it follows, may speak of two: some buyers number all they buy alike."""
    notice = told_notice.notice
    unique = _UUID.fullmatch(notice.folder.lower()) is not None
    return unique or bool(notice.earlier) or sources[known.notice_id] != notice.source


def _set_apart(lots: dict[str, StandingLot], lot: PublishedLot, state: LotState, notice_id: int) -> None:
    number = next(new for n in count(2) if (new := f"{lot.number}~{n}") not in lots)
    lots[number] = StandingLot(replace(lot, number=number), state, notice_id)


def _correct(lots: dict[str, StandingLot], told_notice: ToldNotice) -> None:
    """A correction's own lots over those it corrects, its deadline over that of all others; one that names no lot is to be read for all."""
    notice = told_notice.notice
    own = {lot.number: lot for lot in notice.lots}
    reason = _IN_WORDS.format(notice.why) if notice.why else ""
    when = (f"{CORRECTED.format(day(notice.published))}{reason}",) if notice.published else ()
    for number, known in lots.items():
        if number in own:
            lot = _filled(known.lot, own[number])
        else:
            lot = replace(known.lot, deadline=notice.deadline or known.lot.deadline)
            if own and lot == known.lot:
                continue
        doubts = tuple(dict.fromkeys((*lot.doubts, *when)))
        lots[number] = StandingLot(replace(lot, doubts=doubts), known.state, told_notice.id)
    for number in own.keys() - lots.keys():
        lots[number] = StandingLot(own[number], LotState.CALLED, told_notice.id)


def _cancel(lots: dict[str, StandingLot], notice: ToldNotice) -> None:
    """The end of the lots that are named, or of all where none is; one that names others leaves a doubt on all."""
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
    """Write an award: a lot that was called keeps its own estimate and words; one that nobody had called is known by its award alone.

    A lot that found no winner ends.
    """
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
            lots[lot.number] = StandingLot(_filled(lot, known.lot), state, notice.id)


def _filled(under: PublishedLot, over: PublishedLot) -> PublishedLot:
    """Return a lot with the fields of `over`, and those of `under` where they are empty."""
    values = {field.name: getattr(over, field.name) or getattr(under, field.name) for field in fields(over)}
    opened = over.not_reserved and not over.reserved  # what was reserved is not any more
    values |= {"reserved": None} if opened else {"not_reserved": values["not_reserved"] and not values["reserved"]}
    lot = {field.name: getattr(over.lot, field.name) or getattr(under.lot, field.name) for field in fields(over.lot)}
    lot |= {"levier": over.lot.levier} if opened else {}
    return PublishedLot(**values | {"lot": type(over.lot)(**lot)})


def _by_number(number: str) -> tuple[int, str]:
    digits = re.match(r"\d+", number)
    return int(digits[0]) if digits else 10**9, number
