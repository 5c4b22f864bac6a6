"""Calibration by family of trades: what is known is a range with its source, the rest is unknown, and a team's own lines complete it."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.reading import ActivityGuess, Lot, Reading
from matcher.reference.calibration import (
    COLUMNS,
    CalibrationRefused,
    Span,
    euros_per_etp,
    family_from,
    family_named,
    family_of,
    follow_lines,
    likely_families,
    read_family_lines,
    work_families,
)
from matcher.reference.trades.activities import taxonomy

HEADER = ";".join(COLUMNS)


def line(**cells: str) -> str:
    usual = {"famille": "Collecte des déchets", "cpv": "90511", "activites": "dechets", "source": "relevé du service"}
    return ";".join({**dict.fromkeys(COLUMNS, ""), **usual, **cells}[column] for column in COLUMNS)


def reading(*cpv: str, activity: str = "") -> Reading:
    return Reading(Lot("x", cpv=cpv), activities=(ActivityGuess(activity, "", 1.0),) if activity else ())


@pytest.fixture(autouse=True)
def no_team() -> Iterator[None]:
    """No line of a team, before and after."""
    follow_lines(())
    yield
    follow_lines(())


def test_every_family_that_has_a_figure_has_its_source_and_trades_that_exist() -> None:
    natures = {"bien"}
    known = set(taxonomy().codes) | {taxonomy().group_of(code) for code in taxonomy().codes} | natures
    for its in work_families():
        assert set(its.activities) <= known
        assert its.source or (its.euros_per_etp is None and its.clause is None)
        assert its.sureness or its.euros_per_etp is None
    prefixes = [prefix for its in work_families() for prefix in its.cpv]
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


@pytest.mark.parametrize(
    ("objet", "guesses", "family", "sure", "several"),
    [
        (
            "Pôle culturel, TCE et aménagements extérieurs",
            {"batiment.vrd": 0.9},
            "Bâtiment, tous corps d’état",
            True,
            False,
        ),
        ("Charpente métallique", {"batiment.charpente-couverture": 0.9}, "Charpente métallique", True, False),
        (
            "École",
            {"batiment.vrd": 0.3, "batiment.construction": 0.2, "batiment.menuiserie": 0.2},
            "Bâtiment, tous corps d’état",
            False,
            False,
        ),
        (
            "Peinture",
            {"batiment.peinture": 0.8, "batiment.sols": 0.1, "batiment.vrd": 0.05},
            "Peinture, revêtements",
            True,
            False,
        ),
        (
            "x",
            {"batiment.construction": 0.2, "+batiment.vrd": 0.5, "+batiment.plomberie": 0.3},
            "VRD, voirie, réseaux",
            False,
            True,
        ),
        ("x", {"+batiment.peinture": 0.8, "+batiment.construction": 0.1}, "Peinture, revêtements", True, False),
        ("x", {"culture.spectacle": 0.6, "batiment.vrd": 0.2}, None, False, False),
    ],
)
def test_the_family_of_a_lot_is_written_or_weighs_most_else_it_is_to_be_asked(
    objet: str, guesses: dict[str, float], family: str | None, sure: bool, several: bool
) -> None:
    read = tuple(ActivityGuess(code.lstrip("+"), "", its, named=code[0] == "+") for code, its in guesses.items())
    found = likely_families(Reading(Lot(objet), activities=read))
    assert next((its.name for its in found.families), None) == family
    assert (found.sure, found.several) == (sure, several)


def test_each_figure_has_the_source_the_year_and_the_sureness_that_are_its_own() -> None:
    its = family_named("gardiennage")
    assert [(its.year_of(name), its.sureness_of(name)) for name in ("share", "hourly", "clause")] == [
        ("2010", "bonne"),
        ("2023", "bonne"),
        ("", "faible"),
    ]
    assert "Alès" in its.source_of("clause")
    with pytest.raises(CalibrationRefused, match="« Espaces verts, création » ou « Espaces verts, entretien »"):
        family_named("espaces verts")


def test_euros_per_etp_come_from_the_labour_share_and_the_hourly_cost_else_the_turnover() -> None:
    building = euros_per_etp(reading("45210000"))
    assert building is not None
    assert (round(building.low, -3), round(building.high, -3)) == (89_000, 107_000)
    assert euros_per_etp(reading("90911200")) == Span(51_000, 51_000)
    assert euros_per_etp(reading("90511000")) is None  # its share was not found


def test_a_line_of_the_team_stands_in_the_place_of_the_one_that_is_shipped() -> None:
    usual = {"famille": "Collecte des déchets", "cpv": "90511", "source": "relevé du service", "annee": "2026"}
    follow_lines([family_from({**dict.fromkeys(COLUMNS, ""), **usual, "part_basse": "40 %", "cout_bas": "28,5"})])
    its = family_of(reading("90511000"))
    assert its is not None
    assert its.euros_per_etp is not None
    assert its.euros_per_etp.middle == pytest.approx(28.5 * 1607 / 0.40)
    assert (its.source, its.year) == ("relevé du service", "2026")
    assert euros_per_etp(reading("90911200")) == Span(51_000, 51_000)  # the other families stay


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
        (line(cout_bas="3"), "entre 11,88 et 500"),
        (line(indice="BT99"), "colonne « indice » : « BT99 »"),
    ],
)
def test_a_file_that_cannot_be_used_says_where_and_what_to_write(tmp_path: Path, written: str, said: str) -> None:
    path = tmp_path / "calibration.csv"
    path.write_text(f"{HEADER}\n{written}\n", encoding="utf-8")
    with pytest.raises(CalibrationRefused) as refused:
        read_family_lines(path)
    assert said in str(refused.value)
    assert str(path) in str(refused.value)


def test_a_file_without_a_column_or_not_in_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "calibration.csv"
    path.write_text("famille;cpv\n", encoding="utf-8")
    with pytest.raises(CalibrationRefused, match="colonne absente : activites"):
        read_family_lines(path)
    path.write_bytes("famille;métier".encode("latin-1"))
    with pytest.raises(CalibrationRefused, match="UTF-8"):
        read_family_lines(path)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_text(f"{HEADER}\n{text}", encoding="utf-8", errors="replace")
    with suppress(CalibrationRefused):
        read_family_lines(path)


def test_what_the_law_forbids_closes_a_clause_and_its_ways_with_the_article(tmp_path: Path) -> None:
    asbestos = family_of(reading(activity="batiment.desamiantage"))
    assert asbestos is not None
    assert not asbestos.gives_work
    assert set(asbestos.closed_ways) >= {"etti", "interim", "soustraitance-aci"}
    assert asbestos.no_clause.startswith("pas de clause d’insertion dans ce métier (désamiantage) : ")
    assert "D4154-1" in asbestos.no_clause
    insurance = family_of(reading("66510000"))
    assert insurance is not None
    assert not insurance.closed_ways
    assert insurance.no_clause == "pas de clause d’insertion dans ce métier (assurances et services financiers)"
    path = tmp_path / "calage.csv"
    path.write_text(f"{HEADER}\n{line(voies_fermees='etti interimaire')}\n", encoding="utf-8")
    with pytest.raises(
        CalibrationRefused, match="ligne 2, colonne « voies_fermees » : « interimaire » n’est pas une voie"
    ):
        read_family_lines(path)
