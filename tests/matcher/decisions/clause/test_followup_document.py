"""How hours of insertion stand: what is due, late, not said yet, and the table of months."""

from datetime import date

from matcher.decisions.clause.followup import HoursPromise, InsertionHours, MonthHours, MonthImmersions
from matcher.decisions.clause.followup_document import hours_said, hours_tables

TODAY = date(2026, 6, 15)
MARCH, APRIL, MAY, JULY = (date(2026, month, 1) for month in (3, 4, 5, 7))
FOLLOWED = InsertionHours(
    HoursPromise(1200, MARCH, date(2027, 2, 28)),
    (
        MonthHours(MARCH, "etti", 100, 100, 80, 1),
        MonthHours(MARCH, "soustraitance-aci", 50, None, 60),
        MonthHours(APRIL, "etti", 100, 100, None),
        MonthHours(JULY, "etti", 100),
    ),
    (MonthImmersions(MAY, 2),),
)


def told(its: InsertionHours) -> str:
    return " ".join(hours_said(its, TODAY)).replace("\u202f", " ").replace("\u00a0", " ")


def test_what_is_late_is_told_by_the_hours_planned() -> None:
    assert (FOLLOWED.due(TODAY), FOLLOWED.late(TODAY), FOLLOWED.unsaid(TODAY)) == (250, 110, (APRIL,))
    said = told(FOLLOWED)
    assert "140 heures faites, 12 % de la promesse." in said
    assert "250 attendues à la fin du mois dernier, d’après les heures prévues : 110 heures de retard." in said
    assert "Heures faites à noter : avr. 2026." in said
    assert "PMSMP : 2 périodes d’immersion (mai 2026), comptées à part" in said


def test_without_a_plan_the_promise_is_due_month_by_month_and_unknown_is_not_zero() -> None:
    promise = HoursPromise(1200, MARCH, date(2027, 2, 28))
    done = InsertionHours(promise, (MonthHours(MARCH, "etti", done=350),))
    assert (done.due(TODAY), done.late(TODAY)) == (300, 0)
    assert "à part égale chaque mois : aucun retard" in told(done)
    assert InsertionHours(promise).late(TODAY) is None
    assert InsertionHours(HoursPromise(1200, MARCH), done.months).late(TODAY) is None
    assert InsertionHours(HoursPromise(None, MARCH), done.months).late(TODAY) is None


def test_the_table_gives_months_by_modality_and_adds_up() -> None:
    beside, months = hours_tables(FOLLOWED, TODAY)
    assert beside.rows[0].cells == ("Ensemble du marché", 250, 140, 200, 1200)
    assert [column.label for column in months.columns][-3:] == ["Prévues", "Placées", "Faites"]
    assert [tuple(text.replace("\u202f", " ") for text in line) for line in months.lines()] == [
        ("mars 2026", "60", "80 sur 100", "150", "100", "140"),
        ("avr. 2026", "", "100 prévues", "100", "100", ""),
        ("juill. 2026", "", "100 prévues", "100", "", ""),
        ("Total", "60", "80", "350", "200", "140"),
    ]
    assert hours_tables(InsertionHours(), TODAY) == ()
