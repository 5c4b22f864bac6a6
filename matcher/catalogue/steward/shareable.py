"""The catalogue as it may leave: without what its sources do not let out, counted, and with the mentions to cite."""

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
from matcher.catalogue.store.tables import ORGANISATION_FACTS, RECORDS, SUPPLIERS
from matcher.db import reading
from matcher.domain.french import count
from matcher.domain.grouping import group_pairs
from matcher.domain.supplier import Contact, Supplier
from matcher.reference.source_rules import Use, allows_use, source_rules
from matcher.rows import chunks


@dataclass(frozen=True, slots=True)
class Shareable:
    """Suppliers as their other sources describe them. `cut` counts, by source kept in, those that lose its values; `left_out` those that no
    other source proves inclusive; `mentions` what is to be cited of each source, with the date of its data.
    """

    use: Use
    suppliers: Sequence[Supplier]
    cut: Mapping[str, int]
    left_out: int
    mentions: Mapping[str, str]

    def says(self) -> str:
        """Return the French sentences that give what is left out and the reason, empty where nothing is."""
        rules = source_rules()
        values = [f"{short_title(key)} n’y est pas ({rules[key].rights}) : {count(n, 'fournisseur y perd ce qu’elle seule dit', 'fournisseurs y perdent ce qu’elle seule dit')}" for key, n in self.cut.items()]  # fmt: skip
        if self.left_out:
            values.append(
                f"{count(self.left_out, 'fournisseur')} qu’aucune autre source ne fait connaître : non repris"
            )
        return ".\n".join(values)


def shareable(engine: Engine, use: Use, trust: Sequence[str] = TRUST) -> Shareable:
    """Return the whole catalogue for a use. Suppliers of which no source kept in has a value are as they are."""
    cut: Counter[str] = Counter()
    suppliers: list[Supplier] = []
    with reading(engine) as connection:
        ids, dates = supplier_ids(connection), source_data_dates(connection)
        for part in chunks(ids):
            suppliers += shareable_part(connection, part, use, cut, dates, trust)
    return Shareable(use, suppliers, dict(sorted(cut.items())), len(ids) - len(suppliers), mentions(engine, use))


def source_data_dates(connection: Connection) -> dict[str, date | None]:
    """Return the day that the data of each imported source are of, None where it is unknown."""
    return {key: last.data_date for key, last in read_imports(connection).items()}


def shareable_part(
    connection: Connection,
    ids: Sequence[str],
    use: Use,
    cut: Counter[str],
    dates: Mapping[str, date | None],
    trust: Sequence[str] = TRUST,
) -> list[Supplier]:
    """Return those of these suppliers that may leave for a use, as their other sources describe them, in the order of their ids; `cut` counts, by
    source kept in, those that lose its values; `dates` are the days of the data of each source, given to suppliers without a dated record.
    """
    kept_in = [key for key in SOURCES if not allows_use(key, use)]
    touched = _told_by(connection, kept_in, ids)
    for sources in touched.values():
        cut.update(sources)
    merged = _without(connection, sorted(touched), kept_in, trust)
    again = {supplier_id: its.supplier if its else None for supplier_id, its in merged.items()}
    suppliers = [
        replace(supplier_met, references=tuple(won for won in supplier.references if won.source not in kept_in))
        for supplier in load_whole(connection, ids)
        if (supplier_met := again.get(supplier.id, supplier)) is not None
    ]
    for at, supplier in enumerate(suppliers):
        if (
            supplier.updated is None
        ):  # no record is dated: the latest day of its sources' data, None where none is known
            days = (day for origin in supplier.origins if (day := dates.get(origin.source)))
            suppliers[at] = replace(supplier, updated=max(days, default=None))
    return suppliers


def shareable_of(
    connection: Connection, ids: Collection[str], use: Use, trust: Sequence[str] = TRUST
) -> dict[str, Merged | frozenset[str]]:
    """Return these suppliers alone for a use, with their contacts, each as its other sources describe it; the sources that keep it in where none
    of the others proves it inclusive.
    """
    kept_in = [key for key in SOURCES if not allows_use(key, use)]
    shareable_by_id: dict[str, Merged | frozenset[str]] = {}
    for part in chunks(sorted(ids)):
        closed_sources = _told_by(connection, kept_in, part)
        won = references(connection, part)
        for supplier_id, merged in _without(connection, part, kept_in, trust).items():
            if merged is None:
                shareable_by_id[supplier_id] = frozenset(closed_sources.get(supplier_id, ()))
            else:
                own = tuple(one for one in won.get(supplier_id, ()) if one.source not in kept_in)
                shareable_by_id[supplier_id] = merged._replace(supplier=replace(merged.supplier, references=own))
    return shareable_by_id


def shareable_contacts(engine: Engine, use: Use, since: date | None) -> dict[str, list[Contact]]:
    """Return the telephones and e-mails that may leave for a use, by supplier, the most trusted first; none last known before `since`."""
    with reading(engine) as connection:
        contacts = dated_contacts(connection, None, since)
        return group_pairs(
            (key, its) for key, its in contacts if its.type != "website" and allows_use(its.origin.source, use)
        )


def mentions(engine: Engine, use: Use) -> dict[str, str]:
    """Return what is to be cited of each source that lets a use be made, with the date of its data."""
    rules = source_rules()
    return {
        key: f"{rules[key].mention}, {last.date_words}"
        for key, last in last_imports(engine).items()
        if key in rules and allows_use(key, use) and rules[key].mention
    }


def _told_by(connection: Connection, sources: Collection[str], ids: Sequence[str]) -> dict[str, set[str]]:
    """Those of these suppliers of which these sources hold a record, or a fact about its whole organisation, each with them."""
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


def _without(
    connection: Connection, ids: Sequence[str], kept_in: Collection[str], trust: Sequence[str]
) -> dict[str, Merged | None]:
    """These suppliers merged again from their other sources, None for one that none of them proves inclusive."""
    query = select(RECORDS.c.supplier_id, RECORDS.c.payload, RECORDS.c.gone)
    rows = connection.execute(query.where(RECORDS.c.supplier_id.in_(ids), RECORDS.c.source.not_in(kept_in)))
    stored = group_pairs(
        (supplier_id, StoredRecord(from_payload(payload), gone)) for supplier_id, payload, gone in rows
    )
    facts = facts_by_supplier(connection, stored)
    merges: dict[str, Merged | None] = dict.fromkeys(ids)
    for supplier_id, records in stored.items():
        own = [fact for fact in facts.get(supplier_id, ()) if fact.origin.source not in kept_in]
        merged = merge(supplier_id, records, trust, own)
        merges[supplier_id] = merged if merged.supplier.kinds else None
    return merges
