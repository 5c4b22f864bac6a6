"""Optimises the cutting of sites into lots: as few and as compact lots as possible, each with enough candidates; with a bound on the gap to the optimum.

Candidate lots are all subsets of few sites, else lots grown by greedy merging of neighbours; an integer program (set partitioning) then chooses among them.
"""

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

# Cost of one more lot (a contract to write, award and follow), in the unit of the objective: kilometres from sites to the middle of their lot.
LOT_KM = 60.0
# Up to this many sites every subset is a candidate lot, and the answer is optimal.
EVERY = 10
# Beyond, candidate lots come from greedy merging, run once with the cost of a lot multiplied by each of these.
GROWN = (0.25, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0)
NEIGHBOURS = 8
# Most rounds of local search: choose again after adding the lots that moving one site gives.
ROUNDS = 8
SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class LotSite:
    """A site to serve; `at`: latitude and longitude in degrees; `etp`: full-time equivalents a year (0 if unknown); `area`: code of its EPCI
    (intercommunality); `district`: code of its arrondissement."""

    label: str
    at: tuple[float, float]
    etp: float = 0.0
    area: str = ""
    district: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class Reach:
    """Which of m organisations can serve which of n sites: `covers` (n, m) booleans; `weight` (m,) chance in [0, 1] that each does the trade;
    `most` (m,) the ETP it can carry in one lot; `ids` one establishment of each."""

    names: tuple[str, ...]
    covers: Bools
    weight: Floats
    most: Floats
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AllottedLot:
    """One lot: `sites`, ascending row numbers; `candidates`, the sum of the chances that its candidates do the trade; `km`, mean distance from its sites to
    their middle; `enough`, whether `candidates` reaches the number wanted."""

    sites: tuple[int, ...]
    candidates: float
    km: float
    etp: float
    enough: bool


@dataclass(frozen=True, slots=True)
class Allotment:
    """A partition of the sites into lots. `gap`, in [0, 1]: upper bound on the relative distance to the cheapest partition made of the `pool` candidate lots;
    `exact`: the pool held every possible lot."""

    lots: tuple[AllottedLot, ...]
    cost: float
    gap: float
    pool: int
    exact: bool

    @property
    def fewest(self) -> float:
        """Candidates of the lot that has the fewest; 0 without lots."""
        return min((lot.candidates for lot in self.lots), default=0.0)

    @property
    def km(self) -> float:
        """The mean kilometres from a site to the middle of its lot."""
        sites = sum(len(lot.sites) for lot in self.lots)
        return sum(lot.km * len(lot.sites) for lot in self.lots) / sites if sites else 0.0


@dataclass(frozen=True, eq=False)
class _LotJudge:
    """Evaluates lots (candidates, distance, cost) on the sites' positions (`vectors`), sizes and `reach`, with a cache (`known`)."""

    vectors: NDArray[np.float64]
    etp: NDArray[np.float64]
    reach: Reach
    wanted: float
    known: dict[tuple[int, ...], AllottedLot] = field(default_factory=dict)

    def lot(self, rows: tuple[int, ...]) -> AllottedLot:
        if rows not in self.known:
            self.known[rows] = self._evaluate(rows)
        return self.known[rows]

    def _evaluate(self, rows: tuple[int, ...]) -> AllottedLot:
        places = list(rows)
        etp = float(self.etp[places].sum())
        able = self.reach.covers[places].all(axis=0) & (self.reach.most >= etp)
        candidates = round(float(self.reach.weight[able].sum()), 4)
        vectors = self.vectors[places]
        km = float(np.linalg.norm(vectors - vectors.mean(axis=0), axis=1).mean()) * EARTH_RADIUS_KM
        return AllottedLot(rows, candidates, round(km, 3), round(etp, 3), candidates >= self.wanted)

    def is_allowed(self, lot: AllottedLot) -> bool:
        """Return whether a lot has enough candidates or, if none of its sites has enough by itself, as many as its poorest site."""
        if lot.enough:
            return True
        alone = [self.lot((row,)) for row in lot.sites]
        return not any(its.enough for its in alone) and lot.candidates >= min(its.candidates for its in alone)

    def cost(self, lot: AllottedLot, lot_km: float) -> float:
        return lot_km + lot.km * len(lot.sites)


def allot(
    sites: Sequence[LotSite], reach: Reach, wanted: float, *, lot_km: float = LOT_KM, seconds: float = SECONDS
) -> Allotment:
    """Partition the sites at the least cost: `lot_km` per lot, plus the kilometres from each site to the middle of its lot. Each lot has `wanted` candidates;
    a site with fewer by itself shares a lot only with such sites (`enough` False). The order of the sites changes nothing. `seconds` limits the first
    solution, and again all the improvements together: past it the gap is not zero."""
    order = sorted(range(len(sites)), key=lambda row: (sites[row].label, sites[row].at))
    judge = _judge([sites[row] for row in order], replace(reach, covers=reach.covers[order]), wanted)
    site_rows = list(range(len(sites)))
    exact = len(site_rows) <= EVERY
    if exact:
        sets = (rows for size in range(1, len(site_rows) + 1) for rows in combinations(site_rows, size))
        pool = [lot for rows in sets if judge.is_allowed(lot := judge.lot(rows))]
        chosen, least = _partition(site_rows, pool, judge, lot_km, seconds)
    else:
        pool, chosen, least = _choose_with_local_search(site_rows, judge, lot_km, seconds)
    cost = _total(chosen, judge, lot_km)
    lots = [replace(lot, sites=tuple(sorted(order[row] for row in lot.sites))) for lot in chosen]
    gap = max(0.0, 1.0 - least / cost) if cost else 0.0
    return Allotment(tuple(sorted(lots, key=lambda lot: lot.sites)), round(cost, 3), round(gap, 4), len(pool), exact)


def judge_cut(
    sites: Sequence[LotSite], reach: Reach, wanted: float, lots: Iterable[Sequence[int]], lot_km: float = LOT_KM
) -> Allotment:
    """Evaluate given `lots` (row numbers of sites), such as one big lot or one per EPCI, with the same measures."""
    judge = _judge(sites, reach, wanted)
    judged = tuple(sorted((judge.lot(tuple(sorted(rows))) for rows in lots), key=lambda lot: lot.sites))
    return Allotment(judged, round(sum(judge.cost(lot, lot_km) for lot in judged), 3), 0.0, len(judged), exact=False)


def usual_cuts(sites: Sequence[LotSite]) -> dict[str, list[list[int]]]:
    """Return the partitions that buyers usually make (one lot, one per site, arrondissement or EPCI), by French name."""
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


def _judge(sites: Sequence[LotSite], reach: Reach, wanted: float) -> _LotJudge:
    vectors = unit_vectors([site.at[0] for site in sites], [site.at[1] for site in sites]).astype(np.float64)
    return _LotJudge(vectors.reshape(-1, 3), np.array([site.etp for site in sites], dtype=np.float64), reach, wanted)


def _choose_with_local_search(
    site_rows: Sequence[int], judge: _LotJudge, lot_km: float, seconds: float
) -> tuple[list[AllottedLot], list[AllottedLot], float]:
    """Grow candidate lots by merging, choose among them, then local search: add the lots made by moving one border site, while it is cheaper.
    Return the candidate lots, those chosen, and a lower bound of the cost."""
    pairs = _neighbours(site_rows, judge)
    seen: dict[tuple[int, ...], AllottedLot] = {(row,): judge.lot((row,)) for row in site_rows}
    for times in GROWN:
        _merge(site_rows, pairs, judge, partial(judge.cost, lot_km=lot_km * times), seen)
    pool = [seen[rows] for rows in sorted(seen)]
    chosen, least = _partition(site_rows, pool, judge, lot_km, seconds)
    for _ in range(ROUNDS):
        wider = _with_moves(pool, chosen, pairs, judge)
        tried, bound = _partition(site_rows, wider, judge, lot_km, seconds / ROUNDS)
        if _total(tried, judge, lot_km) >= _total(chosen, judge, lot_km) - 1e-6:
            break
        pool, chosen, least = wider, tried, bound
    return pool, chosen, least


def _total(lots: Iterable[AllottedLot], judge: _LotJudge, lot_km: float) -> float:
    return sum(judge.cost(lot, lot_km) for lot in lots)


def _with_moves(
    pool: Sequence[AllottedLot], chosen: Sequence[AllottedLot], pairs: Sequence[tuple[int, int]], judge: _LotJudge
) -> list[AllottedLot]:
    """Return the pool plus, for every pair of neighbouring sites in different lots, the two lots that result from moving one site to the other's lot."""
    lots = {lot.sites: lot for lot in pool}
    lot_of = {row: lot for lot in chosen for row in lot.sites}
    for first, other in [*pairs, *((b, a) for a, b in pairs)]:
        if lot_of[first] is lot_of[other] or len(lot_of[first].sites) == 1:
            continue
        left = judge.lot(tuple(row for row in lot_of[first].sites if row != first))
        joined = judge.lot(tuple(sorted((*lot_of[other].sites, first))))
        if judge.is_allowed(left) and judge.is_allowed(joined):
            lots[left.sites], lots[joined.sites] = left, joined
    return [lots[rows] for rows in sorted(lots)]


def _neighbours(site_rows: Sequence[int], judge: _LotJudge) -> list[tuple[int, int]]:
    """Return the pairs of sites of which one is among the `NEIGHBOURS` nearest of the other."""
    from scipy.spatial import KDTree  # a fifth of a second to import

    tree = KDTree(judge.vectors[list(site_rows)])
    _, nearest = tree.query(judge.vectors[list(site_rows)], k=min(NEIGHBOURS + 1, len(site_rows)))
    pairs = {(min(a, int(b)), max(a, int(b))) for a, row in enumerate(nearest) for b in row if int(b) != a}
    return sorted((site_rows[a], site_rows[b]) for a, b in pairs)


def _merge(
    site_rows: Sequence[int],
    pairs: Sequence[tuple[int, int]],
    judge: _LotJudge,
    cost: Callable[[AllottedLot], float],
    seen: dict[tuple[int, ...], AllottedLot],
) -> None:
    """Greedy agglomeration: merge the two neighbouring lots that save most, while a merge saves and is allowed; each new lot is added to `seen`."""
    lots = {row: judge.lot((row,)) for row in site_rows}
    neighbours: dict[int, set[int]] = {row: set() for row in site_rows}
    heap: list[tuple[float, int, int, tuple[int, ...]]] = []

    def push_merge(a: int, b: int) -> None:
        both = judge.lot(tuple(sorted((*lots[a].sites, *lots[b].sites))))
        if judge.is_allowed(both) and (saved := cost(lots[a]) + cost(lots[b]) - cost(both)) > 0:
            heapq.heappush(heap, (-saved, min(a, b), max(a, b), both.sites))

    for a, b in pairs:
        neighbours[a].add(b)
        neighbours[b].add(a)
        push_merge(a, b)
    while heap:
        _, a, b, rows = heapq.heappop(heap)
        if a not in lots or b not in lots or tuple(sorted((*lots[a].sites, *lots[b].sites))) != rows:
            continue
        lots[a] = seen[rows] = judge.lot(rows)
        del lots[b]
        neighbours[a] = (neighbours[a] | neighbours.pop(b)) - {a, b}
        for other in sorted(neighbours[a]):
            neighbours[other].discard(b)
            neighbours[other].add(a)
            push_merge(a, other)


def _partition(
    site_rows: Sequence[int], pool: Sequence[AllottedLot], judge: _LotJudge, lot_km: float, seconds: float
) -> tuple[list[AllottedLot], float]:
    """Solve the set partitioning problem: return the cheapest lots of the pool that hold each site once, and a lower bound of the cost."""
    if not site_rows:
        return [], 0.0
    from scipy.optimize import Bounds, LinearConstraint, milp  # a tenth of a second to import
    from scipy.sparse import csc_array

    place = {row: at for at, row in enumerate(site_rows)}
    columns = [(place[row], column) for column, lot in enumerate(pool) for row in lot.sites]
    membership = csc_array(
        (np.ones(len(columns)), tuple(zip(*columns, strict=True))), shape=(len(site_rows), len(pool))
    )
    costs = np.array([judge.cost(lot, lot_km) for lot in pool])
    ones = np.ones(len(site_rows))
    answer = milp(
        costs,
        constraints=LinearConstraint(membership, ones, ones),
        integrality=np.ones(len(pool)),
        bounds=Bounds(0, 1),
        options={"time_limit": seconds, "mip_rel_gap": 1e-6},
    )
    if answer.x is None:  # no solution within the time: one lot per site, no bound
        return [judge.lot((row,)) for row in site_rows], 0.0
    chosen = [lot for lot, taken in zip(pool, answer.x, strict=True) if taken > 0.5]
    return chosen, float(answer.mip_dual_bound)
