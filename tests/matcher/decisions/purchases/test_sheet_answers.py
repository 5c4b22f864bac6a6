"""Answers to the questions of lines: replayed in order, taken back, and told of every line that asks the same."""

import pytest

from matcher.decisions.purchases.line import LineFacts, LineQuestion
from matcher.decisions.purchases.programme import LineAnswer, Programme
from matcher.decisions.purchases.sheet import PurchaseSheetLine, UnderstoodCell, understand_column
from matcher.decisions.purchases.sheet_answers import (
    SheetAnswer,
    SheetAnswers,
    alike,
    like_lines,
    purchases_alike,
    purchases_told,
    sheet_defaults,
    titled_place,
)
from matcher.domain.need import NO_DEFAULTS
from matcher.domain.place import PlaceOrigin

TTC, HT, YEARLY = LineFacts(taxed=True), LineFacts(taxed=False), LineFacts(yearly=True, months=48)


def line(number: int, column: str, amount: str) -> PurchaseSheetLine:
    written = {"objet": ("Objet", f"Achat {number}"), "montant": (column, amount)}
    cells = {
        field: UnderstoodCell(text, understand_column(field, name), name) for field, (name, text) in written.items()
    }
    return PurchaseSheetLine("", number, (), cells, total=False)


LINES = (
    line(2, "Montant", "12 000"),
    line(3, "Montant", "24 000"),
    line(4, "Coût", "6 000"),
    line(5, "Montant", "9 € HT"),
)


def amounts(answers: SheetAnswers) -> list[float | None]:
    return [its.worth.euros for its in purchases_told(LINES, answers, NO_DEFAULTS)]


def test_answers_are_replayed_in_order_and_one_that_is_taken_back_tells_nothing() -> None:
    given = SheetAnswers((SheetAnswer("Léa", "", ("2", "3"), TTC), SheetAnswer("Ali", "", ("3",), HT)))
    assert amounts(given) == [10_000, 24_000, 6_000, 9]
    back = SheetAnswers((*given.given, SheetAnswer("Ali", "", takes_back=1)))
    assert amounts(back) == [12_000, 24_000, 6_000, 9]
    assert [at for at, _ in back.standing] == [2]


def test_two_answers_meet_where_they_speak_of_one_question_of_one_line() -> None:
    first = SheetAnswer("", "", ("2", "3"), TTC)
    assert first.meets(SheetAnswer("", "", ("3",), HT))
    assert not first.meets(SheetAnswer("", "", ("3",), YEARLY))
    assert not first.meets(SheetAnswer("", "", ("4",), HT))
    assert SheetAnswer("", "", takes_back=1).meets(SheetAnswer("", "", takes_back=1))
    assert not SheetAnswer("", "", takes_back=1).meets(first)


def test_lines_of_one_column_that_ask_the_same_are_answered_once() -> None:
    purchases = tuple(purchases_told(LINES, SheetAnswers(), NO_DEFAULTS))
    its = Programme(purchases, tuple(LineAnswer() for _ in purchases))
    found = {(one.question, one.of): one.lines for one in like_lines(its)}
    assert found[LineQuestion.TAX, "Montant"] == ("2", "3")
    assert found[LineQuestion.TAX, "Coût"] == ("4",)
    assert found[LineQuestion.PERIOD, "Montant"] == ("2", "3", "5")
    assert alike(like_lines(its), ["3"], TTC) == ("3", "2")
    assert alike(like_lines(its), ["5"], TTC) == ("5",), "a line that does not ask is told alone"


def test_what_is_told_of_all_lines_answers_only_those_that_ask() -> None:
    found = purchases_alike(LINES, LineFacts(taxed=True, yearly=True, months=24), NO_DEFAULTS)
    assert [its.worth.euros for its in found] == [20_000, 40_000, 10_000, 18]
    assert not any(its.worth.asks for its in found)


@pytest.mark.parametrize(
    ("titles", "place"),
    [
        (("Programme d’achats 2027 de Saint-Amand-les-Eaux",), "Saint-Amand-les-Eaux"),
        (("Achats 2027. Ville de Saint-Amand-les-Eaux", "achats_2027_saint-amand-les-eaux"), "Saint-Amand-les-Eaux"),
        (("Programme d’achats 2027", "Feuil1", "achats-2027 v2"), ""),
        (("Ville de Lille", "programme-ville-de-denain"), ""),
        (
            ("Communauté d’agglomération du Pays de Saint-Malo", "Programme 2027"),
            "Communauté d'agglomération du Pays de Saint Malo Agglomération",
        ),
        (("Marchés 2027 Paris et Lyon",), ""),
        ((), ""),
    ],
)
def test_titles_name_one_place_or_none(titles: tuple[str, ...], place: str) -> None:
    assert titled_place(titles) == place


def test_a_sheet_has_the_year_that_its_titles_name() -> None:
    assert sheet_defaults("", "", ("Achats 2027 de Lille",), "achats.xlsx").year == 2027
    assert sheet_defaults("", "Lille", (), "achats_2027.xlsx").year == 2027
    assert sheet_defaults("", "", ("Achats 2027",), "achats_2026.xlsx").year is None


def test_the_place_that_is_told_wins_over_the_title() -> None:
    named = sheet_defaults("", "", ("Ville de Lille",), "achats 2027.xlsx")
    assert (named.place, named.origin) == ("Lille", PlaceOrigin.TITRE)
    assert sheet_defaults("", "", (), "programme ville de Lille.xlsx").place == "Lille"
    told = sheet_defaults("", "Maubeuge", ("Ville de Lille",), "achats 2027.xlsx")
    assert (told.place, told.origin) == ("Maubeuge", PlaceOrigin.DEFAUT)
