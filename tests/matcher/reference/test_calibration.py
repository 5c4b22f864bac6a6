"""Calibration by family of trades: what is known is a range with its source, the rest is unknown, and a team's own file completes it."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.lot import Lot
from matcher.domain.reading import ActivityGuess, Reading
from matcher.reference.calibration import (
    COLUMNS,
    CalibrationRefused,
    Span,
    euros_per_etp,
    families,
    family_of,
    fill,
    load_calibration,
)
from matcher.reference.trades.activities import taxonomy
from matcher.settings import calibration_file

HEADER = ";".join(COLUMNS)


def line(**cells: str) -> str:
    usual = {"famille": "Collecte des déchets", "cpv": "90511", "activites": "dechets", "source": "relevé du service"}
    return ";".join({**dict.fromkeys(COLUMNS, ""), **usual, **cells}[column] for column in COLUMNS)


def reading(*cpv: str, activity: str = "") -> Reading:
    return Reading(Lot("x", cpv=cpv), activities=(ActivityGuess(activity, "", 1.0),) if activity else ())


@pytest.fixture
def own_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a team keeps its own calibration: nothing yet."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    calibration_file().parent.mkdir(parents=True)
    return calibration_file()


def test_every_family_that_has_a_figure_has_its_source_and_trades_that_exist() -> None:
    natures = {"bien"}
    known = set(taxonomy().codes) | {taxonomy().group_of(code) for code in taxonomy().codes} | natures
    for its in families():
        assert set(its.activities) <= known
        assert its.source or (its.euros_per_etp is None and its.clause is None)
        assert its.sureness or its.euros_per_etp is None
    prefixes = [prefix for its in families() for prefix in its.cpv]
    assert len(prefixes) == len(set(prefixes))


@pytest.mark.parametrize(
    ("asked", "family"),
    [
        (reading("45233222"), "Enrobés"),
        (reading("45233140"), "VRD, voirie, réseaux"),
        (reading("45262500"), "Gros œuvre, maçonnerie"),
        (reading("45261000"), "Bâtiment, tous corps d’état"),
        (reading("45000000", activity="batiment.vrd"), "VRD, voirie, réseaux"),
        (reading(activity="dechets.verre"), "Collecte des déchets"),
        (reading(activity="ameublement.mobilier"), "Fournitures sans pose"),
        (reading(activity="culture.spectacle"), None),
        (reading(), None),
    ],
)
def test_a_lot_is_of_the_family_of_its_code_else_of_its_trade(asked: Reading, family: str | None) -> None:
    found = family_of(asked)
    assert (found.name if found else None) == family


def test_euros_per_etp_come_from_the_labour_share_and_the_hourly_cost_else_the_turnover() -> None:
    building = euros_per_etp(reading("45210000"))
    assert building is not None
    assert (round(building.low, -3), round(building.high, -3)) == (89_000, 107_000)
    assert euros_per_etp(reading("90911200")) == Span(51_000, 51_000)
    assert euros_per_etp(reading("90511000")) is None  # its share was not found


def test_a_team_fills_what_is_to_be_calibrated(own_file: Path) -> None:
    assert euros_per_etp(reading("90511000")) is None
    own_file.write_text(f"{HEADER}\n{line(part_basse='40 %', cout_bas='28,5', annee='2026')}\n", encoding="utf-8")
    its = family_of(reading("90511000"))
    assert its is not None
    assert its.euros_per_etp is not None
    assert its.euros_per_etp.middle == pytest.approx(28.5 * 1607 / 0.40)
    assert (its.source, its.year) == ("relevé du service", "2026")
    assert euros_per_etp(reading("90911200")) == Span(51_000, 51_000)  # the other families stay


def test_a_line_filled_is_kept_beside_the_others_of_the_team(own_file: Path) -> None:
    fill({"famille": "Collecte des déchets", "part_basse": "40", "cout_bas": "28", "source": "relevé", "annee": "2026"})
    fill({"famille": "Reliure", "cpv": "79971", "euros_par_etp_bas": "60000", "source": "relevé", "annee": "2026"})
    fill({"famille": "Collecte des déchets", "part_basse": "50", "source": "autre relevé"})
    filled = family_of(reading("90511000"))
    assert filled is not None
    assert (filled.share, filled.hourly, filled.source) == (Span(50, 50), Span(28, 28), "autre relevé")
    assert filled.clause == Span(5, 10)  # as shipped
    assert euros_per_etp(reading("79971000")) == Span(60_000, 60_000)
    before = own_file.read_bytes()
    with pytest.raises(CalibrationRefused, match="« Reliure », colonne « part_basse »"):
        fill({"famille": "Reliure", "part_basse": "200"})
    assert own_file.read_bytes() == before


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (line(part_basse="beaucoup"), "ligne 2, colonne « part_basse » : « beaucoup »"),
        (line(part_basse="0,45"), "colonne « part_basse » : « 0,45 » n’est pas un nombre entre 1 et 100"),
        (line(part_basse="120"), "entre 1 et 100"),
        (line(part_basse="50", part_haute="40"), "colonne « part_haute »"),
        (line(part_basse="50", source=""), "colonne « source »"),
        (line(famille=""), "colonne « famille »"),
        (line(cpv="90511 abc"), "colonne « cpv » : « abc »"),
    ],
)
def test_a_file_that_cannot_be_used_says_where_and_what_to_write(tmp_path: Path, written: str, said: str) -> None:
    path = tmp_path / "calibration.csv"
    path.write_text(f"{HEADER}\n{written}\n", encoding="utf-8")
    with pytest.raises(CalibrationRefused) as refused:
        load_calibration(path)
    assert said in str(refused.value)
    assert str(path) in str(refused.value)


def test_a_file_without_a_column_or_not_in_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "calibration.csv"
    path.write_text("famille;cpv\n", encoding="utf-8")
    with pytest.raises(CalibrationRefused, match="colonne absente : activites"):
        load_calibration(path)
    path.write_bytes("famille;métier".encode("latin-1"))
    with pytest.raises(CalibrationRefused, match="UTF-8"):
        load_calibration(path)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_text(f"{HEADER}\n{text}", encoding="utf-8", errors="replace")
    with suppress(CalibrationRefused):
        load_calibration(path)
