"""Import of facts about whole organisations (a list of SIRENs gives the kind « ESS »…): stored per SIREN, even without a supplier in the catalogue,
and applied to the suppliers of that SIREN, now or when one appears; and their undoing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, bindparam, delete, func, insert, literal, select, update

from importers.importer import SupplierRecord
from matcher.catalogue.identity.merge import Fact, StoredRecord
from matcher.catalogue.intake.clean_record import cut_to_limits
from matcher.catalogue.intake.plan import RecordOutcome
from matcher.catalogue.intake.report import ImportReport
from matcher.catalogue.store.read import waiting_ids
from matcher.catalogue.store.tables import (
    FACTS_BEFORE,
    ORGANISATION_FACTS,
    SUPPLIERS,
)
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
    columns = (
        ORGANISATION_FACTS.c.siren,
        ORGANISATION_FACTS.c.value,
        ORGANISATION_FACTS.c.wording,
        ORGANISATION_FACTS.c.gone,
    )
    query = select(*columns).where(ORGANISATION_FACTS.c.source == source, ORGANISATION_FACTS.c.field == _KINDS)
    known = {row[0]: _Known(*row[1:]) for row in connection.execute(query)}
    suppliers = _possible_suppliers(connection)
    changed: set[str] = set()
    new: list[dict[str, Any]] = []
    altered: list[dict[str, Any]] = []
    for siren, record in records.items():
        row = _row(siren, source, record, run_id)
        before = known.get(siren)
        if before is None:
            new.append(row | {"first_seen_run": run_id})
        elif before != _Known(row["value"], row["wording"], gone=False):
            altered.append({f"new_{name}": value for name, value in row.items()})
        if before is None or before.gone or before.value != row["value"]:
            changed.add(siren)
        if siren in counted:
            _count(report, record, siren in suppliers, before, same=siren not in changed)
    lost = _unlisted_sirens(known, records) if complete else []
    if keep:
        _write(connection, source, run_id, new, altered)
        _save_former(connection, source, run_id, lost)
        for part in chunks(lost):
            connection.execute(
                update(ORGANISATION_FACTS)
                .where(ORGANISATION_FACTS.c.source == source, ORGANISATION_FACTS.c.siren.in_(part))
                .values(gone=True)
            )
    report.gone += len(lost)
    changed.update(lost)
    report.facts = len(new) + len(altered) + len(lost)
    return {supplier_id for siren in changed for supplier_id in suppliers.get(siren, ())}


def _write(
    connection: Connection, source: str, run_id: int, new: Sequence[dict[str, Any]], altered: Sequence[dict[str, Any]]
) -> None:
    """Insert the new facts and update those altered, after saving their former values."""
    if new:
        connection.execute(insert(ORGANISATION_FACTS), new)
    _save_former(connection, source, run_id, [row["new_siren"] for row in altered])
    if altered:
        connection.execute(_update(altered[0]), altered)


def _unlisted_sirens(known: Mapping[str, _Known], records: Collection[str]) -> list[str]:
    """SIRENs with current facts of a list that are absent from its complete version."""
    return sorted(siren for siren, fact in known.items() if siren not in records and not fact.gone)


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
    names = {name: name for name in ("siren", "source", "field", *_FORMER)} | {"run_id": "last_run"}
    values = [{f"new_{name}": row[kept] for name, kept in names.items()} for row in rows]
    if values:
        connection.execute(_update(values[0]), values)
    connection.execute(delete(FACTS_BEFORE).where(FACTS_BEFORE.c.run_id == run_id))
    sirens |= {row["new_siren"] for row in values}
    suppliers = _possible_suppliers(connection)
    return facts, {supplier_id for siren in sirens for supplier_id in suppliers.get(siren, ())}


def _save_former(connection: Connection, source: str, run_id: int, sirens: Iterable[str]) -> None:
    """Copy the facts of these SIRENs, as they are before a run writes them, to undo it."""
    columns = {
        "run_id": literal(run_id),
        **{name: ORGANISATION_FACTS.c[name] for name in ("siren", "source", "field", *_FORMER)},
        "last_run": ORGANISATION_FACTS.c.run_id,
    }
    for part in chunks(sirens):
        query = select(*columns.values()).where(
            ORGANISATION_FACTS.c.source == source,
            ORGANISATION_FACTS.c.field == _KINDS,
            ORGANISATION_FACTS.c.siren.in_(part),
        )
        connection.execute(insert(FACTS_BEFORE).from_select(list(columns), query))


def _count(
    report: ImportReport, record: SupplierRecord, has_supplier: bool, before: _Known | None, *, same: bool
) -> None:
    if not has_supplier:
        report.refuse(NO_SUPPLIER, record.line)
    elif same:
        report.outcomes[RecordOutcome.UNCHANGED] += 1
    else:
        report.outcomes[RecordOutcome.MERGED if before is None else RecordOutcome.UPDATED] += 1


def _row(siren: str, source: str, record: SupplierRecord, run_id: int) -> dict[str, Any]:
    kinds = clean_kinds(record.kind).value
    if kinds is None:
        raise ValueError(f"{source}: a list of organisations must name the kind it gives, not {record.kind!r}")
    return {
        "siren": siren,
        "source": source,
        "field": _KINDS,
        "value": kinds[0].value,
        "wording": tidy(record.labels),
        "as_of": None,
        "run_id": run_id,
        "gone": False,
    }


def _update(row: Mapping[str, Any]) -> Any:
    keys = ("siren", "source", "field")
    values: dict[str, Any] = {
        name.removeprefix("new_"): bindparam(name) for name in row if name.removeprefix("new_") not in keys
    }
    return (
        update(ORGANISATION_FACTS)
        .where(*(ORGANISATION_FACTS.c[key] == bindparam(f"new_{key}") for key in keys))
        .values(values)
    )
