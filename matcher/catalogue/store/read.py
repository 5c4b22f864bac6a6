"""Queries of the catalogue: suppliers by id, number or SIREN, counts, version and state, last imports, sites; and
the writing of a new version."""

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Connection, Engine, Select, Table, delete, distinct, func, insert, or_, select

from matcher.catalogue.store.awarded import references
from matcher.catalogue.store.sample import INVENTED, SAMPLE_MARK
from matcher.catalogue.store.tables import (
    ACTIVITIES,
    FINESS_NUMBERS,
    IMPORT_RUNS,
    META,
    PROVENANCE,
    RECORDS,
    REFUSED_ACTIVITIES,
    SITES,
    SUPPLIER_KINDS,
    SUPPLIERS,
)
from matcher.cleaning.siret import digits_of
from matcher.db import reading
from matcher.domain.age import DatedSource, data_dated
from matcher.domain.grouping import group_pairs
from matcher.domain.kinds import SupplierKind
from matcher.domain.supplier import Activity, Evidence, Origin, RefusedActivity, Site, Supplier
from matcher.reference.geography.territories import departement_of
from matcher.rows import chunks


def waiting_ids() -> Select[Any]:
    """Return the query of the supplier ids of waiting rows (not proved inclusive, so without a supplier), sorted; records no longer listed are left out."""
    made = select(SUPPLIERS.c.id).where(SUPPLIERS.c.id == RECORDS.c.supplier_id).exists()
    query = select(RECORDS.c.supplier_id).where(~made, RECORDS.c.gone.is_(False))
    return query.distinct().order_by(RECORDS.c.supplier_id)


_VERSION, _STATE, _ERASURE = "version", "state", "erasure"
# Built once: each request asks it.
_STATES = select(META.c.key, META.c.value).where(META.c.key.in_((_STATE, _ERASURE)))
# PostgreSQL channel (NOTIFY) that signals a change of the catalogue to the servers.
CHANGED = "entremise_catalogue"
# Suppliers loaded at a time: a compromise between queries and memory.
_AT_A_TIME = 5_000

_SITE_FIELDS = tuple(field.name for field in fields(Site))
_LISTS = tuple(column.name for column in SUPPLIERS.columns if isinstance(column.type, JSON))


@dataclass(frozen=True, slots=True)
class LastImport:
    """The last import of one source. `finished` is UTC, without zone; `data_date` the day of its data, None where unknown."""

    source: str
    file_name: str
    finished: datetime
    complete: bool
    counts: Mapping[str, int]
    catalogue_version: int
    data_date: date | None = None
    invented: bool = False

    @property
    def date_words(self) -> str:
        """Date of its data, in French (« données de mars 2021 »), marked as fictional for the sample."""
        return f"{INVENTED}, {data_dated(self.data_date)}" if self.invented else data_dated(self.data_date)


def load_suppliers(engine: Engine, contacts_since: date | None = None) -> list[Supplier]:
    """Return all suppliers, by id, without `provenance` (which `load_supplier` and `find_supplier` give).

    A website last confirmed before `contacts_since` is left out.
    """
    with reading(engine) as connection:
        return _load(connection, contacts_since=contacts_since)


def supplier_ids(connection: Connection) -> list[str]:
    """Return the ids of all suppliers, sorted, inside a transaction."""
    # Sorted in Python: collation differs between databases.
    return sorted(connection.execute(select(SUPPLIERS.c.id)).scalars())


def load_whole(connection: Connection, ids: Sequence[str], contacts_since: date | None) -> list[Supplier]:
    """Return the suppliers of these ids, sorted, as `load_suppliers` does, inside a transaction; unknown ids are left out."""
    return _load(connection, ids, contacts_since)


def each_supplier(connection: Connection, at_a_time: int = _AT_A_TIME) -> Iterator[Supplier]:
    """Yield all suppliers by id, `at_a_time` in memory, inside a transaction.

    Only what ranking uses is loaded: no website, origin or provenance.
    """
    ids = supplier_ids(connection)
    for first in range(0, len(ids), at_a_time):
        yield from _load(connection, ids[first : first + at_a_time], bare=True)


def load_supplier(engine: Engine, supplier_id: str) -> Supplier | None:
    """Return one supplier with the provenance of its fields, None where the catalogue has no such id."""
    with reading(engine) as connection:
        return _load_one(connection, supplier_id)


def load_these(engine: Engine, ids: Collection[str]) -> list[Supplier]:
    """Return the suppliers of these ids, sorted, as `each_supplier` does; unknown ids are left out."""
    with reading(engine) as connection:
        return [supplier for part in chunks(sorted(ids)) for supplier in _load(connection, part, bare=True)]


def load_numbered(engine: Engine, sirens: Collection[str]) -> list[Supplier]:
    """Return all establishments of these SIRENs, by id, with their origins."""
    with reading(engine) as connection:
        ids = (
            key
            for part in chunks(sorted(sirens))
            for key in connection.execute(select(SUPPLIERS.c.id).where(SUPPLIERS.c.siren.in_(part))).scalars()
        )
        return [supplier for part in chunks(sorted(ids)) for supplier in _load(connection, part)]


def find_supplier(engine: Engine, key: str) -> Supplier | None:
    """Return the supplier of an id (`siret:…`), a SIRET (spaces allowed) or a FINESS number; None where there is none.

    Former ids and SIRETs are accepted, and the key of any of its records (`source:reference`).
    """
    with reading(engine) as connection:
        supplier_id = find_id(connection, key)
        return _load_one(connection, supplier_id) if supplier_id else None


def find_id(connection: Connection, key: str) -> str | None:
    """Return the id of the supplier that `find_supplier` returns, inside a transaction."""
    supplier_id: str | None = connection.execute(select(SUPPLIERS.c.id).where(SUPPLIERS.c.id == key.strip())).scalar()
    if supplier_id is not None:  # by the index alone: the numbers below are looked for in every row
        return supplier_id
    number = key.strip().removeprefix("finess:")
    digits = digits_of(number) or number
    supplier_id = connection.execute(
        select(SUPPLIERS.c.id)
        .outerjoin(FINESS_NUMBERS, FINESS_NUMBERS.c.supplier_id == SUPPLIERS.c.id)
        .where(or_(SUPPLIERS.c.siret == digits, FINESS_NUMBERS.c.number == digits))
        .order_by(SUPPLIERS.c.siret != digits, SUPPLIERS.c.id)
        .limit(1)
    ).scalar()
    if supplier_id is None and (siret := digits_of(key.strip().removeprefix("siret:"))):
        by_siret = select(RECORDS.c.supplier_id).where(RECORDS.c.siret == siret).order_by(RECORDS.c.supplier_id)
        supplier_id = connection.execute(by_siret.limit(1)).scalar()
    if supplier_id is None and (record := find_record(connection, key)):
        named = select(RECORDS.c.supplier_id).where(RECORDS.c.source == record[0], RECORDS.c.ref == record[1])
        supplier_id = connection.execute(named).scalar()
    return supplier_id


def find_record(connection: Connection, name: str) -> tuple[str, str] | None:
    """Return the record key of `source:reference`; the list's name may be omitted where only one list has this reference."""
    from importers import REGISTRY  # slow to import: every file reader
    from matcher.catalogue.identity.references import split_reference

    source, _, ref = name.strip().partition(":")
    mine = select(RECORDS.c.ref).where(RECORDS.c.source == source)
    if connection.execute(mine.where(RECORDS.c.ref == ref)).first():
        return source, ref
    if source not in REGISTRY or not REGISTRY[source].many_lists or not ref:
        return None
    of_lists = connection.execute(mine.where(RECORDS.c.ref.endswith(ref, autoescape=True))).scalars()
    same_reference = [whole for whole in of_lists if split_reference(source, whole)[1] == ref]
    return (source, same_reference[0]) if len(same_reference) == 1 else None


def catalogue_version(engine: Engine) -> int:
    """Return the catalogue's version: the number of its changes."""
    with reading(engine) as connection:
        return read_version(connection)


def read_version(connection: Connection) -> int:
    """Return the catalogue's version inside a transaction, 0 before any import."""
    return int(connection.execute(select(META.c.value).where(META.c.key == _VERSION)).scalar() or 0)


def read_state(connection: Connection) -> tuple[str, str]:
    """Return the random names of the catalogue's state and of the last erasure that changed it, inside a transaction.

    Catalogues with different suppliers never share a state name. Each is empty where it was never set.
    """
    named = {row.key: row.value for row in connection.execute(_STATES)}
    return named.get(_STATE, ""), named.get(_ERASURE, "")


def write_version(connection: Connection, version: int) -> None:
    """Set the catalogue's version and a new random state name, inside a transaction: version numbers alone repeat between catalogues."""
    connection.execute(delete(META).where(META.c.key.in_((_VERSION, _STATE))))
    state = {"key": _STATE, "value": secrets.token_hex(8)}
    connection.execute(insert(META), [{"key": _VERSION, "value": str(version)}, state])
    if connection.dialect.name == "postgresql":  # sent when the transaction commits
        connection.exec_driver_sql(f"NOTIFY {CHANGED}")


def write_erasure(connection: Connection) -> None:
    """Set a new random name for an erasure, inside its transaction: shelves cached before it must not be shown any more."""
    connection.execute(delete(META).where(META.c.key == _ERASURE))
    connection.execute(insert(META), {"key": _ERASURE, "value": secrets.token_hex(8)})


def count_suppliers(connection: Connection) -> int:
    """Return how many suppliers the catalogue holds."""
    return connection.execute(select(func.count()).select_from(SUPPLIERS)).scalar_one()


def same_siren(connection: Connection, siren: str, but: str = "") -> list[tuple[str, str]]:
    """Return (id, name) of the suppliers of an organisation, except `but`."""
    own = (SUPPLIERS.c.siren == siren) & (SUPPLIERS.c.id != but)
    query = select(SUPPLIERS.c.id, SUPPLIERS.c.name).where(own).order_by(SUPPLIERS.c.id)
    return [(row.id, row.name) for row in connection.execute(query)]


def stats(engine: Engine, contacts_since: date | None = None) -> dict[str, Any]:
    """Return counts of the catalogue: suppliers in all, by kind, by source, and with each sort of data.

    `organisations` counts SIRENs; `by_source` the suppliers still listed by each source; `waiting` the rows that are no supplier because their kind
    is unknown; `with_contact` the suppliers with a contact confirmed on `contacts_since` or later.
    """
    from matcher.catalogue.store.contacts import count_contacts

    with reading(engine) as connection:

        def count(query: Select[Any]) -> int:
            return int(connection.execute(query).scalar_one())

        def having(table: Table, *conditions: Any) -> int:
            return count(select(func.count(distinct(table.c.supplier_id))).where(*conditions))

        def by(column: Any, table: Table, *conditions: Any) -> dict[str, int]:
            query = select(column, func.count(distinct(table.c.supplier_id))).where(*conditions).group_by(column)
            return dict(sorted((row[0], row[1]) for row in connection.execute(query)))

        return {
            "suppliers": count_suppliers(connection),
            "organisations": count(select(func.count(distinct(SUPPLIERS.c.siren))).where(SUPPLIERS.c.siren != "")),
            "by_kind": by(SUPPLIER_KINDS.c.kind, SUPPLIER_KINDS),
            "by_source": by(
                RECORDS.c.source, RECORDS, RECORDS.c.gone.is_(False), RECORDS.c.supplier_id == SUPPLIERS.c.id
            ),
            "waiting": count(select(func.count()).select_from(waiting_ids().subquery())),
            "with_siret": count(select(func.count()).where(SUPPLIERS.c.siret != "")),
            "with_finess": having(FINESS_NUMBERS),
            "with_activity": having(ACTIVITIES),
            "with_coordinates": having(SITES, SITES.c.lat.is_not(None)),
            "with_exact_coordinates": having(SITES, SITES.c.lat.is_not(None), SITES.c.approximate.is_(False)),
            "with_contact": count_contacts(connection, contacts_since)[1],
            "with_workers": count(select(func.count()).where(SUPPLIERS.c.workers.is_not(None))),
            "with_several_sites": having(SITES, SITES.c.position == 1),
            "version": read_version(connection),
        }


def last_imports(engine: Engine) -> dict[str, LastImport]:
    """Return the last import, not undone, of each source."""
    with reading(engine) as connection:
        return read_imports(connection)


def read_imports(connection: Connection) -> dict[str, LastImport]:
    """Do as `last_imports` inside a transaction."""
    invented = SAMPLE_MARK.exists().label("invented")
    query = select(IMPORT_RUNS, invented).where(IMPORT_RUNS.c.undone.is_(None)).order_by(IMPORT_RUNS.c.id)
    names = [field.name for field in fields(LastImport)]
    return {
        row["source"]: LastImport(**{name: row[name] for name in names}) for row in connection.execute(query).mappings()
    }


def dated_sources(engine: Engine) -> tuple[DatedSource, ...]:
    """Return the imported sources, by trust, with the date of their data and of their import."""
    from matcher.catalogue.identity.trust import SOURCES, STATED, short_title

    last = last_imports(engine)
    return tuple(
        DatedSource(
            key,
            f"{short_title(key)} ({INVENTED})" if last[key].invented else short_title(key),
            last[key].data_date,
            last[key].finished.date(),
        )
        for key in SOURCES
        if key in last and key not in STATED
    )


def supplier_departements(engine: Engine, ids: Collection[str]) -> dict[str, str]:
    """Return the name of the département of suppliers' first sites, by id; where unknown, absent."""
    names = ((key, departement_of(site.insee, site.post_code)) for key, site in first_sites(engine, ids).items())
    return {key: departement.name for key, departement in names if departement}


def first_sites(engine: Engine, ids: Collection[str]) -> dict[str, Site]:
    """Return the first site of suppliers, by id; where there is none, absent."""
    columns = [SITES.c.supplier_id, *(SITES.c[name] for name in _SITE_FIELDS)]
    sites: dict[str, Site] = {}
    with reading(engine) as connection:
        for part in chunks(sorted(ids)):
            query = select(*columns).where(SITES.c.position == 0, SITES.c.supplier_id.in_(part))
            sites |= {key: Site(*site) for key, *site in connection.execute(query)}
    return sites


def site_communes(engine: Engine) -> list[tuple[str, str]]:
    """Return (supplier id, INSEE code) of the sites with a known commune."""
    with reading(engine) as connection:
        rows = connection.execute(select(SITES.c.supplier_id, SITES.c.insee).where(SITES.c.insee != "").distinct())
        return [(key, code) for key, code in rows]


def _load_one(connection: Connection, supplier_id: str) -> Supplier | None:
    """A supplier with the provenance of its fields, None where there is none."""
    suppliers = _load(connection, [supplier_id])
    rows = _children(connection, PROVENANCE, ("field", "source", "ref", "date"), [supplier_id]).get(supplier_id, ())
    provenance = {name: Origin(*origin) for name, *origin in rows}
    return replace(suppliers[0], provenance=provenance or None) if suppliers else None


def _load(
    connection: Connection, only: Sequence[str] | None = None, contacts_since: date | None = None, *, bare: bool = False
) -> list[Supplier]:
    from matcher.catalogue.store.contacts import dated_contacts, origins

    kinds = _children(connection, SUPPLIER_KINDS, ("kind",), only)
    finess = _children(connection, FINESS_NUMBERS, ("number",), only)
    sites = _children(connection, SITES, _SITE_FIELDS, only)
    activities = _children(connection, ACTIVITIES, ("code", "wording", "evidence", "source"), only)
    refused = _children(connection, REFUSED_ACTIVITIES, ("code", "wording", "date", "source"), only)
    websites: dict[str, str] = {}
    for supplier_id, contact in () if bare else dated_contacts(connection, only, contacts_since):
        if contact.type == "website":
            websites.setdefault(supplier_id, contact.value)
    all_origins = {} if bare else origins(connection, only)
    won = references(connection, only)
    query = select(SUPPLIERS)
    suppliers = []
    for row in connection.execute(query if only is None else query.where(SUPPLIERS.c.id.in_(only))).mappings():
        key = row["id"]
        values = dict(row) | {name: tuple(row[name]) for name in _LISTS}
        suppliers.append(
            Supplier(
                **values,
                kinds=tuple(SupplierKind(kind) for (kind,) in kinds.get(key, ())),
                finess=tuple(number for (number,) in finess.get(key, ())),
                website=websites.get(key, ""),
                sites=tuple(Site(*site) for site in sites.get(key, ())),
                activities=tuple(Activity(c, w, Evidence(e), s) for c, w, e, s in activities.get(key, ())),
                refused_activities=tuple(RefusedActivity(*values) for values in refused.get(key, ())),
                references=won.get(key, ()),
                origins=tuple(all_origins.get(key, ())),
            )
        )
    # Sorted in Python: collation differs between databases.
    return sorted(suppliers, key=lambda supplier: supplier.id)


def _children(
    connection: Connection, table: Table, columns: tuple[str, ...], only: Sequence[str] | None
) -> dict[str, list[tuple[Any, ...]]]:
    query = select(table.c.supplier_id, *(table.c[name] for name in columns)).order_by(*table.primary_key.columns)
    return group_pairs(
        (row[0], tuple(row[1:]))
        for row in connection.execute(query if only is None else query.where(table.c.supplier_id.in_(only)))
    )
