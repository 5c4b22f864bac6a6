"""`programme`: each line has the numbers of `avis`; the workbook keeps lines, columns and order; a run that was killed goes on."""

import io
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from matcher.settings import CACHE_VARIABLE, DATABASE_VARIABLE
from tests.conftest import ROOT
from tests.matcher.cli.conftest import Run
from tests.waiting import awaited

LINES = (
    ("Entretien des espaces verts", "Maubeuge", "80 k€ HT", "12"),
    ("Nettoyage des locaux", "Lille", "40 000,50", ""),
    ("Prestations diverses", "Lille", "", ""),
    ("Blanchisserie", "Arras", "12 000", ""),
)
SHEET = "Réf;Intitulé;Commune;Montant;Levier;Note\n" + "".join(
    f"00{at};{objet};{lieu};{montant};{levier};=1+1\n" for at, (objet, lieu, montant, levier) in enumerate(LINES)
)


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "programme.csv"
    path.write_text(SHEET, encoding="utf-8")
    return path


def test_each_line_has_the_numbers_of_avis(sample: Path, run: Run, sheet: Path) -> None:
    told = run("programme", sheet, "--format", "json").json()
    assert [line["line"] for line in told["lines"]] == [2, 3, 4, 5]
    for (objet, lieu, montant, levier), line in zip(LINES, told["lines"], strict=True):
        given = {"--objet": objet, "--lieu": lieu, "--montant": montant, "--levier": levier}
        alone = run("avis", *[part for pair in given.items() if pair[1] for part in pair], "--format", "json").json()
        its = next(one for one in alone["levers"] if one["levier"] == (alone["levier"] or levier or "clause"))
        assert line["verdict"] == alone["verdict"]
        assert line["lever"] == alone["levier"]
        assert line["headline"] == alone["headline"]
        assert (line["credible"], line["to_call"]) == (its["credible"], its["to_call"])
        credible = [one["id"] for one in alone["candidates"] if one["credible"]]
        assert [one["id"] for one in line["first"]] == credible[:3]
        assert line["etp"] == alone["need"]["etp"]
    assert told["whole"]["lines"] == 4


def test_a_workbook_keeps_the_lines_their_order_and_their_columns(sample: Path, run: Run, sheet: Path) -> None:
    made = sheet.with_name("sortie.xlsx")
    assert run("programme", sheet, "-o", made).code == 0
    book = openpyxl.load_workbook(io.BytesIO(made.read_bytes()))
    assert book.sheetnames == ["Réponse", "Totaux", "À préciser", "Programme", "Structures", "Matrice"]
    head, *lines = book["Programme"].values
    assert head[:6] == ("Réf", "Intitulé", "Commune", "Montant", "Levier", "Note")
    assert [line[1] for line in lines] == [line[0] for line in LINES]
    assert [line[0] for line in lines] == ["000", "001", "002", "003"]  # a code is not a number
    assert book["Programme"]["F2"].data_type == "s"  # and what begins as a formula is text
    first = list(book["À préciser"].values)[1]
    assert first[:2] == ("ligne 4", "Prestations diverses")
    assert "métier" in str(first[3])
    rows = list(book["Totaux"].values)
    assert rows[-1][2] == 4 == sum(int(str(row[2])) for row in rows[1:-1])


def test_the_matrix_is_of_all_the_lines_and_of_whom_each_counts(sample: Path, run: Run, sheet: Path) -> None:
    made = sheet.with_name("sortie.xlsx")
    assert run("programme", sheet, "-o", made).code == 0
    told = run("programme", sheet, "--format", "json").json()
    head, *rows = openpyxl.load_workbook(io.BytesIO(made.read_bytes()))["Matrice"].values
    assert head[5:] == ("2", "3", "4", "5")
    for at, line in enumerate(told["lines"], start=5):
        sure = line["verdict"] and line["understood"]
        assert sum(row[at] == "×" for row in rows) == (line["credible"] if sure else 0)
        assert sum(row[at] == "à appeler" for row in rows) == (line["to_call"] if sure else 0)
    for row, one in zip(rows, told["suppliers"], strict=True):
        assert row[0] == one["name"]
        assert [head[at] for at in range(5, 9) if row[at] == "×"] == one["credible_for"]
        assert row[3:5] == (len(one["credible_for"]), len(one["to_call_for"]))
    assert [row[3] for row in rows] == sorted((row[3] for row in rows), reverse=True)
    assert any(one["credible_for"] for one in told["suppliers"])


def test_the_terminal_says_the_whole_then_the_doubts_then_every_line(sample: Path, run: Run, sheet: Path) -> None:
    told = run("programme", sheet).said
    assert "4 achats :" in told
    assert "1 sans avis" in told
    assert re.search("ligne 4 +Prestations diverses +non connu +Nous n’avons pas", told)
    assert len(run("programme", sheet, "--format", "jsonl").lines()) == 4


@pytest.mark.slow(reason="it kills a process in the middle of a long programme")
def test_a_run_that_was_killed_goes_on_from_where_it_was(sample: Path, run: Run, tmp_path: Path) -> None:
    path, cache = tmp_path / "long.csv", Path(os.environ[CACHE_VARIABLE]) / "programmes"
    path.write_text(
        "Objet;Lieu;Montant\n" + "".join(f"Nettoyage des locaux;Lille;{n}\n" for n in range(1, 301)), encoding="utf-8"
    )
    command = [sys.executable, "-c", "from matcher.cli import main; main()", "programme", str(path)]
    environment = {**os.environ, DATABASE_VARIABLE: f"sqlite:///{sample.as_posix()}", "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        awaited(
            lambda: [kept.read_bytes().count(b"\n") for kept in cache.glob("*.jsonl")],
            lambda done: max(done, default=0) > 20,
        )
        running.send_signal(signal.SIGKILL)
    (kept,) = cache.glob("*.jsonl")
    done = kept.read_bytes().count(b"\n") - 1
    assert 20 <= done < 300
    again = run("programme", path, "--format", "jsonl")
    assert "déjà faites" in again.err
    assert len(again.lines()) == 300
    assert not list(cache.glob("*.jsonl"))
    assert "Reprise" not in run("programme", path, "--format", "jsonl").err


@pytest.mark.parametrize(
    ("text", "options", "code", "said"),
    [
        ("Nom;Couleur\nA;bleu\n", (), 1, "il manque la colonne qui donne l’objet ou le CPV"),
        ("Objet;Montant\n", (), 1, "aucune ligne"),
        ("Objet\n" + "Tonte\n" * 2001, (), 1, "2 000 au plus"),
        ("", (), 1, "vide"),
        (SHEET, ("--format", "xlsx"), 2, "-o programme.xlsx"),
        (SHEET, ("--offres", "0"), 2, "nombre entier"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_french(
    sample: Path, run: Run, tmp_path: Path, text: str, options: tuple[str, ...], code: int, said: str
) -> None:
    path = tmp_path / "p.csv"
    path.write_text(text, encoding="utf-8")
    done = run("programme", path, *options)
    assert done.code == code
    assert said in done.said.replace("\u202f", " ")


def test_a_missing_file_is_a_wrong_usage(sample: Path, run: Run) -> None:
    assert run("programme", "absent.csv").code == 2


def test_options_answer_for_every_line_that_asks_and_no_other(sample: Path, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "sans-lieu.csv"
    path.write_text(
        "Objet;Montant\nNettoyage des locaux;12 000\nTraiteur;9 000 € HT au total\nTonte;7 000 USD\n", "utf-8"
    )
    bare = run("programme", path, "--format", "json").json()
    assert (bare["whole"]["amount"], bare["whole"]["amounts_supposed"], bare["whole"]["amounts_unknown"]) == (
        9_000,
        1,
        1,
    )
    assert [line["asks"][:3] for line in bare["lines"]] == [["lieu", "taxe", "période"], ["lieu"], ["lieu", "montant"]]
    told = ("--lieu", "Maubeuge", "--montants", "ttc", "--periode", "an", "--duree", "48")
    its = run("programme", path, *told, "--format", "json").json()
    assert [line["amount"] for line in its["lines"]] == [40_000, 9_000, None]
    assert [line["place_supposed"] for line in its["lines"]] == [True] * 3
    assert its["lines"][0]["amount_from"] == "TTC à 20 % · par an × 4"
    assert "une autre monnaie que l’euro" in its["lines"][2]["question"]
    assert its["social"]["of"] == 3
    table = run("programme", path, *told, "--format", "csv").out
    assert "TTC à 20 % · par an × 4" in table.splitlines()[1]
    assert run("programme", path, "--lieu", "Nulle-Part-sur-Rien").code == 2
    assert run("programme", path, "--acheteur", "12").code == 2
