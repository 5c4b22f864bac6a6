"""Lists the candidates of a place name in a sentence: each commune, intercommunalité, département, région or usual name that it may mean."""

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
    """Kind of place that a name may mean; GROUP is an intercommunalité (« l’agglomération de Lens »), USUAL a usual name (« bassin minier »)."""

    GROUP = "group"
    TOWN = "town"
    DEPARTEMENT = "departement"
    REGION = "region"
    USUAL = "usual"


@dataclass(frozen=True, slots=True)
class PlaceContext:
    """Context of a text: départements and régions where its lot is expected; `field`: the text is a field of places rather than the object of a lot."""

    departements: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    field: bool = False

    @classmethod
    def of(cls, departements: Iterable[str], *, field: bool = False) -> "PlaceContext":
        """Return the context from the codes of départements."""
        codes = frozenset(departements)
        areas = (departement(code) for code in codes)
        return cls(codes, frozenset(entry.region for entry in areas if entry), field)


@dataclass(frozen=True, slots=True)
class PlaceCandidate:
    """A name and one place that it may mean: its place codes, and the départements that it touches. `alone`: no other place of some size has the
    name; `bearer`: for a commune, how it has the name; `sense`: of a usual name, see `UsualName`."""

    name: Name
    context: PlaceContext
    kind: Kind
    codes: tuple[str, ...]
    departements: frozenset[str]
    alone: bool = True
    bearer: "Bearer | None" = None
    sense: str = ""

    @property
    def end(self) -> int:
        """Position after its words, « Agglo » included in « Lens Agglo »."""
        return self.name.end + (self.kind is Kind.GROUP and self.name.group_follows)

    @property
    def here(self) -> bool:
        """Return whether the candidate touches the départements where the lot is expected."""
        return not self.departements.isdisjoint(self.context.departements)

    @property
    def elsewhere(self) -> bool:
        """Return whether the lot is expected in other départements."""
        return bool(self.context.departements) and not self.here


def candidates_at(sentence: Sentence, start: int, context: PlaceContext) -> Iterator[tuple[Name, list[PlaceCandidate]]]:
    """Yield the names that begin at a word, longest first, with their candidates."""
    lengths = (*_lengths().get(sentence.words[start], ()), 1)
    for end, key in sentence.keys_from(start, lengths, lambda key: any(key in table for table in _tables())):
        name = Name(sentence, start, end, key)
        yield name, [*_towns(name, context), *_areas(name, context)]


def _areas(name: Name, context: PlaceContext) -> Iterator[PlaceCandidate]:
    """Yield the areas that a name may mean: its usual meaning, else intercommunalités, and the département or the région."""
    if usual := place_aliases().get(name.key):
        where = frozenset(code for place in places_of(usual.codes) for code in departements_of(place))
        yield PlaceCandidate(name, context, Kind.USUAL, usual.codes, where, sense=usual.sense)
        return
    groups = epci_names().get(name.key, ())
    for group in groups:
        where = _departements_of_group(group)
        yield PlaceCandidate(name, context, Kind.GROUP, (f"epci:{group.siren}",), where, alone=len(groups) == 1)
    by_town = name_bearers(name.key, name.article) if name.group_follows or name.headed_group else ()
    for town, alone in ((its.town, its.alone) for its in by_town if its.town.epci and not its.begun):
        where = frozenset({town.departement})
        yield PlaceCandidate(name, context, Kind.GROUP, (f"epci:{town.epci}",), where, alone=alone)
    if namesake := departement_names().get(name.key):
        yield PlaceCandidate(name, context, Kind.DEPARTEMENT, (f"dep:{namesake.code}",), frozenset({namesake.code}))
    elif region := region_names().get(name.key):
        yield PlaceCandidate(name, context, Kind.REGION, (f"reg:{region.code}",), frozenset(region.departements))


def _towns(name: Name, context: PlaceContext) -> Iterator[PlaceCandidate]:
    begun = name.ends or name.sentence.word(name.end) == name.number or bool(context.departements and name.link)
    begun = begun and not (name.article and name.key in everyday_words())  # « la Ville » is not La Ville-du-Bois
    for bearer_met in name_bearers(name.key, name.article):
        if (begun or not bearer_met.begun) and _article_fits(name, bearer_met.article, context):
            town = commune(arrondissement(bearer_met.town.code, name.post_code)) or bearer_met.town
            where = frozenset({town.departement})
            bearer = bearer_met if town is bearer_met.town else replace(bearer_met, town=town)
            yield PlaceCandidate(name, context, Kind.TOWN, (f"insee:{town.code}",), where, bearer_met.alone, bearer)


def _article_fits(name: Name, own: str, context: PlaceContext) -> bool:
    """Return whether the article before a name fits that of the commune: « Pont-de-Claix (38) » may drop it; « la Sete » is not Sète."""
    if own == name.article or name.length > 1:
        return True
    return not name.article if context.field and name.whole else not own and name.before not in ("LA", "L")


# Inhabitants from which a commune is large; decibans (10 log10 of odds) below the likeliest bearer of a name at which another is ignored, and
# the same where the likeliest is large.
_LARGE, _MARGIN, _MARGIN_OF_LARGE = 20_000, 18.0, 13.0
# Decibans of a commune whose longer name only begins with this one (« Évry » for Évry-Courcouronnes), and of an overseas namesake.
_BEGUN, _OVERSEAS = -6.0, -10.0
# A commune of a longer name may be meant from this population if no bearer of the short name is larger, or if it is this many times larger;
# names of saints: only the latter.
_TOWN, _TIMES = 10_000, 10
# Population assumed for a merged commune whose name a present one has; and population above which size adds no evidence, since a city's name
# is also that of firms, lines and schools.
_MERGED, _MOST = 1000, 100_000


@dataclass(frozen=True, slots=True)
class Bearer:
    """A commune that a name may mean. `own`: it is its present name; `begun`: only the beginning of its name; `prior`: likelihood in decibans,
    before any context; `alone`: no other commune is likely."""

    town: Commune
    prior: float
    article: str = ""
    own: bool = True
    begun: bool = False
    alone: bool = False


@lru_cache(maxsize=8192)
def name_bearers(key: str, article: str = "") -> tuple[Bearer, ...]:
    """Return the communes that a name (key without its article) may mean, the likeliest first."""
    borne = {commune_at(rank): own for own, rank in commune_names().get(key, ())}
    begun = {commune_at(rank) for own, rank in short_names().get(key, ()) if own == article}
    today = [town for town in borne if own_key(town.code) == key]
    most = max(map(people, today), default=_MERGED if borne else 0)
    least = _least_of_longer(key, most)
    merged = decibans(min(most, _MERGED)) if today else decibans(_MOST)
    bearers = [Bearer(town, size(town), borne[town]) for town in today]
    former = borne.keys() - begun - set(today)
    bearers += [Bearer(town, min(size(town), merged), borne[town], own=False) for town in former]
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
    """Return the least population at which a commune of a longer name may be meant; `most`: that of the largest commune of the exact name."""
    return _TIMES * most if key.startswith("SAINT") else min(max(_TOWN, most), _TIMES * most)


def _mainland_first(bearers: Sequence[Bearer]) -> Sequence[Bearer]:
    """Return the bearers of a name, with a lower prior for overseas ones where the mainland has the name too."""
    if all(_overseas(its.town) for its in bearers):
        return bearers
    return [replace(its, prior=its.prior + _OVERSEAS) if _overseas(its.town) else its for its in bearers]


def meant(bearers: Sequence[Bearer]) -> list[Bearer]:
    """Return the plausible bearers of a name, the likeliest first, always including the likeliest whose own name it is."""
    first = bearers[0]
    least = first.prior - (_MARGIN_OF_LARGE if people(first.town) >= _LARGE else _MARGIN)
    own = next((bearer for bearer in bearers if bearer.own), first) if first.begun else first
    return [bearer for bearer in bearers if bearer.prior >= least or bearer is own]


def size(town: Commune) -> float:
    """Return the prior of a commune by its population, in decibans."""
    return decibans(min(people(town), _MOST))


def decibans(times: float) -> float:
    """Return 10 log10 of a number: ten decibans are ten times as likely."""
    return 10.0 * log10(max(1, times))


def people(town: Commune) -> int:
    """Return the population of a commune, 0 if unknown."""
    return town.population or 0


def _overseas(town: Commune) -> bool:
    return town.departement.startswith("97")


@lru_cache(maxsize=65_536)
def own_key(code: str) -> str:
    """Return the key of a commune's present name, without its article."""
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
    """Return, by first word, the numbers of words of the place names of several words that begin with it, longest first."""
    lengths: dict[str, tuple[int, ...]] = {}
    for key in itertools.chain(*_tables()):
        first, space, rest = key.partition(" ")
        if space and (length := rest.count(" ") + 2) not in (others := lengths.get(first, ())):
            lengths[first] = tuple(sorted((*others, length), reverse=True))
    return lengths
