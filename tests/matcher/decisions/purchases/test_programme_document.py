"""A programme as a document: what the law makes of a line is what it makes of the family of its needs."""

from dataclasses import replace
from datetime import date

import pytest

from matcher.decisions.assumptions import DEFAULT
from matcher.decisions.opinion.compute import OpinionVerdict
from matcher.decisions.purchases.families.compute import form_families, lines_of_programme
from matcher.decisions.purchases.line import purchase
from matcher.decisions.purchases.programme import LineAnswer, Programme
from matcher.decisions.purchases.programme_document import ProgrammeAnswer
from matcher.decisions.purchases.sheet import PurchaseSheet
from matcher.ranking.lay_out import build_shelf
from matcher.reference.law import BuyerNature
from tests.matcher.decisions.purchases.test_line import entry

ON = date(2026, 12, 1)
OWED, DIRECT = "condition sociale d’exécution obligatoire (L2112-2-1)", "achat direct possible"


def answer(objet: str, *lines: tuple[str, LineAnswer]) -> ProgrammeAnswer:
    """A programme of lines of one need, with their amounts in euros before tax for the whole, and their answers."""
    rows = [
        purchase(replace(entry(objet=objet, montant=f"{amount} HT", duree="12"), line=number))
        for number, (amount, _) in enumerate(lines, start=2)
    ]
    programme = Programme(tuple(rows), tuple(own for _, own in lines))
    families = form_families(lines_of_programme(rows), {}, ON, BuyerNature.OTHER)
    return ProgrammeAnswer(PurchaseSheet(("Objet",), (), (), (), ()), programme, build_shelf([]), DEFAULT, ON, families)


def unlevered(law: str = "", *, direct: bool = False, due: bool = False) -> LineAnswer:
    return LineAnswer(understood=True, verdict=OpinionVerdict.NOBODY, law=law, direct=direct, due=due)


@pytest.mark.parametrize(
    ("objet", "amounts", "own", "said"),
    [
        ("Nettoyage des locaux", ("480000", "72000"), (unlevered(OWED, due=True), unlevered()), [OWED, OWED]),
        ("Nettoyage des locaux", ("200000", "20000"), (unlevered(), unlevered(DIRECT, direct=True)), [OWED, OWED]),
        ("Nettoyage des locaux", ("50000", "20000"), (unlevered(DIRECT, direct=True),) * 2, ["", ""]),
        ("Nettoyage des locaux", ("20000", "20000"), (unlevered(DIRECT, direct=True),) * 2, [DIRECT, DIRECT]),
        ("Nettoyage des locaux", ("400000", "40000"), (unlevered("Papeete : un droit propre"),) * 2, ["Papeete : un droit propre"] * 2),
        ("Construction d’un bâtiment", ("6000000", "90000"), (unlevered(OWED, due=True), unlevered()), [OWED, ""]),
    ],
)  # fmt: skip
def test_twin_lines_say_the_same_law(
    objet: str, amounts: tuple[str, str], own: tuple[LineAnswer, LineAnswer], said: list[str]
) -> None:
    its = answer(objet, *zip(amounts, own, strict=True))
    assert [its.law_of(*both) for both in its.programme.counted_lines] == said


def test_what_a_family_imposes_counts_as_imposed() -> None:
    its = answer("Nettoyage des locaux", ("200000", unlevered()), ("20000", unlevered(DIRECT, direct=True)))
    assert (its.social.imposed, its.social.lines, its.social.amount) == (2, 2, 220_000)
    alone = replace(its, families=replace(its.families, families=()))
    assert alone.social.imposed == 0
