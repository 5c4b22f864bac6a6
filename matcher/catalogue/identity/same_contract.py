"""Contracts that several sources publish: surely one, or perhaps. Pure; a false merge hides a contract, so what is not sure stays two."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from matcher.cleaning.words import fold

# The most trusted first: the buyer's own data, then forms, the others last.
_TRUST = {"decp": 0, "eforms": 1, "boamp": 2}
_SIREN, _CPV_DIVISION = 9, 2
# Days between a notification and its notice, which often gives no day but its own.
_NEAR_DAYS, _FAR_DAYS = 62, 183
# The most of a framework is a round amount, and its lots share it: it proves little.
_ROUND_EUROS = 1000


class PublishedContract(NamedTuple):
    """A contract as one source publishes it: `buyer` a SIRET or empty, `winners` SIREN."""

    source: str
    buyer: str
    number: str
    objet: str
    cpv: str
    notified: date | None
    amount: float | None
    winners: frozenset[str]


class SameContracts(NamedTuple):
    """Contracts by their places among those published: `groups` are each one, the most trusted first; `perhaps` the first of each group
    that may be one with another, which a source of more trust publishes.
    """

    groups: list[list[int]]
    perhaps: set[int]


def same_contracts(contracts: Sequence[PublishedContract]) -> SameContracts:
    """Return which are surely one contract: each source publishes it once, for two of one source are two."""
    sources: dict[str, set[str]] = {}
    for contract in contracts:
        for winner in contract.winners:
            sources.setdefault(winner, set()).add(contract.source)
    # those whose winners are all of one source are alone
    shared = {at for at, its in enumerate(contracts) if any(len(sources[winner]) > 1 for winner in its.winners)}
    by_trust = sorted(
        range(len(contracts)), key=lambda at: (_TRUST.get(contracts[at].source, len(_TRUST)), contracts[at].source)
    )
    groups: list[list[int]] = []
    groups_by_key: dict[tuple[object, ...], list[int]] = {}
    for place in filter(shared.__contains__, by_trust):
        contract = contracts[place]
        candidates = dict.fromkeys(at for key in _sure_keys(contract) for at in groups_by_key.get(key, ()))
        group = _nearest(contract, {at: [contracts[its] for its in groups[at]] for at in candidates})
        if group is None:
            group = len(groups)
            groups.append([])
        groups[group].append(place)
        for key in _sure_keys(contract):
            groups_by_key.setdefault(key, []).append(group)
    perhaps = _perhaps(contracts, groups)
    groups += ([place] for place in by_trust if place not in shared)
    return SameContracts(groups, perhaps)


def _nearest(contract: PublishedContract, candidates: Mapping[int, Sequence[PublishedContract]]) -> int | None:
    """The group of other sources that a contract is surely one with: of several, that of the fewest days between, then of one title."""
    near = []
    for group, others in candidates.items():
        if any(other.source == contract.source for other in others):
            continue
        for other in others:
            if _sure(contract, other):
                days = _days(contract, other)
                near.append((_FAR_DAYS if days is None else days, not _same_title(contract, other), group))
    return min(near)[-1] if near else None


def _perhaps(contracts: Sequence[PublishedContract], groups: Sequence[Sequence[int]]) -> set[int]:
    """The first of each group that is likely to be one with a group before it, of other sources."""
    groups_by_key: dict[tuple[object, ...], dict[str, list[Sequence[int]]]] = {}
    perhaps = set()
    for group in groups:
        contract, own = contracts[group[0]], {contracts[at].source for at in group}
        keys: list[tuple[object, ...]] = [
            (winner, contract.buyer[:_SIREN]) for winner in contract.winners if contract.buyer
        ]
        if contract.amount is not None:
            keys += ((winner, round(contract.amount)) for winner in contract.winners)
        for key in keys:
            before = groups_by_key.setdefault(key, {})
            others = (each for source, its in before.items() if source not in own for each in its)
            if any(
                _likely(contract, contracts[its[0]]) and own.isdisjoint(contracts[at].source for at in its)
                for its in others
            ):
                perhaps.add(group[0])
            before.setdefault(contract.source, []).append(group)
    return perhaps


def _sure_keys(contract: PublishedContract) -> Iterator[tuple[object, ...]]:
    for winner in contract.winners if contract.buyer else ():
        if contract.number:
            yield contract.buyer, winner, contract.number
        if contract.amount is not None:
            yield contract.buyer[:_SIREN], winner, round(contract.amount)


def _sure(contract: PublishedContract, other: PublishedContract) -> bool:
    """Return whether two are surely one: under one number and of no other amount, or on one day and of one amount; days apart, of an amount that is
    not round or under one title."""
    if _differ(contract, other) or not contract.winners & other.winners:
        return False
    if contract.number and contract.number == other.number and contract.buyer == other.buyer:
        return True
    days = _days(contract, other)
    if (
        days is None
        or contract.amount is None
        or other.amount is None
        or contract.buyer[:_SIREN] != other.buyer[:_SIREN]
    ):
        return False
    if _other_trades(contract, other):
        return False
    proved = contract.amount % _ROUND_EUROS != 0 or _same_title(contract, other)
    return days == 0 or (days <= _NEAR_DAYS and proved)


def _likely(contract: PublishedContract, other: PublishedContract) -> bool:
    """Return whether two that are not surely one may be: one buyer, or one that is missing, and one amount, or one that is missing and near
    days.
    """
    if _differ(contract, other):
        return False
    same_amount = contract.amount is not None and other.amount is not None
    one_buyer = bool(contract.buyer) and contract.buyer[:_SIREN] == other.buyer[:_SIREN]
    days = _days(contract, other)
    if same_amount and (one_buyer or not (contract.buyer and other.buyer)):
        return days is None or days <= _FAR_DAYS
    return one_buyer and not _other_trades(contract, other) and days is not None and days <= _NEAR_DAYS


def _differ(contract: PublishedContract, other: PublishedContract) -> bool:
    return contract.amount is not None and other.amount is not None and abs(contract.amount - other.amount) >= 1


def _other_trades(contract: PublishedContract, other: PublishedContract) -> bool:
    return bool(contract.cpv and other.cpv) and contract.cpv[:_CPV_DIVISION] != other.cpv[:_CPV_DIVISION]


def _days(contract: PublishedContract, other: PublishedContract) -> int | None:
    return abs((contract.notified - other.notified).days) if contract.notified and other.notified else None


def _same_title(contract: PublishedContract, other: PublishedContract) -> bool:
    return bool(contract.objet) and fold(contract.objet) == fold(other.objet)
