"""A lot set against a shelf of suppliers: the input of every signal and gate."""

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from math import isfinite

import numpy as np

from matcher.domain.kinds import SupplierKind
from matcher.domain.place import Place
from matcher.domain.reading import ActivityGuess, Reading
from matcher.ranking.shelf.cached import Remembering
from matcher.ranking.shelf.distance import Distances, distances
from matcher.ranking.shelf.shelf import Shelf
from matcher.ranking.shelf.sphere import Floats, degrees
from matcher.reading.kinds_cited import families_cited
from matcher.reference.levers import eligible_kinds, lever
from matcher.reference.trades.activities import taxonomy

# The mission that all these suppliers share; and how likely a trade must be for such a lot to say it.
INSERTION, TOLD_BESIDE = "medico-social.insertion", 0.2
# Nature of the activities of the taxonomy that are delivered.
GOODS = "bien"


@dataclass(frozen=True)
class LotOnShelf(Remembering):
    """A reading, the shelf it is asked of, and the day it is asked (`on`), which only freshness looks at."""

    reading: Reading
    shelf: Shelf
    on: date

    @cached_property
    def _distances(self) -> Distances:
        return distances(self.reading.places, self.shelf.points)

    @property
    def distance_km(self) -> Floats:
        """(n,) kilometres from each supplier's nearest site to the nearest place of the lot; NaN where unknown."""
        return self._distances.km

    @property
    def located(self) -> bool:
        """Whether a place of the lot is known, so that distances to it are."""
        return bool(self._distances.places)

    @property
    def point_km(self) -> Floats:
        """(u,) kilometres from each point of the shelf to the nearest place of the lot; NaN where no place is known."""
        return self._distances.of_points

    @cached_property
    def goods(self) -> bool:
        """Whether the lot buys goods alone: they travel, so distance weighs less. A service asked beside them does not."""
        return bool(self.asked) and all(taxonomy().nature_of(code) == GOODS for code in self.asked)

    @cached_property
    def trades(self) -> tuple[ActivityGuess, ...]:
        """The activities that tell suppliers apart, likeliest first.

        Where insertion itself is bought, the work is its support: it is what the text says besides, social work aside, or nothing.
        """
        guesses, group_of = self.reading.activities, taxonomy().group_of
        if not guesses or guesses[0].code != INSERTION:
            return guesses
        said = (guess for guess in guesses if guess.confidence >= TOLD_BESIDE)
        return tuple(guess for guess in said if group_of(guess.code) != group_of(INSERTION))

    @cached_property
    def asked(self) -> tuple[str, ...]:
        """The codes of the trades that are asked for, or of the mode alone where the text says how the need is met."""
        return replace(self.reading, activities=self.trades).asked

    @property
    def understood(self) -> bool:
        """Whether the reading is sure enough of what is asked to say who does it."""
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
        """Distance of one supplier in kilometres, None where unknown, or infinite: to a territory that is not located, from elsewhere."""
        value = float(self.distance_km[row])
        return value if isfinite(value) else None
