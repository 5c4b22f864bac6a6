"""Contracts that several sources tell: surely one, or perhaps. Pure; a false merge hides a contract, so what is not sure stays two."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from matcher.cleaning.words import fold

# The most trusted first: the buyer's own data, then forms, the others last.
_TRUST = ("decp", "eforms", "boamp")
_SIREN, _CPV_DIVISION = 9, 2
# Days between a notification and the notice that tells it, which often gives no day but its own.
_NEAR_DAYS, _FAR_DAYS = 62, 183
# The most of a framework is a round amount, and its lots share it: it proves little.
_ROUND_EUROS = 1000


class PublishedContract(NamedTuple):
    """A contract as one source tells it: `buyer` a SIRET or empty, `winners` SIREN."""

    source: str
    buyer: str
    number: str
    objet: str
    cpv: str
    notified: date | None
    amount: float | None
    winners: frozenset[str]


class SameContracts(NamedTuple):
    """Contracts by their places among those told: `groups` are each one, the most trusted telling first; `perhaps` the first of each group
    that may be one with another, which a source of more trust tells."""

    groups: list[list[int]]
    perhaps: set[int]


def same_contracts(told: Sequence[PublishedContract]) -> SameContracts:
    """Return which are surely one contract: each source is told of it once, for two of one source are two."""
    shared = _of_shared_winners(told)
    by_trust = sorted(range(len(told)), key=lambda place: _distrust(told[place].source))
    groups: list[list[int]] = []
    held: dict[tuple[object, ...], list[int]] = {}
    for place in filter(shared.__contains__, by_trust):
        one = told[place]
        near = [
            (min(gaps), its)
            for its in dict.fromkeys(its for key in _sure_keys(one) for its in held.get(key, ()))
            if all(told[at].source != one.source for at in groups[its])
            and (gaps := [_gap(one, told[at]) for at in groups[its] if _sure(one, told[at])])
        ]
        its = min(near)[1] if near else len(groups)
        if not near:
            groups.append([])
        groups[its].append(place)
        for key in _sure_keys(one):
            held.setdefault(key, []).append(its)
    perhaps = _perhaps(told, groups)
    groups += ([place] for place in by_trust if place not in shared)
    return SameContracts(groups, perhaps)


def _of_shared_winners(told: Sequence[PublishedContract]) -> set[int]:
    """The places of those of which a winner is told by another source too: the others are alone."""
    sources: dict[str, set[str]] = {}
    for one in told:
        for winner in one.winners:
            sources.setdefault(winner, set()).add(one.source)
    return {place for place, one in enumerate(told) if any(len(sources[winner]) > 1 for winner in one.winners)}


def _distrust(source: str) -> tuple[int, str]:
    return _TRUST.index(source) if source in _TRUST else len(_TRUST), source


def _perhaps(told: Sequence[PublishedContract], groups: Sequence[Sequence[int]]) -> set[int]:
    """The first of each group that is likely to be one with a group before it, of other sources."""
    held: dict[tuple[object, ...], dict[str, list[Sequence[int]]]] = {}
    found = set()
    for group in groups:
        one, own = told[group[0]], {told[at].source for at in group}
        for key in _perhaps_keys(one):
            before = held.setdefault(key, {})
            others = (each for source, its in before.items() if source not in own for each in its)
            if any(_likely(one, told[its[0]]) and own.isdisjoint(told[at].source for at in its) for its in others):
                found.add(group[0])
            before.setdefault(one.source, []).append(group)
    return found


def _sure_keys(one: PublishedContract) -> Iterator[tuple[object, ...]]:
    for winner in one.winners if one.buyer else ():
        if one.number:
            yield one.buyer, winner, one.number
        if one.amount is not None:
            yield one.buyer[:_SIREN], winner, round(one.amount)


def _perhaps_keys(one: PublishedContract) -> Iterator[tuple[object, ...]]:
    for winner in one.winners:
        if one.buyer:
            yield winner, one.buyer[:_SIREN]
        if one.amount is not None:
            yield winner, round(one.amount)


def _sure(one: PublishedContract, other: PublishedContract) -> bool:
    """Whether two are surely one: under one number and of no other amount, or on one day and of one amount; days apart, of an amount that is not
    round or under one title."""
    if _differ(one, other) or not one.winners & other.winners:
        return False
    if one.number and one.number == other.number and one.buyer == other.buyer:
        return True
    days = _days(one, other)
    if days is None or one.amount is None or other.amount is None or one.buyer[:_SIREN] != other.buyer[:_SIREN]:
        return False
    if _other_trades(one, other):
        return False
    proved = one.amount % _ROUND_EUROS != 0 or _same_title(one, other)
    return days == 0 or (days <= _NEAR_DAYS and proved)


def _likely(one: PublishedContract, other: PublishedContract) -> bool:
    """Whether two that are not surely one may be: one buyer, or one that is not told, and one amount, or one that is not told and near days."""
    if _differ(one, other):
        return False
    same_amount = one.amount is not None and other.amount is not None
    one_buyer = bool(one.buyer) and one.buyer[:_SIREN] == other.buyer[:_SIREN]
    days = _days(one, other)
    if same_amount and (one_buyer or not (one.buyer and other.buyer)):
        return days is None or days <= _FAR_DAYS
    return one_buyer and not _other_trades(one, other) and days is not None and days <= _NEAR_DAYS


def _differ(one: PublishedContract, other: PublishedContract) -> bool:
    return one.amount is not None and other.amount is not None and abs(one.amount - other.amount) >= 1


def _other_trades(one: PublishedContract, other: PublishedContract) -> bool:
    return bool(one.cpv and other.cpv) and one.cpv[:_CPV_DIVISION] != other.cpv[:_CPV_DIVISION]


def _days(one: PublishedContract, other: PublishedContract) -> int | None:
    return abs((one.notified - other.notified).days) if one.notified and other.notified else None


def _same_title(one: PublishedContract, other: PublishedContract) -> bool:
    return bool(one.objet) and fold(one.objet) == fold(other.objet)


def _gap(one: PublishedContract, other: PublishedContract) -> tuple[int, bool]:
    """How far two that are surely one are from each other: of several, the nearest is taken."""
    days = _days(one, other)
    return _FAR_DAYS if days is None else days, not _same_title(one, other)
