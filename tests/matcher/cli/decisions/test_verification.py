"""`verifier`: numbers given one by one or by the column of a sheet, on the terminal and as files."""

import json
from pathlib import Path

from tests.matcher.cli.conftest import Run


def _known(run: Run) -> str:
    return next(str(line["siret"]) for line in run("export", "--format", "jsonl").lines() if line["siret"])


def test_numbers_and_a_column_are_one_question(own: Path, run: Run, tmp_path: Path) -> None:
    known = _known(run)
    sheet = tmp_path / "tiers.csv"
    sheet.write_text(f"Fournisseur;N° SIRET\nA;{known}\nB;\nC;12345\n", encoding="utf-8")
    told = json.loads(run("verifier", "55208131766522", "--fichier", sheet, "--format", "json").out)
    assert [one["standing"] for one in told["numbers"]] == ["inconnu du catalogue", "inclusif", "numéro illisible"]
    shown = run("verifier", known)
    assert shown.code == 0
    assert "inclusif" in shown.out


def test_no_number_is_wrong_usage(own: Path, run: Run) -> None:
    asked = run("verifier")
    assert (asked.code, "au moins un SIRET" in asked.said) == (2, True)
