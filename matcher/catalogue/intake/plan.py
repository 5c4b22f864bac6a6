"""Plan of an import: from the records stored and the records read, computes each record's supplier and outcome (created, updated, merged…), and
what must be written. A pure function."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from matcher.catalogue.identity.compare import RecordKey, Traits
from matcher.catalogue.identity.records import Packed, unpack
from matcher.catalogue.identity.references import directory_of
from matcher.catalogue.identity.same_supplier import Pair, PairDecision, SupplierGroups, group_by_key
from matcher.catalogue.store.opt_outs import follow_anchors
from matcher.domain.kinds import SupplierKind
from matcher.reference.name_words import kind_in


class RecordOutcome(StrEnum):
    """Outcome of an import for one record that was read."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    MERGED = "merged"
    REVIEW = "review"


class KnownRecord(NamedTuple):
    """A stored record: its ids, and its payload's SHA-256 and packed traits (what identity compares)."""

    id: int
    supplier_id: str
    hash: bytes
    gone: bool
    traits: Packed


class Incoming(NamedTuple):
    """A record read from the file: its payload's SHA-256 and packed traits; the payload itself waits in a temporary file."""

    hash: bytes
    traits: Packed


class ReadRecord(NamedTuple):
    """Payload of a record read, and its line in the file."""

    payload: str
    where: int | str


@dataclass(slots=True)
class ImportPlan:
    """`supplier_ids` of every record, the outcome of each incoming one in order, and what must be written.

    `moved` are known records, not incoming, that change supplier; `gone` those that a complete file no longer lists; `touched` the suppliers, old
    and new, to compute again; `pairs` those merged by likeness or left to a person; `crowded` the records compared only with their nearest
    neighbours.
    """

    supplier_ids: dict[RecordKey, str]
    outcomes: list[RecordOutcome] = field(default_factory=list)
    moved: list[RecordKey] = field(default_factory=list)
    gone: list[RecordKey] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    pairs: list[Pair] = field(default_factory=list)
    crowded: frozenset[RecordKey] = frozenset()


def plan_import(
    known: Mapping[RecordKey, KnownRecord],
    incoming: Mapping[RecordKey, Incoming],
    *,
    source: str,
    complete: bool,
    decisions: Sequence[PairDecision] = (),
    anchors: Mapping[RecordKey, RecordKey] = MappingProxyType({}),
    listed: Collection[str] = (),
) -> ImportPlan:
    """Return what importing `incoming` (all of `source`, in file order) changes in a catalogue that holds `known`.

    `decisions` are people's decisions on pairs, applied again each time; `anchors` maps each correction to the record it was written on; `listed`
    are the SIRENs whose kind a list of organisations gives.
    """
    traits = AllTraits(known, incoming)
    grouping = _group(traits, decisions, anchors)
    plan = ImportPlan(follow_anchors(grouping.ids, anchors), pairs=grouping.pairs, crowded=grouping.crowded)
    waiting = grouping.in_review
    kindless = _without_kind(traits, plan.supplier_ids, listed)
    # the suppliers with a record already; not computed where no record is new
    joining = set() if all(map(known.__contains__, incoming)) else {plan.supplier_ids[key] for key in known}
    for key, item in incoming.items():
        supplier_id, former = plan.supplier_ids[key], known.get(key)
        if former is not None:
            same = former.hash == item.hash and not former.gone
            outcome = RecordOutcome.UNCHANGED if same else RecordOutcome.UPDATED
        elif key in waiting or supplier_id in kindless:
            outcome = RecordOutcome.REVIEW
        else:
            outcome = RecordOutcome.MERGED if supplier_id in joining else RecordOutcome.CREATED
        plan.outcomes.append(outcome)
        joining.add(supplier_id)
        if outcome is not RecordOutcome.UNCHANGED:
            plan.touched.add(supplier_id)
    for key, item_known in known.items():
        if plan.supplier_ids[key] != item_known.supplier_id:
            plan.touched |= {plan.supplier_ids[key], item_known.supplier_id}
            if key not in incoming:
                plan.moved.append(key)
    if complete:
        plan.gone += _gone_records(known, incoming, plan.supplier_ids, source)
        plan.touched.update(map(plan.supplier_ids.__getitem__, plan.gone))
    return plan


class AllTraits(Mapping[RecordKey, Traits]):
    """Read-only mapping of the traits of all records, known and incoming, but `left_out`; unpacked on access."""

    def __init__(
        self,
        known: Mapping[RecordKey, KnownRecord],
        incoming: Mapping[RecordKey, Incoming],
        left_out: Collection[RecordKey] = (),
    ) -> None:
        self._known, self._incoming, self._left_out = known, incoming, left_out

    def without(self, keys: Collection[RecordKey]) -> "AllTraits":
        """Return the same mapping without these keys."""
        return AllTraits(self._known, self._incoming, keys)

    def __contains__(self, key: object) -> bool:
        return (key in self._incoming or key in self._known) and key not in self._left_out

    def __iter__(self) -> Iterator[RecordKey]:
        for key in self._known:
            if key not in self._left_out:
                yield key
        for key in self._incoming:
            if key not in self._known and key not in self._left_out:
                yield key

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __getitem__(self, key: RecordKey) -> Traits:
        if key in self._left_out:
            raise KeyError(key)
        item = self._incoming[key] if key in self._incoming else self._known[key]
        return unpack(key, item.traits)


def _without_kind(
    traits: Mapping[RecordKey, Traits], ids: Mapping[RecordKey, str], listed: Collection[str]
) -> set[str]:
    """The suppliers that no record proves to be inclusive."""
    kindless = {key for key, record in traits.items() if not proves_kind(record, listed)}
    kindless_suppliers = {ids[key] for key in kindless}
    for key in traits if kindless_suppliers else ():
        if key not in kindless:
            kindless_suppliers.discard(ids[key])
    return kindless_suppliers


def _group(traits: AllTraits, decisions: Sequence[PairDecision], anchors: Collection[RecordKey]) -> SupplierGroups:
    # A correction keeps the supplier it was written on, whatever the likeness.
    written = {key for key in anchors if key in traits and not traits[key].siret}
    grouping = group_by_key(traits.without(written), decisions)
    grouping.ids.update((key, f"{key[0]}:{key[1]}") for key in written)
    return grouping


def _gone_records(
    known: Mapping[RecordKey, KnownRecord],
    incoming: Mapping[RecordKey, Incoming],
    supplier_ids: Mapping[RecordKey, str],
    source: str,
) -> Iterator[RecordKey]:
    """Yield the records of a source that its complete file, `incoming`, no longer lists. Those of lists that the file does not cover are not gone;
    after a change of numbering, nor is one whose supplier and kind are listed under a new number."""
    directories = {directory_of(*key) for key in incoming}
    listings = {directory.listing for directory in directories}
    kinds: dict[str, set[SupplierKind]] = {}  # those in the file, by supplier; needed only after a change of numbering
    for key, item in known.items():
        if key[0] != source or key in incoming or item.gone:
            continue
        directory = directory_of(*key)
        if directory.listing not in listings:
            continue
        if directory not in directories:
            for read_key, read in () if kinds else incoming.items():
                kinds.setdefault(supplier_ids[read_key], set()).update(unpack(read_key, read.traits).kinds)
            own, listed = unpack(key, item.traits).kinds, kinds.get(supplier_ids[key])
            if listed is not None and not (own and listed.isdisjoint(own)):
                continue
        yield key


def proves_kind(record: Traits, listed: Collection[str]) -> bool:
    """Return whether a record proves that its supplier is inclusive: by kind, by name, or by a list of organisations with its SIREN."""
    return bool(record.kinds) or record.siren in listed or any(kind_in(name) for name in record.names)
