"""Lookups of French communes, and municipal arrondissements of Paris, Lyon and Marseille, by code, name, postal code, SIREN or distance."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from matcher.reference.geography.commune_table import Floats, Names, commune_table, former_communes
from matcher.reference.geography.place_names import place_key, split_article

EARTH_RADIUS_KM = 6371.0088

_FINESS_OVERSEAS = re.compile(r"9[A-F](\d{3})")
_CEDEX = re.compile(r"\bCEDEX( \d+)?\b.*")
_ORDINAL = re.compile(
    r"^(PARIS|LYON|MARSEILLE)(?: CEDEX)? 0?(\d{1,2}) ?(ER|E|EME|ND|ERE)?( ARRONDISSEMENT| ARRDT| ARR)?$"
)


@dataclass(frozen=True, slots=True)
class Commune:
    """A present commune, or a municipal arrondissement (`parent` is then its commune's code). `arrondissement`: code of its arrondissement within the
    département, if any; `lat`, `lon`: centroid in WGS84 degrees; these and `population` are None where unknown."""

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

    codes: Sequence[str]
    lat: Floats
    lon: Floats
    population: Floats


@lru_cache(maxsize=1)
def commune_arrays() -> CommuneArrays:
    """Return the whole table as columns, for indexing and distances."""
    table = commune_table()
    return CommuneArrays(table.codes, table.lat, table.lon, table.population)


def commune_ranks() -> Mapping[str, int]:
    """Return the rank of each INSEE code in `commune_arrays`."""
    return commune_table().rank


def commune(code: str) -> Commune | None:
    """Return the present commune or the arrondissement with this INSEE code, None where there is none."""
    rank = commune_ranks().get(code)
    return None if rank is None else commune_at(rank)


def departement_code(code: str) -> str:
    """Return the département code of a commune (INSEE code), without building the `Commune`; empty where there is none."""
    table = commune_table()
    rank = table.rank.get(code)
    return "" if rank is None else table.departement[rank]


def current_commune(code: str) -> Commune | None:
    """Return the present commune of any INSEE code: of a merged commune, in FINESS form (9A105), or without its leading zero."""
    code = code.strip().upper()
    if len(code) == 4 and code.isdigit():
        code = "0" + code
    overseas = _FINESS_OVERSEAS.fullmatch(code)
    if overseas:
        code = "97" + overseas[1]
    return commune(code) or commune(_former().get(code, ""))


def commune_by_siren(siren: str) -> Commune | None:
    """Return the commune that has this SIREN, None where none has."""
    rank = commune_table().of_siren(siren)
    return None if rank is None else commune_at(rank)


def communes_of_post_code(post_code: str) -> tuple[Commune, ...]:
    """Return the communes of a postal code, most populated first; in the three big cities only the arrondissement."""
    communes = _most_populated(commune_table().of_post_code(post_code.strip()))
    parents = {entry.parent for entry in communes}
    return tuple(entry for entry in communes if entry.code not in parents)


def communes_named(name: str, departements: Iterable[str] = ()) -> tuple[Commune, ...]:
    """Return the communes of that name, most populated first, only those of `departements` if any are given. Names of merged communes give the
    present commune; "PARIS 13", "LYON 3EME", "ARRAS CEDEX 9" and a name without its article are understood."""
    key = place_key(name)
    ordinal = _ORDINAL.match(key)
    key = f"{ordinal[1]} {int(ordinal[2])}" if ordinal else _CEDEX.sub("", key).strip()
    article, rest = split_article(key)
    entries = commune_names().get(rest, ())
    exact = [rank for own, rank in entries if own == article] or [rank for _, rank in entries if not article]
    wanted, communes = set(departements), _most_populated(exact)
    return tuple(entry for entry in communes if not wanted or entry.departement in wanted)


def commune_names() -> Names:
    """Return, for each key without its article, the (article, rank in the table) of the communes of that name. Arrondissements are under "PARIS 13";
    names of merged communes give the present commune."""
    return commune_table().named


def short_names() -> Names:
    """Return, by beginning of a name, the (article, rank) of the communes of some size: the part before the first link word ("CHERBOURG",
    "ROISSY"), or the first of two names ("CHARLEVILLE")."""
    return commune_table().begun


def commune_keys() -> Sequence[str]:
    """Return the keys of the present names, with their articles, in the order of `commune_arrays`."""
    return commune_table().keys


# Cache larger than the number of communes of the largest région.
@lru_cache(maxsize=8192)
def commune_at(rank: int) -> Commune:
    """Return the commune at a rank of `commune_names` or `commune_arrays`."""
    table = commune_table()
    figures = [float(column[rank]) for column in (table.population, table.lat, table.lon)]
    population, lat, lon = (None if math.isnan(figure) else figure for figure in figures)
    siren = int(table.siren[rank])
    return Commune(
        code=table.codes[rank],
        name=table.names[rank],
        post_codes=tuple(
            [f"{code:05d}" for code in table.post_codes[slice(*table.post_starts[rank : rank + 2])].tolist()]
        ),
        departement=table.departement[rank],
        arrondissement=table.arrondissement[rank],
        region=table.region[rank],
        epci=table.epci[rank],
        ept=table.ept[rank],
        population=None if population is None else int(population),
        siren=f"{siren:09d}" if siren else "",
        lat=lat,
        lon=lon,
        parent=table.parent[rank],
    )


def communes_of_epci(siren: str) -> tuple[str, ...]:
    """Return the INSEE codes of the communes of an EPCI, or of an établissement public territorial of Grand Paris."""
    return _codes(commune_table().epci.ranks(siren) or commune_table().ept.ranks(siren))


def communes_of_arrondissement(code: str) -> tuple[str, ...]:
    """Return the INSEE codes of the communes of an arrondissement of a département."""
    return _codes(commune_table().arrondissement.ranks(code))


@lru_cache(maxsize=128)
def communes_of_departement(code: str) -> tuple[str, ...]:
    """Return the INSEE codes of the communes of a département."""
    return _codes(commune_table().departement.ranks(code))


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
    table = commune_table()
    return tuple(table.codes[rank] for rank in ranks if not table.parent[rank])


@lru_cache(maxsize=1)
def _former() -> dict[str, str]:
    return {old: code for old, _, code in former_communes()}


def arrondissement(code: str, post_code: str) -> str:
    """Return the code of the arrondissement of a postal code inside the city `code` (Paris, Lyon, Marseille), else `code`."""
    if not commune_table().parent.ranks(code):
        return code
    inside = [found.code for found in communes_of_post_code(post_code) if found.parent == code]
    return inside[0] if len(inside) == 1 else code


def whole_city(code: str) -> str:
    """Return the code of the city of a municipal arrondissement; empty for any other code."""
    rank = commune_ranks().get(code)
    return "" if rank is None else commune_table().parent[rank]


def quarters(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Replace Paris, Lyon and Marseille by their arrondissements, for finer distances."""
    cities = _arrondissements()
    if cities.keys().isdisjoint(codes):
        return codes
    return tuple(part for code in codes for part in cities.get(code, (code,)))


@lru_cache(maxsize=1)
def _arrondissements() -> dict[str, tuple[str, ...]]:
    table = commune_table()
    return {
        parent: tuple(table.codes[rank] for rank in table.parent.ranks(parent))
        for parent in table.parent.values
        if parent
    }
