"""A line of a sheet as a need: its figures counted as its columns say, what cannot be used told with its column."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.decisions.purchases.columns import UnderstoodColumn
from matcher.decisions.purchases.line import purchase
from matcher.decisions.purchases.sheet import PurchaseSheetLine, UnderstoodCell
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
