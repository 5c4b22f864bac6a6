"""A list narrowed and sorted: each count is what the choice would give, and a rank is its supplier's whatever the view."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.kinds import SupplierKind
from matcher.need.listing import KNOWN, RADII, ListOrder, Narrowing, listing, usual_radius
from matcher.ranking.engine import Ranking, rank
from tests.factories import DENAIN, LILLE, MARSEILLE, MAUBEUGE, ask, declares, supplier

GREEN = "espaces-verts.creation-entretien"
SUPPLIERS = (
    supplier("Jardins A", "ACI", MAUBEUGE, activities=declares(GREEN), workers=20.0),
    supplier("Jardins B", "ESAT", DENAIN, activities=declares(GREEN)),
    supplier("Jardins C", "ESAT", LILLE),
    supplier("Lointain qui vient", "EA", MARSEILLE, activities=declares(GREEN), area_codes=("dep:59",)),
    supplier("Lointain", "EA", MARSEILLE, activities=declares(GREEN)),
    supplier("Sans lieu", "EI", None, activities=declares(GREEN)),
    supplier("Fermé", "ACI", MAUBEUGE, active=False),
)
KINDS = st.frozensets(st.sampled_from([SupplierKind.ACI, SupplierKind.ESAT, SupplierKind.EA, SupplierKind.EI]))
NARROWINGS = st.builds(
    Narrowing,
    kinds=KINDS,
    km=st.sampled_from([None, *RADII]),
    known=st.frozensets(st.sampled_from(sorted(KNOWN))),
    credible=st.booleans(),
)


@pytest.fixture(scope="module")
def ranking() -> Ranking:
    return rank(ask("Entretien des espaces verts", SUPPLIERS, lieu="Maubeuge"))


def names(ranking: Ranking, narrowing: Narrowing, sort: ListOrder = ListOrder.SCORE) -> list[str]:
    found = listing(ranking, narrowing, sort)
    return [match.name for match in found.page(1, 100)]


def test_without_narrowing_everyone_admitted_is_there_by_rank(ranking: Ranking) -> None:
    found = listing(ranking)
    matches = found.page(1, 100)
    assert [match.id for match in matches] == [match.id for match in ranking.top(100)]
    assert [match.rank for match in matches] == list(range(1, 7))
    assert found.admitted == 6
    assert found.unlocated == 0


def test_a_distance_keeps_whoever_declares_to_come(ranking: Ranking) -> None:
    kept = names(ranking, Narrowing(km=50))
    assert "Lointain qui vient" in kept
    assert "Lointain" not in kept
    assert "Sans lieu" not in kept
    assert listing(ranking, Narrowing(km=50)).unlocated == 1


@settings(max_examples=60, deadline=None)
@given(narrowing=NARROWINGS, sort=st.sampled_from(ListOrder))
def test_each_count_is_what_the_choice_gives(narrowing: Narrowing, sort: ListOrder) -> None:
    ranking = rank(ask("Entretien des espaces verts", SUPPLIERS, lieu="Maubeuge"))
    found = listing(ranking, narrowing, sort)
    for kind in SupplierKind:
        assert found.of_kind(kind) == len(
            names(ranking, Narrowing(frozenset({kind}), narrowing.km, narrowing.known, narrowing.credible))
        )
    for km in (*RADII, None):
        assert found.within(km) == len(
            names(ranking, Narrowing(narrowing.kinds, km, narrowing.known, narrowing.credible))
        )
    for key in KNOWN:
        assert found.knowing(key) == len(
            names(ranking, Narrowing(narrowing.kinds, narrowing.km, narrowing.known | {key}, narrowing.credible))
        )
    assert found.all_credible == len(
        names(ranking, Narrowing(narrowing.kinds, narrowing.km, narrowing.known, credible=True))
    )
    by_rank = {match.id: match.rank for match in listing(ranking).page(1, 100)}
    assert all(by_rank[match.id] == match.rank for match in found.page(1, 100))


def test_pages_cut_the_list_without_loss(ranking: Ranking) -> None:
    found = listing(ranking)
    whole = [match.id for number in (1, 2, 3) for match in found.page(number, 2)]
    assert whole == [match.id for match in found.page(1, 100)]
    assert found.page(4, 2) == ()


def test_sorts(ranking: Ranking) -> None:
    by_distance = listing(ranking, Narrowing(), ListOrder.DISTANCE).page(1, 100)
    km = [match.distance_km for match in by_distance]
    assert km[-1] is None
    assert km[:-1] == sorted(value for value in km if value is not None)
    coverage = [match.coverage for match in listing(ranking, Narrowing(), ListOrder.KNOWN).page(1, 100)]
    assert coverage == sorted(coverage, reverse=True)


def test_the_cut_stands_only_where_the_credible_come_first(ranking: Ranking) -> None:
    for narrowing, sort in product((Narrowing(), Narrowing(km=50), Narrowing(credible=True)), ListOrder):
        found = listing(ranking, narrowing, sort)
        credible = [match.credible for match in found.page(1, 100)]
        apart = credible == sorted(credible, reverse=True) and 0 < sum(credible) < len(credible)
        assert found.cut == (sum(credible) if apart else None)
        assert found.credible == sum(credible)


def test_the_usual_distance_is_for_services_that_have_a_place(ranking: Ranking) -> None:
    assert usual_radius(ranking) == 50
    assert usual_radius(rank(ask("Entretien des espaces verts", SUPPLIERS))) is None
    assert usual_radius(rank(ask("Fourniture de mobilier de bureau", SUPPLIERS, lieu="Maubeuge"))) is None


def test_an_unknown_thing_to_know_is_an_error_of_the_caller(ranking: Ranking) -> None:
    with pytest.raises(KeyError):
        listing(ranking, Narrowing(known=frozenset({"zzz"})))
