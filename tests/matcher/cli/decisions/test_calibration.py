"""`reference calibration`: what is to be calibrated is said so; a line is filled with its source and its date, or refused with nothing written."""

from pathlib import Path

import pytest

from matcher.reference.calibration import COLUMNS
from matcher.settings import calibration_file
from tests.matcher.cli.conftest import Run

FILLED = ("--part", "40-45", "--cout", "28", "--source", "relevé du service", "--annee", "2026")


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))


def test_the_table_says_what_is_to_be_calibrated(run: Run) -> None:
    said = run("reference", "calibration").said
    assert "Nettoyage de locaux" in said
    assert "à caler" in said
    assert "INSEE" in said


def test_a_family_is_filled_with_its_source_and_its_year(run: Run, own: Path) -> None:
    need = ("avis", "--objet", "Collecte des déchets", "--cpv", "90511000", "--lieu", "Lille", "--montant", "400000")
    assert run(*need, "--format", "json").json()["need"]["etp"] is None
    assert run("reference", "calibration", "Collecte des déchets", *FILLED).code == 0
    assert "40 à 45" in run("reference", "calibration").said
    assert run(*need, "--format", "json").json()["need"]["etp"] == pytest.approx(3.8, abs=0.1)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("Collecte des déchets", "--part", "40"), 2, "--source"),
        (("--part", "40"), 2, "Nommez d’abord la famille"),
        (("Collecte des déchets", *FILLED, "--part", "beaucoup"), 1, "colonne « part_basse » : « beaucoup »"),
        (("Collecte des déchets", *FILLED, "--part", "60-40"), 1, "elle est sous « part_basse »"),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_is_written(
    run: Run, words: tuple[str, ...], code: int, said: str
) -> None:
    done = run("reference", "calibration", *words)
    assert done.code == code
    assert said in done.said
    assert "beaucoup" not in run("reference", "calibration").said


def test_the_file_of_a_former_version_is_told_and_taken_in(run: Run) -> None:
    columns = [column for column in COLUMNS if column not in ("prix_bas", "prix_haut", "reprise")]
    cells = {"famille": "Reliure", "cpv": "79971", "euros_par_etp_bas": "60000", "source": "relevé", "annee": "2026"}
    calibration_file().parent.mkdir(parents=True)
    calibration_file().write_text(
        f"{';'.join(columns)}\n{';'.join(cells.get(column, '') for column in columns)}\n", encoding="utf-8"
    )
    assert "n’est plus lu" in run("reference", "calibration").said
    assert run("reference", "calibration", "--fichier", str(calibration_file())).code == 0
    assert "Reliure" in run("reference", "calibration").said
