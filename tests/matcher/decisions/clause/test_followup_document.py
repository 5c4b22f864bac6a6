"""How hours of insertion stand: what is due, late, not said yet, and the table of months."""

from datetime import date

from matcher.decisions.clause.followup import (
    ClauseContract,
    HoursPromise,
    InsertionHours,
    MonthHours,
    MonthImmersions,
    sum_contracts,
)
from matcher.decisions.clause.followup_document import followed_said, hours_said, hours_tables, yearly_table
from matcher.domain.persona import Persona
from matcher.reference.wordings import set_persona

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
    assert (
        "250 attendues à la fin du mois dernier, d’après les heures prévues, 140 faites à cette date : 110 heures de retard."
        in said
    )
    assert "Heures faites à noter : avr. 2026." in said
    assert "PMSMP : 2 périodes d’immersion (mai 2026), comptées à part" in said


def test_without_a_plan_the_promise_is_due_month_by_month_and_unknown_is_not_zero() -> None:
    promise = HoursPromise(1200, MARCH, date(2027, 2, 28))
    done = InsertionHours(promise, (MonthHours(MARCH, "etti", done=350),))
    assert (done.due(TODAY), done.late(TODAY)) == (300, 0)
    assert "à part égale chaque mois, 350 faites à cette date : aucun retard" in told(done)
    assert InsertionHours(promise).late(TODAY) is None
    assert "300 attendues à la fin du mois dernier, à part égale chaque mois : le retard n’est pas connu." in told(
        InsertionHours(promise)
    )
    assert InsertionHours(HoursPromise(1200, MARCH), done.months).late(TODAY) is None
    assert InsertionHours(HoursPromise(None, MARCH), done.months).late(TODAY) is None


def test_the_table_gives_months_by_modality_and_adds_up() -> None:
    beside, months = hours_tables([ClauseContract(hours=FOLLOWED)], TODAY)
    assert beside.rows[0].cells == ("Ensemble du marché", 250, 140, 200, 1200, 110, 140)
    assert [column.label for column in months.columns][-3:] == ["Prévues", "Placées", "Faites"]
    assert [tuple(text.replace("\u202f", " ") for text in line) for line in months.lines()] == [
        ("mars 2026", "60", "80 sur 100", "150", "100", "140"),
        ("avr. 2026", "", "100 prévues", "100", "100", ""),
        ("juill. 2026", "", "100 prévues", "100", "", ""),
        ("Total", "60", "80", "350", "200", "140"),
    ]
    assert hours_tables([ClauseContract()], TODAY) == ()


def test_the_hours_of_this_month_are_in_none_of_the_figures_that_the_delay_is_counted_from() -> None:
    june = date(2026, 6, 1)
    its = InsertionHours(
        HoursPromise(1200, MARCH, date(2027, 2, 28)),
        (MonthHours(MAY, "etti", done=143.5), MonthHours(june, "etti", done=150)),
    )
    assert (its.due(TODAY), its.late(TODAY)) == (300, 300 - 143.5)
    assert "293,5 heures faites, 24 % de la promesse, dont 150 en juin 2026." in told(its)
    assert (
        "300 attendues à la fin du mois dernier, à part égale chaque mois, 143,5 faites à cette date : 156,5 heures de retard."
        in told(its)
    )
    beside, _ = hours_tables([ClauseContract(hours=its)], TODAY)
    due, late, before = (beside.rows[0].cells[at] for at in (1, 5, 6))
    assert (due, before, late) == (300, 143.5, 156.5)


def test_months_without_anything_noted_are_counted_until_the_contract_ends_or_all_is_done() -> None:
    promise = HoursPromise(1200, MARCH, date(2027, 2, 28))
    noted = InsertionHours(promise, (MonthHours(MARCH, "etti", done=10), MonthHours(JULY, "etti", planned=10)))
    assert (InsertionHours(promise).silence(TODAY), noted.silence(TODAY), noted.silence(date(2028, 1, 1))) == (3, 2, 11)
    assert "Rien noté depuis 2 mois." in told(noted)
    assert "Rien noté" not in " ".join(hours_said(noted, date(2026, 5, 31)))
    assert InsertionHours(promise, noted.months, (MonthImmersions(MAY, 1),)).silence(TODAY) == 0
    assert InsertionHours(promise, (MonthHours(MARCH, "etti", done=1200),)).silence(TODAY) == 0


ROAD = ClauseContract(1, "Voirie", "Amiens", (), FOLLOWED)
SCHOOL = ClauseContract(
    2,
    "Collège",
    "Oise",
    (),
    InsertionHours(
        HoursPromise(None, date(2026, 1, 1), MAY, "Oise"),
        (
            MonthHours(MARCH, "etti", done=7, public="rsa"),
            MonthHours(MARCH, "etti", done=3),
            MonthHours(MAY, "etti", done=1),
        ),
    ),
)


def test_several_contracts_are_told_one_by_one_and_added_up() -> None:
    whole = sum_contracts([FOLLOWED, SCHOOL.hours])
    assert whole.promise == HoursPromise(None, date(2026, 1, 1), date(2027, 2, 28))
    assert [(line.month, line.modality, line.public, line.done) for line in whole.months[:3]] == [
        (MARCH, "etti", "", 83),
        (MARCH, "etti", "rsa", 7),
        (MARCH, "soustraitance-aci", "", 60),
    ]
    first, road, school = followed_said([ROAD, SCHOOL], TODAY)
    assert first == "2 contrats : heures promises non dites pour tous, 151\u00a0heures faites ; en retard : Voirie."
    assert road.startswith("Voirie : 1\u202f200\u00a0heures")
    assert "pour Oise" in school
    assert [table.title for table in hours_tables([ROAD, SCHOOL], TODAY)] == [
        "Heures faites et promises",
        "Heures par mois et modalité, Voirie",
        "Heures par mois et modalité, Collège",
    ]


def test_a_year_is_told_by_client_contract_modality_and_public() -> None:
    rows = [row.cells for row in yearly_table([ROAD, SCHOOL], [2026]).rows]
    assert rows == [
        ("2026", "Amiens", "Voirie", "Intérim d’insertion (ETTI, EATT)", "public non dit", 300, 200, 80),
        ("2026", "Amiens", "Voirie", "Sous-traitance ou cotraitance avec un ACI", "public non dit", 50, "", 60),
        ("2026", "Oise", "Collège", "Intérim d’insertion (ETTI, EATT)", "public non dit", "", "", 4),
        ("2026", "Oise", "Collège", "Intérim d’insertion (ETTI, EATT)", "Bénéficiaires du RSA", "", "", 7),
    ]
    assert yearly_table([ROAD, SCHOOL], [2025]).rows == ()
    assert yearly_table([ROAD]).columns[1].label == "Acheteur"
    set_persona(Persona.WINNER)
    try:
        assert yearly_table([ROAD]).columns[1].label == "Client"
    finally:
        set_persona(Persona.BUYER)
