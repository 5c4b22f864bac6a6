"""Words to paste of a clause: its hours over the time that they are of, and no article that is not that of its contract."""

import re
from dataclasses import replace
from datetime import date

import pytest

from matcher.decisions.calibrated import ToldOfLot, calibrate_lot, calibrated_as_told
from matcher.decisions.clause.calibration import ClauseFloors, ClauseHours, contract_hours
from matcher.decisions.clause.calibration_document import (
    calibration_answer,
    calibration_remarks,
    law_says,
    lot_hours_table,
    sheet_hours,
    words_to_paste,
)
from matcher.decisions.opinion.law import NOTHING_TOLD, ToldByBuyer, legal_position
from matcher.domain.reading import AmountRead, Lot, Reading
from matcher.reference.calibration import Span
from matcher.reference.law import BuyerNature
from matcher.render.document import CellMark, DocumentKind, MarkedText
from tests.matcher.dossiers.report.year import kept


def sheet(cpv: str, *, yearly: bool = False, months: float | None = 24.0, hourly: float | None = 40.0) -> ClauseHours:
    amount = AmountRead(1_000_000.0, yearly=yearly, words="1 M€")
    reading = Reading(Lot("Travaux", cpv=(cpv,), duree=months), amount=amount)
    law = legal_position(reading, date(2026, 11, 27), NOTHING_TOLD)
    return contract_hours(
        [(1, "Travaux", calibrate_lot(reading, ToldOfLot(percentage=Span(5, 5), hourly=hourly)))], law, ClauseFloors()
    )


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("cpv", "article"),
    [
        ("77310000", "(article 16.1 du CCAG fournitures et services)"),
        ("45223220", "(article 20.1 du CCAG travaux, à vérifier)"),
    ],
)
def test_the_article_of_the_general_conditions_is_that_of_the_contract_or_left_to_the_buyer(
    cpv: str, article: str
) -> None:
    assert article in dict(words_to_paste(sheet(cpv)))["CCAP"]


def test_a_cost_of_another_year_leaves_the_hours_in_brackets_and_every_lot_in_the_texts() -> None:
    old = sheet("45223220", hourly=None)
    (cost,) = old.lots[0].calibrated.unsure
    assert cost == "coût de 2012, à réévaluer"
    assert f"Avant de les écrire : {cost}." in calibration_answer(old)
    unknown = calibrate_lot(Reading(Lot("Ascenseurs", cpv=("50750000",), montant=400_000.0)))
    lots = [
        (1, "Gros œuvre", old.lots[0].calibrated),
        (2, "Ascenseurs", unknown),
        (3, "Voirie", sheet("45223220").lots[0].calibrated),
    ]
    for words in dict(words_to_paste(contract_hours(lots, old.law, ClauseFloors()))).values():
        said = plain(words)
        assert "[heures à fixer : coût de 2012, à réévaluer] (lot « Gros œuvre »)" in said
        assert "[heures à caler] (lot « Ascenseurs »)" in said
        assert "500 heures (lot « Voirie »)" in said


@pytest.mark.parametrize(("montant", "due"), [(600_000.0, True), (90_000.0, False)])
def test_without_a_clause_the_other_condition_that_is_due_is_said_with_it(montant: float, due: bool) -> None:
    reading = Reading(Lot("Mobilier", cpv=("39130000",), montant=montant, duree=24.0))
    law = legal_position(reading, date(2026, 11, 27), ToldByBuyer(nature=BuyerNature.OTHER))
    said = calibration_answer(contract_hours([(1, "Mobilier", calibrate_lot(reading))], law, ClauseFloors()))
    assert said.startswith("Pas de clause d’insertion")
    assert ("une autre condition sociale est due, ou le motif d’une dispense (L2112-2-1)" in said) is due


def test_a_trade_that_the_law_closes_is_said_once_and_nothing_below_says_that_a_clause_is_possible() -> None:
    reading = Reading(Lot("Désamiantage d’une école", cpv=("45262660",), montant=90_000.0, duree=3.0))
    law = legal_position(reading, date(2026, 11, 27), ToldByBuyer(nature=BuyerNature.OTHER))
    found = contract_hours([(1, "Désamiantage", calibrate_lot(reading))], law, ClauseFloors())
    assert calibration_answer(found).startswith("Pas de clause d’insertion dans ce métier (désamiantage) : retirer")
    assert not [*calibration_remarks(found), *law_says(found)]


def test_hours_already_written_are_the_answer_even_where_nothing_else_is_known() -> None:
    its = calibrated_as_told(Reading(Lot("Voirie, clause d’insertion de 600 heures", cpv=("45233222",))))
    law = legal_position(its.reading, date(2026, 11, 27), NOTHING_TOLD)
    found = contract_hours([(1, "Voirie", its)], law, ClauseFloors())
    assert plain(calibration_answer(found)).startswith("600 heures d’insertion, déjà écrites")
    assert "600 heures" in plain(dict(words_to_paste(found))["AAPC"])


def test_hours_of_a_year_are_never_those_of_the_whole_contract() -> None:
    of_a_year, whole = sheet("45223220", yearly=True, months=None), sheet("45223220", yearly=True)
    for words in dict(words_to_paste(of_a_year)).values():
        assert "heures par an" in plain(words)
        assert "toute la durée" not in words
    assert "d’insertion par an" in calibration_answer(of_a_year)
    said = plain(dict(words_to_paste(whole))["CCAP"])
    assert "Sur toute la durée du marché, soit 24 mois, le titulaire réserve" in said
    assert "par an" not in said


def lots(*told: ToldOfLot, montant: float = 1_000_000.0) -> ClauseHours:
    """Painting, once by what is told of each lot."""
    reading = Reading(Lot("Peinture", cpv=("45442100",), montant=montant, duree=24.0))
    law = legal_position(reading, date(2026, 11, 27), NOTHING_TOLD)
    found = [(at, "Peinture", calibrate_lot(reading, one)) for at, one in enumerate(told, start=1)]
    return contract_hours(found, law, ClauseFloors())


def kept_hours(its: ClauseHours) -> float | None:
    return sheet_hours(replace(kept(DocumentKind.CALIBRATION, "Peinture").decision, tables=(lot_hours_table(its),)))


COSTED, TO_CONFIRM, WRITTEN = ToldOfLot(hourly=40), ToldOfLot(), ToldOfLot(hours=800)


@pytest.mark.parametrize(
    ("told", "hours"),
    [
        ((COSTED,), 700),
        ((WRITTEN,), 800),
        ((TO_CONFIRM,), None),
        ((COSTED, WRITTEN), 1_500),
        ((COSTED, TO_CONFIRM), None),
    ],
)
def test_the_hours_of_a_kept_sheet_are_those_of_its_texts(told: tuple[ToldOfLot, ...], hours: float | None) -> None:
    its = lots(*told)
    assert kept_hours(its) == hours
    said = plain(dict(words_to_paste(its))["AAPC"])
    assert ("[heures à fixer" in said) is (hours is None)
    assert all(f"{one.hours_to_write:.0f} heures" in said for one in its.lots if one.hours_to_write is not None)


def test_posts_under_a_tenth_of_one_are_never_none() -> None:
    small = lots(ToldOfLot(hourly=40, hours=80), montant=120_000.0)
    assert "0,05 ETP par an" in plain(calibration_answer(small).replace("0,04 à ", ""))
    assert 0.05 in lot_hours_table(small).rows[0].cells


def test_posts_are_those_of_the_likeliest_hours_and_the_table_agrees() -> None:
    ranged, undated = sheet("45223220", hourly=None), sheet("45223220", hourly=None, months=None)
    assert re.search(r"le plus vraisemblable, soit [\d,]+ à [\d,]+ ETP par an", plain(calibration_answer(ranged)))
    assert "ETP sur un an" in plain(calibration_answer(undated))
    (cell,) = (cell for cell in lot_hours_table(undated).rows[0].cells if "sur un an" in str(cell))
    assert isinstance(cell, MarkedText)
    assert cell.mark is CellMark.UNKNOWN
