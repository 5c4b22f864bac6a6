"""`bilan` on the command line: the figures of the page, ledgers given as files, a year that cannot be."""

from pathlib import Path

import pytest

from matcher.db import open_database
from tests.matcher.cli.conftest import Run
from tests.matcher.dossiers.report.year import LEDGER, whole


@pytest.fixture
def year(own: Path, tmp_path: Path, run: Run) -> Run:
    engine = open_database(f"sqlite:///{own.as_posix()}")
    whole(engine, tmp_path)
    engine.dispose()
    return run


def test_the_year_from_dossiers_public_data_and_ledgers(year: Run, tmp_path: Path) -> None:
    path = tmp_path / "2026.csv"
    path.write_text(LEDGER, encoding="utf-8")
    asked = ("bilan", "--annee", 2026, "--historique", path, "--historique", path)
    told = year(*asked, "--format", "json").json()
    assert told["spending"]["lines"] == 4, "the same ledger twice counts once"
    assert told["dossiers"]["contracts"][0]["count"] == 3
    shown = year(*asked)
    assert "3 marchés notés dans vos dossiers" in shown.said
    assert "non suivies" in shown.said
    assert year(*asked, "-o", tmp_path / "bilan.xlsx").code == 0
    assert (tmp_path / "bilan.xlsx").stat().st_size > 0
    assert "Tableau;Ligne" in year(*asked, "--format", "csv").out
    assert "Rien à compter pour 2014 et 2015" in year("bilan", "--annee", 2015, "--deux-ans").said


def test_a_year_to_come_is_refused(year: Run) -> None:
    refused = year("bilan", "--annee", 9999)
    assert refused.code == 1
    assert "n’est pas commencée" in refused.err


def test_amounts_that_say_no_tax_are_told(year: Run, tmp_path: Path) -> None:
    path = tmp_path / "2026.csv"
    path.write_text(LEDGER, encoding="utf-8")
    asked = ("bilan", "--annee", 2026, "--historique", path, "--format", "json")
    taxes = [one["tax"] for one in year(*asked).json()["spending"]["shares"]]
    assert "HT" not in taxes
    assert [one["tax"] for one in year(*asked, "--montants", "ht").json()["spending"]["shares"]] == ["HT"]
