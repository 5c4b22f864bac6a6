"""A list of sites (CSV or workbook): name, commune, postal code, quantity; each read as a place, or said not to be."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from importers.formats import Header, load, read_table
from importers.row import Row
from matcher.cleaning.numbers import clean_number
from matcher.cleaning.words import words
from matcher.domain.lot import Lot, RawPlace
from matcher.domain.place import Place, PlaceType
from matcher.reading.places import read_places

# How columns are called, folded: the first that a file has is taken.
NAME = ("nom", "site", "etablissement", "libelle", "batiment", "college", "lycee")
TOWN = ("ville", "commune", "lieu", "adresse")
CODE = ("code postal", "cp", "code insee", "insee")
SIZE = ("etp", "taille", "quantite")
MOST_SITES = 10_000
_DIGITS = 5


@dataclass(frozen=True, slots=True)
class GivenSite:
    """A line of the list: its name, where it is (None where that was not found), its ETP (None where not given) and its line."""

    label: str
    place: Place | None
    etp: float | None
    line: int


def read_sites(path: Path) -> list[GivenSite]:
    """Read a list of sites, each line once. Raises SourceError for a file that cannot be read, ValueError for one with no column of places."""
    table = read_table(load(path), Header(needs=((),), hint=""), _score)
    columns = {" ".join(words(column)): column for column in table.columns}
    if not any(name in columns for name in (*TOWN, *CODE)):
        raise ValueError(f"« {path.name} » : il manque une colonne de lieu (Ville, Commune ou Code postal).")
    seen: dict[tuple[str, str], GivenSite] = {}
    for row in table.rows:
        if isinstance(row, Row) and (site := _site(row, columns)) is not None:
            seen.setdefault((site.label, site.place.code if site.place else ""), site)
        if len(seen) > MOST_SITES:
            raise ValueError(f"« {path.name} » : plus de {MOST_SITES} sites. Faites-en plusieurs listes.")
    if not seen:
        raise ValueError(f"« {path.name} » ne contient aucun site.")
    return list(seen.values())


def _score(columns: object) -> int:
    names = {" ".join(words(str(column))) for column in columns}  # type: ignore[attr-defined]
    return len(names & {*NAME, *TOWN, *CODE, *SIZE})


def _site(row: Row, columns: dict[str, str]) -> GivenSite | None:
    name, town, code, size = (row.take(*_present(columns, spellings)) for spellings in (NAME, TOWN, CODE, SIZE))
    if not (name or town or code):
        return None
    etp = clean_number(size).value if size else None
    return GivenSite(name or town or code, _place(town, code), etp if etp and etp > 0 else None, row.line)


def _present(columns: dict[str, str], spellings: tuple[str, ...]) -> Iterator[str]:
    return (columns[spelling] for spelling in spellings if spelling in columns)


def _place(town: str, code: str) -> Place | None:
    """The commune of a line; a postal code that has lost its zero is given it back."""
    digits = code.zfill(_DIGITS) if code.isdigit() else code
    kind = "Code postal" if digits else ""
    raw = RawPlace(digits, kind, town) if digits else RawPlace(town)
    found = read_places(Lot("", lieux=(raw,))).places
    return next((place for place in found if place.type is PlaceType.COMMUNE and place.lat is not None), None)
