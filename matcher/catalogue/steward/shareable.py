"""The part of the catalogue that may be published or passed on for a given use: suppliers merged again without the sources whose licence forbids
that use, with counts of what is withheld and the attributions (« mentions ») to cite."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection, Engine, select

from matcher.catalogue.identity.merge import Merged, StoredRecord, merge
from matcher.catalogue.identity.records import from_payload
from matcher.catalogue.identity.trust import SOURCES, TRUST, short_title
from matcher.catalogue.intake.organisations import facts_by_supplier
from matcher.catalogue.store.awarded import references
from matcher.catalogue.store.contacts import dated_contacts
from matcher.catalogue.store.read import last_imports, load_whole, read_imports, supplier_ids
from matcher.catalogue.store.tables import IMPORT_RUNS, ORGANISATION_FACTS, RECORDS, SUPPLIERS
from matcher.db import reading
from matcher.domain.french import count
from matcher.domain.grouping import group_pairs
from matcher.domain.supplier import Contact, Supplier
from matcher.reference.source_rules import Use, allows_use, source_rules
from matcher.rows import chunks


@dataclass(frozen=True, slots=True)
class Shareable:
    """Suppliers as their allowed sources describe them. `cut` counts, by withheld source, the suppliers that lose its values; `left_out` the
    suppliers dropped, as no allowed source proves that they are inclusive; `mentions` the attribution of each source, with the date of its data."""

    use: Use
    suppliers: Sequence[Supplier]
    cut: Mapping[str, int]
    left_out: int
    mentions: Mapping[str, str]

    def says(self) -> str:
        """Return French sentences on what is withheld and the reason, empty where nothing is."""
        rules = source_rules()
        words = "fournisseur y perd ce qu’elle seule dit", "fournisseurs y perdent ce qu’elle seule dit"
        values = [
            f"{short_title(key)} n’y est pas ({rules[key].rights}) : {count(n, *words)}" for key, n in self.cut.items()
        ]
        if self.left_out:
            values.append(
                f"{count(self.left_out, 'fournisseur')} qu’aucune autre source ne fait connaître : non repris"
            )
        return ".\n".join(values)


def shareable(engine: Engine, use: Use, *, contacts_since: date | None, trust: Sequence[str] = TRUST) -> Shareable:
    """Return the whole catalogue for a use, without the websites last confirmed before `contacts_since` (None: with all of them)."""
    cut: Counter[str] = Counter()
    suppliers: list[Supplier] = []
    with reading(engine) as connection:
        ids, dates = supplier_ids(connection), source_data_dates(connection)
        for part in chunks(ids):
            suppliers += shareable_part(connection, part, use, cut, dates, contacts_since, trust)
    return Shareable(use, suppliers, dict(sorted(cut.items())), len(ids) - len(suppliers), mentions(engine, use))


def source_data_dates(connection: Connection) -> dict[str, date | None]:
    """Return the date of each imported source's data, None where it is unknown."""
    return {key: last.data_date for key, last in read_imports(connection).items()}


def shareable_part(
    connection: Connection,
    ids: Sequence[str],
    use: Use,
    cut: Counter[str],
    dates: Mapping[str, date | None],
    contacts_since: date | None,
    trust: Sequence[str] = TRUST,
) -> list[Supplier]:
    """Return, in the order of ids, those of these suppliers that may be shared for a use, as their allowed sources describe them.

    `cut` counts, by withheld source, those that lose its values; `dates` are those of `source_data_dates`, for suppliers without a dated record;
    a website last confirmed before `contacts_since` is left out.
    """
    withheld = [key for key in SOURCES if not allows_use(key, use)]
    touched = _sources_of(connection, withheld, ids)
    for sources in touched.values():
        cut.update(sources)
    merged = _merge_without(connection, sorted(touched), withheld, trust, contacts_since)
    remade = {supplier_id: each.supplier if each else None for supplier_id, each in merged.items()}
    suppliers = [
        replace(allowed, references=tuple(won for won in supplier.references if won.source not in withheld))
        for supplier in load_whole(connection, ids, contacts_since)
        if (allowed := remade.get(supplier.id, supplier)) is not None
    ]
    for at, supplier in enumerate(suppliers):
        if supplier.updated is None:  # no dated record: the latest date of its sources' data
            days = (day for origin in supplier.origins if (day := dates.get(origin.source)))
            suppliers[at] = replace(supplier, updated=max(days, default=None))
    return suppliers


def shareable_of(
    connection: Connection, ids: Collection[str], use: Use, trust: Sequence[str] = TRUST
) -> dict[str, Merged | frozenset[str]]:
    """Return these suppliers for a use, with their contacts, as their allowed sources describe them; in the place of a supplier that may not be
    shared, the withheld sources that describe it."""
    withheld = [key for key in SOURCES if not allows_use(key, use)]
    shareable_by_id: dict[str, Merged | frozenset[str]] = {}
    for part in chunks(sorted(ids)):
        closed_sources = _sources_of(connection, withheld, part)
        won = references(connection, part)
        for supplier_id, merged in _merge_without(connection, part, withheld, trust).items():
            if merged is None:
                shareable_by_id[supplier_id] = frozenset(closed_sources.get(supplier_id, ()))
            else:
                own = tuple(each for each in won.get(supplier_id, ()) if each.source not in withheld)
                shareable_by_id[supplier_id] = merged._replace(supplier=replace(merged.supplier, references=own))
    return shareable_by_id


def shareable_contacts(engine: Engine, use: Use, since: date | None) -> dict[str, list[Contact]]:
    """Return the telephones and e-mails that may be shared for a use, by supplier id, the most trusted first, last confirmed on `since` or later."""
    with reading(engine) as connection:
        contacts = dated_contacts(connection, None, since)
        return group_pairs(
            (key, each) for key, each in contacts if each.type != "website" and allows_use(each.origin.source, use)
        )


def mentions(engine: Engine, use: Use) -> dict[str, str]:
    """Return the attribution to cite of each source that allows a use, with the date of its data."""
    rules = source_rules()
    return {
        key: f"{rules[key].mention}, {last.date_words}"
        for key, last in last_imports(engine).items()
        if key in rules and allows_use(key, use) and rules[key].mention
    }


def _sources_of(connection: Connection, sources: Collection[str], ids: Sequence[str]) -> dict[str, set[str]]:
    """By supplier id, those of `sources` that have a record of it or a fact about its organisation."""
    records = select(RECORDS.c.supplier_id, RECORDS.c.source).where(RECORDS.c.source.in_(sources)).distinct()
    facts = (
        select(SUPPLIERS.c.id, ORGANISATION_FACTS.c.source)
        .join(ORGANISATION_FACTS, ORGANISATION_FACTS.c.siren == SUPPLIERS.c.siren)
        .where(ORGANISATION_FACTS.c.source.in_(sources))
        .distinct()
    )
    sources_by_supplier: dict[str, set[str]] = {}
    for query in (records.where(RECORDS.c.supplier_id.in_(ids)), facts.where(SUPPLIERS.c.id.in_(ids))):
        for supplier_id, source in connection.execute(query):
            sources_by_supplier.setdefault(supplier_id, set()).add(source)
    return sources_by_supplier


def _merge_without(
    connection: Connection,
    ids: Sequence[str],
    withheld: Collection[str],
    trust: Sequence[str],
    contacts_since: date | None = None,
) -> dict[str, Merged | None]:
    """These suppliers merged again without the `withheld` sources and the old contacts, None for one that is then not proved inclusive."""
    query = select(RECORDS.c.supplier_id, RECORDS.c.payload, RECORDS.c.gone, IMPORT_RUNS.c.started)
    query = query.join(IMPORT_RUNS, IMPORT_RUNS.c.id == RECORDS.c.last_seen_run)
    rows = connection.execute(query.where(RECORDS.c.supplier_id.in_(ids), RECORDS.c.source.not_in(withheld)))
    stored = group_pairs(
        (supplier_id, StoredRecord(from_payload(payload), gone, started.date()).without_old_contacts(contacts_since))
        for supplier_id, payload, gone, started in rows
    )
    facts = facts_by_supplier(connection, stored)
    merges: dict[str, Merged | None] = dict.fromkeys(ids)
    for supplier_id, records in stored.items():
        own = [fact for fact in facts.get(supplier_id, ()) if fact.origin.source not in withheld]
        merged = merge(supplier_id, records, trust, own)
        merges[supplier_id] = merged if merged.supplier.kinds else None
    return merges
