"""The table of communes as arrays, with indexes of names: built once a machine from data/reference, then memory-mapped by every process."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matcher.mapped import Ints, Strings, StringsMaker, digest_of, load_or_build
from matcher.paths import shipped_path
from matcher.reference.geography.place_names import ARTICLES, place_key, split_article
from matcher.settings import cache_folder

Floats = NDArray[np.float64]
Names = Mapping[str, Sequence[tuple[str, int]]]

_CSV = ("communes", "communes_anciennes")
_ARTICLES = ("", *ARTICLES)
_SHORT = re.compile(r"(L |LE |LA |LES )?(.+?) (?:SUR|EN|LES|LE|LA|SOUS|AUX|AU|DES|DE|D|DU|ET|L|PARIS) ")
_DOUBLE = re.compile(r"(L |LE |LA |LES )?(?!SAINTE? )([A-Z]{4,}) [A-Z]")
# Least population of a commune that may be called by the beginning of its name, by one short word (« Bar »), by the first of two names (« Évry »).
_KNOWN, _KNOWN_BY_A_WORD, _KNOWN_BY_HALF = 2000, 4000, 10_000


@dataclass(frozen=True, eq=False)
class Repeated:
    """n texts with few distinct values (dictionary encoding): text i is `values[which[i]]`."""

    values: tuple[str, ...]
    which: NDArray[np.int16]

    def __getitem__(self, rank: int) -> str:
        return self.values[int(self.which[rank])]

    def ranks(self, value: str) -> list[int]:
        """Return the positions of a text, in order; none for an empty one."""
        known = value and value in self.values
        return np.flatnonzero(self.which == self.values.index(value)).tolist() if known else []


@dataclass(frozen=True, eq=False)
class NamedCommunes(Mapping[str, list[tuple[str, int]]]):
    """Mapping from a name without its article to the (article, rank) of the communes with it; those of name i begin at `starts[i]`."""

    keys_in_order: Strings
    starts: Ints
    articles: NDArray[np.int8]
    ranks: Ints

    @cached_property
    def _place(self) -> dict[str, int]:
        return {key: place for place, key in enumerate(self.keys_in_order)}

    def __getitem__(self, key: str) -> list[tuple[str, int]]:
        place = self._place[key]
        borne = slice(self.starts[place], self.starts[place + 1])
        articles = (_ARTICLES[article] for article in self.articles[borne].tolist())
        return list(zip(articles, self.ranks[borne].tolist(), strict=True))

    def __contains__(self, key: object) -> bool:
        return key in self._place

    def __iter__(self) -> Iterator[str]:
        return iter(self._place)

    def __len__(self) -> int:
        return len(self._place)


@dataclass(frozen=True, eq=False)
class CommuneTable:
    """n communes and municipal arrondissements in order of code; unknown numbers are NaN, unknown SIREN 0. `keys`: normalised names;
    `post_codes[post_starts[i]:post_starts[i + 1]]`: postal codes of the i-th; `named`: index of names; `begun`: index of beginnings of names."""

    codes: Strings
    names: Strings
    keys: Strings
    departement: Repeated
    arrondissement: Repeated
    region: Repeated
    epci: Repeated
    ept: Repeated
    parent: Repeated
    population: Floats
    lat: Floats
    lon: Floats
    siren: Ints
    post_codes: Ints
    post_starts: Ints
    named: NamedCommunes
    begun: NamedCommunes

    @cached_property
    def rank(self) -> dict[str, int]:
        """The rank of each INSEE code."""
        return {code: rank for rank, code in enumerate(self.codes)}

    def of_post_code(self, post_code: str) -> list[int]:
        """Return the ranks of the communes of a postal code."""
        if len(post_code) != 5 or not (post_code.isascii() and post_code.isdigit()):
            return []
        places = np.flatnonzero(self.post_codes == int(post_code))
        return [int(rank) - 1 for rank in np.searchsorted(self.post_starts, places, side="right")]

    def of_siren(self, siren: str) -> int | None:
        """Return the rank of the commune of a SIREN, None where none has it."""
        if len(siren) != 9 or not (siren.isascii() and siren.isdigit()):
            return None
        return next(iter(np.flatnonzero(self.siren == int(siren)).tolist()), None)


@lru_cache(maxsize=1)
def commune_table() -> CommuneTable:
    """Return the table from the cache file of this machine, else build it from the shipped tables and cache it."""
    makers = (
        *(shipped_path(f"data/reference/{name}.csv") for name in _CSV),
        *sorted(Path(__file__).parent.glob("*.py")),
    )
    key = digest_of((*makers, shipped_path("mapped.py")))
    return load_or_build(CommuneTable, cache_folder() / "tables" / "communes.table", key, _make_table)


def former_communes() -> Iterator[tuple[str, str, str]]:
    """Yield (code, name, present code) of each commune merged into another; some names are empty."""
    with shipped_path("data/reference/communes_anciennes.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter=";")
        yield from ((row["code_ancien"], row["nom_ancien"], row["code_insee"]) for row in rows)


def _make_table() -> CommuneTable:
    with shipped_path("data/reference/communes.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter=";")
        header = next(rows)
        columns = dict(zip(header, zip(*rows, strict=True), strict=True))
    keys = list(map(place_key, columns["nom"]))
    post_codes = list(map(str.split, columns["codes_postaux"]))
    return CommuneTable(
        codes=StringsMaker(columns["code_insee"]).made(),
        names=StringsMaker(columns["nom"]).made(),
        keys=StringsMaker(keys).made(),
        departement=_repeated_column(columns["departement"]),
        arrondissement=_repeated_column(columns["arrondissement"]),
        region=_repeated_column(columns["region"]),
        epci=_repeated_column(columns["epci"]),
        ept=_repeated_column(columns["ept"]),
        parent=_repeated_column(columns["parent"]),
        population=_numbers(columns["population"]),
        lat=_numbers(columns["lat"]),
        lon=_numbers(columns["lon"]),
        siren=np.array([cell or "0" for cell in columns["siren"]], np.int32),
        post_codes=np.array([code for codes in post_codes for code in codes], np.int32),
        post_starts=np.cumsum([0, *map(len, post_codes)], dtype=np.int32),
        named=_index_names(_whole_names(columns, keys)),
        begun=_index_names(_begun_names(columns, keys)),
    )


def _numbers(cells: Sequence[str]) -> Floats:
    return np.array([cell or "nan" for cell in cells], dtype=np.float64)


def _repeated_column(cells: Sequence[str]) -> Repeated:
    values = tuple(dict.fromkeys(cells))
    place = {value: at for at, value in enumerate(values)}
    return Repeated(values, np.array([place[cell] for cell in cells], dtype=np.int16))


def _index_names(names: Names) -> NamedCommunes:
    borne = [own for its in names.values() for own in its]
    return NamedCommunes(
        keys_in_order=StringsMaker(names).made(),
        starts=np.cumsum([0, *map(len, names.values())], dtype=np.int32),
        articles=np.array([_ARTICLES.index(article) for article, _ in borne], dtype=np.int8),
        ranks=np.array([rank for _, rank in borne], dtype=np.int32),
    )


def _whole_names(columns: Mapping[str, Sequence[str]], keys: Sequence[str]) -> Names:
    names: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for rank, (key, parent) in enumerate(zip(keys, columns["parent"], strict=True)):
        words = key.split(" ")
        article, rest = split_article(f"{words[0]} {''.join(filter(str.isdigit, words[1]))}" if parent else key)
        names[rest].append((article, rank))
        if "(" in columns["nom"][rank]:  # « Château-Chinon (Ville) » is called « Château-Chinon »
            article, rest = split_article(place_key(columns["nom"][rank].partition("(")[0]))
            names[rest].append((article, rank))
    ranks = {code: rank for rank, code in enumerate(columns["code_insee"])}
    for _, name, code in former_communes():
        article, rest = split_article(place_key(name))
        entry = (article, ranks[code])
        if rest and entry not in names[rest]:
            names[rest].append(entry)
    return names


def _begun_names(columns: Mapping[str, Sequence[str]], keys: Sequence[str]) -> Names:
    names: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for rank, (key, persons, parent) in enumerate(zip(keys, columns["population"], columns["parent"], strict=True)):
        population = int(persons or 0)
        if population < _KNOWN or parent:
            continue
        match = _SHORT.match(key) or (_DOUBLE.match(key) if population >= _KNOWN_BY_HALF else None)
        if match and (len(match[2]) > 4 or population >= _KNOWN_BY_A_WORD):
            names[match[2]].append(((match[1] or "").strip(), rank))
    return names
