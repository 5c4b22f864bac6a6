"""The opinion on reserving: its verdicts, what it never does, and what it says of what is not known."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.decisions.assumptions import DEFAULT, Assumptions
from matcher.decisions.candidates import Candidate, lot_candidates, unlisted_levers
from matcher.decisions.opinion.compute import CLAUSE, Opinion, OpinionVerdict, lot_opinion, opinion_on
from matcher.decisions.opinion.law import NOTHING_TOLD, legal_position
from matcher.decisions.workload import Workload
from matcher.domain.reading import ActivityGuess, Lot, Reading
from matcher.ranking.engine import rank
from tests.factories import DENAIN, MARSEILLE, MAUBEUGE, ask, declares, supplier
from tests.matcher.decisions.people import candidate, classed, hinted, in_order, someone, to_call

TODAY = date(2026, 11, 25)
GREEN = Reading(
    Lot("Entretien des espaces verts"), activities=(ActivityGuess("espaces-verts.creation-entretien", "", 1.0),)
)
FIRMNESS = {verdict: -place for place, verdict in enumerate(OpinionVerdict)}


def given_on(
    found: list[Candidate],
    etp: float | None = None,
    reading: Reading = GREEN,
    on: date = TODAY,
    unlisted: frozenset[str] = frozenset(),
    **assumed: object,
) -> Opinion:
    law, supposed = legal_position(reading, on, NOTHING_TOLD), Assumptions(**assumed)  # type: ignore[arg-type]
    return opinion_on(found, reading, law, Workload(etp, "essai"), supposed, {}, unlisted=unlisted)


def test_three_confirmed_organisations_of_one_family_reserve_under_its_article() -> None:
    its = given_on([candidate(f"ESAT {n}") for n in range(3)])
    assert (its.verdict, its.lever) == (OpinionVerdict.RESERVE, "12")
    assert (len(its.told.confirmed), its.told.missing) == (3, 0)
    assert given_on([candidate(f"EI {n}", "EI") for n in range(5)]).lever == "13"


@pytest.mark.parametrize(
    "found",
    [
        [classed(f"ESAT {n}") for n in range(9)],
        [candidate("A"), candidate("B"), *(classed(f"ESAT {n}") for n in range(9))],
        [candidate("A"), candidate("B"), hinted("C")],
        [hinted(f"ESAT {n}") for n in range(3)],
    ],
)
def test_a_class_or_a_clue_is_to_be_confirmed_and_three_are_named(found: list[Candidate]) -> None:
    its = given_on(found)
    assert (its.verdict, its.lever) == (OpinionVerdict.CONFIRM, "12")
    unsure_first = sorted(found, key=lambda one: one.confirmed)
    assert [one.name for one in its.told.called] == [one.name for one in unsure_first[:3]]
    assert its.told.missing == 3 - len(its.told.confirmed)


def test_a_workforce_that_is_not_known_is_to_be_confirmed_where_the_lot_has_a_size() -> None:
    assert given_on([candidate(f"ESAT {n}") for n in range(3)], etp=2.0).verdict is OpinionVerdict.CONFIRM
    large = [candidate(f"ESAT {n}", workers=20.0) for n in range(3)]
    assert given_on(large, etp=2.0).verdict is OpinionVerdict.RESERVE
    small = [*large[:2], candidate("Petite", workers=2.0)]
    assert given_on(small, etp=2.0).verdict is OpinionVerdict.SMALLER
    assert [one.name for one in given_on([small[2], *large[:2]], etp=2.0).told.called][-1] == "Petite"


def test_two_families_that_suffice_only_together_reserve_under_14() -> None:
    its = given_on([*(candidate(f"ESAT {n}") for n in range(2)), *(candidate(f"EI {n}", "EI") for n in range(2))])
    assert (its.verdict, its.lever) == (OpinionVerdict.RESERVE, "14")
    assert not its.of("12").possible


def test_one_calls_in_the_order_of_the_list() -> None:
    found = [classed("Connue"), hinted("Pointée"), *(to_call(f"Inconnue {n}", fit=0.1 * n) for n in range(4))]
    assert [one.name for one in given_on(found).told.called] == ["Connue", "Pointée", "Inconnue 0"]


def test_a_family_that_suffices_is_named_before_14() -> None:
    its = given_on([*(candidate(f"ESAT {n}") for n in range(5)), *(candidate(f"EI {n}", "EI") for n in range(5))])
    assert its.lever == "12"


def test_an_organisation_counts_once() -> None:
    its = given_on([candidate(f"Atelier {n}", organisation="APEI") for n in range(5)])
    assert its.verdict is OpinionVerdict.CLAUSE
    assert len(its.told.credible) == 1
    assert its.repeated == 4


def test_a_lot_too_large_for_all_is_advised_smaller() -> None:
    its = given_on([candidate(f"ESAT {n}", workers=20.0) for n in range(5)], etp=30.0)
    assert (its.verdict, its.lever) == (OpinionVerdict.SMALLER, "12")
    assert its.of("12").smaller_etp == 10.0  # half of 20
    assert its.split is not None
    assert its.split.lots == 3


def test_of_two_families_the_one_of_the_larger_smaller_lot_is_advised() -> None:
    esat = [candidate(f"ESAT {n}", workers=8.0) for n in range(5)]
    its = given_on([*esat, *(candidate(f"EI {n}", "EI", workers=40.0) for n in range(3))], etp=60.0)
    assert (its.of("12").smaller_etp, its.of("13").smaller_etp) == (4.0, 20.0)
    assert (its.verdict, its.lever) == (OpinionVerdict.SMALLER, "13")


def test_as_many_are_called_as_must_be_confirmed() -> None:
    found = [candidate("Confirmée"), *(classed(f"ESAT {n}") for n in range(8))]
    assert [one.name for one in given_on(found, floor=6).told.called] == [f"ESAT {n}" for n in range(5)]


def test_one_credible_candidate_makes_a_clause() -> None:
    assert given_on([candidate()]).verdict is OpinionVerdict.CLAUSE


def test_people_to_call_make_sourcing_and_none_worth_it_an_immersion() -> None:
    assert given_on([to_call(f"ESAT {n}") for n in range(3)]).verdict is OpinionVerdict.SOURCE
    its = given_on([to_call(f"ESAT {n}", fit=0.02) for n in range(3)])
    assert (its.verdict, its.lever) == (OpinionVerdict.NOBODY, "pmsmp")
    assert given_on([hinted("Recyclerie", "ACI", fit=0.02)]).verdict is OpinionVerdict.SOURCE
    assert given_on([]).verdict is OpinionVerdict.NOBODY


def test_no_more_count_than_one_calls() -> None:
    hundreds = [to_call(f"ESAT {n}", fit=0.05) for n in range(500)]
    its = given_on(hundreds)
    assert len(its.told.to_call) == DEFAULT.calls
    assert its.told.expected == pytest.approx(1.0)
    assert given_on(hundreds, calls=0).verdict is OpinionVerdict.NOBODY


def test_moved_thresholds_move_the_conclusion() -> None:
    three = [candidate(f"ESAT {n}") for n in range(3)]
    assert given_on(three).verdict is OpinionVerdict.RESERVE
    assert given_on(three, floor=4).verdict is OpinionVerdict.CLAUSE
    assert given_on([classed("A"), candidate("B")], floor=1).verdict is OpinionVerdict.RESERVE


def test_an_article_of_which_no_directory_is_loaded_is_not_one_of_nobody() -> None:
    asked = Reading(Lot("Crèche", cpv=("85312110",), levier="15"))
    its = given_on([candidate("ESAT 1")], reading=asked, unlisted=frozenset({"13-1", "15"}))
    assert (its.verdict, its.told.lever) == (OpinionVerdict.SOURCE, "15")
    assert unlisted_levers(ask("Entretien des espaces verts", [supplier()], lieu="Maubeuge").shelf) == {
        "13",
        "13-1",
        "15",
    }


def test_article_15_holds_only_for_listed_services() -> None:
    health = Reading(Lot("Crèche", cpv=("85312110",)), activities=(ActivityGuess("personne.petite-enfance", "", 1.0),))
    found = [candidate(f"Coopérative {n}", "ESS") for n in range(6)]
    assert "liste" in given_on(found).of("15").excluded
    assert given_on(found).verdict is OpinionVerdict.CLAUSE
    assert (given_on(found, reading=health).verdict, given_on(found, reading=health).lever) == (
        OpinionVerdict.RESERVE,
        "15",
    )


def test_article_15_holds_for_three_years_at_most() -> None:
    for months, why in ((36, ""), (60, "trois ans")):
        lot = Lot("Crèche", cpv=("85312110",), duree=months)
        its = given_on([candidate(f"Coopérative {n}", "ESS") for n in range(6)], reading=Reading(lot))
        assert why in its.of("15").excluded
        assert bool(its.of("15").excluded) is bool(why)


def test_an_article_that_is_asked_for_is_confirmed_by_calls_before_a_clause() -> None:
    asked = Reading(Lot("Entretien", levier="12"), activities=GREEN.activities)
    its = given_on([candidate("ESAT 1"), candidate("ESAT 2"), hinted("ESAT 3")], reading=asked)
    assert (its.verdict, its.lever) == (OpinionVerdict.CONFIRM, "12")


def test_a_clause_that_is_asked_for_is_one_whoever_is_known() -> None:
    roads = Reading(
        Lot("Voirie", cpv=("45233140",), montant=1_250_000, duree=24, levier="clause"),
        activities=(ActivityGuess("batiment.vrd", "", 1.0),),
    )
    its = given_on([], reading=roads)
    assert (its.verdict, its.lever) == (OpinionVerdict.CLAUSE, CLAUSE)
    assert its.hours.insertion is not None
    assert 500 < its.hours.insertion.low < its.hours.insertion.high < 1_300


def test_no_immersion_is_proposed_where_the_trade_has_no_work_to_give() -> None:
    insurance = Reading(Lot("Assurances"), activities=(ActivityGuess("conseil.assurances", "", 1.0),))
    assert (given_on([], reading=insurance).verdict, given_on([], reading=insurance).lever) == (
        OpinionVerdict.NOBODY,
        "",
    )
    assert given_on([]).lever == "pmsmp"


def test_an_article_later_than_the_lot_is_excluded() -> None:
    mixed = [*(candidate(f"ESAT {n}") for n in range(2)), *(candidate(f"EI {n}", "EI") for n in range(2))]
    its = given_on(mixed, on=date(2019, 6, 1))
    assert "09/12/2020" in its.of("14").excluded
    assert its.verdict is OpinionVerdict.CLAUSE


def test_a_lot_that_asks_for_an_article_is_concluded_under_it_and_shows_the_others() -> None:
    asked = Reading(Lot("Entretien", levier="13"), activities=GREEN.activities)
    its = given_on([candidate(f"ESAT {n}") for n in range(5)], reading=asked)
    assert its.verdict is OpinionVerdict.CLAUSE
    assert its.of("12").possible


def test_a_reading_in_doubt_counts_nobody_and_never_says_nobody() -> None:
    its = lot_opinion(ask("Prestations à définir", [supplier()], lieu="Maubeuge"), Workload(None, ""), DEFAULT)
    assert its.verdict is OpinionVerdict.SOURCE
    assert not its.understood
    assert its.told.candidates == ()


def test_dependency_is_told_of_those_whose_turnover_is_known() -> None:
    found = [candidate("Petite"), candidate("Grande"), candidate("Inconnue")]
    turnover = {"essai:Petite": 200_000.0, "essai:Grande": 5_000_000.0}
    law = legal_position(GREEN, TODAY, NOTHING_TOLD)
    its = opinion_on(found, GREEN, law, Workload(2.0, "essai", 100_000.0), DEFAULT, turnover)
    assert [(one.candidate.name, one.share) for one in its.dependent] == [("Petite", 0.5)]


def test_candidates_of_a_ranking_are_credible_or_as_likely_as_their_kind() -> None:
    people = [
        supplier("Déclare", activities=declares("espaces-verts.creation-entretien")),
        supplier("Se tait"),
        supplier("Fait autre chose", activities=declares("restauration.traiteur")),
        supplier("Voisine", kind="EA", activities=declares("espaces-verts.elagage")),
        supplier("Loin", at=MARSEILLE, activities=declares("espaces-verts.creation-entretien")),
        supplier("Entreprise", kind="EI", at=DENAIN),
    ]
    found = {its.name: its for its in lot_candidates(rank(ask("Entretien des espaces verts", people, lieu="Maubeuge")))}
    assert found["Déclare"].standing == "connu"
    assert found["Déclare"].fit == 1.0
    assert found["Se tait"].standing == "à appeler"
    assert 0.5 < found["Se tait"].fit < 0.8
    assert "Fait autre chose" not in found  # it declares its trades
    assert "Loin" not in found
    assert found["Voisine"].fit > 0.4


def test_an_establishment_without_siret_competes_for_its_organisation() -> None:
    people = [supplier("Siège", siret="77562554400082"), supplier("Antenne", siren="775625544"), supplier("Autre")]
    found = lot_candidates(rank(ask("Entretien des espaces verts", people, lieu="Maubeuge")))
    assert {its.name: its.organisation for its in found} == {
        "Siège": "775625544",
        "Antenne": "775625544",
        "Autre": "essai:Autre",
    }


def test_the_article_asked_refuses_nobody_here() -> None:
    people = [
        *(
            supplier(f"ESAT {n}", activities=declares("espaces-verts.creation-entretien"), at=MAUBEUGE)
            for n in range(5)
        ),
        supplier("Entreprise", kind="EI", activities=declares("espaces-verts.creation-entretien")),
    ]
    its = lot_opinion(
        ask("Entretien des espaces verts", people, lieu="Maubeuge", levier="12"), Workload(None, ""), DEFAULT
    )
    assert (its.verdict, its.lever) == (OpinionVerdict.RESERVE, "12")
    assert len(its.of(CLAUSE).credible) == 6


@given(st.lists(someone(), max_size=12), someone(credible=True), st.none() | st.floats(0.5, 60))
def test_one_more_credible_candidate_never_lowers_the_advice(
    found: list[Candidate], more: Candidate, etp: float | None
) -> None:
    before, after = given_on(in_order(found), etp), given_on(in_order([*found, more]), etp)
    assert FIRMNESS[after.verdict] >= FIRMNESS[before.verdict]
    for one in before.levers:
        assert after.of(one.lever).firmness >= one.firmness


def test_the_curve_reaches_the_size_where_the_candidates_wanted_no_longer_remain() -> None:
    found = [candidate(f"ESAT {n}", workers=200.0) for n in range(5)]
    its = given_on(found, 2.0)
    assert its.largest is not None
    assert its.largest.likely == 100.0
    assert its.steps[-1].etp >= its.largest.likely
    assert {step.etp % 1 for step in its.steps} == {0.0}


@given(st.lists(someone(), max_size=14), st.none() | st.floats(0.5, 60), st.integers(0, 5))
def test_an_article_open_to_more_kinds_gives_no_less(found: list[Candidate], etp: float | None, calls: int) -> None:
    its = given_on(in_order(found), etp, calls=calls)
    for wider, narrower in (("14", "12"), ("14", "13"), (CLAUSE, "14")):
        assert its.of(wider).firmness >= its.of(narrower).firmness
        assert len(its.of(wider).credible) >= len(its.of(narrower).credible)


def test_calling_those_of_a_narrower_article_counts_where_it_gives_more() -> None:
    found = [
        *(to_call(f"ESAT {n}", fit=0.1) for n in range(DEFAULT.calls)),
        *(to_call(f"EI {n}", "EI") for n in range(9)),
    ]
    its = given_on(found)
    assert its.of("14").expected == its.of("13").expected
    assert {one.name for one in its.of("14").to_call} == {f"EI {n}" for n in range(9)}


def test_a_team_free_for_the_lot_confirms_though_the_workforce_is_unknown() -> None:
    unsized = given_on([candidate(f"ESAT {n}") for n in range(3)], etp=0.5)
    assert (unsized.verdict, len(unsized.told.confirmed)) == (OpinionVerdict.CONFIRM, 0)
    teams = [candidate(f"ESAT {n}", team=6.0) for n in range(3)]
    its = given_on(teams, etp=0.5)
    assert (its.verdict, len(its.told.confirmed)) == (OpinionVerdict.RESERVE, 3)
    larger = given_on(teams, etp=20.0)
    assert (larger.verdict, larger.told.confirmed) == (OpinionVerdict.CONFIRM, ())  # too few free is no small workforce
    assert larger.told.smaller_etp == 6.0
    assert given_on([candidate(f"ESAT {n}", team=6.0, workers=1.0) for n in range(3)], etp=5.0).told.possible
