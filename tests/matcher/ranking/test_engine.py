"""The engine: a score is the sum that it shows, ties have one order, refusals have reasons, and the better of each pair of a table comes first."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.kinds import SupplierKind
from matcher.domain.reading import Lot
from matcher.domain.supplier import Site, Supplier
from matcher.ranking.ask import LotOnShelf, covers_place
from matcher.ranking.engine import rank
from matcher.ranking.lay_out import build_shelf
from matcher.ranking.profiles import DEFAULT, INCUMBENTS_FIRST
from matcher.ranking.shelf.activity_clues import strongest_clues
from matcher.ranking.signals import SIGNALS, activity
from matcher.reading.reader import read
from matcher.reference.geography.communes import commune
from matcher.reference.trades.activities import taxonomy
from tests.bench.catalogue import TODAY, lots, suppliers
from tests.factories import DENAIN, LILLE, MARSEILLE, MAUBEUGE, ask, declares, supplier
from tests.matcher.ranking.ranking_cases import BY_SCORE, pair

GREEN = "espaces-verts.creation-entretien"

SUPPLIERS = (
    supplier("Jardins A", "ACI", MAUBEUGE, activities=declares(GREEN), workers=20.0, updated=date(2026, 1, 1)),
    supplier("Jardins B", "ESAT", DENAIN, naf="8130Z"),
    supplier("Linge C", "EA", LILLE, activities=declares("linge.blanchisserie"), area_codes=("dep:59",)),
    supplier("Sans lieu", "EI", None),
    supplier("Sans type", "", MARSEILLE),
    supplier("Fermé", "ACI", MAUBEUGE, active=False),
)


@pytest.mark.parametrize("weights", [DEFAULT, INCUMBENTS_FIRST])
def test_the_weights_are_integers_that_sum_to_100_over_known_signals(weights: Mapping[str, int]) -> None:
    assert sum(weights.values()) == 100
    assert set(weights) == {signal.key for signal in SIGNALS}
    assert all(isinstance(weight, int) and weight >= 0 for weight in weights.values())


@settings(max_examples=40, deadline=None)
@given(
    objet=st.sampled_from(["Entretien des espaces verts", "Blanchisserie", "zzz", "", "Remplacement d’agents"]),
    lieu=st.sampled_from(["Maubeuge", "Nord", "dep:13", "Nulle-Part-sur-Rien", "FR"]),
    levier=st.sampled_from(["", "12", "13", "14", "clause"]),
    montant=st.sampled_from([None, 10_000.0, 2_000_000.0]),
)
def test_contributions_add_up_to_the_score_for_every_candidate(
    objet: str, lieu: str, levier: str, montant: float | None
) -> None:
    priors = {signal.key: signal.prior for signal in SIGNALS}
    ranking = rank(ask(objet, SUPPLIERS, lieu=lieu, levier=levier, montant=montant))
    matches = ranking.top(100)
    assert [match.rank for match in matches] == list(range(1, len(matches) + 1))
    assert [match.score for match in matches] == sorted((match.score for match in matches), reverse=True)
    for match in matches:
        assert sum(c.points for c in match.contributions) == pytest.approx(match.score, abs=0.005)
        assert sum(c.weight for c in match.contributions) == 100
        assert match.coverage == pytest.approx(sum(c.weight for c in match.contributions if c.value is not None) / 100)
        for c in match.contributions:
            value = priors[c.signal] if c.value is None else c.value
            assert 0 <= value <= 1
            assert c.points == pytest.approx(c.weight * value, abs=0.02)
            assert c.says


def test_the_order_does_not_depend_on_the_order_of_the_catalogue() -> None:
    twins = [supplier(f"Jumeau {i}", "ACI", MAUBEUGE) for i in range(20)]
    first = [match.id for match in rank(ask("Espaces verts", twins, lieu="Maubeuge")).top(20)]
    shuffled = twins[7:] + twins[6::-1]
    assert [match.id for match in rank(ask("Espaces verts", shuffled, lieu="Maubeuge")).top(20)] == first
    assert first == sorted(first)


def test_refusals_count_each_supplier_once_with_its_reason() -> None:
    ranking = rank(ask("Entretien des espaces verts", SUPPLIERS, lieu="Maubeuge", levier="12"))
    assert {refusal.gate: refusal.count for refusal in ranking.refusals()} == {"famille": 3, "type non connu": 1}
    assert len(ranking.top(100)) + sum(refusal.count for refusal in ranking.refusals()) == len(SUPPLIERS)
    assert "L2113-12" in ranking.refusals()[0].reason


def test_why_not_says_the_rank_or_every_reason() -> None:
    ranking = rank(ask("Entretien des espaces verts", SUPPLIERS, lieu="Maubeuge", levier="12"))
    admitted = ranking.why_not("essai:Jardins B")
    assert admitted is not None
    assert admitted.rank == 1
    assert admitted.refused == ()
    closed = ranking.why_not("essai:Fermé")
    assert closed is not None
    assert closed.rank is None
    assert len(closed.refused) == 2
    assert closed.match is not None
    assert ranking.why_not("essai:Inconnu") is None


def test_a_supplier_is_found_by_its_siret() -> None:
    known = supplier("Par SIRET", id="siret:12345678200010", siret="12345678200010")
    found = rank(ask("Espaces verts", [known], lieu="Maubeuge")).why_not("12345678200010")
    assert found is not None
    assert found.id == "siret:12345678200010"


def test_an_empty_list_is_an_answer() -> None:
    ranking = rank(ask("Entretien des espaces verts", SUPPLIERS, lieu="Maubeuge", levier="13-1"))
    assert ranking.top(10) == ()
    assert ranking.credible.sum() == 0


def test_credible_are_those_known_to_do_it_within_reach() -> None:
    assert rank(ask("Entretien des espaces verts", SUPPLIERS, lieu="Maubeuge")).credible.sum() == 2
    assert rank(ask("Entretien des espaces verts", SUPPLIERS, lieu="Nord")).credible.sum() == 2
    assert rank(ask("Entretien des espaces verts", SUPPLIERS, lieu="Marseille")).credible.sum() == 0
    assert rank(ask("zzz qqq", SUPPLIERS, lieu="Maubeuge")).credible.sum() == 0
    marked = [
        match.name
        for match in rank(ask("Entretien des espaces verts", SUPPLIERS, lieu="Maubeuge")).top(9)
        if match.credible
    ]
    assert set(marked) == {"Jardins A", "Jardins B"}, "declared, and a class of activity that is the trade"


def test_the_shelf_takes_a_supplier_without_anything() -> None:
    bare = Supplier(id="essai:rien", name="", kinds=())
    (match,) = rank(ask("Espaces verts", [bare], lieu="Maubeuge")).top(1)
    assert match.distance_km is None
    assert match.coverage == 0
    assert match.kinds == ()
    assert all(c.value is None for c in match.contributions)


def test_several_kinds_make_a_supplier_eligible_by_any_of_them() -> None:
    both = supplier("Deux agréments", "ESAT EA ACI")
    for levier in ("12", "13", "14"):
        (match,) = rank(ask("Espaces verts", [both], lieu="Maubeuge", levier=levier)).top(1)
        assert set(match.kinds) == {SupplierKind.ESAT, SupplierKind.EA, SupplierKind.ACI}


def test_the_first_are_the_same_however_many_are_asked_for() -> None:
    """The quick sum that chooses whom to score leaves nobody out, ties included, on every lot and for every length."""
    every = [*suppliers(400), *(replace(one, id=f"{one.id}-bis") for one in suppliers(200))]
    shelf = build_shelf(every)
    for lot in [*lots(25), Lot("zzz"), Lot("Entretien des espaces verts", levier="13")]:
        ranking = rank(LotOnShelf(read(lot), shelf, TODAY))
        whole = ranking.best(len(shelf)).tolist()
        score, coverage = ranking.score_rows(ranking.best(len(shelf)))
        assert (np.diff(score) <= 0).all()
        assert (np.diff(coverage)[np.diff(score) == 0] <= 0).all()
        for count in (1, 2, 7, 20, 150, len(whole), len(shelf) + 5):
            assert ranking.best(count).tolist() == whole[:count]


def test_the_arrays_say_what_each_record_says() -> None:
    """Evidence, words, areas and refusals by column give what reading the suppliers one by one gives."""
    every = list(suppliers(300))
    shelf = build_shelf(every)
    for lot in lots(15):
        asked = LotOnShelf(read(lot), shelf, TODAY)
        if not asked.reading.activities:
            continue
        wanted = activity.activity_fit(asked)
        best = shelf.does.best(wanted, len(shelf))
        for row, one in enumerate(every):
            strengths = [clue.strength * float(wanted[taxonomy().index[clue.code]]) for clue in strongest_clues(one)]
            assert best[row] == pytest.approx(max(strengths, default=0.0), abs=1e-6)
            assert shelf.suppliers[row].clues == strongest_clues(one)
            departement = {code for code in one.area_codes if code in _areas(asked)}
            assert bool(asked.once(covers_place)[row]) == bool(departement)


def _areas(asked: LotOnShelf) -> set[str]:
    towns = [found for place in asked.reading.places for code in place.communes if (found := commune(code))]
    return {f"dep:{town.departement}" for town in towns} | {f"reg:{town.region}" for town in towns}


def test_those_a_gate_refuses_are_listed_nearest_first_and_counted_once() -> None:
    ranking = rank(ask("Entretien des espaces verts", SUPPLIERS, lieu="Maubeuge", levier="12"))
    for refusal in ranking.refusals():
        rows = ranking.refused_by(refusal.gate)
        assert len(rows) == refusal.count
        km = [ranking.ask.km(int(row)) for row in rows]
        known = [value for value in km if value is not None]
        assert km == [*sorted(known), *[None] * (len(km) - len(known))]
    assert len(ranking.refused_by("zzz")) == 0


def test_the_sites_of_a_supplier_come_nearest_first() -> None:
    sites = tuple(Site(lat=lat, lon=lon) for lat, lon in (MARSEILLE, DENAIN))
    asked = ask("Espaces verts", (supplier("Deux sites", "EA", None, sites=sites),), lieu="Maubeuge")
    nearest, other = asked.sites(0)
    assert nearest == pytest.approx(DENAIN, abs=1e-4)
    assert other == pytest.approx(MARSEILLE, abs=1e-4)
    assert ask("Espaces verts", (supplier("Sans lieu", "EA", None),)).sites(0) == []


@pytest.mark.parametrize("case", BY_SCORE, ids=lambda case: case["reason"])
def test_the_better_comes_before_the_worse(case: dict[str, Any]) -> None:
    better, worse = pair(case)
    ranked = [match.id for match in rank(ask(suppliers=[better, worse], **case["lot"])).top(2)]
    assert ranked == [better.id, worse.id], case["reason"]


def test_a_poor_record_neither_shines_nor_sinks() -> None:
    """Same place and kind: who declares the trade comes first, who says nothing next, who declares another one last."""
    does, bare, other = (
        supplier("Fait", activities=declares(GREEN)),
        supplier("Nu"),
        supplier("Autre", activities=declares("linge.blanchisserie")),
    )
    ranked = rank(ask("Entretien des espaces verts", [bare, other, does], lieu="Maubeuge")).top(3)
    assert [match.name for match in ranked] == ["Fait", "Nu", "Autre"]
