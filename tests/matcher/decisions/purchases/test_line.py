"""A line of a sheet as a need: its figures counted as its columns say, what cannot be used told with its column."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.decisions.purchases.line import NOTHING_TOLD, LineAmount, LineFacts, LineQuestion, line_amount, purchase
from matcher.decisions.purchases.sheet import PurchaseSheetLine, UnderstoodCell, UnderstoodColumn, understand_column
from matcher.domain.need import BuyerDefaults
from matcher.need.fields import NO_NEED


def entry(*, total: bool = False, times: float = 1.0, **fields: str) -> PurchaseSheetLine:
    """A line of these fields, `code_postal` for « code postal »."""
    written = {
        name.replace("_", " "): UnderstoodCell(text, UnderstoodColumn(name, times), name.title())
        for name, text in fields.items()
        if text
    }
    return PurchaseSheetLine("", 2, tuple(fields.values()), written, total)


@pytest.mark.parametrize(
    ("written", "times", "euros"),
    [
        ("180 k€ HT", 1, 180_000),
        ("1 200 000,50 €", 1, 1_200_000.5),
        ("40", 1000, 40_000),
        ("1,5 M€", 1, 1_500_000),
        ("90000.0", 1, 90_000),
        ("NC", 1, None),
    ],
)
def test_amounts_as_people_write_them(written: str, times: float, euros: float | None) -> None:
    its = purchase(entry(objet="Tonte", montant=written, times=times))
    assert its.need is not None
    assert (its.worth.euros, its.need.lot.montant) == (euros, euros)
    assert not its.need.faults


@pytest.mark.parametrize("written", ["0", "-500", "(500)", "environ", "− 3 000"])
def test_an_amount_that_is_none_is_asked_under_its_column_and_counts_as_unknown(written: str) -> None:
    its = purchase(entry(objet="Tonte", montant=written))
    assert its.amount is None
    assert its.need is not None
    assert str(its.need.faults[0]).startswith("Colonne « Montant » : Le montant doit être")
    assert f"« {written} »" in str(its.need.faults[0])


@pytest.mark.parametrize(("written", "times", "months"), [("48", 1, 48), ("4", 12, 48), ("4 ans", 1, 48)])
def test_a_duration_is_in_months_or_in_years(written: str, times: float, months: float) -> None:
    its = purchase(entry(objet="Tonte", duree=written, times=times))
    assert its.need is not None
    assert its.need.lot.duree == months


@pytest.mark.parametrize(
    ("written", "year", "day"),
    [("T2", 2027, date(2027, 4, 1)), ("mars", 2027, date(2027, 3, 1)), ("2e semestre 2028", 2027, date(2028, 7, 1))],
)
def test_a_part_of_a_year_is_of_the_year_of_its_sheet(written: str, year: int, day: date) -> None:
    its = purchase(entry(objet="Tonte", date=written), defaults=BuyerDefaults(year=year))
    assert its.need is not None
    assert (its.need.lot.date, its.need.faults) == (day, ())


def test_a_part_of_a_year_that_nothing_names_asks_for_it() -> None:
    its = purchase(entry(objet="Tonte", date="T1"))
    assert its.need is not None
    assert [str(fault) for fault in its.need.faults] == ["Colonne « Date » : De quelle année ? Vous avez écrit « T1 »."]


def test_lines_of_the_whole_territory_ask_one_question() -> None:
    lines = [purchase(entry(objet="Tonte", lieu=lieu)) for lieu in ("tout le territoire", "EPCI", "", "Lille")]
    assert [its.likeness(LineQuestion.PLACE) for its in lines] == ["", "", "", "lille"]


def test_a_town_and_its_post_code_are_one_place_whose_zero_is_given_back() -> None:
    its = purchase(entry(objet="Tonte", lieu="Laon", code_postal="2000"))
    assert its.need is not None
    assert [place.code for place in its.need.lot.lieux] == ["02000 Laon"]


def test_a_line_without_a_need_is_asked_what_it_is_and_a_total_is_no_need() -> None:
    its = purchase(entry(montant="10"))
    assert its.need is not None
    assert [str(fault) for fault in its.need.faults] == [NO_NEED]
    assert purchase(entry(objet="Total", total=True)).need is None


@given(st.fixed_dictionaries({name: st.text(max_size=40) for name in ("objet", "cpv", "lieu", "montant", "duree", "date", "levier")}))  # fmt: skip
def test_whatever_is_written_a_line_is_read(fields: dict[str, str]) -> None:
    its = purchase(entry(**fields))
    assert its.need is not None
    assert its.amount is None or its.amount > 0


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
    assert line_amount(text, understand_column("montant", column), NOTHING_TOLD, months) == found


def test_what_a_person_tells_comes_before_what_is_written() -> None:
    told = LineFacts(amount="66 000", taxed=True, vat=10, yearly=True)
    assert line_amount("50-100 k€", understand_column("montant", "Montant total HT"), told, 24) == LineAmount(
        120_000, "TTC à 10 % · par an × 2"
    )


def test_a_doubt_enters_no_sure_amount() -> None:
    doubted, sure = LineAmount(9.0, "", (TAX,)), LineAmount(9.0, "HT")
    assert (doubted.sure, doubted.supposed_euros) == (None, 9.0)
    assert (sure.sure, sure.supposed_euros) == (9.0, None)
