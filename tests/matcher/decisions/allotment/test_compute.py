"""Allotment: a partition, never a lot short of candidates that does not say so, the best where it says it is, whatever the order."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.decisions.allotment.compute import EVERY, Allotment, LotSite, Reach, allot, judge_cut, usual_cuts
from tests.waiting import LONGEST_S


def ground(places: int, people: int, seed: int, reach_km: float = 40.0) -> tuple[list[LotSite], Reach]:
    """Sites and organisations drawn over a hundred kilometres; who is within `reach_km` of a site covers it."""
    draw = random.Random(seed)  # noqa: S311
    sites = [
        LotSite(
            f"Site {n}", (50 + draw.random(), 2 + draw.random() * 1.5), draw.choice((0.0, 0.5, 1.0)), f"EPCI {n % 7}"
        )
        for n in range(places)
    ]
    homes = np.array([(50 + draw.random(), 2 + draw.random() * 1.5) for _ in range(people)]).reshape(-1, 2)
    at = np.array([site.at for site in sites]).reshape(-1, 2)
    km = np.hypot((at[:, None, 0] - homes[None, :, 0]) * 111, (at[:, None, 1] - homes[None, :, 1]) * 71)
    weight = np.array([draw.choice((0.3, 0.7, 1.0)) for _ in range(people)], dtype=np.float32)
    most = np.array([draw.choice((2.0, 6.0, 30.0)) for _ in range(people)], dtype=np.float32)
    return sites, Reach(tuple(f"Org {n}" for n in range(people)), km <= reach_km, weight, most)


def held(its: Allotment) -> list[int]:
    return sorted(row for lot in its.lots for row in lot.sites)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 24), st.integers(0, 30), st.integers(0, 999), st.integers(1, 4))
def test_lots_are_a_partition_and_none_is_short_without_saying_so(
    places: int, people: int, seed: int, wanted: int
) -> None:
    sites, reach = ground(places, people, seed)
    its = allot(sites, reach, wanted, seconds=LONGEST_S)
    assert held(its) == list(range(places))
    for lot in its.lots:
        assert lot.enough == (lot.candidates >= wanted)
        if not lot.enough:
            alone = [judge_cut(sites, reach, wanted, [[row]]).lots[0] for row in lot.sites]
            assert not any(one.enough for one in alone)
            assert lot.candidates >= min(one.candidates for one in alone)
    assert 0 <= its.gap < 1


@settings(max_examples=15, deadline=None)
@given(st.integers(2, 20), st.integers(0, 999), st.randoms())
def test_the_order_of_the_sites_changes_nothing(places: int, seed: int, shuffler: random.Random) -> None:
    sites, reach = ground(places, 15, seed)
    order = list(range(places))
    shuffler.shuffle(order)
    moved = Reach(reach.names, reach.covers[order], reach.weight, reach.most)

    def labels(its: Allotment, those: list[LotSite]) -> set[frozenset[str]]:
        return {frozenset(those[row].label for row in lot.sites) for lot in its.lots}

    shuffled = [sites[row] for row in order]
    assert labels(allot(sites, reach, 2, seconds=LONGEST_S), sites) == labels(
        allot(shuffled, moved, 2, seconds=LONGEST_S), shuffled
    )


def test_few_sites_get_the_best_of_all_partitions() -> None:
    sites, reach = ground(6, 40, seed=4, reach_km=70.0)
    its = allot(sites, reach, 2, seconds=LONGEST_S)
    assert its.exact
    assert its.gap == pytest.approx(0, abs=1e-6)
    best = min(
        cut.cost
        for cut in (judge_cut(sites, reach, 2, parts) for parts in partitions(list(range(6))))
        if all(lot.enough for lot in cut.lots)
    )
    assert its.cost == pytest.approx(best, abs=0.01)


def partitions(rows: list[int]) -> list[list[list[int]]]:
    if not rows:
        return [[]]
    first, rest = rows[0], rows[1:]
    grown = []
    for parts in partitions(rest):
        grown.append([[first], *parts])
        grown += [[*parts[:at], [first, *parts[at]], *parts[at + 1 :]] for at in range(len(parts))]
    return grown


def test_better_than_the_usual_cuts_on_compactness_and_candidates_together() -> None:
    sites, reach = ground(60, 80, seed=7, reach_km=60.0)
    its = allot(sites, reach, 3, seconds=LONGEST_S)
    assert len(sites) > EVERY
    cuts = {name: judge_cut(sites, reach, 3, parts) for name, parts in usual_cuts(sites).items()}
    assert set(cuts) == {"un seul lot", "un lot par site", "un lot par EPCI"}
    for cut in cuts.values():
        assert held(cut) == list(range(60))
        assert its.cost < cut.cost or its.fewest > cut.fewest
    assert its.km < cuts["un lot par EPCI"].km
    assert its.fewest >= 3 > cuts["un seul lot"].fewest
    assert len(its.lots) < len(sites)


def test_more_candidates_wanted_than_exist_says_so_of_every_lot() -> None:
    sites, reach = ground(5, 3, seed=1)
    its = allot(sites, reach, 9, seconds=LONGEST_S)
    assert held(its) == list(range(5))
    assert not any(lot.enough for lot in its.lots)


def test_nothing_to_allot() -> None:
    its = allot([], ground(0, 4, 1)[1], 2)
    assert (its.lots, its.cost, its.gap, its.fewest) == ((), 0.0, 0.0, 0.0)
