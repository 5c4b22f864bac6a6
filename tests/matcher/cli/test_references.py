"""Past contracts from the file to the screen: imported, shown, exported, said in a list."""

from pathlib import Path

import pytest

from tests.importers.reading import FIXTURES
from tests.matcher.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("read_here")

NEED = ("--objet", "Entretien des espaces verts", "--lieu", "Maubeuge", "--date", "2026-11-24")


def contracts(tmp_path: Path, siret: str) -> Path:
    """The fixture, its first winner another, for a trade that its words and its CPV agree on."""
    text = (FIXTURES / "decp_2022.json").read_text(encoding="utf-8").replace("90000201500015", siret)
    text = text.replace("berges et des espaces naturels", "espaces verts et des pelouses")
    path = tmp_path / "decp.json"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_contract_is_imported_shown_exported_and_counted(own: Path, tmp_path: Path, run: Run) -> None:
    first = next(line for line in run("match", *NEED, "--format", "jsonl").lines() if line["siret"])
    path = contracts(tmp_path, first["siret"])
    report = run("import", "decp", path, "--format", "json").json()
    assert (report["read"], report["merged"], report["refused"]) == (4, 1, 3)
    assert "gardé" in report["reasons"][0]["reason"]
    told = run("catalogue", "show", first["siret"])
    assert "Marchés publics remportés : 1" in told.said
    assert "15 février 2024" in told.said
    assert "(decp)" in told.said
    assert run("catalogue", "show", first["siret"], "--format", "json").json()["references"][0]["date"] == "2024-02-15"
    exported = run("export", "--format", "jsonl").lines()
    held = {line["id"]: line["references"] for line in exported if line["references"]}
    assert list(held) == [first["id"]]
    assert (held[first["id"]][0]["amount"], held[first["id"]][0]["social"]) == (90000.0, "Marché réservé")
    line = next(line for line in run("match", *NEED, "--format", "jsonl").lines() if line["id"] == first["id"])
    said = {c["signal"]: c["says"] for c in line["contributions"]}
    assert "a tenu « Entretien des espaces verts et des pelouses »" in said["references"]
    assert line["score"] > first["score"]


def test_awards_are_never_complete_and_undo_works(own: Path, tmp_path: Path, run: Run) -> None:
    path = contracts(tmp_path, "90000201500015")
    done = run("import", "decp", path, "--complet")
    assert (done.code, "--complet n’a pas de sens" in done.said) == (1, True)
    assert run("import", "decp", path).code == 0
    number = run("catalogue", "imports", "--format", "json").json()[0]["id"]
    assert run("catalogue", "undo-import", number).code == 0


def test_each_candidate_is_said_in_plain_words(sample: Path, run: Run) -> None:
    for line in run("match", *NEED, "--format", "jsonl").lines():
        assert line["explanation"].startswith(line["name"].replace("'", "’"))
    listed = run("match", *NEED, "--format", "jsonl").lines()[0]
    assert "À vérifier par téléphone" not in run("match", *NEED).said
    assert "À vérifier par téléphone" in run("explain", *NEED, "--id", listed["id"]).said


def test_what_another_lever_would_give(sample: Path, run: Run) -> None:
    listed = run("match", *NEED, "--kind", "ACI", "--format", "jsonl").lines()[0]
    answer = run("explain", *NEED, "--levier", "12", "--id", listed["id"], "--format", "json").json()
    ranks = {choice["levier"]: choice["rank"] for choice in answer["choices"]}
    assert ranks["14"] is not None
    assert f"il serait {ranks['13']}" in answer["says"]
    assert "il serait" in run("explain", *NEED, "--levier", "12", "--id", listed["id"]).said
