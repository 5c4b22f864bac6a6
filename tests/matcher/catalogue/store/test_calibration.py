"""Lines of calibration of a team: kept in its catalogue, read by whoever opens it, refused whole, dropped."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from matcher.catalogue.store.calibration import drop_line, fill_lines, team_lines
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.domain.reading import Lot, Reading
from matcher.reference.calibration import CalibrationRefused, Span, WorkFamily, family_of, follow

WASTE = {"famille": "Collecte des déchets", "part_basse": "40", "cout_bas": "28", "source": "relevé", "annee": "2026"}
BINDING = {"famille": "Reliure", "cpv": "79971", "euros_par_etp_bas": "60000", "source": "relevé", "annee": "2026"}


@pytest.fixture(autouse=True)
def no_team() -> Iterator[None]:
    yield
    follow(())


def known(cpv: str) -> WorkFamily | None:
    return family_of(Reading(Lot("x", cpv=(cpv,))))


def test_a_line_filled_is_read_by_every_server_that_opens_the_shelf(engine: Engine) -> None:
    before = load_shelf(engine).version
    fill_lines(engine, [WASTE, BINDING])
    follow(())  # as another server is, before its next request
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
    follow(())
    load_shelf(engine)  # from memory this time
    assert known("79971000") == its


def test_what_is_filled_later_completes_the_line_and_a_line_dropped_leaves_what_is_shipped(engine: Engine) -> None:
    fill_lines(engine, [WASTE])
    (filled,) = fill_lines(engine, [{"famille": "Collecte des déchets", "part_basse": "50", "source": "autre relevé"}])
    assert (filled.share, filled.hourly, filled.source) == (Span(50, 50), Span(28, 28), "autre relevé")
    drop_line(engine, "Collecte des déchets")
    shipped = known("90511000")
    assert shipped is not None
    assert shipped.share is None
    assert team_lines(engine) == {}


def test_a_line_that_cannot_be_used_is_refused_with_all_the_others(engine: Engine) -> None:
    with pytest.raises(CalibrationRefused, match="« Reliure », colonne « part_basse »"):
        fill_lines(engine, [WASTE, {**BINDING, "part_basse": "200"}])
    assert team_lines(engine) == {}
