"""Autocompletion of the fields of a need: places, CPV codes and activities for what a person typed. Each suggestion can be submitted as it is."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from rapidfuzz import fuzz, process

from matcher.cleaning.words import fold
from matcher.domain.french import count
from matcher.domain.reading import SUPPOSED, RawPlace
from matcher.reading.place.given import read_given
from matcher.reading.trade.activities import read_activities
from matcher.reference.geography.communes import commune_arrays, commune_keys, communes_of_post_code
from matcher.reference.geography.place_names import place_key
from matcher.reference.geography.territories import departement, departements, epci_core, epci_names, regions
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.cpv import cpv_labels

MOST = 8
LONGEST = 100  # characters: beyond, it is no beginning of a name
# Sort weight of a place among those that begin alike: inhabitants of a commune; this many for each commune of an EPCI; départements, régions.
_PEOPLE_OF_A_COMMUNE, _COUNTY, _LAND = 1000.0, 1e7, 1e8
# Least similarity (0 to 100) of a misspelt name to a suggested place: two letters of six may differ; and the most suggestions.
_LEAST_SIMILARITY, _MOST_NEAR = 66.0, 3
_SIGNS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`value` is written in the field, `label` is shown, `what` is one line that distinguishes it from homonyms."""

    value: str
    label: str
    what: str


@dataclass(frozen=True, slots=True)
class _Entry:
    key: str
    weight: float
    code: str


def complete_place(text: str) -> tuple[Suggestion, ...]:
    """Return the communes, EPCI, départements and régions whose name, or postal code, begins with a text, the largest first. Names with an inner word
    that begins so (« Sambre ») come after."""
    typed = text.strip()[:LONGEST]
    if typed.isdigit():
        county = departement(typed) if len(typed) < 4 else None
        towns = communes_of_post_code(typed) if len(typed) == 5 else ()
        codes = [*([f"dep:{county.code}"] if county else []), *(f"insee:{town.code}" for town in towns)]
        return tuple(_suggestion(code) for code in codes[:MOST])
    key = place_key(typed)
    if len(key) < 2:
        return ()
    entries = list(_place_index().holding(key))
    entries.sort(key=lambda entry: (not entry.key.startswith(key), entry.key != key, -entry.weight, entry.code))
    return tuple(_suggestion(entry.code) for entry in entries[:MOST])


def near_places(text: str) -> tuple[str, ...]:
    """Return the names of the places spelt most like a misspelt text (fuzzy search), the most similar first; may be empty."""
    key = place_key(text.strip()[:LONGEST])
    areas = {name: f"epci:{groups[0].siren}" for name, groups in epci_names().items()}
    areas |= {place_key(county.name): f"dep:{county.code}" for county in departements().values()}
    areas |= {place_key(land.name): f"reg:{land.code}" for land in regions().values()}
    towns = dict(zip(commune_keys(), commune_arrays().codes, strict=True))
    scored = []
    for codes, scheme in ((areas, ""), (towns, "insee:")):
        alike = process.extract(key, codes.keys(), scorer=fuzz.ratio, score_cutoff=_LEAST_SIMILARITY, limit=_MOST_NEAR)
        scored += [(-score, f"{scheme}{codes[name]}") for name, score, _ in alike]
    # The sort is stable: areas stay before equally similar communes.
    best = [code for _, code in sorted(scored, key=lambda pair: pair[0])[:_MOST_NEAR]]
    return tuple(dict.fromkeys(_suggestion(code).value for code in best))


def complete_cpv(text: str) -> tuple[Suggestion, ...]:
    """Return the CPV codes that begin with these digits, or whose label has words that begin with these; the broadest first."""
    typed = text.strip()[:LONGEST]
    digits = "".join(typed.split()).partition("-")[0]
    if digits.isdigit():
        codes = [code for code in sorted(cpv_labels()) if code.startswith(digits)]
    else:
        words = _words(typed).split()
        if not words or len(words[0]) < 2:
            return ()
        codes = [code for code, label in _folded_cpv() if all(f" {word}" in label for word in words)]
    codes.sort(key=lambda code: (len(code.rstrip("0")), code))
    return tuple(Suggestion(code, _curly(cpv_labels()[code]), f"CPV {code}") for code in codes[:MOST])


def usual_first(codes: Iterable[str], usual: Collection[str]) -> list[str]:
    """Sort activities, or groups of them, so that those of the `usual` families come first; the order is otherwise unchanged."""
    names = taxonomy()
    return sorted(codes, key=lambda code: code not in usual and names.group_of(code) not in usual)


def complete_activity(text: str, usual: Collection[str] = ()) -> tuple[Suggestion, ...]:
    """Return the activities whose label has words that begin so, then those that the reader finds in the text; `usual` families first."""
    words = _words(text[:LONGEST]).split()
    if not words or len(words[0]) < 2:
        return ()
    names = taxonomy()
    named = [code for code in names.codes if all(f" {word}" in f" {_words(names.label(code))}" for word in words)]
    codes_read = [guess.code for guess in read_activities(text[:LONGEST]).activities]
    return tuple(
        Suggestion(names.label(code), names.label(code), names.label(names.group_of(code)))
        for code in usual_first(dict.fromkeys([*named, *codes_read]), usual)[:MOST]
    )


def activity_written(text: str) -> str:
    """Return the code of the activity that a person typed as code, label or free words; empty if none."""
    names = taxonomy()
    typed = text.strip()
    if typed in names.index:
        return typed
    same = [code for code in names.codes if fold(names.label(code)) == fold(typed)]
    read = read_activities(typed[:LONGEST]).activities if typed else ()
    likely = [guess.code for guess in read if guess.named or guess.confidence >= SUPPOSED]
    return next(iter([*same, *likely]), "")


@lru_cache(maxsize=4096)
def _suggestion(code: str) -> Suggestion:
    scheme = code.partition(":")[0]
    place = read_given(RawPlace(code), ()).places[0]
    where = None
    if scheme == "insee":
        insee = place.communes[0]
        where = departement(insee[:3] if insee.startswith(("97", "98")) else insee[:2])
    what = {
        "insee": f"commune, {where.name}" if where else "commune",
        "epci": f"intercommunalité, {count(len(place.communes), 'commune')}",
        "dep": f"département, {count(len(place.communes), 'commune')}",
        "reg": f"région, {count(len(place.communes), 'commune')}",
    }[scheme]
    written = f"{place.name} ({where.code})" if where else place.name
    read_again = read_given(RawPlace(written), ())
    certain = read_again.places == (place,) and not read_again.doubts
    return Suggestion(written if certain else code, _curly(place.name), _curly(what))


class _PlaceIndex:
    """Index of all places that can be suggested, communes in the order of their table, then areas: one text searched for word beginnings."""

    def __init__(self, areas: Sequence[_Entry]) -> None:
        self._areas = areas
        keys = [*commune_keys(), *(area.key for area in areas)]
        self._text = "".join(f"\n {key}" for key in keys)
        self._starts = np.cumsum([0, *(len(key) + 2 for key in keys)])

    def holding(self, key: str) -> Iterator[_Entry]:
        """Yield each entry with a word that begins with `key`."""
        at = self._text.find(f" {key}")
        while at >= 0:
            rank = int(np.searchsorted(self._starts, at, side="right")) - 1
            yield self._entry(rank)
            at = self._text.find(f" {key}", int(self._starts[rank + 1]))

    def _entry(self, rank: int) -> _Entry:
        communes = commune_arrays()
        if rank >= len(communes.codes):
            return self._areas[rank - len(communes.codes)]
        people = np.nan_to_num(communes.population[rank])
        return _Entry(commune_keys()[rank], float(people), f"insee:{communes.codes[rank]}")


@lru_cache(maxsize=1)
def _place_index() -> _PlaceIndex:
    return _PlaceIndex(tuple(_areas()))


def _areas() -> Iterator[_Entry]:
    for group in {entry.siren: entry for entries in epci_names().values() for entry in entries}.values():
        key = place_key(group.name)
        yield _Entry(f"{epci_core(key)} {key}", _PEOPLE_OF_A_COMMUNE * len(group.communes), f"epci:{group.siren}")
    for county in departements().values():
        yield _Entry(place_key(county.name), _COUNTY, f"dep:{county.code}")
    for land in regions().values():
        yield _Entry(place_key(land.name), _LAND, f"reg:{land.code}")


@lru_cache(maxsize=1)
def _folded_cpv() -> tuple[tuple[str, str], ...]:
    return tuple((code, f" {_words(label)}") for code, label in cpv_labels().items())


def _words(text: str) -> str:
    return _SIGNS.sub(" ", fold(text)).strip()


def _curly(text: str) -> str:
    return text.replace("'", "’")
