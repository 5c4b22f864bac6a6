"""The catalogue as it may leave: without what its sources do not let out, counted, and with the mentions to cite."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, Engine, select

from matcher.catalogue.identity.merge import StoredRecord, merge
from matcher.catalogue.identity.records import from_payload
from matcher.catalogue.identity.trust import TRUST, short_title
from matcher.catalogue.intake.organisations import facts_by_supplier
from matcher.catalogue.store.read import last_imports, load_suppliers
from matcher.catalogue.store.tables import OrganisationFactRow, SourceRecordRow, SupplierRow
from matcher.db import reading
from matcher.domain.french import count
from matcher.domain.supplier import Supplier
from matcher.reference.source_rules import Use, allowed, source_rules
from matcher.rows import chunks, table_of

_RECORDS = table_of(SourceRecordRow)
_FACTS = table_of(OrganisationFactRow)
_SUPPLIERS = table_of(SupplierRow)


@dataclass(frozen=True, slots=True)
class Shareable:
    """Suppliers as their other sources tell them. `cut` counts, by source kept in, those that lose what it says; `left_out` those that no
    other source tells inclusive; `mentions` what is to be cited of each source, with the date of its data."""

    use: Use
    suppliers: Sequence[Supplier]
    cut: Mapping[str, int]
    left_out: int
    mentions: Mapping[str, str]

    def says(self) -> str:
        """Say in French what is left out and why, empty where nothing is."""
        rules = source_rules()
        told = [f"{short_title(key)} n’y est pas ({rules[key].rights}) : {count(n, 'fournisseur y perd ce qu’elle seule dit', 'fournisseurs y perdent ce qu’elle seule dit')}" for key, n in self.cut.items()]  # fmt: skip
        if self.left_out:
            told.append(f"{count(self.left_out, 'fournisseur')} qu’aucune autre source ne fait connaître : non repris")
        return ".\n".join(told)


def shareable(engine: Engine, use: Use, trust: Sequence[str] = TRUST) -> Shareable:
    """Return the whole catalogue for a use. Suppliers that no source kept in tells anything of are as they are."""
    kept_in = [key for key in trust if not allowed(key, use)]
    cut: Counter[str] = Counter()
    again: dict[str, Supplier | None] = {}
    whole = {supplier.id: supplier for supplier in load_suppliers(engine)}
    with reading(engine) as connection:
        touched = _told_by(connection, kept_in)
        for sources in touched.values():
            cut.update(sources)
        for ids in chunks(sorted(touched)):
            again.update(_without(connection, ids, kept_in, trust))
    suppliers = [
        replace(found, references=tuple(won for won in supplier.references if won.source not in kept_in))
        for supplier_id, supplier in whole.items()
        if (found := again.get(supplier_id, supplier)) is not None
    ]
    return Shareable(use, suppliers, dict(sorted(cut.items())), len(whole) - len(suppliers), _mentions(engine, kept_in))


def _told_by(connection: Connection, sources: Collection[str]) -> dict[str, set[str]]:
    """The suppliers of which these sources say something, itself or of its whole organisation, each with them."""
    records = select(_RECORDS.c.supplier_id, _RECORDS.c.source).where(_RECORDS.c.source.in_(sources)).distinct()
    facts = select(_SUPPLIERS.c.id, _FACTS.c.source).join(_FACTS, _FACTS.c.siren == _SUPPLIERS.c.siren)
    told: dict[str, set[str]] = {}
    for query in (records, facts.where(_FACTS.c.source.in_(sources)).distinct()):
        for supplier_id, source in connection.execute(query):
            told.setdefault(supplier_id, set()).add(source)
    return told


def _without(
    connection: Connection, ids: Sequence[str], kept_in: Collection[str], trust: Sequence[str]
) -> dict[str, Supplier | None]:
    """These suppliers merged again from their other sources, None for one that none of them tells inclusive."""
    stored: dict[str, list[StoredRecord]] = {}
    query = select(_RECORDS.c.supplier_id, _RECORDS.c.payload, _RECORDS.c.gone)
    rows = connection.execute(query.where(_RECORDS.c.supplier_id.in_(ids), _RECORDS.c.source.not_in(kept_in)))
    for supplier_id, payload, gone in rows:
        stored.setdefault(supplier_id, []).append(StoredRecord(from_payload(payload), gone))
    facts = facts_by_supplier(connection, stored)
    found: dict[str, Supplier | None] = dict.fromkeys(ids)
    for supplier_id, records in stored.items():
        own = [fact for fact in facts.get(supplier_id, ()) if fact.origin.source not in kept_in]
        supplier = merge(supplier_id, records, trust, own).supplier
        found[supplier_id] = supplier if supplier.kinds else None
    return found


def _mentions(engine: Engine, kept_in: Collection[str]) -> dict[str, str]:
    rules = source_rules()
    return {
        key: f"{rules[key].mention}, {last.dated}"
        for key, last in last_imports(engine).items()
        if key in rules and key not in kept_in and rules[key].mention
    }
