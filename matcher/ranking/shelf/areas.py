"""Stores the areas of intervention that suppliers declare, as arrays, and computes which ones cover the places of a lot (a buyer's need)."""

from array import array
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from matcher.domain.place import Place, PlaceType
from matcher.domain.supplier import Supplier
from matcher.mapped import Ints, Offsets
from matcher.ranking.shelf.sphere import Floats, Rows
from matcher.reference.geography.communes import commune
from matcher.reference.geography.territories import departement, region

Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Areas:
    """Areas of the r suppliers that declare one: `owners` (r,) their rows, ascending; `declared[starts[i]:starts[i + 1]]` indices in `codes` of
    the area codes of the i-th."""

    codes: tuple[str, ...]
    owners: Ints
    starts: Offsets
    declared: Ints

    def covering(self, places: tuple[Place, ...], km: Floats) -> Bools:
        """Return (r,) whether each declared area covers at least one place; `km` (n,): distance of every supplier to the lot."""
        if not len(self.owners):
            return np.zeros(0, dtype=bool)
        if any(place.type is PlaceType.PAYS for place in places):
            named = np.ones(len(self.codes), dtype=bool)
        else:
            inside = frozenset[str]().union(*map(_areas_of, places))
            holds = [bool(places) and (code in inside or code.startswith("pays:")) for code in self.codes]
            named = np.array(holds, dtype=bool)
        covers = named[self.declared]
        at, owners, within = self._around
        covers[at] |= km.take(owners) <= within
        return np.logical_or.reduceat(covers, self.starts[:-1])

    @cached_property
    def _around(self) -> tuple[Rows, Ints, Floats]:
        """Areas given as kilometres around a site: their positions in `declared`, the rows of their suppliers, and the kilometres."""
        reach = np.array([float(code.removeprefix("km:")) if code.startswith("km:") else np.nan for code in self.codes])
        within = reach[self.declared]
        at = np.flatnonzero(~np.isnan(within))
        owners = np.repeat(self.owners, np.diff(self.starts))[at]
        return at, owners, within[at].astype(np.float32)


@lru_cache(maxsize=256)
def _areas_of(place: Place) -> frozenset[str]:
    """Return the communes of a place with their départements and régions, as area codes."""
    inside = [town for code in place.communes if (town := commune(code)) is not None]
    return frozenset(
        {f"insee:{found.code}" for found in inside}
        | {f"dep:{found.departement}" for found in inside}
        | {f"reg:{found.region}" for found in inside}
    )


@lru_cache(maxsize=4096)
def area_names(area_codes: tuple[str, ...]) -> str:
    """Return the declared area in French: « Aisne, Oise, Somme », « France », « 50 km autour »."""
    return ", ".join(map(_area_name, area_codes))


def _area_name(code: str) -> str:
    scale, _, value = code.partition(":")
    if scale == "km":
        return f"{value} km autour"
    if scale == "pays":
        return "France"
    result = departement(value) if scale == "dep" else region(value) if scale == "reg" else commune(value)
    return result.name if result else value


class AreasMaker:
    """Builds `Areas` from suppliers added in order of row."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}
        self._owners, self._starts, self._declared = array("i"), array("q", [0]), array("i")

    def add(self, row: int, supplier: Supplier) -> None:
        """Add the next supplier."""
        if not supplier.area_codes:
            return
        self._owners.append(row)
        self._declared.extend(self._known.setdefault(code, len(self._known)) for code in supplier.area_codes)
        self._starts.append(len(self._declared))

    def make(self) -> Areas:
        """Return the areas of all suppliers added."""
        return Areas(
            codes=tuple(self._known),
            owners=np.array(self._owners, dtype=np.int32),
            starts=np.array(self._starts, dtype=np.int64),
            declared=np.array(self._declared, dtype=np.int32),
        )
