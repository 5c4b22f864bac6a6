"""The amount of a line, before tax and over its whole duration: each way it may be written, and what it asks where nothing says it."""

import pytest

from matcher.decisions.purchases.columns import counted
from matcher.decisions.purchases.line_amount import LineAmount, line_amount
from matcher.decisions.purchases.questions import NOTHING_TOLD, LineQuestion, LineTold

TAX, PERIOD, DURATION = LineQuestion.TAX, LineQuestion.PERIOD, LineQuestion.DURATION


@pytest.mark.parametrize(
    ("text", "column", "months", "found"),
    [
        ("45 000", "Montant annuel HT", 48, LineAmount(180_000, "HT · par an × 4")),
        ("45 000", "Montant total HT", 48, LineAmount(45_000, "HT · en tout")),
        ("45 000", "Montant HT", 12, LineAmount(45_000, "HT")),
        ("12 000", "Montant TTC", 12, LineAmount(10_000, "TTC à 20 %")),
        ("12 000 TTC", "Montant HT", 12, LineAmount(10_000, "TTC à 20 %")),
        ("40 000 € HT / an", "Montant", 30, LineAmount(100_000, "HT · par an × 2,5")),
        ("45 000", "Montant", 12, LineAmount(45_000, "HT ou TTC ?", (TAX,))),
        ("45 000", "Montant", 48, LineAmount(45_000, "HT ou TTC ? · Par an ou en tout ?", (TAX, PERIOD))),
        ("45 000", "Montant HT", None, LineAmount(45_000, "HT · Par an ou en tout ?", (PERIOD,))),
        (
            "45 000",
            "Montant annuel HT",
            None,
            LineAmount(None, "HT · par an · pendant combien de temps ?", (DURATION,)),
        ),
        ("50-100 k€", "Montant HT", 12, LineAmount()),
        ("12 000 USD", "Montant HT", 12, LineAmount()),
    ],
)
def test_an_amount_is_brought_back_before_tax_over_its_duration(
    text: str, column: str, months: float | None, found: LineAmount
) -> None:
    assert line_amount(text, counted("montant", column), NOTHING_TOLD, months) == found


def test_what_a_person_tells_comes_before_what_is_written() -> None:
    told = LineTold(amount="66 000", taxed=True, vat=10, yearly=True)
    assert line_amount("50-100 k€", counted("montant", "Montant total HT"), told, 24) == LineAmount(
        120_000, "TTC à 10 % · par an × 2"
    )


def test_a_doubt_enters_no_sure_amount() -> None:
    doubted, sure = LineAmount(9.0, "", (TAX,)), LineAmount(9.0, "HT")
    assert (doubted.sure, doubted.supposed) == (None, 9.0)
    assert (sure.sure, sure.supposed) == (9.0, None)
