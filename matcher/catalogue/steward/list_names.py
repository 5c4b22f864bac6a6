"""Names of lists that name a person who asks to be forgotten: a digest takes their place in references, and in all that repeats one."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import JSON, Connection, String, select, update

from importers import REGISTRY
from matcher.catalogue.identity.references import listing_of, opaque
from matcher.catalogue.store.forgotten import Forgotten
from matcher.catalogue.store.tables import RECORDS
from matcher.erasure import Way, holding_of
from matcher.rows import named_tables, pages

# The two that name a record, in a row as in JSON.
_PAIRS = (("source", "ref"), ("other_source", "other_ref"), ("anchor_source", "anchor_ref"))
_Lists = Mapping[tuple[str, str], str]


def rename_lists(connection: Connection, forgotten: Forgotten) -> frozenset[str]:
    """Replace the names of lists that hold a forgotten value, inside a transaction, but in what is rewritten with a digest or computed again;
    return the ids, former and new, of the suppliers that a row of these lists tells of."""
    lists = _lists(connection, forgotten)
    touched: set[str] = set()
    if not lists:
        return frozenset()
    for table in named_tables(connection):
        if holding_of(table).way is Way.COMPUTED:
            continue
        texts = [column.name for column in table.columns if isinstance(column.type, String | JSON)]
        for page in pages(connection, table):
            rows = [(row, {name: row[name] for name in texts}) for row in page]
            changed = [(row, told, new) for row, told in rows if (new := _renamed(told, lists)) != told]
            for row, told, new in changed:
                own = [column == row[column.name] for column in table.primary_key.columns]
                connection.execute(update(table).where(*own).values(new))
                touched |= {told["supplier_id"], new["supplier_id"]} if table is RECORDS else set()
    return frozenset(touched)


def _lists(connection: Connection, forgotten: Forgotten) -> _Lists:
    """The lists whose name holds a forgotten value, by source and name, and what is to stand for each."""
    many = [key for key, importer in REGISTRY.items() if importer.many_lists]
    refs = connection.execute(select(RECORDS.c.source, RECORDS.c.ref).where(RECORDS.c.source.in_(many)))
    lists = {(row.source, listing_of(row.source, row.ref)) for row in refs}
    return {each: opaque(each[1]) for each in lists if forgotten.cut(each[1]) != each[1]}


def _renamed(value: Any, lists: _Lists) -> Any:
    """A value of a column, or of JSON, where these lists have their new names."""
    if isinstance(value, str):
        for (source, listing), name in lists.items():
            value = value.replace(f"{source}:{listing}:", f"{source}:{name}:")
        return value
    if isinstance(value, list):
        return [_renamed(item, lists) for item in value]
    if not isinstance(value, dict):
        return value
    new = {_renamed(key, lists): _renamed(item, lists) for key, item in value.items()}
    for source, ref in _PAIRS:
        if isinstance(value.get(source), str) and isinstance(value.get(ref), str):
            listing = listing_of(value[source], value[ref])
            if (value[source], listing) in lists:
                new[ref] = f"{lists[value[source], listing]}{value[ref].removeprefix(listing)}"
    return new
