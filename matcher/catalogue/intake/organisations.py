"""Import of facts about whole organisations (a list of SIRENs gives the kind « ESS »…): stored per SIREN, even without a supplier in the catalogue,
and applied to the suppliers of that SIREN, now or when one appears; and their undoing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, bindparam, delete, func, insert, literal, select, update

from importers.importer import SupplierRecord
from matcher.catalogue.identity.merge import Fact, StoredRecord
from matcher.catalogue.intake.clean_record import cut_to_limits
from matcher.catalogue.intake.plan import RecordOutcome
from matcher.catalogue.intake.report import ImportReport
from matcher.catalogue.store.read import waiting_ids
from matcher.catalogue.store.tables import FACTS_BEFORE, ORGANISATION_FACTS, SUPPLIERS
from matcher.cleaning.kinds import clean_kinds
from matcher.cleaning.names import tidy
from matcher.cleaning.siret import clean_siren
from matcher.db import reading
from matcher.domain.grouping import group_pairs
from matcher.domain.kinds import SupplierKind
from matcher.domain.supplier import Origin
from matcher.rows import chunks

NO_SUPPLIER = "aucun fournisseur de ce SIREN au catalogue"
NO_SIREN = "SIREN absent ou illisible"
SIREN_REPEATED = "SIREN déjà lu dans ce fichier"

_KINDS = "kinds"
_KEYS = ("siren", "source", "field")
_FORMER = ("value", "wording", "as_of", "gone")


class _Known(NamedTuple):
    value: str
    wording: str
    gone: bool


def facts_of(connection: Connection, sirens: Iterable[str]) -> dict[str, tuple[Fact, ...]]:
    """Return the current facts of these organisations, by SIREN, sorted by source."""
    facts: dict[str, tuple[Fact, ...]] = {}
    for part in chunks(sorted({siren for siren in sirens if siren})):
        query = select(ORGANISATION_FACTS).where(
            ORGANISATION_FACTS.c.siren.in_(part),
            ORGANISATION_FACTS.c.gone.is_(False),
            ORGANISATION_FACTS.c.field == _KINDS,
        )
        for row in connection.execute(query.order_by(ORGANISATION_FACTS.c.siren, ORGANISATION_FACTS.c.source)):
            origin = Origin(row.source, row.siren, row.as_of)
            fact = Fact(row.siren, SupplierKind(row.value), row.wording, origin)
            facts[row.siren] = (*facts.get(row.siren, ()), fact)
    return facts


def facts_by_supplier(
    connection: Connection, by_supplier: Mapping[str, Sequence[StoredRecord]]
) -> dict[str, tuple[Fact, ...]]:
    """Return the facts of each supplier's organisation, by supplier id."""
    sirens = {
        supplier_id: {siren for item in stored if (siren := item.record.siren or item.record.siret[:9])}
        for supplier_id, stored in by_supplier.items()
    }
    facts = facts_of(connection, {siren for numbers in sirens.values() for siren in numbers})
    return {
        supplier_id: tuple(fact for siren in sorted(numbers) for fact in facts.get(siren, ()))
        for supplier_id, numbers in sirens.items()
    }


def without_supplier(engine: Engine, organisations: Mapping[str, SupplierRecord], source: str) -> list[SupplierRecord]:
    """Return the records whose SIREN has no supplier from any other source than `source`: they may become suppliers."""
    with reading(engine) as connection:
        ids = _possible_suppliers(connection)
    known = {
        siren
        for siren, owners in ids.items()
        if any(not supplier_id.startswith(f"{source}:") for supplier_id in owners)
    }
    return [replace(record, siren=siren) for siren, record in organisations.items() if siren not in known]


def suppliers_by_siren(connection: Connection) -> dict[str, list[str]]:
    """Return the ids of the suppliers of each SIREN, sorted."""
    query = select(SUPPLIERS.c.siren, SUPPLIERS.c.id).where(SUPPLIERS.c.siren != "").order_by(SUPPLIERS.c.id)
    return group_pairs((siren, supplier_id) for siren, supplier_id in connection.execute(query))


def _possible_suppliers(connection: Connection) -> dict[str, list[str]]:
    """The ids of the suppliers of each SIREN, with the waiting ones (no known kind), which have a SIRET as their id."""
    by_siren = suppliers_by_siren(connection)
    for supplier_id in connection.execute(waiting_ids()).scalars():
        family, _, number = supplier_id.partition(":")
        if family == "siret":
            by_siren.setdefault(number[:9], []).append(supplier_id)
    return by_siren


def once_by_siren(records: Iterable[SupplierRecord], report: ImportReport) -> dict[str, SupplierRecord]:
    """Return the first record of each SIREN; records without a SIREN or repeating one are refused in the report."""
    supplier_records: dict[str, SupplierRecord] = {}
    for supplier_record in records:
        record, beyond = cut_to_limits(supplier_record)
        cleaned = clean_siren(record.siren)
        if cleaned.value is None:
            report.refuse(NO_SIREN, record.line)
        elif cleaned.value in supplier_records:
            report.refuse(SIREN_REPEATED, record.line)
        else:
            supplier_records[cleaned.value] = record
            for flag in filter(None, (cleaned.flag, *beyond)):
                report.doubt(flag, record.line)
    return supplier_records


def take_facts(
    connection: Connection,
    source: str,
    records: Mapping[str, SupplierRecord],
    counted: Collection[str],
    run_id: int,
    report: ImportReport,
    *,
    complete: bool,
    keep: bool = True,
) -> set[str]:
    """Write the facts of `records` (by SIREN), unless `keep` is False, and return the ids of the suppliers whose facts changed.

    For the SIRENs of `counted` the report counts merged, updated or unchanged where the catalogue has a supplier, else refused, although the fact
    is stored for a later one. `complete`: facts no longer listed are marked gone.
    """
    query = select(*(ORGANISATION_FACTS.c[name] for name in ("siren", *_Known._fields)))
    query = query.where(ORGANISATION_FACTS.c.source == source, ORGANISATION_FACTS.c.field == _KINDS)
    known = {row[0]: _Known(*row[1:]) for row in connection.execute(query)}
    suppliers = _possible_suppliers(connection)
    changed: set[str] = set()
    new: list[dict[str, str]] = []
    altered: list[dict[str, str]] = []
    for siren, record in records.items():
        kinds, before = clean_kinds(record.kind).value, known.get(siren)
        if kinds is None:
            raise ValueError(f"{source}: a list of organisations must name the kind it gives, not {record.kind!r}")
        row = {"siren": siren, "value": kinds[0].value, "wording": tidy(record.labels)}
        if before is None:
            new.append(row)
        elif before != _Known(row["value"], row["wording"], gone=False):
            altered.append(row)
        if before is None or (before.value, before.gone) != (row["value"], False):
            changed.add(siren)
        if siren in counted:
            _count(report, record, siren in suppliers, before, same=siren not in changed)
    listed_before = {siren for siren, fact in known.items() if not fact.gone}
    lost = sorted(listed_before - records.keys()) if complete else []
    if keep:
        _write_facts(connection, source, run_id, new, altered, lost)
    report.gone += len(lost)
    changed.update(lost)
    report.facts = len(new) + len(altered) + len(lost)
    return set(chain.from_iterable(suppliers.get(siren, ()) for siren in changed))


def _write_facts(
    connection: Connection,
    source: str,
    run_id: int,
    new: Sequence[dict[str, str]],
    altered: Sequence[dict[str, str]],
    lost: Sequence[str],
) -> None:
    """Insert the new facts, update those altered and mark gone those of the SIRENs `lost`, after saving their former values."""
    common = {"source": source, "field": _KINDS, "as_of": None, "run_id": run_id, "gone": False}
    if new:
        first_seen = common | {"first_seen_run": run_id}
        connection.execute(insert(ORGANISATION_FACTS), [{**row, **first_seen} for row in new])
    columns = {
        "run_id": literal(run_id),
        **{name: ORGANISATION_FACTS.c[name] for name in (*_KEYS, *_FORMER)},
        "last_run": ORGANISATION_FACTS.c.run_id,
    }
    mine = (ORGANISATION_FACTS.c.source == source) & (ORGANISATION_FACTS.c.field == _KINDS)
    for part in chunks([*(row["siren"] for row in altered), *lost]):
        query = select(*columns.values()).where(mine, ORGANISATION_FACTS.c.siren.in_(part))
        connection.execute(insert(FACTS_BEFORE).from_select(list(columns), query))
    _update_facts(connection, [{**row, **common} for row in altered])
    for part in chunks(lost):
        gone = update(ORGANISATION_FACTS).where(ORGANISATION_FACTS.c.source == source)
        connection.execute(gone.where(ORGANISATION_FACTS.c.siren.in_(part)).values(gone=True))


def facts_kept(connection: Connection, run_id: int) -> int:
    """Return how many facts an import brought, changed or marked gone that can still be undone."""
    brought = select(func.count()).select_from(ORGANISATION_FACTS).where(ORGANISATION_FACTS.c.first_seen_run == run_id)
    changed = select(func.count()).select_from(FACTS_BEFORE).where(FACTS_BEFORE.c.run_id == run_id)
    return int(connection.execute(brought).scalar_one()) + int(connection.execute(changed).scalar_one())


def take_back_facts(connection: Connection, run_id: int) -> tuple[int, set[str]]:
    """Undo the facts of an import: restore their former values; return their number and the ids of the suppliers."""
    facts = facts_kept(connection, run_id)
    brought = select(ORGANISATION_FACTS.c.siren).where(ORGANISATION_FACTS.c.first_seen_run == run_id)
    sirens = set(connection.execute(brought).scalars())
    connection.execute(delete(ORGANISATION_FACTS).where(ORGANISATION_FACTS.c.first_seen_run == run_id))
    rows = connection.execute(select(FACTS_BEFORE).where(FACTS_BEFORE.c.run_id == run_id)).mappings()
    names = {name: name for name in (*_KEYS, *_FORMER)} | {"run_id": "last_run"}
    former = [{name: row[column] for name, column in names.items()} for row in rows]
    _update_facts(connection, former)
    connection.execute(delete(FACTS_BEFORE).where(FACTS_BEFORE.c.run_id == run_id))
    sirens |= {row["siren"] for row in former}
    suppliers = _possible_suppliers(connection)
    return facts, {supplier_id for siren in sirens for supplier_id in suppliers.get(siren, ())}


def _count(
    report: ImportReport, record: SupplierRecord, has_supplier: bool, before: _Known | None, *, same: bool
) -> None:
    if not has_supplier:
        report.refuse(NO_SUPPLIER, record.line)
    elif same:
        report.outcomes[RecordOutcome.UNCHANGED] += 1
    else:
        report.outcomes[RecordOutcome.MERGED if before is None else RecordOutcome.UPDATED] += 1


def _update_facts(connection: Connection, facts: Sequence[Mapping[str, Any]]) -> None:
    """Write these values, all of the same columns, over the stored facts of the same SIREN, source and field."""
    if facts:
        # SQLAlchemy reserves the names of the columns: the parameters have others.
        same = (ORGANISATION_FACTS.c[key] == bindparam(f"new_{key}") for key in _KEYS)
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in facts[0] if name not in _KEYS}
        parameters = [{f"new_{name}": value for name, value in fact.items()} for fact in facts]
        connection.execute(update(ORGANISATION_FACTS).where(*same).values(values), parameters)
