"""How old the data are, said in one line."""

from datetime import date

from matcher.domain.age import DatedSource, ages_said

TODAY = date(2026, 11, 20)


def source(data_date: date | None) -> DatedSource:
    return DatedSource("essai", "Essai", data_date, TODAY)


def test_the_young_the_oldest_and_the_undated_are_counted() -> None:
    new, old = source(date(2026, 4, 1)), source(date(2020, 12, 1))
    assert ages_said([new, new, old], TODAY) == "2 sources sur 3 ont moins d’un an, la plus ancienne a 5 ans"
    assert ages_said([old, source(None)], TODAY) == (
        "0 source sur 2 a moins d’un an, la plus ancienne a 5 ans ; date inconnue pour 1"
    )
    assert ages_said([new], TODAY) == "1 source sur 1 a moins d’un an"
    assert ages_said([source(date(2025, 11, 19))], TODAY).endswith("la plus ancienne a 1 an")
    assert ages_said([source(None)], TODAY) == "date inconnue pour 1"
    assert ages_said([], TODAY) == ""
