"""What an import would change: a pure function of what is known and what was read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from matcher.catalogue.evidence import RecordKey, Traits
from matcher.catalogue.guard import follow
from matcher.catalogue.identity import Decision, Pair, group
from matcher.catalogue.records import CleanRecord
from matcher.catalogue.references import directory_of
from matcher.catalogue.traits import traits_of
from matcher.domain.kinds import SupplierKind


class Outcome(StrEnum):
    """What happens to one record that was read."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    MERGED = "merged"
    REVIEW = "review"


class Known(NamedTuple):
    """What the database holds of one record: of its payload, what identity compares."""

    id: int
    supplier_id: str
    hash: str
    gone: bool
    traits: Traits


class Incoming(NamedTuple):
    """A cleaned record, its canonical payload, and the payload's hash."""

    record: CleanRecord
    payload: str
    hash: str


@dataclass(slots=True)
class Plan:
    """`supplier_ids` of every record, the outcome of each incoming one in order, and what must be written.

    `moved` are known records, not incoming, that now belong to another supplier; `gone` those a complete file no longer
    lists; `touched` the suppliers, old and new, to compute again; `pairs` what evidence tied or leaves to a person.
    """

    supplier_ids: dict[RecordKey, str]
    outcomes: list[Outcome] = field(default_factory=list)
    moved: list[RecordKey] = field(default_factory=list)
    gone: list[RecordKey] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    pairs: list[Pair] = field(default_factory=list)


def plan_import(
    known: Mapping[RecordKey, Known],
    incoming: Sequence[Incoming],
    *,
    source: str,
    complete: bool,
    decisions: Sequence[Decision] = (),
    anchors: Mapping[RecordKey, RecordKey] = MappingProxyType({}),
) -> Plan:
    """Return what importing `incoming` (unique keys, all of `source`) changes in a catalogue that holds `known`.

    `decisions` are those that stand, replayed each time; `anchors` ties corrections of the team to the records they were
    written on.
    """
    traits = {key: item.traits for key, item in known.items()}
    traits |= {item.record.key: traits_of(item.record) for item in incoming}
    # A correction stands where the team wrote it: evidence has no say in it.
    grouping = group((its for key, its in traits.items() if key not in anchors or its.siret), decisions)
    written = {key: f"{key[0]}:{key[1]}" for key in traits if key not in grouping.ids}
    plan = Plan(follow(grouping.ids | written, anchors), pairs=grouping.pairs)
    waiting = grouping.in_review
    read = {item.record.key for item in incoming}
    lists = _Lists(incoming, plan.supplier_ids)
    given = {plan.supplier_ids[key] for key in known}
    for item in incoming:
        key = item.record.key
        supplier_id = plan.supplier_ids[key]
        outcome = _outcome(known.get(key), item.hash, joins=supplier_id in given, waits=key in waiting)
        plan.outcomes.append(outcome)
        given.add(supplier_id)
        if outcome is not Outcome.UNCHANGED:
            plan.touched.add(supplier_id)
    for key, item_known in known.items():
        if plan.supplier_ids[key] != item_known.supplier_id:
            plan.touched |= {plan.supplier_ids[key], item_known.supplier_id}
            if key not in read:
                plan.moved.append(key)
        if (
            complete
            and key[0] == source
            and key not in read
            and not item_known.gone
            and lists.lack(item_known.traits, plan.supplier_ids[key])
        ):
            plan.gone.append(key)
            plan.touched.add(plan.supplier_ids[key])
    return plan


class _Lists:
    """What a complete file lists, and so what it lacks."""

    def __init__(self, incoming: Sequence[Incoming], supplier_ids: Mapping[RecordKey, str]) -> None:
        directories = {directory_of(*item.record.key) for item in incoming}
        self._directories = directories
        self._listings = {directory.listing for directory in directories}
        self._kinds: dict[str, set[SupplierKind | None]] = {}
        for item in incoming:
            self._kinds.setdefault(supplier_ids[item.record.key], set()).update(item.record.kinds or (None,))

    def lack(self, record: Traits, supplier_id: str) -> bool:
        """Whether a known record of the source, not read, is gone: another list of it says nothing of the record, and where
        the directory changed its numbering, the same supplier and kind under the new one is the same structure.
        """
        directory = directory_of(record.source, record.ref)
        if directory.listing not in self._listings:
            return False
        listed = self._kinds.get(supplier_id, set())
        return directory in self._directories or listed.isdisjoint(record.kinds or (None,))


def _outcome(known: Known | None, payload_hash: str, *, joins: bool, waits: bool) -> Outcome:
    if known is None:
        if waits:
            return Outcome.REVIEW
        return Outcome.MERGED if joins else Outcome.CREATED
    return Outcome.UNCHANGED if known.hash == payload_hash and not known.gone else Outcome.UPDATED
