"""Candidates of a name in a sentence: each commune, intercommunalité, département, région or usage that bears it."""

import itertools
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from math import log10

from matcher.reading.place.areas import departements_of, places_of
from matcher.reading.place.name import Name
from matcher.reading.place.sentence import Sentence
from matcher.reference.geography.communes import (
    Commune,
    arrondissement,
    commune,
    commune_at,
    commune_names,
    short_names,
)
from matcher.reference.geography.place_names import place_key, split_article
from matcher.reference.geography.territories import (
    Epci,
    departement,
    departement_names,
    epci_names,
    everyday_words,
    place_aliases,
    region_names,
)


class Kind(StrEnum):
    """Kind of thing that a name may be; a group by its town is « l’agglomération de Lens »."""

    GROUP = "group"
    TOWN = "town"
    COUNTY = "county"
    LAND = "land"
    USUAL = "usual"


@dataclass(frozen=True, slots=True)
class Known:
    """Knowledge of where the lot is, as départements and régions, and whether the text is a place's own `field` rather than the object of a lot."""

    departements: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    field: bool = False

    @classmethod
    def of(cls, departements: Iterable[str], *, field: bool = False) -> "Known":
        """Return what is known from the codes of départements."""
        codes = frozenset(departements)
        areas = (departement(code) for code in codes)
        return cls(codes, frozenset(entry.region for entry in areas if entry), field)


@dataclass(frozen=True, slots=True)
class PlaceCandidate:
    """A name and one thing that it may be: its place codes, and the départements that it touches.

    `alone`: nothing else of some size bears the name; `bearer` how a commune does; `sense` is that of a usage, see `UsualName`.
    """

    name: Name
    known: Known
    kind: Kind
    codes: tuple[str, ...]
    departements: frozenset[str]
    alone: bool = True
    bearer: "Bearer | None" = None
    sense: str = ""

    @property
    def end(self) -> int:
        """Position after the words that name it: « Lens Agglo »."""
        return self.name.end + (self.kind is Kind.GROUP and self.name.group_follows)

    @property
    def here(self) -> bool:
        """Return whether it touches the départements where the lot is thought to be."""
        return not self.departements.isdisjoint(self.known.departements)

    @property
    def elsewhere(self) -> bool:
        """Return whether the lot is thought to be in other départements."""
        return bool(self.known.departements) and not self.here


def begins_names(word: str) -> bool:
    """Return whether a name of a place begins with a word: most words of a text begin none."""
    return word in _lengths()


def candidates_at(sentence: Sentence, start: int, known: Known) -> Iterator[tuple[Name, list[PlaceCandidate]]]:
    """Yield the names that begin at a word, longest first, with what each may be."""
    for end, key in sentence.keys_from(start, _lengths(), lambda key: any(key in table for table in _tables())):
        name = Name(sentence, start, end, key)
        yield name, [*_towns(name, known), *_areas(name, known)]


def _areas(name: Name, known: Known) -> Iterator[PlaceCandidate]:
    """The areas that a name may be: what usage means by it, else the groups of communes, and the département or the région."""
    if usual := place_aliases().get(name.key):
        where = frozenset(code for place in places_of(usual.codes) for code in departements_of(place))
        yield PlaceCandidate(name, known, Kind.USUAL, usual.codes, where, sense=usual.sense)
        return
    groups = epci_names().get(name.key, ())
    for group in groups:
        where = _departements_of_group(group)
        yield PlaceCandidate(name, known, Kind.GROUP, (f"epci:{group.siren}",), where, alone=len(groups) == 1)
    by_town = bearers(name.key, name.article) if name.group_follows or name.headed_group else ()
    for town, alone in ((its.town, its.alone) for its in by_town if its.town.epci and not its.begun):
        where = frozenset({town.departement})
        yield PlaceCandidate(name, known, Kind.GROUP, (f"epci:{town.epci}",), where, alone=alone)
    if county := departement_names().get(name.key):
        yield PlaceCandidate(name, known, Kind.COUNTY, (f"dep:{county.code}",), frozenset({county.code}))
    elif land := region_names().get(name.key):
        yield PlaceCandidate(name, known, Kind.LAND, (f"reg:{land.code}",), frozenset(land.departements))


def _towns(name: Name, known: Known) -> Iterator[PlaceCandidate]:
    begun = name.ends or name.sentence.word(name.end) == name.number or bool(known.departements and name.link)
    begun = begun and not (name.article and name.key in everyday_words())  # « la Ville » is not La Ville-du-Bois
    for bearer_met in bearers(name.key, name.article):
        if (begun or not bearer_met.begun) and _said_with_its_article(name, bearer_met.article, known):
            town = commune(arrondissement(bearer_met.town.code, name.post_code)) or bearer_met.town
            where = frozenset({town.departement})
            bearer = bearer_met if town is bearer_met.town else replace(bearer_met, town=town)
            yield PlaceCandidate(name, known, Kind.TOWN, (f"insee:{town.code}",), where, bearer_met.alone, bearer)


def _said_with_its_article(name: Name, own: str, known: Known) -> bool:
    """« Pont-de-Claix (38) » is stated without it, and so is any in a field of its own; « la Sete » is not Sète."""
    if own == name.article or name.length > 1:
        return True
    return not name.article if known.field and name.whole else not own and name.before not in ("LA", "L")


# Persons from which a commune is large; decibans under the first of a name from which another is not meant, beside a town and beside
# a large one.
_LARGE, _MARGIN, _MARGIN_OF_LARGE = 20_000, 18.0, 13.0
# « Évry » is rather Évry-Courcouronnes (67,000) than a village of 400; overseas, a name that the mainland has too is rather its own.
_BEGUN, _OVERSEAS = -6.0, -10.0
# A longer name is meant where it is a town’s, as large as any that bears the short one, or so many times as large; that of a saint, of
# which there are dozens, there alone.
_TOWN, _TIMES = 10_000, 10
# Persons that a commune is taken to have had, of which one of today has the name; and past which a city’s name is also that of firms,
# lines and schools.
_MERGED, _MOST = 1000, 100_000


@dataclass(frozen=True, slots=True)
class Bearer:
    """A commune that bears a name: as its own, or with `begun` as the beginning of its own; `prior`, in decibans, how likely the
    name means it, before anything around is read; `alone` that no other is meant by it."""

    town: Commune
    prior: float
    article: str = ""
    own: bool = True
    begun: bool = False
    alone: bool = False


@lru_cache(maxsize=8192)
def bearers(key: str, article: str = "") -> tuple[Bearer, ...]:
    """Return the communes that a name without its article may mean, the likeliest first."""
    borne = {commune_at(rank): own for own, rank in commune_names().get(key, ())}
    begun = {commune_at(rank) for own, rank in short_names().get(key, ()) if own == article}
    today = [town for town in borne if own_key(town.code) == key]
    most = max(map(people, today), default=_MERGED if borne else 0)
    least = _least_of_longer(key, most)
    merged = decibans(min(most, _MERGED)) if today else decibans(_MOST)
    bearers = [Bearer(town, size(town), borne[town]) for town in today]
    bearers += [
        Bearer(town, min(size(town), merged), borne[town], own=False) for town in borne.keys() - begun - set(today)
    ]
    bearers += [
        Bearer(town, size(town) + _BEGUN, article, own=False, begun=True)
        for town in begun - set(today)
        if people(town) >= least or town in borne
    ]
    bearers = sorted(_mainland_first(bearers), key=lambda bearer: (-bearer.prior, not bearer.own, bearer.town.code))
    if bearers and len(meant(bearers)) == 1:
        bearers[0] = replace(bearers[0], alone=True)
    return tuple(bearers)


def _least_of_longer(key: str, most: int) -> int:
    """The inhabitants from which a commune of a longer name is meant by a name, of which the largest that bears it has `most`."""
    return _TIMES * most if key.startswith("SAINT") else min(max(_TOWN, most), _TIMES * most)


def _mainland_first(bearers: Sequence[Bearer]) -> Sequence[Bearer]:
    """The bearers of a name, those overseas less likely where the mainland has the name too."""
    if all(_overseas(its.town) for its in bearers):
        return bearers
    return [replace(its, prior=its.prior + _OVERSEAS) if _overseas(its.town) else its for its in bearers]


def meant(bearers: Sequence[Bearer]) -> list[Bearer]:
    """Return those of the bearers of a name, the likeliest first, that may be meant, and the likeliest whose own it is."""
    first = bearers[0]
    least = first.prior - (_MARGIN_OF_LARGE if people(first.town) >= _LARGE else _MARGIN)
    own = next((bearer for bearer in bearers if bearer.own), first) if first.begun else first
    return [bearer for bearer in bearers if bearer.prior >= least or bearer is own]


def size(town: Commune) -> float:
    """Return how likely a name means a commune by its inhabitants."""
    return decibans(min(people(town), _MOST))


def decibans(times: float) -> float:
    """Return a number as a weight of evidence: ten decibans make it ten times as likely."""
    return 10.0 * log10(max(1, times))


def people(town: Commune) -> int:
    """Return the inhabitants of a commune, none where they are not known."""
    return town.population or 0


def _overseas(town: Commune) -> bool:
    return town.departement.startswith("97")


@lru_cache(maxsize=65_536)
def own_key(code: str) -> str:
    """Return the key of the name of a commune today, without its article."""
    town = commune(code)
    key = split_article(place_key(town.name))[1] if town else ""
    if not town or not town.parent:
        return key
    # « PARIS 13E ARRONDISSEMENT » is « PARIS 13 ».
    city, _, rest = key.partition(" ")
    return f"{city} {''.join(filter(str.isdigit, rest.split(' ')[0]))}"


@lru_cache(maxsize=2048)
def _departements_of_group(group: Epci) -> frozenset[str]:
    towns = (commune(code) for code in group.communes)
    return frozenset(town.departement for town in towns if town)


@lru_cache(maxsize=1)
def _tables() -> tuple[Collection[str], ...]:
    return commune_names(), short_names(), epci_names(), departement_names(), region_names(), place_aliases()


@lru_cache(maxsize=1)
def _lengths() -> dict[str, tuple[int, ...]]:
    """For the first word of a name, of how many words the names that begin with it are, longest first."""
    lengths: dict[str, tuple[int, ...]] = {}
    for key in itertools.chain(*_tables()):
        first, length = key.partition(" ")[0], key.count(" ") + 1
        if length not in (others := lengths.get(first, ())):
            lengths[first] = tuple(sorted((*others, length), reverse=True))
    return lengths
