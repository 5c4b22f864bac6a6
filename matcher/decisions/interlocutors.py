"""Interlocutors of buyers in a territory (CRESS, Guichet vert, networks of buyers…): a shipped table of what is public, completed by the
team. Facilitators of social clauses have their own list (`clause/facilitators.py`)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from matcher.cleaning.phone import shown_phone
from matcher.db import reading, writing
from matcher.domain.age import source_dated
from matcher.domain.place import Place
from matcher.erasure import Holding
from matcher.reading.place.areas import departements_of, place_of
from matcher.reference.geography.territories import departement
from matcher.reference.tables import rows
from matcher.render.document import (
    CellMark,
    ColumnKind,
    DocumentCell,
    DocumentColumn,
    DocumentRow,
    DocumentTable,
    Marked,
)
from matcher.rows import Base, table_of

TO_COMPLETE, TO_VERIFY = "à compléter par l’équipe", "à vérifier"
# The cell of a role of which nobody is known.
NOBODY = Marked(TO_COMPLETE, CellMark.UNKNOWN)
_COLUMNS = (
    DocumentColumn("Qui"),
    DocumentColumn("Territoire"),
    DocumentColumn("Structure"),
    DocumentColumn("Téléphone", ColumnKind.ADDRESS),
    DocumentColumn("Courriel", ColumnKind.ADDRESS),
    DocumentColumn("Site"),
    DocumentColumn("Source"),
)


class InterlocutorRow(Base):
    """An interlocutor that the team wrote, for every organisation of the installation: a région has one CRESS, whoever asks. `role` is a code of
    `interlocuteurs_roles.csv`, `territory` a place code; `as_of` the day of `source`, `who` signed it."""

    __tablename__ = "interlocutor"
    holding = Holding(
        "interlocuteurs d’un territoire : structure, téléphone, courriel, site, et qui les a écrits",
        keys=("role", "territory"),
        person=("phone", "email"),
        dates=("as_of",),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str]
    territory: Mapped[str]
    name: Mapped[str]
    phone: Mapped[str]
    email: Mapped[str]
    website: Mapped[str]
    source: Mapped[str]
    as_of: Mapped[date]
    who: Mapped[str]
    written: Mapped[datetime]


_ROWS = table_of(InterlocutorRow)


class InterlocutorRole(NamedTuple):
    """Role of an interlocutor: its code, its French name, what a buyer finds there."""

    code: str
    label: str
    serves: str


@dataclass(frozen=True, slots=True)
class Interlocutor:
    """One interlocutor: its role and its territory by their codes, the structure, how it is reached (`phone` in E.164), its source and of which day. Unknown
    is empty; `id` is None for one of the shipped table."""

    role: str
    territory: str
    name: str
    phone: str
    email: str
    website: str
    source: str
    as_of: date
    id: int | None = None

    @property
    def is_unverified(self) -> bool:
        """Return whether it comes from a public page, on its day, and from nobody of the team."""
        return self.id is None


class SpeakTo(NamedTuple):
    """Interlocutors of a role in a région and what the places asked hold of it; nobody is known where `people` is empty."""

    role: InterlocutorRole
    region: Place
    people: tuple[Interlocutor, ...]


@lru_cache(maxsize=1)
def roles() -> dict[str, InterlocutorRole]:
    """Return the roles by code, in the order of the table."""
    return {
        row["code"]: InterlocutorRole(row["code"], row["libelle"], row["sert_a"])
        for row in rows("interlocuteurs_roles")
    }


def shipped_interlocutors() -> Iterator[Interlocutor]:
    """Yield those of the shipped table."""
    for row in rows("interlocuteurs"):
        as_of = date.fromisoformat(row["date"])
        yield Interlocutor(row["role"], row["territoire"], row["nom"], "", "", row["site"], row["source"], as_of)


def interlocutors(engine: Engine, *, since: date) -> tuple[Interlocutor, ...]:
    """Return all of them; where the team has one of a role and a territory, it stands in the place of the shipped table. Telephones and e-mails last known
    before `since` are left out."""
    with reading(engine) as connection:
        own = [_of(row) for row in connection.execute(select(_ROWS).order_by(_ROWS.c.name, _ROWS.c.id))]
    own_places = {(one.role, one.territory) for one in own}
    known = [*(one for one in shipped_interlocutors() if (one.role, one.territory) not in own_places), *own]
    return tuple(one if one.as_of >= since else replace(one, phone="", email="") for one in known)


def one_of_team(engine: Engine, number: int) -> Interlocutor | None:
    """Return one that the team wrote, None where it was removed or never was."""
    with reading(engine) as connection:
        row = connection.execute(select(_ROWS).where(_ROWS.c.id == number)).first()
    return _of(row) if row else None


def keep_interlocutor(engine: Engine, interlocutor: Interlocutor, *, author: str, now: datetime) -> bool:
    """Write one: a new one, or in the place of that of its id. Return whether it was: False where that of its id was removed since."""
    row = {
        **{name: getattr(interlocutor, name) for name in Interlocutor.__slots__ if name != "id"},
        "who": author,
        "written": now.replace(tzinfo=None),
    }
    with writing(engine) as connection:
        if interlocutor.id is None:
            connection.execute(insert(_ROWS), [row])
            return True
        return bool(connection.execute(update(_ROWS).where(_ROWS.c.id == interlocutor.id).values(row)).rowcount)


def remove_interlocutor(engine: Engine, number: int) -> None:
    """Remove one that the team wrote; what is removed already stays so."""
    with writing(engine) as connection:
        connection.execute(delete(_ROWS).where(_ROWS.c.id == number))


def interlocutors_of(known: Iterable[Interlocutor], places: Sequence[Place]) -> tuple[SpeakTo, ...]:
    """Return each role in each région that the places touch: who is known of the région, then of its départements that they touch."""
    touched = sorted({code for place in places for code in departements_of(place)})
    counties = [county for code in touched if (county := departement(code))]
    everyone = tuple(known)
    contact_points = []
    for code in dict.fromkeys(county.region for county in counties):
        land = place_of(f"reg:{code}")
        here = [f"reg:{code}", *(f"dep:{county.code}" for county in counties if county.region == code)]
        for role in roles().values():
            interlocutors = [one for one in everyone if one.role == role.code and one.territory in here]
            interlocutors.sort(key=lambda one: here.index(one.territory))
            if land:
                contact_points.append(SpeakTo(role, land, tuple(interlocutors)))
    return tuple(contact_points)


def speak_to_table(contact_points: Iterable[SpeakTo], first: Sequence[tuple[DocumentCell, ...]] = ()) -> DocumentTable:
    """Return them as a table, after the lines `first` of its columns; a role of which nobody is known has a line, to be completed."""
    lines = list(first)
    for contact_point in contact_points:
        for interlocutor in contact_point.people:
            place = place_of(interlocutor.territory) or contact_point.region
            contact = (shown_phone(interlocutor.phone), interlocutor.email, interlocutor.website)
            name = (
                Marked(f"{interlocutor.name} ({TO_VERIFY})", CellMark.PARTLY)
                if interlocutor.is_unverified
                else interlocutor.name
            )
            lines.append(
                (
                    contact_point.role.label,
                    place.name,
                    name,
                    *contact,
                    source_dated(interlocutor.source, interlocutor.as_of),
                )
            )
        if not contact_point.people:
            lines.append(nobody_known(contact_point.role.label, contact_point.region.name))
    return DocumentTable("À qui parler", _COLUMNS, tuple(map(DocumentRow, lines)))


def nobody_known(role: str, territory: str) -> tuple[DocumentCell, ...]:
    """Return the line of a role of which nobody is known in a territory."""
    return (role, territory, NOBODY, "", "", "", "")


def _of(row: Any) -> Interlocutor:
    return Interlocutor(**{name: getattr(row, name) for name in Interlocutor.__slots__})
