"""Communes of France and the municipal arrondissements of Paris, Lyon and Marseille (data/reference/communes.csv)."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from matcher.paths import shipped
from matcher.reference.geography.place_names import place_key, split_article

Floats = NDArray[np.float64]

EARTH_RADIUS_KM = 6371.0088

_FINESS_OVERSEAS = re.compile(r"9[A-F](\d{3})")
_CEDEX = re.compile(r"\bCEDEX( \d+)?\b.*")
_ORDINAL = re.compile(
    r"^(PARIS|LYON|MARSEILLE)(?: CEDEX)? 0?(\d{1,2}) ?(ER|E|EME|ND|ERE)?( ARRONDISSEMENT| ARRDT| ARR)?$"
)

_SHORT = re.compile(r"(L |LE |LA |LES )?(.+?) (?:SUR|EN|LES|LE|LA|SOUS|AUX|AU|DES|DE|D|DU|ET|L|PARIS) ")
_DOUBLE = re.compile(r"(L |LE |LA |LES )?(?!SAINTE? )([A-Z]{4,}) [A-Z]")
# Persons: of a commune known by what its name begins with, by one short word (« Bar »), by the first of two names (« Évry »).
_KNOWN, _KNOWN_BY_A_WORD, _KNOWN_BY_HALF = 2000, 4000, 10_000


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune of today, or a municipal arrondissement (`parent` is then its commune's code).

    `arrondissement` is the code of that of its département, empty where it has none; `lat` and `lon` are its centroid in WGS84 degrees; they and `population` (persons) are None where unknown.
    """

    code: str
    name: str
    post_codes: tuple[str, ...]
    departement: str
    arrondissement: str
    region: str
    epci: str
    ept: str
    population: int | None
    siren: str
    lat: float | None
    lon: float | None
    parent: str


@dataclass(frozen=True, slots=True, eq=False)
class CommuneArrays:
    """The same table as columns, in the order of `codes`; NaN where a number is unknown."""

    codes: tuple[str, ...]
    departements: tuple[str, ...]
    lat: Floats
    lon: Floats
    population: Floats


class _Table:
    """The columns of communes.csv as text: a row becomes a Commune when it is asked for."""

    __slots__ = ("columns", "rank")

    def __init__(self) -> None:
        with shipped("data/reference/communes.csv").open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file, delimiter=";")
            header = next(rows)
            self.columns = dict(zip(header, zip(*rows, strict=True), strict=True))
        self.rank = {code: rank for rank, code in enumerate(self.columns["code_insee"])}

    def at(self, rank: int) -> Commune:
        cell = {name: column[rank] for name, column in self.columns.items()}
        return Commune(
            code=cell["code_insee"],
            name=cell["nom"],
            post_codes=tuple(cell["codes_postaux"].split()),
            departement=cell["departement"],
            arrondissement=cell["arrondissement"],
            region=cell["region"],
            epci=cell["epci"],
            ept=cell["ept"],
            population=int(cell["population"]) if cell["population"] else None,
            siren=cell["siren"],
            lat=float(cell["lat"]) if cell["lat"] else None,
            lon=float(cell["lon"]) if cell["lon"] else None,
            parent=cell["parent"],
        )


@lru_cache(maxsize=1)
def _table() -> _Table:
    return _Table()


@lru_cache(maxsize=1)
def commune_arrays() -> CommuneArrays:
    """Return the whole table as columns, for indexing and distances."""
    columns = _table().columns

    def numbers(name: str) -> Floats:
        return np.array([cell or "nan" for cell in columns[name]], dtype=np.float64)

    return CommuneArrays(
        columns["code_insee"], columns["departement"], numbers("lat"), numbers("lon"), numbers("population")
    )


def commune(code: str) -> Commune | None:
    """Return the commune of today or the arrondissement with this INSEE code, None where there is none."""
    rank = _table().rank.get(code)
    return None if rank is None else commune_at(rank)


def current_commune(code: str) -> Commune | None:
    """Return the commune of today for any INSEE code: of a merged commune, in FINESS form (9A105), without its zero."""
    code = code.strip().upper()
    if len(code) == 4 and code.isdigit():
        code = "0" + code
    overseas = _FINESS_OVERSEAS.fullmatch(code)
    if overseas:
        code = "97" + overseas[1]
    return commune(code) or commune(_former().get(code, ""))


def commune_by_siren(siren: str) -> Commune | None:
    """Return the commune that has this SIREN, None where none has."""
    rank = _by_siren().get(siren)
    return None if rank is None or not siren else _table().at(rank)


def communes_of_post_code(post_code: str) -> tuple[Commune, ...]:
    """Return the communes of a postal code, most populated first; in the three big cities the arrondissement alone."""
    found = _most_populated(_by_post_code().get(post_code.strip(), ()))
    parents = {entry.parent for entry in found}
    return tuple(entry for entry in found if entry.code not in parents)


def communes_named(name: str, departements: Iterable[str] = ()) -> tuple[Commune, ...]:
    """Return the communes of that name, most populated first, those of `departements` alone where some are given.

    Names of merged communes give the commune of today; "PARIS 13", "LYON 3EME", "ARRAS CEDEX 9" and a name without
    its article are understood.
    """
    key = place_key(name)
    ordinal = _ORDINAL.match(key)
    key = f"{ordinal[1]} {int(ordinal[2])}" if ordinal else _CEDEX.sub("", key).strip()
    article, rest = split_article(key)
    entries = commune_names().get(rest, ())
    exact = [rank for own, rank in entries if own == article] or [rank for _, rank in entries if not article]
    kept = set(departements)
    found = _most_populated(exact)
    return tuple(entry for entry in found if entry.departement in kept) if kept else found


@lru_cache(maxsize=1)
def commune_names() -> dict[str, list[tuple[str, int]]]:
    """Return, for each key without its article, the (article, rank in the table) of the communes that bear it.

    Arrondissements are under "PARIS 13"; names of merged communes under the commune of today.
    """
    table = _table()
    names: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for rank, (name, parent) in enumerate(zip(table.columns["nom"], table.columns["parent"], strict=True)):
        words = place_key(name).split(" ")
        key = f"{words[0]} {''.join(filter(str.isdigit, words[1]))}" if parent else " ".join(words)
        article, rest = split_article(key)
        names[rest].append((article, rank))
    for _, name, code in _former_rows():
        article, rest = split_article(place_key(name))
        entry = (article, table.rank[code])
        if rest and entry not in names[rest]:
            names[rest].append(entry)
    return dict(names)


@lru_cache(maxsize=1)
def short_names() -> dict[str, list[tuple[str, int]]]:
    """Return, by what a name begins with, the (article, rank) of such communes of some size: what is before the first link
    word ("CHERBOURG", "ROISSY"), or the first of two names ("CHARLEVILLE")."""
    names: dict[str, list[tuple[str, int]]] = defaultdict(list)
    columns = _table().columns
    for rank, (name, persons, parent) in enumerate(
        zip(columns["nom"], columns["population"], columns["parent"], strict=True)
    ):
        population = int(persons or 0)
        if population < _KNOWN or parent:
            continue
        key = place_key(name)
        found = _SHORT.match(key) or (_DOUBLE.match(key) if population >= _KNOWN_BY_HALF else None)
        if found and (len(found[2]) > 4 or population >= _KNOWN_BY_A_WORD):
            names[found[2]].append(((found[1] or "").strip(), rank))
    return dict(names)


@lru_cache(maxsize=65_536)
def commune_at(rank: int) -> Commune:
    """Return the commune at a rank of `commune_names` or `commune_arrays`."""
    return _table().at(rank)


def communes_of_epci(siren: str) -> tuple[str, ...]:
    """Return the INSEE codes of the communes of an EPCI, or of an établissement public territorial of Grand Paris."""
    return _codes(_by("epci").get(siren) or _by("ept").get(siren) or ())


def communes_of_arrondissement(code: str) -> tuple[str, ...]:
    """Return the INSEE codes of the communes of an arrondissement of a département."""
    return _codes(_by("arrondissement").get(code, ()))


def communes_of_departement(code: str) -> tuple[str, ...]:
    """Return the INSEE codes of the communes of a département."""
    return _codes(_by("departement").get(code, ()))


def nearest_commune(lat: float, lon: float) -> tuple[Commune, float]:
    """Return the commune whose centroid is nearest to a point in WGS84 degrees, and its distance in km."""
    arrays = commune_arrays()
    distances = distance_km(lat, lon, arrays.lat, arrays.lon)
    rank = int(np.nanargmin(distances))
    return commune_at(rank), float(distances[rank])


def distance_km(lat1: float | Floats, lon1: float | Floats, lat2: float | Floats, lon2: float | Floats) -> Floats:
    """Return the great-circle distance in km between points in WGS84 degrees; arrays are broadcast, NaN stays NaN."""
    phi1, phi2 = np.radians(lat1), np.radians(lat2)
    half_lat, half_lon = (phi2 - phi1) / 2, np.radians(np.subtract(lon2, lon1)) / 2
    chord = np.sin(half_lat) ** 2 + np.cos(phi1) * np.cos(phi2) * np.sin(half_lon) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(chord, 1.0))))


def by_population(towns: Iterable[Commune]) -> list[Commune]:
    """Return communes, the most populated first."""
    return sorted(towns, key=lambda entry: (-(entry.population or 0), entry.code))


def _most_populated(ranks: Iterable[int]) -> tuple[Commune, ...]:
    return tuple(by_population(map(commune_at, dict.fromkeys(ranks))))


def _codes(ranks: Sequence[int]) -> tuple[str, ...]:
    columns = _table().columns
    return tuple(columns["code_insee"][rank] for rank in ranks if not columns["parent"][rank])


@lru_cache(maxsize=8)
def _by(column: str) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for rank, value in enumerate(_table().columns[column]):
        groups[value].append(rank)
    groups.pop("", None)
    return dict(groups)


@lru_cache(maxsize=1)
def _by_siren() -> dict[str, int]:
    return {siren: rank for rank, siren in enumerate(_table().columns["siren"])}


@lru_cache(maxsize=1)
def _by_post_code() -> dict[str, list[int]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for rank, cell in enumerate(_table().columns["codes_postaux"]):
        for post_code in cell.split():
            groups[post_code].append(rank)
    return dict(groups)


@lru_cache(maxsize=1)
def _former_rows() -> tuple[tuple[str, str, str], ...]:
    with shipped("data/reference/communes_anciennes.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter=";")
        return tuple((row["code_ancien"], row["nom_ancien"], row["code_insee"]) for row in rows)


@lru_cache(maxsize=1)
def _former() -> dict[str, str]:
    return {old: code for old, _, code in _former_rows()}


def arrondissement(code: str, post_code: str) -> str:
    """Return the arrondissement of Paris, Lyon or Marseille that a postal code names inside the city `code`, else `code`."""
    if code not in _by("parent"):
        return code
    inside = [found.code for found in communes_of_post_code(post_code) if found.parent == code]
    return inside[0] if len(inside) == 1 else code


def whole_city(code: str) -> str:
    """Return the code of the city whose arrondissement `code` is; empty where it is none."""
    table = _table()
    rank = table.rank.get(code)
    return "" if rank is None else table.columns["parent"][rank]


def quarters(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Return communes with Paris, Lyon and Marseille told by their arrondissements: a city of two million people is not one point."""
    cities = _arrondissements()
    if cities.keys().isdisjoint(codes):
        return codes
    return tuple(part for code in codes for part in cities.get(code, (code,)))


@lru_cache(maxsize=1)
def _arrondissements() -> dict[str, tuple[str, ...]]:
    columns = _table().columns
    found: dict[str, list[str]] = {}
    for code, parent in zip(columns["code_insee"], columns["parent"], strict=True):
        if parent:
            found.setdefault(parent, []).append(code)
    return {parent: tuple(codes) for parent, codes in found.items()}
