"""Lines of calibration of a team: kept in its catalogue, read by whoever opens it, refused whole, dropped."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Engine

from matcher.catalogue.store.calibration import drop_line, fill_lines, index_values, note_index, team_lines
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.domain.reading import Lot, Reading
from matcher.reference.calibration import CalibrationRefused, Span, WorkFamily, family_of, follow_lines
from matcher.reference.price_index import IndexValue

WASTE = {"famille": "Collecte des déchets", "part_basse": "40", "cout_bas": "28", "source": "relevé", "annee": "2026"}
BINDING = {"famille": "Reliure", "cpv": "79971", "euros_par_etp_bas": "60000", "source": "relevé", "annee": "2026"}


@pytest.fixture(autouse=True)
def no_team() -> Iterator[None]:
    yield
    follow_lines(())


def known(cpv: str) -> WorkFamily | None:
    return family_of(Reading(Lot("x", cpv=(cpv,))))


def test_a_line_filled_is_read_by_every_server_that_opens_the_shelf(engine: Engine) -> None:
    before = load_shelf(engine).version
    fill_lines(engine, [WASTE, BINDING])
    follow_lines(())  # as another server is, before its next request
    assert load_shelf(engine).version > before
    filled, its = known("90511000"), known("79971000")
    assert filled is not None
    assert its is not None
    assert (filled.share, filled.hourly, filled.clause) == (
        Span(40, 40),
        Span(28, 28),
        Span(5, 10),
    )  # the last as shipped
    assert its.euros_per_etp == Span(60_000, 60_000)
    follow_lines(())
    load_shelf(engine)  # from memory this time
    assert known("79971000") == its


def test_what_is_filled_later_completes_the_line_and_a_line_dropped_leaves_what_is_shipped(engine: Engine) -> None:
    fill_lines(engine, [WASTE])
    (filled,) = fill_lines(engine, [{"famille": "Collecte des déchets", "part_basse": "50", "source": "autre relevé"}])
    assert (filled.share, filled.hourly) == (Span(50, 50), Span(28, 28))
    assert filled.source == "part : autre relevé ; coût : relevé ; pourcentage : Maison de l’emploi Alès-Cévennes"
    assert filled.year == "part et coût : 2026"
    drop_line(engine, "Collecte des déchets")
    shipped = known("90511000")
    assert shipped is not None
    assert shipped.share is None
    assert team_lines(engine) == {}


TODAY = date(2026, 11, 30)


def noted(month: date, value: float, name: str = "ICHT-IME") -> IndexValue:
    return IndexValue(name, month, value, "insee.fr")


def test_indices_that_are_noted_bring_the_costs_of_every_family_to_today(engine: Engine) -> None:
    for its in (noted(date(2012, 6, 1), 99.0), noted(date(2012, 6, 1), 100.0), noted(date(2026, 9, 1), 150.0)):
        note_index(engine, its, TODAY)
    assert [its.value for its in index_values(engine)] == [100.0, 150.0]
    follow_lines(())
    load_shelf(engine)
    its = known("45262500")
    assert its is not None
    assert its.hourly == Span(25, 30)
    assert its.euros_per_etp == Span(25 * 1.5 * 1607 / 0.5, 30 * 1.5 * 1607 / 0.5)
    assert its.etp_year == "vers 2012, réindexé 09/2026"
    assert team_lines(engine) == {}


@pytest.mark.parametrize(
    ("its", "said"), [(noted(date(2027, 1, 1), 150.0), "à venir"), (noted(date(2026, 9, 1), 1500.0), "d’une même base")]
)
def test_an_index_of_a_month_to_come_or_of_another_base_is_refused(engine: Engine, its: IndexValue, said: str) -> None:
    note_index(engine, noted(date(2012, 6, 1), 100.0), TODAY)
    with pytest.raises(CalibrationRefused, match=said):
        note_index(engine, its, TODAY)
    assert len(index_values(engine)) == 1


def test_a_line_that_cannot_be_used_is_refused_with_all_the_others(engine: Engine) -> None:
    with pytest.raises(CalibrationRefused, match="« Reliure », colonne « part_basse »"):
        fill_lines(engine, [WASTE, {**BINDING, "part_basse": "200"}])
    assert team_lines(engine) == {}
