"""Reads a spreadsheet of social clause facilitators (local advisers), one line per facilitator or per commune, and locates their territories."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

from importers.emit import Row
from importers.formats.column_tally import ColumnTally, columns_of_table, table_of_kind
from importers.formats.columns import NO_MAPPING, ColumnMapping, Columns, SheetKind, quote_names, sheet_fields
from importers.importer import SourceError
from matcher.cleaning.dates import clean_date
from matcher.cleaning.phone import PHONES_PARTLY, clean_phones
from matcher.cleaning.web import clean_email
from matcher.decisions.clause.facilitators import Facilitator
from matcher.domain.french import count, enumeration
from matcher.domain.place import Place, PlaceType
from matcher.domain.reading import Lot, RawPlace
from matcher.jobs.reader_process import apart
from matcher.reading.place.areas import FINENESS, inside, places_of
from matcher.reading.place.places import read_places

FACILITATORS = SheetKind("facilitateurs", (("territoire", "insee"), ("nom", "structure")), merged=True)
_CUT = re.compile(r"\s*[;,/\n]\s*|\s+et\s+")
_NUMBER = re.compile(r"\d{1,2}|2[abAB]|97\d")
_NO_TERRITORY = (PlaceType.POINT, PlaceType.PAYS)
_TO_WRITE = "écrivez une commune et son département, un code INSEE, un EPCI ou un département"
_NAMED = 3  # places that a sentence names


class FacilitatorsRefused(Exception):
    """Raised for an unusable list of facilitators. Nothing was written; the message is French."""


@dataclass(frozen=True, slots=True)
class FacilitatorList:
    """Content of a file of facilitators, with French remarks on what was left out, partly read, or duplicated."""

    found: tuple[Facilitator, ...]
    remarks: tuple[str, ...]


@dataclass(slots=True)
class _MergedLines:
    """Accumulator of one facilitator's lines: territories as written, their place codes, latest date."""

    written: dict[str, None] = field(default_factory=dict)
    codes: dict[str, None] = field(default_factory=dict)
    as_of: date | None = None


# Key of a facilitator: name, structure, telephones, e-mail; lines with the same key are merged.
_FacilitatorKey = tuple[str, str, tuple[str, ...], str]


def read_facilitators(path: Path, columns: ColumnMapping = NO_MAPPING) -> FacilitatorList:
    """Read a spreadsheet in a separate process; `columns`: meanings of columns set by the user. Raises ReadRefused for a file that cannot be read, lacks a
    column, or has no usable line."""
    return apart(_of_sheet, SourceError, FacilitatorsRefused)(path, columns)


def _of_sheet(path: Path, column_mapping: ColumnMapping) -> FacilitatorList:
    table = table_of_kind(path, FACILITATORS, column_mapping)
    columns = columns_of_table(FACILITATORS, table, column_mapping)
    if not columns.has(FACILITATORS.needs):
        raise FacilitatorsRefused(
            f"« {path.name} » : il faut une colonne « Territoire », et une colonne « Nom » ou « Structure ». Colonnes vues : "
            f"{quote_names(columns.names)}. Ou dites ce qu’elles contiennent (au terminal : --mapping)."
        )
    reader, tally = _LineReader(path.name, columns), ColumnTally(columns)
    for row in table.rows:
        if isinstance(row, Row):
            tally.take(row.take)
            reader.take(row)
        else:
            reader.say(row.line, f"{row.reason.rstrip('.')}.")
    facilitators = reader.facilitators
    if not facilitators:
        raise FacilitatorsRefused(
            f"« {path.name} » ne contient aucun facilitateur. {' '.join(reader.remarks[:3])}".strip()
        )
    return FacilitatorList(facilitators, (*tally.remarks, *reader.remarks, *_shared_place_remarks(facilitators)))


class _LineReader:
    """Merges the lines of a spreadsheet into distinct facilitators; `remarks`: French sentences on what was not read, with line and column."""

    def __init__(self, name: str, columns: Columns) -> None:
        self._name = name
        self._columns = {key: columns.of.get(key, ()) for key in sheet_fields(columns.table)}
        self._held: dict[_FacilitatorKey, _MergedLines] = {}
        self.remarks: list[str] = []

    @property
    def facilitators(self) -> tuple[Facilitator, ...]:
        """The facilitators in the order of the file."""
        return tuple(
            Facilitator(name, structure, " ; ".join(its.written), tuple(its.codes), phones, email, its.as_of)
            for (name, structure, phones, email), its in self._held.items()
        )

    def say(self, line: int, remark: str, column: str = "") -> None:
        """Add a remark on a line, or on one of its cells."""
        where = f"ligne {line}, colonne « {column} »" if column else f"ligne {line}"
        self.remarks.append(f"« {self._name} », {where} : {remark}")

    def take(self, row: Row) -> None:
        """Read one line."""
        first, last, structure = (self._text(row, key) for key in ("prenom", "nom", "structure"))
        name = " ".join(filter(None, (first, last)))
        cells = [
            (column, key, text)
            for key in ("territoire", "insee")
            for column in self._columns[key]
            if (text := row.take(column))
        ]
        if not name and not structure:
            if cells:
                self.say(row.line, "ni nom, ni structure ; laissée de côté. Écrivez l’un des deux.")
            return
        places = self._places(row.line, cells)
        if not places:
            self.say(row.line, f"aucun territoire ; laissée de côté : {_TO_WRITE}.")
            return
        phones = self._phones(row)
        email, day = self._text(row, "courriel"), self._text(row, "date")
        mail, as_of = clean_email(email).value, clean_date(day).value
        for key, written, read in (("courriel", email, mail), ("date", day, as_of)):
            if written and read is None:
                self._unreadable(row.line, self._columns[key][0], written)
        merged = self._held.setdefault((name, structure, phones, mail or ""), _MergedLines())
        merged.written |= dict.fromkeys(text for _, _, text in cells)
        merged.codes |= dict.fromkeys(place.key for place in places)
        merged.as_of = max(filter(None, (merged.as_of, as_of)), default=None)

    def _text(self, row: Row, key: str) -> str:
        return " ".join(row.take(*self._columns[key]).split())

    def _phones(self, row: Row) -> tuple[str, ...]:
        phones: dict[str, None] = {}
        for column in self._columns["telephone"]:
            if written := row.take(column):
                read = clean_phones(written)
                phones |= dict.fromkeys(read.value or ())
                if read.value is None or read.flag == PHONES_PARTLY:
                    self._unreadable(row.line, column, written)
        return tuple(phones)

    def _unreadable(self, line: int, column: str, written: str) -> None:
        self.say(line, f"« {written} » n’est pas lisible, laissé vide. Corrigez la cellule, ou effacez-la.", column)

    def _places(self, line: int, cells: Sequence[tuple[str, str, str]]) -> list[Place]:
        """Return the places of a line; if one column's place contains another's (a département and its commune), only the inner one counts."""
        within = tuple(place for *_, text in cells for place in _read(text) if place.type is PlaceType.DEPARTEMENT)
        read: list[tuple[str, Place]] = []
        for column, key, text in cells:
            for part in filter(None, _CUT.split(text)):
                places = places_of([f"insee:{part.zfill(5)}"]) if key == "insee" else _read(part, within)
                read += ((column, place) for place in places)
                if not places:
                    self.say(line, f"« {part} » n’est pas un lieu reconnu : {_TO_WRITE}.", column)
        return _innermost(read)


def _innermost(read: Sequence[tuple[str, Place]]) -> list[Place]:
    """Remove from a line's (column, place) pairs the areas that contain a place of another column; return the places left."""
    wider = {
        (column, area.key)
        for column, area in read
        if FINENESS[area.type]
        for other, place in read
        if column != other and area != place and inside(place, area)
    }
    return [place for column, place in read if (column, place.key) not in wider]


@lru_cache(maxsize=65_536)
def _read(text: str, within: tuple[Place, ...] = ()) -> tuple[Place, ...]:
    """Return the places that a text names; a number of one or two digits is a département. An ambiguous commune is searched in the départements `within`,
    given elsewhere on the line."""
    if not within:
        return tuple(_territories(f"dep:{text.upper().zfill(2)}" if _NUMBER.fullmatch(text) else text))
    alone = _read(text)
    if any(inside(place, area) or inside(area, place) for place in alone for area in within):
        return alone
    closer = (place for area in within for place in _territories(f"{text} ({area.code})"))
    return tuple(place for place in closer if FINENESS[place.type] < FINENESS[PlaceType.DEPARTEMENT]) or alone


def _territories(text: str) -> Iterator[Place]:
    places = read_places(Lot("", lieux=(RawPlace(text),))).places
    return (place for place in places if place.type not in _NO_TERRITORY)


def _shared_place_remarks(facilitators: Sequence[Facilitator]) -> Iterator[str]:
    """Yield a French remark for each group of facilitators that share places."""
    holders: dict[str, list[Facilitator]] = {}
    for facilitator in facilitators:
        for code in facilitator.territories:
            holders.setdefault(code, []).append(facilitator)
    shared: dict[tuple[str, ...], list[str]] = {}
    for code, group in holders.items():
        if len(group) > 1:
            shared.setdefault(tuple(one.short_name for one in group), []).append(code)
    for names, codes in shared.items():
        places = [place.name for place in places_of(codes[:_NAMED])]
        more = [count(len(codes) - _NAMED, "autre lieu", "autres lieux")] if len(codes) > _NAMED else []
        yield f"{enumeration([*places, *more])} : {count(len(names), 'facilitateur')} ({' ; '.join(names)}), tous montrés."
