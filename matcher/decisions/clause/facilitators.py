"""The facilitators of social clauses: a list that the team imports, whose persons are forgotten and purged as every contact is."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from importers.formats.column_tally import ColumnTally, columns_of_table, table_of_kind
from importers.formats.columns import UNTOLD, SheetField, SheetKind, ToldColumns, fields_of, quoted
from importers.importer import SourceError
from importers.row import Row
from matcher.catalogue.store.forgotten import Forgotten
from matcher.catalogue.store.opt_outs import read_guard
from matcher.cleaning.dates import clean_date
from matcher.cleaning.phone import clean_phone
from matcher.cleaning.web import clean_email
from matcher.db import reading, writing
from matcher.domain.lot import Lot, RawPlace
from matcher.domain.place import Place, PlaceType
from matcher.erasure import Holding
from matcher.jobs.reader_process import apart
from matcher.reading.place.areas import places_of
from matcher.reading.place.places import read_places
from matcher.reference.geography.communes import nearest_commune
from matcher.rows import Base, table_of

FACILITATORS = SheetKind("facilitateurs", (("territoire",), ("nom", "structure")))
_CUT = re.compile(r"\s*[;,/\n]\s*|\s+et\s+")
_NO_TERRITORY = (PlaceType.POINT, PlaceType.PAYS)


class FacilitatorRow(Base):
    """A facilitator of social clauses, from the list that the team imports. `territories` are place codes; `as_of` the day that the list
    gives, `imported` when it came. What is not known is empty."""

    __tablename__ = "facilitator"
    holding = Holding(
        "facilitateurs des clauses sociales : nom, téléphone, courriel",
        person=("name", "phone", "email"),
        dates=("as_of", "imported"),
        needs=("name", "structure"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    structure: Mapped[str]
    territory: Mapped[str]
    territories: Mapped[list[Any]]
    phone: Mapped[str]
    email: Mapped[str]
    as_of: Mapped[date | None]
    imported: Mapped[datetime]


_ROWS = table_of(FacilitatorRow)


class FacilitatorsRefused(Exception):
    """A list of facilitators that cannot be used. Nothing was written; the message is French."""


@dataclass(frozen=True, slots=True)
class Facilitator:
    """One facilitator; `territory` in the words of the list, `territories` as place codes, `phone` in E.164. Unknown is empty."""

    name: str
    structure: str
    territory: str
    territories: tuple[str, ...]
    phone: str
    email: str
    as_of: date | None


@dataclass(frozen=True, slots=True)
class FacilitatorList:
    """Content of a file of facilitators: the persons, and a French sentence for each line left out or partly read."""

    found: tuple[Facilitator, ...]
    remarks: tuple[str, ...]


def read_facilitators(path: Path, told: ToldColumns = UNTOLD) -> FacilitatorList:
    """Read a sheet in a reader process; `told` is what persons said of columns. Raises ReadRefused for one that cannot be read, lacks a
    column, or has no line of use."""
    return apart(_of_sheet, SourceError, FacilitatorsRefused)(path, told)


def _of_sheet(path: Path, told: ToldColumns) -> FacilitatorList:
    table = table_of_kind(path, FACILITATORS, told)
    columns = columns_of_table(FACILITATORS, table, told)
    if not columns.has(FACILITATORS.needs):
        raise FacilitatorsRefused(
            f"« {path.name} » : il faut une colonne « Territoire », et une colonne « Nom » ou « Structure ». Colonnes vues : "
            f"{quoted(columns.names)}. Ou dites ce qu’elles contiennent (au terminal : --mapping)."
        )
    labels, tally = fields_of(FACILITATORS.table), ColumnTally(columns)
    found: list[Facilitator] = []
    remarks: list[str] = []
    for row in table.rows:
        if isinstance(row, Row):
            tally.take(row.take)
            one, said = _read(
                {key: _text(row, field, columns.of.get(key, ())) for key, field in labels.items()}, row.line
            )
            remarks += said
            if one is not None and one not in found:
                found.append(one)
        else:
            remarks.append(f"Ligne {row.line} : {row.reason}.")
    if not found:
        raise FacilitatorsRefused(f"« {path.name} » ne contient aucun facilitateur. {' '.join(remarks[:3])}".strip())
    return FacilitatorList(tuple(found), (*tally.unused, *remarks))


def import_facilitators(engine: Engine, found: Iterable[Facilitator], *, now: datetime, dry_run: bool = False) -> None:
    """Put a list in the place of the former one, without the values that were asked to be forgotten. Raises DatabaseError."""
    with writing(engine, keep=not dry_run) as connection:
        forgotten = read_guard(connection).forgotten
        connection.execute(delete(_ROWS))
        rows = [_row(_cleared(one, forgotten), now) for one in found]
        if rows:
            connection.execute(insert(_ROWS), rows)


def facilitators(engine: Engine, *, since: date) -> tuple[Facilitator, ...]:
    """Return all of them, by territory; contacts last known before `since` are left out."""
    with reading(engine) as connection:
        held = [(_of(row), row.imported.date()) for row in connection.execute(select(_ROWS).order_by(_ROWS.c.id))]
    shown = (one if (one.as_of or seen) >= since else _without_contact(one) for one, seen in held)
    return tuple(sorted(shown, key=lambda one: (one.territory, one.structure, one.name)))


def facilitators_of(found: Iterable[Facilitator], places: Iterable[Place]) -> tuple[Facilitator, ...]:
    """Return those whose territory holds one of the places, or some of it; the narrowest territory first."""
    wanted = frozenset(code for place in places for code in _communes(place))
    held = ((one, frozenset(code for place in places_of(one.territories) for code in place.communes)) for one in found)
    near = [(len(communes), one) for one, communes in held if communes & wanted]
    return tuple(one for _, one in sorted(near, key=lambda its: (its[0], its[1].structure, its[1].name)))


def _text(row: Row, field: SheetField, columns: Sequence[str]) -> str:
    """What a line says of a field: the first that is filled of its columns, or all."""
    texts = filter(None, map(row.take, columns)) if field.all else (row.take(*columns),)
    return " ".join(" ; ".join(texts).split())


def _read(texts: dict[str, str], line: int) -> tuple[Facilitator | None, list[str]]:
    name = " ".join(filter(None, (texts["prenom"], texts["nom"])))
    if not name and not texts["structure"]:
        return None, [f"Ligne {line} : ni nom, ni structure ; laissée de côté."] if any(texts.values()) else []
    codes: list[str] = []
    said: list[str] = []
    for part in filter(None, _CUT.split(texts["territoire"])):
        read = tuple(_codes(part))
        codes += read
        if not read:
            said.append(f"Ligne {line}, colonne « Territoire » : « {part} » n’est pas un lieu reconnu.")
    if not codes:
        return None, [
            *said,
            f"Ligne {line} : aucun territoire ; laissée de côté. Écrivez un département, un EPCI ou une commune.",
        ]
    phone, email, day = clean_phone(texts["telephone"]), clean_email(texts["courriel"]), clean_date(texts["date"])
    for field, told in (("Téléphone", phone), ("Courriel", email), ("Date", day)):
        written = texts[{"Téléphone": "telephone", "Courriel": "courriel", "Date": "date"}[field]]
        if written and told.value is None:
            said.append(f"Ligne {line}, colonne « {field} » : « {written} » n’est pas lisible, laissé vide.")
    return (
        Facilitator(
            name=name,
            structure=texts["structure"],
            territory=texts["territoire"],
            territories=tuple(dict.fromkeys(codes)),
            phone=phone.value or "",
            email=email.value or "",
            as_of=day.value,
        ),
        said,
    )


def _codes(text: str) -> Iterator[str]:
    """The place codes that a text names; a number of two digits is a département."""
    given = f"dep:{text.upper()}" if re.fullmatch(r"\d{2}|2[abAB]|97\d", text) else text
    for place in read_places(Lot("", lieux=(RawPlace(given),))).places:
        if place.type not in _NO_TERRITORY:
            yield place.key


def _communes(place: Place) -> tuple[str, ...]:
    if place.communes or place.lat is None or place.lon is None:
        return place.communes
    return (nearest_commune(place.lat, place.lon)[0].code,)


def _cleared(one: Facilitator, forgotten: Forgotten) -> Facilitator:
    name, structure, phone, email = map(forgotten.cut, (one.name, one.structure, one.phone, one.email))
    left = replace(one, name=name, structure=structure, phone=phone, email=email)
    return left if name == one.name else _without_contact(left)


def _without_contact(one: Facilitator) -> Facilitator:
    return replace(one, name="", phone="", email="")


def _row(one: Facilitator, now: datetime) -> dict[str, object]:
    return {
        "name": one.name,
        "structure": one.structure,
        "territory": one.territory,
        "territories": list(one.territories),
        "phone": one.phone,
        "email": one.email,
        "as_of": one.as_of,
        "imported": now.replace(tzinfo=None),
    }


def _of(row: Any) -> Facilitator:
    return Facilitator(row.name, row.structure, row.territory, tuple(row.territories), row.phone, row.email, row.as_of)
