"""Allotment: sites cut in lots that each keep enough candidates, compact and few, with how far from the best the answer may be."""

import heapq
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from matcher.ranking.shelf.sphere import Floats, unit_vectors
from matcher.ranking.shelf.word_index import Bools
from matcher.reference.geography.communes import EARTH_RADIUS_KM

# What one more lot costs, in kilometres of all its sites to its middle: a contract to write, to award, to follow.
LOT_KM = 60.0
# Up to this many sites every possible lot is tried, and the answer is the best.
EVERY = 10
# Beyond, lots are grown by merging neighbours, with a lot as costly as supposed, dearer and cheaper: the pool to choose from.
GROWN = (0.25, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0)
NEIGHBOURS = 8
# How often the choice is made again with the lots that moving one site gives.
ROUNDS = 8
SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class LotSite:
    """A place of the need; `at` is latitude and longitude in degrees, `etp` its size a year (0 where not known), `area` its EPCI and
    `district` the arrondissement of its département, as codes."""

    label: str
    at: tuple[float, float]
    etp: float = 0.0
    area: str = ""
    district: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class Reach:
    """m organisations set against n sites: `ids` one establishment of each, `covers` (n, m) who comes where,
    `weight` (m,) how likely each does the trade, in [0, 1], `most` (m,) the ETP that it can carry in one lot."""

    names: tuple[str, ...]
    covers: Bools
    weight: Floats
    most: Floats
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AllottedLot:
    """One lot: the rows of its sites, ascending, the candidates that each count for how likely they do the trade, the mean kilometres from
    its sites to its middle, and whether it keeps the candidates wanted."""

    sites: tuple[int, ...]
    candidates: float
    km: float
    etp: float
    enough: bool


@dataclass(frozen=True, slots=True)
class Allotment:
    """Lots that hold every site once. `gap`, in [0, 1], is how much less the cost could be, at best, among `pool` lots that were tried; `exact` is True where
    these are all the lots possible."""

    lots: tuple[AllottedLot, ...]
    cost: float
    gap: float
    pool: int
    exact: bool

    @property
    def fewest(self) -> float:
        """The candidates of the lot that has the fewest; 0 without lots."""
        return min((lot.candidates for lot in self.lots), default=0.0)

    @property
    def km(self) -> float:
        """The mean kilometres from a site to the middle of its lot."""
        sites = sum(len(lot.sites) for lot in self.lots)
        return sum(lot.km * len(lot.sites) for lot in self.lots) / sites if sites else 0.0


@dataclass(frozen=True, eq=False)
class _Ground:
    """Data that every lot is judged on."""

    vectors: NDArray[np.float64]
    etp: NDArray[np.float64]
    reach: Reach
    wanted: float
    known: dict[tuple[int, ...], AllottedLot] = field(default_factory=dict)

    def lot(self, rows: tuple[int, ...]) -> AllottedLot:
        if rows not in self.known:
            self.known[rows] = self._judged(rows)
        return self.known[rows]

    def _judged(self, rows: tuple[int, ...]) -> AllottedLot:
        places = list(rows)
        etp = float(self.etp[places].sum())
        able = self.reach.covers[places].all(axis=0) & (self.reach.most >= etp)
        candidates = round(float(self.reach.weight[able].sum()), 4)
        vectors = self.vectors[places]
        km = float(np.linalg.norm(vectors - vectors.mean(axis=0), axis=1).mean()) * EARTH_RADIUS_KM
        return AllottedLot(rows, candidates, round(km, 3), round(etp, 3), candidates >= self.wanted)

    def is_allowed(self, lot: AllottedLot) -> bool:
        """Return whether a lot keeps enough or, where none of its sites has enough alone, as many as the poorest of them."""
        if lot.enough:
            return True
        alone = [self.lot((row,)) for row in lot.sites]
        return not any(its.enough for its in alone) and lot.candidates >= min(its.candidates for its in alone)

    def cost(self, lot: AllottedLot, lot_km: float) -> float:
        return lot_km + lot.km * len(lot.sites)


def allot(
    sites: Sequence[LotSite], reach: Reach, wanted: float, *, lot_km: float = LOT_KM, seconds: float = SECONDS
) -> Allotment:
    """Cut sites in lots that each keep `wanted` candidates where that can be, at the least cost: `lot_km` a lot and the kilometres of its sites to its
    middle. Sites that have fewer alone are lots among themselves, with `enough` False, and keep what the poorest has. The order of the sites changes nothing.
    `seconds` bounds the first choice, and all those after it together: past it the gap is not zero."""
    order = sorted(range(len(sites)), key=lambda row: (sites[row].label, sites[row].at))
    ground = _ground([sites[row] for row in order], replace(reach, covers=reach.covers[order]), wanted)
    rest = list(range(len(sites)))
    exact = len(rest) <= EVERY
    if exact:
        sets = (rows for size in range(1, len(rest) + 1) for rows in combinations(rest, size))
        pool = [lot for rows in sets if ground.is_allowed(lot := ground.lot(rows))]
        chosen, least = _partition(rest, pool, ground, lot_km, seconds)
    else:
        pool, chosen, least = _improved(rest, ground, lot_km, seconds)
    cost = _total(chosen, ground, lot_km)
    lots = [replace(lot, sites=tuple(sorted(order[row] for row in lot.sites))) for lot in chosen]
    gap = max(0.0, 1.0 - least / cost) if cost else 0.0
    return Allotment(tuple(sorted(lots, key=lambda lot: lot.sites)), round(cost, 3), round(gap, 4), len(pool), exact)


def judge_cut(
    sites: Sequence[LotSite], reach: Reach, wanted: float, lots: Iterable[Sequence[int]], lot_km: float = LOT_KM
) -> Allotment:
    """Judge lots that were cut in another way (rows of the sites): one big lot, one a site, one an EPCI."""
    ground = _ground(sites, reach, wanted)
    judged = tuple(sorted((ground.lot(tuple(sorted(rows))) for rows in lots), key=lambda lot: lot.sites))
    return Allotment(judged, round(sum(ground.cost(lot, lot_km) for lot in judged), 3), 0.0, len(judged), exact=False)


def usual_cuts(sites: Sequence[LotSite]) -> dict[str, list[list[int]]]:
    """Return the ways people cut a need without counting candidates, by their French name."""
    areas: dict[str, list[int]] = {}
    districts: dict[str, list[int]] = {}
    for row, site in enumerate(sites):
        areas.setdefault(site.area, []).append(row)
        districts.setdefault(site.district, []).append(row)
    cuts = {
        "un seul lot": [list(range(len(sites)))] if sites else [],
        "un lot par site": [[row] for row in range(len(sites))],
        "un lot par arrondissement": [districts[district] for district in sorted(districts)],
        "un lot par EPCI": [areas[area] for area in sorted(areas)],
    }
    if not any(districts):
        del cuts["un lot par arrondissement"]
    return cuts


def _ground(sites: Sequence[LotSite], reach: Reach, wanted: float) -> _Ground:
    vectors = unit_vectors([site.at[0] for site in sites], [site.at[1] for site in sites]).astype(np.float64)
    return _Ground(vectors.reshape(-1, 3), np.array([site.etp for site in sites], dtype=np.float64), reach, wanted)


def _improved(
    rest: Sequence[int], ground: _Ground, lot_km: float, seconds: float
) -> tuple[list[AllottedLot], list[AllottedLot], float]:
    """Choose among the lots grown, then among those and what moving one site over a border gives, while that is cheaper."""
    near = _neighbours(rest, ground)
    seen: dict[tuple[int, ...], AllottedLot] = {(row,): ground.lot((row,)) for row in rest}
    for times in GROWN:
        _merge(rest, near, ground, partial(ground.cost, lot_km=lot_km * times), seen)
    pool = [seen[rows] for rows in sorted(seen)]
    chosen, least = _partition(rest, pool, ground, lot_km, seconds)
    for _ in range(ROUNDS):
        wider = _with_moves(pool, chosen, near, ground)
        tried, bound = _partition(rest, wider, ground, lot_km, seconds / ROUNDS)
        if _total(tried, ground, lot_km) >= _total(chosen, ground, lot_km) - 1e-6:
            break
        pool, chosen, least = wider, tried, bound
    return pool, chosen, least


def _total(lots: Iterable[AllottedLot], ground: _Ground, lot_km: float) -> float:
    return sum(ground.cost(lot, lot_km) for lot in lots)


def _with_moves(
    pool: Sequence[AllottedLot], chosen: Sequence[AllottedLot], near: Sequence[tuple[int, int]], ground: _Ground
) -> list[AllottedLot]:
    """The pool, and for every two neighbouring sites of two lots the lots that moving either to the other gives."""
    lots = {lot.sites: lot for lot in pool}
    home = {row: lot for lot in chosen for row in lot.sites}
    for first, other in [*near, *((b, a) for a, b in near)]:
        if home[first] is home[other] or len(home[first].sites) == 1:
            continue
        left = ground.lot(tuple(row for row in home[first].sites if row != first))
        joined = ground.lot(tuple(sorted((*home[other].sites, first))))
        if ground.is_allowed(left) and ground.is_allowed(joined):
            lots[left.sites], lots[joined.sites] = left, joined
    return [lots[rows] for rows in sorted(lots)]


def _neighbours(rest: Sequence[int], ground: _Ground) -> list[tuple[int, int]]:
    from scipy.spatial import KDTree  # a fifth of a second to import

    tree = KDTree(ground.vectors[list(rest)])
    _, nearest = tree.query(ground.vectors[list(rest)], k=min(NEIGHBOURS + 1, len(rest)))
    pairs = {(min(a, int(b)), max(a, int(b))) for a, row in enumerate(nearest) for b in row if int(b) != a}
    return sorted((rest[a], rest[b]) for a, b in pairs)


def _merge(
    rest: Sequence[int],
    near: Sequence[tuple[int, int]],
    ground: _Ground,
    cost: Callable[[AllottedLot], float],
    seen: dict[tuple[int, ...], AllottedLot],
) -> None:
    """Merge the two neighbouring lots that save most, again and again, while one saves and keeps enough candidates."""
    lots = {row: ground.lot((row,)) for row in rest}
    beside: dict[int, set[int]] = {row: set() for row in rest}
    heap: list[tuple[float, int, int, tuple[int, ...]]] = []

    def offer(a: int, b: int) -> None:
        both = ground.lot(tuple(sorted((*lots[a].sites, *lots[b].sites))))
        if ground.is_allowed(both) and (saved := cost(lots[a]) + cost(lots[b]) - cost(both)) > 0:
            heapq.heappush(heap, (-saved, min(a, b), max(a, b), both.sites))

    for a, b in near:
        beside[a].add(b)
        beside[b].add(a)
        offer(a, b)
    while heap:
        _, a, b, rows = heapq.heappop(heap)
        if a not in lots or b not in lots or tuple(sorted((*lots[a].sites, *lots[b].sites))) != rows:
            continue
        lots[a] = seen[rows] = ground.lot(rows)
        del lots[b]
        beside[a] = (beside[a] | beside.pop(b)) - {a, b}
        for other in sorted(beside[a]):
            beside[other].discard(b)
            beside[other].add(a)
            offer(a, other)


def _partition(
    rest: Sequence[int], pool: Sequence[AllottedLot], ground: _Ground, lot_km: float, seconds: float
) -> tuple[list[AllottedLot], float]:
    """The cheapest lots of the pool that hold each site once, and a cost that no choice among them can be under."""
    if not rest:
        return [], 0.0
    from scipy.optimize import Bounds, LinearConstraint, milp  # a tenth of a second to import, for who allots
    from scipy.sparse import csc_array

    place = {row: at for at, row in enumerate(rest)}
    columns = [(place[row], column) for column, lot in enumerate(pool) for row in lot.sites]
    membership = csc_array((np.ones(len(columns)), tuple(zip(*columns, strict=True))), shape=(len(rest), len(pool)))
    costs = np.array([ground.cost(lot, lot_km) for lot in pool])
    ones = np.ones(len(rest))
    answer = milp(
        costs,
        constraints=LinearConstraint(membership, ones, ones),
        integrality=np.ones(len(pool)),
        bounds=Bounds(0, 1),
        options={"time_limit": seconds, "mip_rel_gap": 1e-6},
    )
    if answer.x is None:  # not even a first answer within the time: each site alone, nothing known of the best
        return [ground.lot((row,)) for row in rest], 0.0
    chosen = [lot for lot, taken in zip(pool, answer.x, strict=True) if taken > 0.5]
    return chosen, float(answer.mip_dual_bound)
