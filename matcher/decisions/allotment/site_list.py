"""Reads a buyer's list of sites (CSV, spreadsheet or pasted text: name, place, quantity) for cutting into lots; each place becomes a commune, or None."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from importers.emit import Row
from importers.formats import Grid, read_grids
from importers.formats.column_tally import ColumnTally
from importers.formats.columns import (
    NO_MAPPING,
    ColumnMapping,
    Columns,
    SheetKind,
    columns_of_header,
    full_header_score,
    needed_words,
)
from importers.importer import SourceError
from matcher.cleaning.numbers import clean_measure
from matcher.domain.place import Place, PlaceType
from matcher.domain.reading import Lot, RawPlace
from matcher.jobs.reader_process import apart
from matcher.jobs.stop import Stop
from matcher.reading.place.places import read_places
from matcher.reference.geography.communes import communes_of_post_code

SITES = SheetKind("sites", (("lieu", "code"),), every_sheet=True)
MOST_SITES = 10_000
_DIGITS = 5
_UNITS = ("etp", "m²", "m2", "h", "heures")
# Units of a quantity, by their spelling in a cell or in the title of a column; one of a week or a month is left to the question.
_UNIT_NAMES = {"etp": "ETP", "m²": "m²", "m2": "m²", "surface": "m²", "h": "heures", "heures": "heures"}
_UNIT = re.compile(rf"(?:^|[^a-z])({'|'.join(_UNIT_NAMES)})(?![\w²])(?!.*\b(?:jours?|semaines?|mois)\b)")
_CODE = re.compile(r"\b\d{5}\b")
_CUT = re.compile(r"[;\t]")


class SitesRefused(ValueError):
    """Raised for an unusable list of sites. The message is French and gives the cure."""


@dataclass(frozen=True, slots=True)
class GivenSite:
    """A line of the list. `place`: None if not found; `quantity`: None if missing or not a positive number (`unread` is then its text); `sheet`: empty if
    the file has one sheet; `unit`: of the quantity, as its cell or its column gives it, or empty."""

    label: str
    place: Place | None
    quantity: float | None
    line: int
    unread: str = ""
    sheet: str = ""
    unit: str = ""

    @property
    def where(self) -> str:
        """Position in the file: « feuille « Écoles », ligne 3 »."""
        return f"feuille « {self.sheet} », ligne {self.line}" if self.sheet else f"ligne {self.line}"


@dataclass(frozen=True, slots=True)
class SiteList:
    """The distinct sites of a list, the number of duplicate lines, and French remarks on the reading (`said`)."""

    sites: tuple[GivenSite, ...]
    repeated: int
    said: tuple[str, ...] = ()


def read_sites(path: Path, columns: ColumnMapping = NO_MAPPING, *, stop: Stop | None = None) -> SiteList:
    """Read every sheet of a file that has a column of places, in a separate process; `columns`: meanings of columns set by the user. Raises Stopped, and
    ReadRefused for a file that cannot be read, has no such column, no site, or too many."""
    return apart(_read, SourceError, SitesRefused, stop=stop)(path, columns)


def _read(path: Path, columns: ColumnMapping) -> SiteList:
    grids, left = read_grids(path, full_header_score(SITES, columns), needed_words(SITES))
    read = [_of_grid(grid, columns_of_header(SITES, grid.columns, columns), several=len(grids) > 1) for grid in grids]
    sites = _without_duplicates((site for found, _ in read for site in found), f"« {path.name} »")
    unused = (said for _, its in read for said in its)
    return replace(sites, said=(*(said for grid in grids for said in grid.said), *unused, *left))


def read_pasted_sites(text: str) -> SiteList:
    """Read pasted lines, cells separated by semicolons or tabs, with a header or in the order name, place, quantity; a line of one cell is a place.
    Raises SitesRefused."""
    lines = [(at, [cell.strip() for cell in _CUT.split(line)]) for at, line in enumerate(text.splitlines(), start=1)]
    lines = [(at, cells) for at, cells in lines if any(cells)]
    if not lines:
        raise SitesRefused("Collez un site par ligne, ou donnez un fichier : nom, commune, quantité.")
    head = lines[0][1]
    columns = columns_of_header(SITES, head)
    if columns.has(SITES.needs):
        grid = Grid("", tuple(head), tuple((at, tuple(cells)) for at, cells in lines[1:]), ())
        sites, unused = _of_grid(grid, columns, several=False)
        return replace(_without_duplicates(sites, "La liste collée"), said=unused)
    return _without_duplicates((_of_cells(cells, at) for at, cells in lines), "La liste collée")


def _without_duplicates(given_sites: Iterable[GivenSite], what: str) -> SiteList:
    seen: dict[tuple[str, str], GivenSite] = {}
    repeated = 0
    for site in given_sites:
        key = (site.label, site.place.code if site.place else "")
        repeated += key in seen
        seen.setdefault(key, site)
        if len(seen) > MOST_SITES:
            raise SitesRefused(f"{what} : plus de {MOST_SITES} sites. Faites-en plusieurs listes.")
    if not seen:
        raise SitesRefused(f"{what} ne contient aucun site.")
    return SiteList(tuple(seen.values()), repeated)


def _of_grid(grid: Grid, columns: Columns, *, several: bool) -> tuple[list[GivenSite], tuple[str, ...]]:
    """Return the sites of a sheet, and French remarks on the columns that were not used."""
    tally = ColumnTally(columns)
    sites: list[GivenSite] = []
    title, unit = next(((name, unit) for name in columns.of.get("quantite", ()) if (unit := _unit_in(name))), ("", ""))
    for line, cells in grid.rows:
        row = Row(grid.texts(cells), line)
        tally.take(row.take)
        name, town, code, size = (row.take(*columns.of.get(field, ())) for field in ("nom", "lieu", "code", "quantite"))
        if name or town or code:
            site = _site(name, town, code, size, line)
            sites.append(replace(site, sheet=grid.sheet if several else "", unit=site.unit or unit))
    counted = (f"Quantités comptées en {unit}, d’après la colonne « {title} ».",) if unit else ()
    return sites, (*counted, *tally.remarks)


def _of_cells(cells: Sequence[str], line: int) -> GivenSite:
    """Guess the cells of a line without header: a postal code, a last quantity, then name and place."""
    code = next((cell for cell in cells if _CODE.fullmatch(cell) and not _is_quantity(cell, cells)), "")
    rest = [cell for cell in cells if cell and cell is not code]
    last = len(rest) > 2 or (len(rest) > 1 and clean_measure(rest[-1], *_UNITS).value is not None)
    size = rest.pop() if last else ""
    name = rest[0] if rest else ""
    town = rest[1] if len(rest) > 1 else "" if code else name
    return _site(name, town, code, size, line)


def _is_quantity(cell: str, cells: Sequence[str]) -> bool:
    """Return whether five digits are a size rather than a postal code, as in « Collège ; Roubaix ; 11000 »: the last cell, after a name and a commune with
    another postal code."""
    if len(cells) < 3 or cell is not cells[-1]:
        return False
    town = _place(cells[-2], "")
    return town is not None and town.code not in {found.code for found in communes_of_post_code(cell)}


def _site(name: str, town: str, code: str, size: str, line: int) -> GivenSite:
    measure = clean_measure(size, *_UNITS).value if size else None
    good = measure is not None and measure > 0
    return GivenSite(
        name or town or code,
        _place(town, code),
        measure if good else None,
        line,
        "" if good or not size else size,
        unit=_unit_in(size),
    )


def _unit_in(text: str) -> str:
    """Return the unit that a cell or the title of a column gives, or ""."""
    match = _UNIT.search(text.lower())
    return _UNIT_NAMES[match[1]] if match else ""


def _place(town: str, code: str) -> Place | None:
    """Return the commune of a line; a postal code is padded to five digits, and found inside an address."""
    if not code and (inside := _CODE.search(town)):
        code, town = inside[0], town[inside.end() :].strip(" ,")
    digits = code.zfill(_DIGITS) if code.isdigit() else code
    raw = RawPlace(digits, "Code postal" if digits else "", town) if digits else RawPlace(town)
    places = read_places(Lot("", lieux=(raw,))).places
    return next((place for place in places if place.type is PlaceType.COMMUNE and place.lat is not None), None)
