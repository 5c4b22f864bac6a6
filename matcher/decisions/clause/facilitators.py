"""Stores the imported list of social clause facilitators (local advisers) and finds those of a place; contacts expire and can be erased."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from matcher.catalogue.store.opt_outs import read_guard
from matcher.db import reading, writing
from matcher.domain.place import Place
from matcher.erasure import Holding
from matcher.reading.place.areas import places_of
from matcher.reference.geography.communes import nearest_commune
from matcher.rows import Base, table_of


class FacilitatorRow(Base):
    """Table of facilitators of social clauses. `territories`: place codes; `as_of`: date written in the list; `imported`: time of the import. Unknown values
    are empty."""

    __tablename__ = "facilitator"
    holding = Holding(
        "facilitateurs des clauses sociales : nom, téléphones, courriel",
        person=("name", "phones", "email"),
        dates=("as_of", "imported"),
        needs=("name", "structure"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    structure: Mapped[str]
    territory: Mapped[str]
    territories: Mapped[list[Any]]
    phones: Mapped[list[Any]]
    email: Mapped[str]
    as_of: Mapped[date | None]
    imported: Mapped[datetime]


_ROWS = table_of(FacilitatorRow)


@dataclass(frozen=True, slots=True)
class Facilitator:
    """One facilitator; `territory` as written in the list, `territories` as place codes, `phones` in E.164. Unknown values are empty."""

    name: str
    structure: str
    territory: str
    territories: tuple[str, ...]
    phones: tuple[str, ...]
    email: str
    as_of: date | None

    @property
    def short_name(self) -> str:
        """Name used in sentences: the structure's, else the person's."""
        return self.structure or self.name or "sans nom"


def import_facilitators(
    engine: Engine, facilitators: Iterable[Facilitator], *, now: datetime, dry_run: bool = False
) -> None:
    """Replace the stored list by a new one, without the values whose erasure was requested. Raises DatabaseError."""
    with writing(engine, keep=not dry_run) as connection:
        forgotten = read_guard(connection).forgotten
        connection.execute(delete(_ROWS))
        imported = now.replace(tzinfo=None)
        rows = []
        for facilitator in facilitators:
            phones = _non_empty(map(forgotten.cut, facilitator.phones))
            name, structure, email = map(forgotten.cut, (facilitator.name, facilitator.structure, facilitator.email))
            left = replace(facilitator, name=name, structure=structure, email=email, phones=phones)
            if name != facilitator.name:
                left = _without_contact(left)
            rows.append({**asdict(left), "imported": imported})
        if rows:
            connection.execute(insert(_ROWS), rows)


def load_facilitators(engine: Engine, *, since: date) -> tuple[Facilitator, ...]:
    """Return all facilitators by territory; those dated before `since` without their contact details."""
    with reading(engine) as connection:
        rows = connection.execute(select(_ROWS).order_by(_ROWS.c.id)).all()
    shown = []
    for row in rows:
        phones = _non_empty(row.phones)  # an erased telephone is an empty text
        places = tuple(row.territories)
        facilitator = Facilitator(row.name, row.structure, row.territory, places, phones, row.email, row.as_of)
        is_recent = (row.as_of or row.imported.date()) >= since
        shown.append(facilitator if is_recent else _without_contact(facilitator))
    return tuple(sorted(shown, key=lambda one: (one.territory, one.structure, one.name)))


def facilitators_of(facilitators: Iterable[Facilitator], places: Iterable[Place]) -> tuple[Facilitator, ...]:
    """Return the facilitators whose territory overlaps one of the places, the narrowest territory first."""
    wanted: set[str] = set()
    for place in places:
        wanted.update(place.communes)
        if not place.communes and place.lat is not None and place.lon is not None:
            wanted.add(nearest_commune(place.lat, place.lon)[0].code)
    with_communes = (
        (one, frozenset(code for place in places_of(one.territories) for code in place.communes))
        for one in facilitators
    )
    near = [(len(communes), one) for one, communes in with_communes if communes & wanted]
    return tuple(one for _, one in sorted(near, key=lambda its: (its[0], its[1].structure, its[1].name)))


def facilitators_by_place(
    facilitators: Sequence[Facilitator], places: Sequence[Place]
) -> tuple[tuple[Place, tuple[Facilitator, ...]], ...]:
    """Return each place with its facilitators (see `facilitators_of`), possibly none."""
    return tuple((place, facilitators_of(facilitators, [place])) for place in places)


def _without_contact(facilitator: Facilitator) -> Facilitator:
    return replace(facilitator, name="", phones=(), email="")


def _non_empty(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(filter(None, texts))
