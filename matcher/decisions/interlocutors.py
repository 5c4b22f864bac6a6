"""Stores and finds the interlocutors (bodies that advise buyers: CRESS, Guichet vert, buyers' networks…) of a territory: a shipped table of public data,
overridden by the team's own entries. Facilitators of social clauses have their own list (`clause/facilitators.py`)."""

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
    MarkedText,
)
from matcher.rows import Base, table_of

TO_COMPLETE, TO_VERIFY = "à compléter par l’équipe", "à vérifier"
# Cell shown for a role without known interlocutor.
NOBODY = MarkedText(TO_COMPLETE, CellMark.UNKNOWN)
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
    """Table of the interlocutors entered by the team, shared by all organisations of the installation. `role`: code of `interlocuteurs_roles.csv`;
    `territory`: place code; `as_of`: day of `source`; `who`: author of the entry."""

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
    """Role of an interlocutor: code, French name, and service to buyers (`serves`)."""

    code: str
    label: str
    serves: str


@dataclass(frozen=True, slots=True)
class Interlocutor:
    """One interlocutor: codes of its role and territory, name of the structure, contact details (`phone` in E.164), source and its day. Unknown values are
    empty; `id` is None for an entry of the shipped table."""

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
        """Return whether it comes from the shipped table (public pages), not verified by the team."""
        return self.id is None


class SpeakTo(NamedTuple):
    """Interlocutors of one role for a région and those of its départements that the request touches; `people` may be empty."""

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
    """Yield the interlocutors of the shipped table."""
    for row in rows("interlocuteurs"):
        as_of = date.fromisoformat(row["date"])
        yield Interlocutor(row["role"], row["territoire"], row["nom"], "", "", row["site"], row["source"], as_of)


def load_interlocutors(engine: Engine, *, since: date) -> tuple[Interlocutor, ...]:
    """Return all interlocutors; the team's entries replace the shipped ones of the same role and territory. Telephones and e-mails dated before `since` are
    left out."""
    with reading(engine) as connection:
        team_entries = [_from_row(row) for row in connection.execute(select(_ROWS).order_by(_ROWS.c.name, _ROWS.c.id))]
    team_territories = {(one.role, one.territory) for one in team_entries}
    known = [
        *(one for one in shipped_interlocutors() if (one.role, one.territory) not in team_territories),
        *team_entries,
    ]
    return tuple(one if one.as_of >= since else replace(one, phone="", email="") for one in known)


def one_of_team(engine: Engine, number: int) -> Interlocutor | None:
    """Return the team's entry with this id, None if there is none."""
    with reading(engine) as connection:
        row = connection.execute(select(_ROWS).where(_ROWS.c.id == number)).first()
    return _from_row(row) if row else None


def keep_interlocutor(engine: Engine, interlocutor: Interlocutor, *, author: str, now: datetime) -> bool:
    """Insert a new entry (`id` None) or update the one with its id; return False if that entry no longer exists."""
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
    """Delete an entry of the team; does nothing if it no longer exists."""
    with writing(engine) as connection:
        connection.execute(delete(_ROWS).where(_ROWS.c.id == number))


def interlocutors_of(known: Iterable[Interlocutor], places: Sequence[Place]) -> tuple[SpeakTo, ...]:
    """Return, for each région that the places touch and each role, the interlocutors of the région, then of its touched départements."""
    touched = sorted({code for place in places for code in departements_of(place)})
    counties = [county for code in touched if (county := departement(code))]
    everyone = tuple(known)
    contact_points = []
    for code in dict.fromkeys(county.region for county in counties):
        region = place_of(f"reg:{code}")
        area_codes = [f"reg:{code}", *(f"dep:{county.code}" for county in counties if county.region == code)]
        for role in roles().values():
            interlocutors = [one for one in everyone if one.role == role.code and one.territory in area_codes]
            interlocutors.sort(key=lambda one: area_codes.index(one.territory))
            if region:
                contact_points.append(SpeakTo(role, region, tuple(interlocutors)))
    return tuple(contact_points)


def speak_to_table(contact_points: Iterable[SpeakTo], first: Sequence[tuple[DocumentCell, ...]] = ()) -> DocumentTable:
    """Return a table of interlocutors, after the rows `first`; a role without any has a row « à compléter »."""
    lines = list(first)
    for contact_point in contact_points:
        for interlocutor in contact_point.people:
            place = place_of(interlocutor.territory) or contact_point.region
            contact = (shown_phone(interlocutor.phone), interlocutor.email, interlocutor.website)
            name = (
                MarkedText(f"{interlocutor.name} ({TO_VERIFY})", CellMark.PARTLY)
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
    """Return the row of a role without known interlocutor in a territory."""
    return (role, territory, NOBODY, "", "", "", "")


def _from_row(row: Any) -> Interlocutor:
    return Interlocutor(**{name: getattr(row, name) for name in Interlocutor.__slots__})
