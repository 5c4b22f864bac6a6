"""Deduplication of public contracts published by several sources (DECP, eForms, BOAMP): which are surely the same contract, and which perhaps. Pure.

What is not sure stays two contracts, since a wrong merge would hide one.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from matcher.cleaning.words import fold

# Rank of trust: the buyer's own data, then official forms, other sources last.
_TRUST = {"decp": 0, "eforms": 1, "boamp": 2}
_SIREN, _CPV_DIVISION = 9, 2
# Most days between two dates of one contract: a notice often gives only its own date, later than the notification.
_NEAR_DAYS, _FAR_DAYS = 62, 183
# A multiple of this, often the ceiling of a framework agreement shared by its lots, proves little.
_ROUND_EUROS = 1000


class PublishedContract(NamedTuple):
    """A contract as one source publishes it: `buyer` is a SIRET or empty, `winners` are SIRENs."""

    source: str
    buyer: str
    number: str
    objet: str
    cpv: str
    notified: date | None
    amount: float | None
    winners: frozenset[str]


class SameContracts(NamedTuple):
    """Indexes into the contracts published: each of `groups` is one contract, its most trusted publication first; `perhaps` holds the first of each
    group that may be the same as an earlier, more trusted group."""

    groups: list[list[int]]
    perhaps: set[int]


def same_contracts(contracts: Sequence[PublishedContract]) -> SameContracts:
    """Group the publications that are surely one contract, at most one per source in a group."""
    sources: dict[str, set[str]] = {}
    for contract in contracts:
        for winner in contract.winners:
            sources.setdefault(winner, set()).add(contract.source)
    # a contract whose winners are all known to one source only has no duplicate
    shared = {
        at for at, contract in enumerate(contracts) if any(len(sources[winner]) > 1 for winner in contract.winners)
    }
    by_trust = sorted(
        range(len(contracts)), key=lambda at: (_TRUST.get(contracts[at].source, len(_TRUST)), contracts[at].source)
    )
    groups: list[list[int]] = []
    groups_by_key: dict[tuple[object, ...], list[int]] = {}
    for place in filter(shared.__contains__, by_trust):
        contract = contracts[place]
        candidates = dict.fromkeys(at for key in _sure_keys(contract) for at in groups_by_key.get(key, ()))
        group = _nearest(contract, {at: [contracts[member] for member in groups[at]] for at in candidates})
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
    """The group of other sources that surely holds this contract: of several, the nearest in days, then that of the same title."""
    matches = []
    for group, others in candidates.items():
        if any(other.source == contract.source for other in others):
            continue
        for other in others:
            if _sure(contract, other):
                days = _days_between(contract, other)
                matches.append((_FAR_DAYS if days is None else days, not _same_title(contract, other), group))
    return min(matches)[-1] if matches else None


def _perhaps(contracts: Sequence[PublishedContract], groups: Sequence[Sequence[int]]) -> set[int]:
    """The first contract of each group that is likely the same as an earlier group of other sources."""
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
            others = (each for source, members in before.items() if source not in own for each in members)
            if any(
                _likely(contract, contracts[other[0]]) and own.isdisjoint(contracts[at].source for at in other)
                for other in others
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
    """Return whether two publications are surely one contract: same number and no different amount; or same day and amount; or near days and the
    same amount, if it is not round or the title is the same."""
    if _amounts_differ(contract, other) or not contract.winners & other.winners:
        return False
    if contract.number and contract.number == other.number and contract.buyer == other.buyer:
        return True
    days = _days_between(contract, other)
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
    """Return whether two publications may be one contract: same or missing buyer and same amount, or same buyer, missing amount and near days."""
    if _amounts_differ(contract, other):
        return False
    same_amount = contract.amount is not None and other.amount is not None
    one_buyer = bool(contract.buyer) and contract.buyer[:_SIREN] == other.buyer[:_SIREN]
    days = _days_between(contract, other)
    if same_amount and (one_buyer or not (contract.buyer and other.buyer)):
        return days is None or days <= _FAR_DAYS
    return one_buyer and not _other_trades(contract, other) and days is not None and days <= _NEAR_DAYS


def _amounts_differ(contract: PublishedContract, other: PublishedContract) -> bool:
    return contract.amount is not None and other.amount is not None and abs(contract.amount - other.amount) >= 1


def _other_trades(contract: PublishedContract, other: PublishedContract) -> bool:
    return bool(contract.cpv and other.cpv) and contract.cpv[:_CPV_DIVISION] != other.cpv[:_CPV_DIVISION]


def _days_between(contract: PublishedContract, other: PublishedContract) -> int | None:
    return abs((contract.notified - other.notified).days) if contract.notified and other.notified else None


def _same_title(contract: PublishedContract, other: PublishedContract) -> bool:
    return bool(contract.objet) and fold(contract.objet) == fold(other.objet)
