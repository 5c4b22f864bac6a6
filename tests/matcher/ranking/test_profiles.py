"""Profiles of weights: whole, and in proportion where distance is taken out of a list that is published."""

import pytest

from matcher.ranking.engine import rank
from matcher.ranking.profiles import DEFAULT, INCUMBENTS_FIRST, PROFILES, weights_of
from tests.factories import LILLE, ask, declares, supplier

GREEN = declares("espaces-verts.creation-entretien")


@pytest.mark.parametrize("incumbents_first", [False, True])
def test_without_distance_the_other_weights_keep_their_proportions_and_sum_to_100(incumbents_first: bool) -> None:
    whole = INCUMBENTS_FIRST if incumbents_first else DEFAULT
    without = weights_of(incumbents_first=incumbents_first, without_distance=True)
    assert (sum(without.values()), without["proximity"]) == (100, 0)
    left = 100 - whole["proximity"]
    assert all(
        abs(weight - 100 * whole[signal] / left) < 1 for signal, weight in without.items() if signal != "proximity"
    )
    assert weights_of(incumbents_first=incumbents_first) is whole
    assert all(sum(profile.values()) == 100 for profile in PROFILES)


def test_without_distance_who_is_farther_is_worth_as_much_and_its_distance_is_still_shown() -> None:
    people = [
        supplier("A proche", kind="ACI", activities=GREEN),
        supplier("B loin", kind="ACI", activities=GREEN, at=LILLE),
    ]
    asked = ask("Entretien des espaces verts", people, lieu="Maubeuge")
    near, far = rank(asked).top(2)
    assert near.score > far.score
    near, far = rank(asked, weights_of(without_distance=True)).top(2)
    assert near.score == pytest.approx(far.score)
    assert far.distance_km is not None
    assert [its.points for its in far.contributions if its.signal == "proximity"] == [0]
