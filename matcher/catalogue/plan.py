"""What an import would change: a pure function of what is known and what was read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from matcher.catalogue.guard import follow
from matcher.catalogue.identity import Keys, RecordKey, group
from matcher.catalogue.records import CleanRecord


class Outcome(StrEnum):
    """What happens to one record that was read."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    MERGED = "merged"


class Known(NamedTuple):
    """What the database holds of one record, its payload aside."""

    id: int
    siret: str
    finess: str
    supplier_id: str
    hash: str
    gone: bool


class Incoming(NamedTuple):
    """A cleaned record, its canonical payload, and the payload's hash."""

    record: CleanRecord
    payload: str
    hash: str


@dataclass(slots=True)
class Plan:
    """`supplier_ids` of every record, the outcome of each incoming one in order, and what must be written.

    `moved` are known records, not incoming, that now belong to another supplier; `gone` those a complete file no longer
    lists; `touched` the suppliers, old and new, to compute again.
    """

    supplier_ids: dict[RecordKey, str]
    outcomes: list[Outcome] = field(default_factory=list)
    moved: list[RecordKey] = field(default_factory=list)
    gone: list[RecordKey] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)


def plan_import(
    known: Mapping[RecordKey, Known],
    incoming: Sequence[Incoming],
    *,
    source: str,
    complete: bool,
    anchors: Mapping[RecordKey, RecordKey] = MappingProxyType({}),
) -> Plan:
    """Return what importing `incoming` (unique keys, all of `source`) changes in a catalogue that holds `known`.

    `anchors` ties corrections of the team to the records they were written on.
    """
    keys = {key: Keys(*key, item.siret, item.finess) for key, item in known.items()}
    keys |= {item.record.key: Keys(*item.record.key, item.record.siret, item.record.finess) for item in incoming}
    plan = Plan(follow(group(keys.values()), anchors))
    read = {item.record.key for item in incoming}
    given = {plan.supplier_ids[key] for key in known}
    for item in incoming:
        key = item.record.key
        supplier_id = plan.supplier_ids[key]
        outcome = _outcome(known.get(key), item.hash, joins=supplier_id in given)
        plan.outcomes.append(outcome)
        given.add(supplier_id)
        if outcome is not Outcome.UNCHANGED:
            plan.touched.add(supplier_id)
    for key, item_known in known.items():
        if plan.supplier_ids[key] != item_known.supplier_id:
            plan.touched |= {plan.supplier_ids[key], item_known.supplier_id}
            if key not in read:
                plan.moved.append(key)
        if complete and key[0] == source and key not in read and not item_known.gone:
            plan.gone.append(key)
            plan.touched.add(plan.supplier_ids[key])
    return plan


def _outcome(known: Known | None, payload_hash: str, *, joins: bool) -> Outcome:
    if known is None:
        return Outcome.MERGED if joins else Outcome.CREATED
    return Outcome.UNCHANGED if known.hash == payload_hash and not known.gone else Outcome.UPDATED
