"""A list narrowed, in bands, sorted: each count is what the choice would give, numbers have no hole, a rank is its supplier's."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.kinds import SupplierKind
from matcher.domain.match import Band, BandCounts, Match
from matcher.need.listing import BANDS, FACT_FILTERS, RADII, WORDS, Beyond, Listing, ListOrder, Narrowing, listing
from matcher.ranking.engine import Ranking, rank
from tests.factories import DENAIN, MARSEILLE, MAUBEUGE, ask, declares, supplier

GREEN = "espaces-verts.creation-entretien"
SUPPLIERS = (
    supplier("Jardins A", "ACI", MAUBEUGE, activities=declares(GREEN), workers=20.0),
    supplier("Jardins B", "ESAT", DENAIN, activities=declares(GREEN)),
    supplier("Jardins C", "ESAT", DENAIN),
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
    known=st.frozensets(st.sampled_from(sorted(FACT_FILTERS))),
)


@pytest.fixture(scope="module")
def ranking() -> Ranking:
    return rank(ask("Entretien des espaces verts", SUPPLIERS, lieu="Maubeuge"))


def everyone(found: Listing) -> list[Match]:
    return [match for part in BANDS for match in found.page(part, 1, 100)]


def names(ranking: Ranking, narrowing: Narrowing) -> list[str]:
    return [match.name for match in everyone(listing(ranking, narrowing))]


def test_without_narrowing_every_band_holds_those_within_reach(ranking: Ranking) -> None:
    found = listing(ranking)
    assert [match.name for match in found.page(Band.CONNU, 1, 100)] == ["Jardins A", "Lointain qui vient", "Jardins B"]
    assert [match.name for match in found.page(Band.INDICE, 1, 100)] == ["Jardins C"]
    assert {match.name for match in found.page(Beyond.PLUS_LOIN, 1, 100)} == {"Lointain", "Sans lieu"}
    assert found.counts == BandCounts(3, 1, 0, 0, plus_loin=2, personnel=0)
    assert (found.standing, found.left_out, found.unlocated_count) == (4, 0, 1)


def test_a_distance_keeps_whoever_declares_to_come(ranking: Ranking) -> None:
    found = listing(ranking, Narrowing(km=10))
    assert names(ranking, Narrowing(km=10)) == ["Jardins A", "Lointain qui vient"]
    assert found.left_out == 2


@given(narrowing=NARROWINGS, sort=st.sampled_from(ListOrder))
def test_each_count_is_what_the_choice_gives(narrowing: Narrowing, sort: ListOrder) -> None:
    ranking = rank(ask("Entretien des espaces verts", SUPPLIERS, lieu="Maubeuge"))
    found = listing(ranking, narrowing, sort)
    for kind in SupplierKind:
        assert found.of_kind(kind) == len(names(ranking, replace(narrowing, kinds=frozenset({kind}))))
    for km in (*RADII, None):
        assert found.within(km) == len(names(ranking, replace(narrowing, km=km)))
    for key in FACT_FILTERS:
        assert found.knowing(key) == len(names(ranking, replace(narrowing, known=narrowing.known | {key})))
    assert found.standing == len(names(ranking, narrowing))
    for part in WORDS:
        shown = found.page(part, 1, 100)
        assert [match.place for match in shown] == list(range(1, len(shown) + 1)), "no hole under any filter"
        assert len(shown) == found.count(part)
    by_rank = {match.id: match.rank for match in everyone(listing(ranking))}
    assert all(by_rank[match.id] == match.rank for match in everyone(found)), "the rank is the supplier's"


def test_a_screen_has_ten_places_and_a_free_one_passes_on() -> None:
    known = [supplier(f"Connu {at}", at=MAUBEUGE, activities=declares(GREEN)) for at in range(6)]
    called = [supplier(f"Voisin {at}", at=MAUBEUGE) for at in range(9)]
    for held, shown in (((6, 9), [4, 0, 6]), ((2, 9), [2, 0, 8]), ((6, 2), [6, 0, 2]), ((1, 1), [1, 0, 1])):
        some = [*known[: held[0]], *called[: held[1]]]
        found = listing(rank(ask("Entretien des espaces verts", some, lieu="Maubeuge"))).screen()
        assert [len(found[part]) for part in BANDS] == shown


SECONDERS = (
    supplier("GEIQ des jardins", "GEIQ", MAUBEUGE, activities=declares(GREEN)),
    supplier("Intérim", "ETTI", DENAIN),
    supplier("Intérim lointain", "ETTI", MARSEILLE),
    supplier("Deux métiers", "ETTI EI", MAUBEUGE, activities=declares(GREEN)),
)


def test_who_only_seconds_staff_stands_apart_unless_staff_or_hours_are_asked() -> None:
    washes = supplier("Blanchisserie", "ESAT", MAUBEUGE, activities=declares("linge.blanchisserie"))
    some = (*SUPPLIERS, *SECONDERS, washes)
    found = listing(rank(ask("Entretien des espaces verts", some, lieu="Maubeuge")))
    assert [match.name for match in found.page(Beyond.PERSONNEL, 1, 100)] == ["GEIQ des jardins", "Intérim"]
    assert [match.name for match in found.page(Band.AUTRE, 1, 100)] == ["Blanchisserie"]
    assert (found.counts.personnel, found.counts.autre, found.counts.connu) == (2, 1, 4)
    assert {"GEIQ des jardins", "Intérim"}.isdisjoint(match.name for match in everyone(found))
    for asked in ({"levier": "clause"}, {"kinds": ("GEIQ", "ETTI")}):
        lot = ask("Entretien des espaces verts", some, lieu="Maubeuge", **asked)
        hours = listing(rank(lot))
        assert {"GEIQ des jardins", "Intérim"} <= {match.name for match in everyone(hours)}
        assert hours.counts.personnel == 0


def test_staff_is_known_of_who_seconds_it_though_the_trade_of_the_staff_is_read_first() -> None:
    lot = ask(
        "Nettoyage des écoles et mise à disposition d’agents pour la cantine",
        [supplier("Coup de main", "AI"), supplier("Intérim", "ETTI"), supplier("Chantier", "ACI")],
        lieu="Maubeuge",
    )
    assert lot.asked_codes[0] != lot.reading.mode
    found = listing(rank(lot))
    assert {match.name for match in found.page(Band.CONNU, 1, 100)} == {"Coup de main", "Intérim"}
    assert found.counts.indice == 0


def test_a_file_may_hold_those_of_another_trade_after_the_list_without_a_place() -> None:
    washes = supplier("Blanchisserie", "ESAT", MAUBEUGE, activities=declares("linge.blanchisserie"))
    found = listing(rank(ask("Entretien des espaces verts", (*SUPPLIERS, washes), lieu="Maubeuge")))
    *listed, other = found.first(100, tuple(Band))
    assert tuple(listed) == found.first(100)
    assert (other.name, other.band, other.place) == ("Blanchisserie", Band.AUTRE, None)
    assert all(match.place for match in listed)
    assert found.first(2, tuple(Band)) == found.first(2)


def test_pages_cut_a_part_without_loss(ranking: Ranking) -> None:
    found = listing(ranking)
    whole = [match for number in (1, 2) for match in found.page(Band.CONNU, number, 2)]
    assert whole == list(found.page(Band.CONNU, 1, 100))
    assert found.page(Band.CONNU, 3, 2) == ()


def test_sorts_inside_a_part(ranking: Ranking) -> None:
    km = [match.distance_km for match in listing(ranking, sort=ListOrder.DISTANCE).page(Band.CONNU, 1, 100)]
    assert km == sorted(km)
    coverage = [match.coverage for match in listing(ranking, sort=ListOrder.COVERAGE).page(Band.CONNU, 1, 100)]
    assert coverage == sorted(coverage, reverse=True)
    by_score = [match.name for match in listing(ranking, sort=ListOrder.DISTANCE).first(2)]
    assert by_score == ["Jardins A", "Lointain qui vient"], "a file is by score whatever the sort"


def test_an_unknown_thing_to_know_is_an_error_of_the_caller(ranking: Ranking) -> None:
    with pytest.raises(KeyError):
        listing(ranking, Narrowing(known=frozenset({"zzz"})))


def test_nothing_is_said_of_those_in_reach_where_nobody_is() -> None:
    far = rank(ask("Entretien des espaces verts", SUPPLIERS[-3:-1], lieu="Rodez"))
    assert [listing(far).told_of(part) for part in BANDS] == ["Personne qui puisse répondre n’est à portée.", "", ""]
    filtered = listing(far, Narrowing(kinds=frozenset({SupplierKind.ACI})))
    assert filtered.told_of(Band.CONNU) == "Personne qui puisse répondre n’est à portée, avec vos filtres."


def test_nothing_is_in_reach_of_a_lot_without_a_place() -> None:
    found = listing(rank(ask("Entretien des espaces verts", SUPPLIERS)))
    assert not any("portée" in found.told_of(part) for part in BANDS)


def test_an_empty_part_beside_one_that_is_not_says_what_it_holds_nobody_of(ranking: Ranking) -> None:
    found = listing(ranking)
    assert found.told_of(Band.CONNU) == WORDS[Band.CONNU].told
    assert found.told_of(Band.A_APPELER) == WORDS[Band.A_APPELER].none
    assert found.told_of(Beyond.PERSONNEL) == WORDS[Beyond.PERSONNEL].none
