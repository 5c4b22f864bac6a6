"""A lot set against a shelf of suppliers, which is the input of every signal and gate; and a signal: one comparison of the lot with every
supplier, all of it in one file of `signals/`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from math import isfinite, isnan
from typing import NamedTuple

import numpy as np

from matcher.domain.kinds import SupplierKind
from matcher.domain.match import Stance
from matcher.domain.place import Place
from matcher.domain.reading import ActivityGuess, Reading
from matcher.ranking.shelf.points import Points
from matcher.ranking.shelf.shelf import Remembering, Shelf, ShelfFact
from matcher.ranking.shelf.sphere import Floats, degrees
from matcher.ranking.shelf.word_index import Bools
from matcher.reading.kinds_cited import families_cited
from matcher.reference.levers import eligible_kinds, lever
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.taxonomy import GOODS

# The mission that all these suppliers share; and how likely a trade must be for such a lot to say it.
INSERTION, TOLD_BESIDE = "medico-social.insertion", 0.2


@dataclass(frozen=True, slots=True)
class Distances:
    """`km` (n,) from the nearest site of each supplier to the nearest place of the lot, NaN where either is unknown; `of_points`
    (u,) the same from each point of the shelf."""

    km: Floats
    of_points: Floats
    points: Points
    places: tuple[Place, ...]

    def nearest_place(self, row: int) -> Place | None:
        """Return the place that a supplier's nearest site is nearest to, None where the distance is unknown."""
        if isnan(self.km[row]):
            return None
        if len(self.places) == 1:
            return self.places[0]
        sites = self.points.of(row)
        to_sites = np.array([self.points.km_to(place)[sites] for place in self.places])
        return self.places[int(to_sites[:, to_sites.min(axis=0).argmin()].argmin())]


def distances(places: tuple[Place, ...], points: Points) -> Distances:
    """Measure a whole shelf against the places of a lot; places that are neither located nor made of communes are left out."""
    known = tuple(place for place in places if place.communes or place.lat is not None)
    if not known:
        unknown = np.full(len(points.commune), np.nan, dtype=np.float32)
        return Distances(np.full(len(points.first), np.nan, dtype=np.float32), unknown, points, ())
    km = points.km_to(known[0])
    for place in known[1:]:
        km = np.minimum(km, points.km_to(place))
    return Distances(points.nearest(km), km, points, known)


@dataclass(frozen=True)
class LotOnShelf(Remembering):
    """A reading, the shelf it is asked of, and the day it is asked (`on`), which only freshness looks at. `declined` gives a French sentence for each
    supplier that declined this very lot, by id."""

    reading: Reading
    shelf: Shelf
    on: date
    declined: Mapping[str, str] = field(default_factory=dict, hash=False)

    @cached_property
    def _distances(self) -> Distances:
        return distances(self.reading.places, self.shelf.points)

    @property
    def distance_km(self) -> Floats:
        """(n,) kilometres from each supplier's nearest site to the nearest place of the lot; NaN where unknown."""
        return self._distances.km

    @property
    def has_place(self) -> bool:
        """Return whether a place of the lot is known, so that distances to it are."""
        return bool(self._distances.places)

    @property
    def point_km(self) -> Floats:
        """(u,) kilometres from each point of the shelf to the nearest place of the lot; NaN where no place is known."""
        return self._distances.of_points

    @cached_property
    def goods(self) -> bool:
        """Return whether the lot buys goods alone: they are delivered, so that who is nearer takes nothing from the others. A service asked beside
        them is carried out."""
        return bool(self.asked_codes) and all(taxonomy().nature_of(code) == GOODS for code in self.asked_codes)

    @cached_property
    def trades(self) -> tuple[ActivityGuess, ...]:
        """The activities that part suppliers, likeliest first.

        Where insertion itself is bought, the work is its support: it is what the text names besides, social work aside, or nothing.
        """
        guesses, group_of = self.reading.activities, taxonomy().group_of
        if not guesses or guesses[0].code != INSERTION:
            return guesses
        activity_guesses = (guess for guess in guesses if guess.confidence >= TOLD_BESIDE)
        return tuple(guess for guess in activity_guesses if group_of(guess.code) != group_of(INSERTION))

    @cached_property
    def asked_codes(self) -> tuple[str, ...]:
        """The codes of the trades that are asked for, or of the mode alone where the text gives the way to meet the need."""
        return replace(self.reading, activities=self.trades).asked

    @property
    def is_understood(self) -> bool:
        """Return True where the reading of what is asked is sure enough to look for who does it."""
        return self.reading.understood

    @cached_property
    def wanted_kinds(self) -> frozenset[SupplierKind]:
        """The kinds that the text asks for, by name or through the article it reserves the lot under. Named kinds stand for their family;
        where the article admits another as well, they exclude nobody that it admits."""
        reading, hint = self.reading, self.reading.levier_hint
        reserved = eligible_kinds(hint) if hint and not lever(hint).open_to_all else frozenset()
        if reading.kinds_asked and not families_cited(reading):
            return frozenset(reading.kinds_asked)
        return reserved.union(reading.kinds_asked)

    def nearest_place(self, row: int) -> Place | None:
        """The lot's place that is nearest to a supplier, None where the distance is unknown."""
        return self._distances.nearest_place(row)

    def sites(self, row: int) -> list[tuple[float, float]]:
        """Return the located sites of one supplier as (lat, lon) in WGS84 degrees, the nearest to the lot first."""
        points = self.shelf.points
        of_row = points.of(row)
        if self.reading.places and len(of_row):
            km = np.min([points.km_to(place)[of_row] for place in self.reading.places], axis=0)
            of_row = of_row[np.argsort(km, kind="stable")]
        return [degrees(points.vectors[:, point]) for point in of_row.tolist()]

    def km(self, row: int) -> float | None:
        """Return the distance of one supplier in kilometres to a tenth, for every page, file and opinion; None where unknown, or infinite: to a territory
        that is not located, from elsewhere."""
        value = float(self.distance_km[row])
        return round(value, 1) if isfinite(value) else None


# Values are shown, and judged, to this many decimals: a 0.35 of an array of single precision is a 0.35.
DECIMALS = 4


class Saying(NamedTuple):
    """The French words of a signal on one supplier: see `Contribution`, which carries them."""

    short: str
    spoken: str
    question: str = ""
    quotes: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """`values` gives (n,) numbers in [0, 1], NaN where unknown; an unknown counts as `prior` in the score.

    `say` returns the words for one row, with the two values compared; None is a value that is not known. `told` is for the buyer, in French: what is
    compared, and what a value means. `mail` is the question that a message puts where the value is not known. `field` is the supplier's field that would
    answer it, as its provenance names it; empty where no one field does; a saying names another. `facts` are the columns of the shelf that it adds for
    itself.

    A known value speaks for a supplier from `speaks_for`, against it under `speaks_against`; None: it never does. Nothing else judges a value.
    """

    key: str
    label: str
    told: str
    prior: float
    values: Callable[[LotOnShelf], Floats]
    say: Callable[[LotOnShelf, int, float | None], Saying]
    mail: str
    field: str = ""
    facts: tuple[ShelfFact, ...] = ()
    speaks_for: float | None = None
    speaks_against: float | None = None

    def stance(self, value: float | None) -> Stance:
        """Return which way one value speaks."""
        if value is None:
            return Stance.UNKNOWN
        if self.speaks_for is not None and value >= self.speaks_for:
            return Stance.FOR
        return Stance.AGAINST if self.speaks_against is not None and value < self.speaks_against else Stance.SILENT

    def favours(self, values: Floats) -> Bools:
        """Return (n,) where these values speak for."""
        return _least(values, self.speaks_for)

    def disfavours(self, values: Floats) -> Bools:
        """Return (n,) where these values speak against."""
        return _least(values, 0.0) & ~_least(values, self.speaks_against if self.speaks_against is not None else 0.0)


def _least(values: Floats, least: float | None) -> Bools:
    """(n,) the known that reach `least`, to the decimals that are shown; none where there is no such value."""
    if least is None:
        return np.zeros(len(values), dtype=bool)
    return np.asarray(values >= np.float32(least - 10**-DECIMALS / 2))


def all_unknown(ask: LotOnShelf) -> Floats:
    """Return (n,) NaN, one number that all rows share: the lot has nothing that this signal could compare."""
    return np.broadcast_to(np.float32(np.nan), (len(ask.shelf),))


def tells(values: Floats) -> bool:
    """Return whether these are anything but what `all_unknown` gives, at the cost of no pass over the rows."""
    return values.strides != (0,)


# Places that lie within a few kilometres of a border are not refused for it.
MARGIN_KM = 10.0


def covers_place(ask: LotOnShelf) -> Bools:
    """(n,) True where the supplier declares an area that covers at least one place of the lot."""
    covered_rows = np.zeros(len(ask.shelf), dtype=bool)
    areas = ask.shelf.areas
    covered_rows[areas.owners] = areas.covering(ask.reading.places, ask.distance_km)
    return covered_rows


def outside_reach(ask: LotOnShelf) -> Bools:
    """(n,) True where the supplier declares an area, none of the places is in it, and none is near its sites."""
    if not ask.reading.places:
        return np.zeros(len(ask.shelf), dtype=bool)
    return ask.shelf.ranged & ~ask.once(covers_place) & ~(ask.distance_km <= MARGIN_KM)
