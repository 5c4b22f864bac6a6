"""A list of sites that people bring (CSV, workbook, or pasted): name, place, quantity; each read as a place, or left without one."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from importers.emit import Row
from importers.formats import Grid, read_grids
from importers.formats.column_tally import ColumnTally
from importers.formats.columns import (
    UNTOLD,
    Columns,
    SheetKind,
    ToldColumns,
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
_CODE = re.compile(r"\b\d{5}\b")
_CUT = re.compile(r"[;\t]")


class SitesRefused(ValueError):
    """A list of sites that cannot be used. The message is French and gives the cure."""


@dataclass(frozen=True, slots=True)
class GivenSite:
    """A line of the list: its name, where it is (None where that was not found), its quantity (None where it was not given, or is
    none: `unread` is then what was written), its line, and its sheet where there are several."""

    label: str
    place: Place | None
    quantity: float | None
    line: int
    unread: str = ""
    sheet: str = ""

    @property
    def where(self) -> str:
        """Position in the file: « feuille « Écoles », ligne 3 »."""
        return f"feuille « {self.sheet} », ligne {self.line}" if self.sheet else f"ligne {self.line}"


@dataclass(frozen=True, slots=True)
class SiteList:
    """The sites of a list, each once, how many lines repeat one, and in French what was done to read it and what was left aside."""

    sites: tuple[GivenSite, ...]
    repeated: int
    said: tuple[str, ...] = ()


def read_sites(path: Path, columns: ToldColumns = UNTOLD, *, stop: Stop | None = None) -> SiteList:
    """Read every sheet of a file that has a column of places, in a reader process; `columns` are the meanings that persons gave columns. Raises ReadRefused
    for one that cannot be read, has no such column, no site, or too many; and Stopped."""
    return apart(_read, SourceError, SitesRefused, stop=stop)(path, columns)


def _read(path: Path, columns: ToldColumns) -> SiteList:
    grids, left = read_grids(path, full_header_score(SITES, columns), needed_words(SITES))
    read = [_of_grid(grid, columns_of_header(SITES, grid.columns, columns), several=len(grids) > 1) for grid in grids]
    sites = _kept((site for found, _ in read for site in found), f"« {path.name} »")
    unused = (said for _, its in read for said in its)
    return replace(sites, said=(*(said for grid in grids for said in grid.said), *unused, *left))


def read_pasted_sites(text: str) -> SiteList:
    """Read lines as they are pasted: cells between semicolons or tabs, under the names of columns or in the order name, place,
    quantity; a line of one cell is a place. Raises SitesRefused."""
    lines = [(at, [cell.strip() for cell in _CUT.split(line)]) for at, line in enumerate(text.splitlines(), start=1)]
    lines = [(at, cells) for at, cells in lines if any(cells)]
    if not lines:
        raise SitesRefused("Collez un site par ligne, ou donnez un fichier : nom, commune, quantité.")
    head = lines[0][1]
    columns = columns_of_header(SITES, head)
    if columns.has(SITES.needs):
        grid = Grid("", tuple(head), tuple((at, tuple(cells)) for at, cells in lines[1:]), ())
        sites, unused = _of_grid(grid, columns, several=False)
        return replace(_kept(sites, "La liste collée"), said=unused)
    return _kept((_of_cells(cells, at) for at, cells in lines), "La liste collée")


def _kept(given_sites: Iterable[GivenSite], what: str) -> SiteList:
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
    """The sites of a sheet, and in French what of its columns was not used."""
    tally = ColumnTally(columns)
    sites: list[GivenSite] = []
    for line, cells in grid.rows:
        row = Row(grid.texts(cells), line)
        tally.take(row.take)
        name, town, code, size = (row.take(*columns.of.get(field, ())) for field in ("nom", "lieu", "code", "quantite"))
        if name or town or code:
            sites.append(replace(_site(name, town, code, size, line), sheet=grid.sheet if several else ""))
    return sites, tally.remarks


def _of_cells(cells: Sequence[str], line: int) -> GivenSite:
    """A line without names of columns: what is a code, what is a quantity, then name and place."""
    code = next((cell for cell in cells if _CODE.fullmatch(cell) and not _is_quantity(cell, cells)), "")
    rest = [cell for cell in cells if cell and cell is not code]
    last = len(rest) > 2 or (len(rest) > 1 and clean_measure(rest[-1], *_UNITS).value is not None)
    size = rest.pop() if last else ""
    name = rest[0] if rest else ""
    town = rest[1] if len(rest) > 1 else "" if code else name
    return _site(name, town, code, size, line)


def _is_quantity(cell: str, cells: Sequence[str]) -> bool:
    """Return whether five digits are a size (« Collège ; Roubaix ; 11000 ») rather than a postal code: last, after the name and a commune
    that has another one."""
    if len(cells) < 3 or cell is not cells[-1]:
        return False
    town = _place(cells[-2], "")
    return town is not None and town.code not in {found.code for found in communes_of_post_code(cell)}


def _site(name: str, town: str, code: str, size: str, line: int) -> GivenSite:
    measure = clean_measure(size, *_UNITS).value if size else None
    good = measure is not None and measure > 0
    return GivenSite(
        name or town or code, _place(town, code), measure if good else None, line, "" if good or not size else size
    )


def _place(town: str, code: str) -> Place | None:
    """The commune of a line; a postal code that has lost its zero is given it back, one inside an address is read."""
    if not code and (inside := _CODE.search(town)):
        code, town = inside[0], town[inside.end() :].strip(" ,")
    digits = code.zfill(_DIGITS) if code.isdigit() else code
    raw = RawPlace(digits, "Code postal" if digits else "", town) if digits else RawPlace(town)
    places = read_places(Lot("", lieux=(raw,))).places
    return next((place for place in places if place.type is PlaceType.COMMUNE and place.lat is not None), None)
