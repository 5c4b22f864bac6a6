"""The catalogue's recogniser (matches names written in sheets to suppliers), cached in memory, and storage of people's answers on names."""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection, Engine, delete, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from matcher.catalogue.identity.recogniser import ListedSupplier, Recogniser
from matcher.catalogue.identity.records import traits_in
from matcher.catalogue.store.followed import follow_ids
from matcher.catalogue.store.read import read_state
from matcher.catalogue.store.tables import RECORDS, SUPPLIERS
from matcher.db import reading, writing
from matcher.domain.grouping import group_pairs
from matcher.erasure import Holding
from matcher.rows import Base, chunks, table_of


class SettledNameRow(Base):
    """A person's answer on a written supplier: `key` is its normalised text, `supplier_id` is empty for none in the catalogue. Times are UTC without zone."""

    __tablename__ = "settled_name"
    holding = Holding(
        "noms de fournisseurs tels que des tableaux les écrivent, à qui ils correspondent, et qui l’a dit",
        keys=("supplier_id",),
        whole=True,
        supplier=True,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    supplier_id: Mapped[str] = mapped_column(index=True)
    who: Mapped[str]
    given: Mapped[datetime]


_SETTLED = table_of(SettledNameRow)


def load_recogniser(engine: Engine) -> Recogniser:
    """Return the recogniser of the present catalogue with people's answers; suppliers are cached until the catalogue changes. Raises DatabaseError."""
    with reading(engine) as connection:
        state, _ = read_state(connection)
        settled = {
            row.key: row.supplier_id for row in connection.execute(select(_SETTLED.c.key, _SETTLED.c.supplier_id))
        }
    suppliers = _build_recogniser(engine, state) if state else _build_recogniser.__wrapped__(engine, state)
    now = follow_ids(engine, set(settled.values()) - {""})
    return suppliers.with_settled({key: now.get(chosen, chosen) for key, chosen in settled.items()})


def drop_recogniser() -> None:
    """Clear the cached recognisers, which contain what was just erased."""
    _build_recogniser.cache_clear()


def settle_names(engine: Engine, answers: Mapping[str, str], *, author: str, now: datetime) -> None:
    """Store a person's answers on written suppliers, by key: an id, or empty for none in the catalogue; they replace earlier ones. Raises DatabaseError."""
    rows = [
        {"key": key, "supplier_id": chosen, "who": author, "given": now.replace(tzinfo=None)}
        for key, chosen in sorted(answers.items())
        if key
    ]
    with writing(engine) as connection:
        for part in chunks(rows):
            connection.execute(delete(_SETTLED).where(_SETTLED.c.key.in_([row["key"] for row in part])))
            connection.execute(insert(_SETTLED), part)


def unsettle(engine: Engine, keys: Collection[str]) -> None:
    """Delete answers, by key. Raises DatabaseError."""
    with writing(engine) as connection:
        for part in chunks(sorted(keys)):
            connection.execute(delete(_SETTLED).where(_SETTLED.c.key.in_(part)))


def leave_settled(connection: Connection, keys: Collection[str]) -> None:
    """Delete the answers that name a supplier that leaves, by any of its keys."""
    connection.execute(delete(_SETTLED).where(_SETTLED.c.supplier_id.in_(keys)))


@lru_cache(maxsize=2)
def _build_recogniser(engine: Engine, _state: str) -> Recogniser:
    with reading(engine) as connection:
        return Recogniser(_load_listed(connection))


def _load_listed(connection: Connection) -> list[ListedSupplier]:
    columns = (RECORDS.c.supplier_id, RECORDS.c.payload)
    traits = group_pairs(
        (row.supplier_id, traits_in(row.payload))
        for row in connection.execute(select(*columns).order_by(RECORDS.c.source, RECORDS.c.ref))
    )
    named = select(SUPPLIERS.c.id, SUPPLIERS.c.siret, SUPPLIERS.c.name).order_by(SUPPLIERS.c.id)
    return [ListedSupplier.of(row.id, row.siret, row.name, traits[row.id]) for row in connection.execute(named)]
