"""Columns of a sheet of hours: those of a modality or of a month, and what their titles say."""

from datetime import date

import pytest

from matcher.dossiers.insertion.hours import HoursKind, MonthHours
from matcher.dossiers.insertion.layout import HoursSheetRefused, layout_of, modality_named
from matcher.dossiers.insertion.sheet import HoursReading, read_pasted

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


@pytest.mark.parametrize(
    ("head", "row", "lines"),
    [
        (
            "Mois;ACI;Heures ETTI;GEIQ (prévues);Intérim d’insertion placées;Embauche directe;Personnes",
            "03/2026;1;2;3;4;;9",
            (
                MonthHours(MARCH, "soustraitance-aci", done=1),
                MonthHours(MARCH, "etti", placed=4, done=2),
                MonthHours(MARCH, "geiq", planned=3),
            ),
        ),
        ("Modalité;mars-26;04/2026;Total", "ACI;1;2;3", tuple(MonthHours(on, "soustraitance-aci", done=done) for on, done in ((MARCH, 1), (APRIL, 2)))),
        ("Mois;Modalité;Heures;EA", "03/2026;ACI;1;2", (MonthHours(MARCH, "soustraitance-aci", done=1), MonthHours(MARCH, "soustraitance-stpa", done=2))),
    ],
)  # fmt: skip
def test_a_wide_sheet_says_the_hours_of_each_of_its_columns(head: str, row: str, lines: tuple[MonthHours, ...]) -> None:
    assert sorted(
        read_pasted(f"{head}\n{row}").change.months,
        key=lambda one: (one.month, one.modality != "soustraitance-aci", one.modality),
    ) == [*lines]


def test_the_hours_of_a_wide_sheet_are_of_the_kind_that_is_chosen() -> None:
    how = HoursReading(kind=HoursKind.PLANNED)
    assert read_pasted("Mois;Heures ACI\n03/2026;7", how).change.months == (MonthHours(MARCH, "soustraitance-aci", 7),)


def test_what_has_no_month_beside_columns_of_months_is_left_and_said() -> None:
    read = read_pasted("Modalité;mars-26;Heures;PMSMP\nACI;1;9;9")
    assert (read.change.months, read.change.immersions) == ((MonthHours(MARCH, "soustraitance-aci", done=1),), ())
    assert read.said == ("« Heures », « PMSMP » : non reprises.",)


def test_a_column_that_says_more_than_a_modality_is_not_read() -> None:
    assert layout_of(["Mois", "Faites", "Salarié ETTI", "PMSMP ACI", "E"], HoursKind.DONE).left == (
        "Salarié ETTI",
        "PMSMP ACI",
        "E",
    )
    for head in (["Mois", "Nom", "ACI"], ["ACI", "ETTI"], ["mars-26", "Nom"], ["Mois", "ACI", "ACI"]):
        with pytest.raises(HoursSheetRefused):
            layout_of(head, HoursKind.DONE)


def test_a_modality_is_named_by_its_label_or_its_kind() -> None:
    names = {
        "EITI": "soustraitance-ei",
        "Intérim": "interim",
        "intérim d'insertion": "etti",
        "embauche directe": "embauche",
    }
    assert {name: modality_named(name) for name in names} == names
    assert (modality_named("immersion"), modality_named("autre")) == ("pmsmp", "")
