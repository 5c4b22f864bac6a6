"""The candidates that can change an opinion: the same opinion as with all of them, of fewer."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from matcher.decisions.assumptions import DEFAULT
from matcher.decisions.candidates import CandidateStanding, lot_candidates, unlisted_levers, within_calls
from matcher.decisions.opinion.compute import opinion_on
from matcher.decisions.opinion.document import standing_mark
from matcher.decisions.opinion.law import NOTHING_TOLD, legal_position
from matcher.decisions.workload import Workload
from matcher.domain.supplier import Activity, Evidence, Reference, RefusedActivity, Supplier
from matcher.ranking.engine import rank
from matcher.ranking.known import AUTRE, band_of_each
from matcher.render.document import CellMark
from tests.factories import DENAIN, MAUBEUGE, ask, declares, supplier

GREEN = "espaces-verts.creation-entretien"
KINDS = ("ESAT", "EA", "ACI", "EI", "AI", "GEIQ")


def people() -> list[Supplier]:
    """Twelve of each kind whose trade is to be asked, some with a sister establishment, and one of two kinds that declares it."""
    silent = [supplier(f"{kind} {n}", kind=kind, at=MAUBEUGE) for kind in KINDS for n in range(12)]
    sisters = [supplier(f"Siège {n}", kind="EA", siren="775625544", at=MAUBEUGE) for n in range(2)]
    known = [supplier(f"Déclare {kind}", kind=kind, at=MAUBEUGE, activities=declares(GREEN)) for kind in ("ESAT", "EI")]
    return [*silent, *sisters, *known]


def test_whom_no_list_would_have_called_is_not_counted_for_a_call() -> None:
    town = supplier("Commune de Ville", kind="ACI", siren="215903501", at=MAUBEUGE)
    ranking = rank(ask("Entretien des espaces verts", [*people(), town], lieu="Maubeuge"))
    assert band_of_each(ranking.ask)[ranking.ask.shelf.find(town.id)] == AUTRE
    assert town.id not in {one.id for one in lot_candidates(ranking)}
    seconders = {f"essai:GEIQ {n}" for n in range(12)}
    assert {one.id for one in lot_candidates(ranking)} == {one.id for one in people()} - seconders
    for_hours = ask("Entretien des espaces verts", [*people(), town], lieu="Maubeuge", levier="clause")
    assert {one.id for one in lot_candidates(rank(for_hours))} == {one.id for one in people()}


def test_whom_a_list_sets_aside_as_of_another_trade_is_not_counted() -> None:
    printer = supplier("Imprimerie", kind="EA", at=MAUBEUGE, naf="18.12Z")
    ranking = rank(ask("Entretien des espaces verts", [*people(), printer], lieu="Maubeuge"))
    assert band_of_each(ranking.ask)[ranking.ask.shelf.find(printer.id)] == AUTRE
    assert printer.id not in {one.id for one in lot_candidates(ranking)}


@pytest.mark.parametrize("calls", [0, 1, 3, 20])
def test_whom_nobody_would_call_changes_no_opinion(calls: int) -> None:
    lot = ask("Entretien des espaces verts", people(), lieu="Maubeuge")
    ranking, assumed = rank(lot), replace(DEFAULT, calls=calls)
    law = legal_position(lot.reading, lot.on, NOTHING_TOLD)
    every, fewer = lot_candidates(ranking), within_calls(ranking, calls)
    one, other = (opinion_on(found, lot.reading, law, Workload(2.0, "essai"), assumed, {}) for found in (every, fewer))
    assert one == other
    assert set(fewer) <= set(every)
    assert len(fewer) < len(every) or calls == 20


ANSWER = (Activity(GREEN, "répond faire les espaces verts", Evidence.ANSWER, "reponse"),)
AWARD = (
    Reference(
        activity=GREEN,
        notified=date(2026, 6, 1),
        source="decp",
        ref="1",
        own=True,
        objet="Tonte",
        buyer="21590392600011",
    ),
)


@pytest.mark.parametrize(
    ("told", "standing", "confirmed"),
    [
        ({"activities": declares(GREEN)}, "connu", True),
        ({"activities": ANSWER}, "connu", True),
        ({"references": AWARD}, "connu", True),
        ({"naf": "8130Z"}, "connu", False),
        ({"name": "Espaces verts du Marais"}, "indice", False),
        ({"naf": "8130Z", "activities": ANSWER}, "connu", True),
        ({"activities": ANSWER, "refused_activities": (RefusedActivity(GREEN, "non", None),)}, "", False),
    ],
)
def test_an_answer_a_declared_trade_or_an_award_confirms_and_nothing_else_does(
    told: dict[str, Any], standing: str, confirmed: bool
) -> None:
    lot = ask("Entretien des espaces verts", [supplier(at=MAUBEUGE, **told)], lieu="Maubeuge", date=date(2026, 11, 24))
    found = [(one.standing.value, one.confirmed) for one in lot_candidates(rank(lot))]
    assert found == ([(standing, confirmed)] if standing else [])


def test_a_clue_comes_before_whom_nothing_is_known_of_whatever_its_kind() -> None:
    hinted = supplier("Indice", kind="EI", at=DENAIN, activities=declares("espaces-verts.elagage"))
    silent = [supplier(f"ESAT {n}", kind="ESAT", at=MAUBEUGE) for n in range(30)]
    sure = supplier("Sûr", kind="EI", at=DENAIN, activities=declares(GREEN))
    lot = ask("Entretien des espaces verts", [*silent, hinted, sure], lieu="Valenciennes")
    told = [(one.name, one.standing) for one in lot_candidates(rank(lot))]
    assert told[:2] == [("Sûr", CandidateStanding.CREDIBLE), ("Indice", CandidateStanding.HINT)]
    assert {standing for _, standing in told[2:]} == {CandidateStanding.TO_CALL}
    found = within_calls(rank(lot), DEFAULT.calls)
    law = legal_position(lot.reading, lot.on, NOTHING_TOLD)
    its = opinion_on(found, lot.reading, law, Workload(2.0, "essai"), DEFAULT, {})
    assert [one.name for one in its.told.called][:2] == ["Sûr", "Indice"]
    assert its.told.called[1].fit < its.told.called[2].fit, "few of its kind do it"
    marks = [standing_mark(one).mark for one in its.told.called]
    assert marks == [CellMark.KNOWN, CellMark.PARTLY, CellMark.UNKNOWN]


def test_the_levers_of_whom_a_catalogue_holds_nobody_are_read_from_it() -> None:
    held = ask("Nettoyage", [supplier("ESAT")]).shelf
    assert unlisted_levers(held) == {"13", "13-1", "15"}
