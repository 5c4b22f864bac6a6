"""Base classes of the ranking: `LotOnShelf`, a lot with the suppliers to compare (the shelf), which is the input of all signals and gates; and
`Signal`, one criterion of the score (each is defined in its own file of `signals/`)."""

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
from matcher.ranking.shelf.shelf import RANGED, Remembering, Shelf, ShelfFact
from matcher.ranking.shelf.sphere import Floats, degrees
from matcher.ranking.shelf.word_index import Bools
from matcher.reading.kinds_cited import families_cited
from matcher.reference.levers import eligible_kinds, lever
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.taxonomy import GOODS

# Code of social insertion, the mission that all these suppliers share; least confidence of a trade named beside it in a lot.
INSERTION, TOLD_BESIDE = "medico-social.insertion", 0.2


@dataclass(frozen=True, slots=True)
class Distances:
    """Distances to the nearest place of a lot: `km` (n,) from each supplier's nearest site, NaN where unknown; `of_points` (u,) from each
    distinct point of the shelf."""

    km: Floats
    of_points: Floats
    points: Points
    places: tuple[Place, ...]

    def nearest_place(self, row: int) -> Place | None:
        """Return the place of the lot nearest to a supplier (row), None where the distance is unknown."""
        if isnan(self.km[row]):
            return None
        if len(self.places) == 1:
            return self.places[0]
        sites = self.points.of(row)
        to_sites = np.array([self.points.km_to(place)[sites] for place in self.places])
        return self.places[int(to_sites[:, to_sites.min(axis=0).argmin()].argmin())]


def distances(places: tuple[Place, ...], points: Points) -> Distances:
    """Return the distances of all suppliers to the places of a lot; places without coordinates or communes are ignored."""
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
    """A lot's `reading` with the `shelf` of suppliers to rank, and the day of the query (`on`). `declined`: by id of the suppliers that declined
    this very lot, a French sentence."""

    reading: Reading
    shelf: Shelf
    on: date
    declined: Mapping[str, str] = field(default_factory=dict, hash=False)

    @cached_property
    def _distances(self) -> Distances:
        return distances(self.reading.places, self.shelf.points)

    @property
    def distance_km(self) -> Floats:
        """Return (n,) kilometres from each supplier's nearest site to the nearest place of the lot; NaN where unknown."""
        return self._distances.km

    @property
    def has_place(self) -> bool:
        """Return whether the lot has a known place."""
        return bool(self._distances.places)

    @property
    def point_km(self) -> Floats:
        """Return (u,) kilometres from each point of the shelf to the nearest place of the lot; NaN where no place is known."""
        return self._distances.of_points

    @cached_property
    def goods(self) -> bool:
        """Return whether the lot buys only goods, which are delivered: nearer suppliers then take nothing from the proximity of others."""
        return bool(self.asked_codes) and all(taxonomy().nature_of(code) == GOODS for code in self.asked_codes)

    @cached_property
    def trades(self) -> tuple[ActivityGuess, ...]:
        """The activities by which suppliers are compared, likeliest first. Where the lot buys insertion itself, these are the trades that the text
        names as its support, without social work; possibly none."""
        guesses, group_of = self.reading.activities, taxonomy().group_of
        if not guesses or guesses[0].code != INSERTION:
            return guesses
        activity_guesses = (guess for guess in guesses if guess.confidence >= TOLD_BESIDE)
        return tuple(guess for guess in activity_guesses if group_of(guess.code) != group_of(INSERTION))

    @cached_property
    def asked_codes(self) -> tuple[str, ...]:
        """The codes of the trades asked for; or only that of the mode (seconded staff…) where the text gives the way to meet the need."""
        return replace(self.reading, activities=self.trades).asked

    @property
    def is_understood(self) -> bool:
        """Return whether the reading is sure enough to search for suppliers."""
        return self.reading.understood

    @cached_property
    def wanted_kinds(self) -> frozenset[SupplierKind]:
        """The kinds of supplier that the text asks for, by name or by the article that reserves the lot. Where it names whole families, the
        kinds that the article admits are added."""
        reading, hint = self.reading, self.reading.levier_hint
        reserved = eligible_kinds(hint) if hint and not lever(hint).open_to_all else frozenset()
        if reading.kinds_asked and not families_cited(reading):
            return frozenset(reading.kinds_asked)
        return reserved.union(reading.kinds_asked)

    def nearest_place(self, row: int) -> Place | None:
        """Return the lot's place that is nearest to a supplier (row), None where the distance is unknown."""
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
        """Return the displayed distance of one supplier, in kilometres to a tenth; None where unknown, or infinite (a territory without coordinates)."""
        value = float(self.distance_km[row])
        return round(value, 1) if isfinite(value) else None


# Decimals to which values are shown and compared with thresholds, so that single precision does not matter.
DECIMALS = 4


class Saying(NamedTuple):
    """The French texts of a signal on one supplier, with the fields of `Contribution`."""

    short: str
    spoken: str
    question: str = ""
    quotes: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One criterion of the score. `values` computes (n,) numbers in [0, 1], NaN where unknown; an unknown counts as `prior` in the score.

    `say` returns the texts for one row and value (None: unknown). `told`: in French, what is compared and what a value means. `mail`: the
    question of a message where the value is unknown. `field`: the supplier's field that would answer it, empty where several do; a `Saying` may
    name another. `facts`: columns that the signal adds to the shelf.

    A known value counts as a reason for a supplier from `speaks_for`, against it below `speaks_against`; None: never.
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
        """Return whether one value is a reason for, against, neither, or unknown."""
        if value is None:
            return Stance.UNKNOWN
        if self.speaks_for is not None and value >= self.speaks_for:
            return Stance.FOR
        return Stance.AGAINST if self.speaks_against is not None and value < self.speaks_against else Stance.SILENT

    def favours(self, values: Floats) -> Bools:
        """Return (n,) whether each value is a reason for the supplier."""
        return _least(values, self.speaks_for)

    def disfavours(self, values: Floats) -> Bools:
        """Return (n,) whether each value is a reason against the supplier."""
        return _least(values, 0.0) & ~_least(values, self.speaks_against if self.speaks_against is not None else 0.0)


def _least(values: Floats, least: float | None) -> Bools:
    """Return (n,) whether each value is known and at least `least`, to the displayed decimals; all False where `least` is None."""
    if least is None:
        return np.zeros(len(values), dtype=bool)
    return np.asarray(values >= np.float32(least - 10**-DECIMALS / 2))


def all_unknown(ask: LotOnShelf) -> Floats:
    """Return (n,) NaN (a broadcast scalar), for a signal that the lot gives nothing to compare with."""
    return np.broadcast_to(np.float32(np.nan), (len(ask.shelf),))


def tells(values: Floats) -> bool:
    """Return whether the values are not those of `all_unknown`, in constant time."""
    return values.strides != (0,)


# Suppliers with a site this near a place are not refused for declaring an area that ends just before it.
MARGIN_KM = 10.0


def covers_place(ask: LotOnShelf) -> Bools:
    """Return (n,) True where the supplier declares an area of intervention that covers at least one place of the lot."""
    covered_rows = np.zeros(len(ask.shelf), dtype=bool)
    areas = ask.shelf.areas
    covered_rows[areas.owners] = areas.covering(ask.reading.places, ask.distance_km)
    return covered_rows


def outside_reach(ask: LotOnShelf) -> Bools:
    """Return (n,) True where the supplier declares an area that covers no place of the lot, and none is near its sites."""
    if not ask.reading.places:
        return np.zeros(len(ask.shelf), dtype=bool)
    return ask.shelf[RANGED] & ~ask.once(covers_place) & ~(ask.distance_km <= MARGIN_KM)
