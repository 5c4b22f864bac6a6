"""`batch`: the rows of `match`, in partitions, and what it refuses before any work."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from matcher.batch.folder import MANIFEST, alone_in
from matcher.paths import shipped_path
from tests.matcher.batch.conftest import rows
from tests.matcher.cli.conftest import Run
from tests.waiting import awaited

LOTS = shipped_path("data/samples/lots.jsonl")


def test_a_batch_gives_the_rows_of_match_once_and_says_so(sample: Path, run: Run, tmp_path: Path) -> None:
    output = tmp_path / "rendu"
    asked = ("batch", "--lots", LOTS, "--top", 5, "--partition", 3, "--processus", 1, "-o", output)
    done = run(*asked)
    assert done.code == 0, done.err
    matched = run("match", "--lots", LOTS, "--top", 5, "--format", "jsonl").out
    lines = [json.loads(line) for line in rows(output).splitlines()]
    understood = {line["lot_id"]: line.pop("understood") for line in lines}
    assert lines == [json.loads(line) for line in matched.splitlines()]
    read = {line["lot_id"]: line for line in run("read", "--lots", LOTS, "--format", "jsonl").lines()}
    assert understood == {
        key: {"activities": [one["code"] for one in line["activities"]], "sure": line["sure"], "doubts": line["doubts"]}
        for key, line in read.items()
    }
    assert f"2 partitions calculées : {len(matched.splitlines())} lignes dans" in done.said
    assert "0 partition calculée, 2 déjà faites" in run(*asked).said
    other = run(*(6 if one == 5 else one for one in asked))
    assert other.code == 1
    assert "--top a changé depuis" in other.said
    with alone_in(output):
        second = run(*asked)
    assert (second.code, "Un autre calcul écrit en ce moment" in second.said) == (1, True), second.said


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        ((), 2, "--lots, ou --depuis"),
        (("--lots", LOTS, "--depuis", "2026-11-01"), 2, "--lots, ou --depuis"),
        (("--lots", LOTS, "--part", "9/8"), 2, "« 9/8 » n’est pas une part : la troisième de huit s’écrit 3/8."),
        (("--lots", LOTS, "--part", "0/8"), 2, "n’est pas une part"),
        (("--lots", LOTS, "--jusqu-au", "2026-11-01"), 2, "--jusqu-au va avec --depuis"),
        (("--lots", LOTS, "--cluster", "tcp://127.0.0.1:1", "--processus", 2), 2, "ne vont pas ensemble"),
        (("--depuis", "2026-11-01", "--mapping", LOTS), 2, "--mapping dit les colonnes d’un tableau"),
        (("--lots", "absent.jsonl"), 2, "Le fichier « absent.jsonl » n’existe pas"),
        (("--depuis", "2026-11-01"), 1, "Aucun lot"),
        (("--lots", LOTS, "--top", "1000000000"), 2, "« 1000000000 » n’est pas un nombre entier, 1 ou plus, de neuf"),
    ],
)
def test_what_cannot_be_asked_is_refused_and_nothing_is_written(
    given: tuple[object, ...], code: int, said: str, sample: Path, run: Run, tmp_path: Path
) -> None:
    done = run("batch", *given, "-o", tmp_path / "rendu")
    assert (done.code, said in done.said) == (code, True), done.said
    assert not (tmp_path / "rendu").exists()


def test_a_line_that_is_no_lot_is_named_and_a_field_that_is_none_is_told(
    sample: Path, run: Run, tmp_path: Path
) -> None:
    lots = tmp_path / "lots.jsonl"
    lots.write_text('{"objet": "Nettoyage"}\npas du JSON\n', encoding="utf-8")
    refused = run("batch", "--lots", lots, "-o", tmp_path / "rendu")
    assert refused.code == 1
    assert "« lots.jsonl », ligne 2, colonne 1" in refused.said
    (tmp_path / "fichier").touch()
    assert "donnez un dossier" in run("batch", "--lots", lots, "-o", tmp_path / "fichier").said
    lots.write_text('{"objet": "Nettoyage de bureaux à Lille", "cpv": "1"}\n', encoding="utf-8")
    # No more processes than partitions are made ready, however many are asked.
    done = run("batch", "--lots", lots, "--processus", 100_000, "-o", tmp_path / "rendu")
    assert done.code == 0, done.said
    assert "« lots.jsonl », ligne 1, champ « cpv »" in done.said


def test_a_sheet_of_lots_is_read_by_its_columns_and_by_what_a_person_says_of_them(
    own: Path, tmp_path: Path, run: Run
) -> None:
    same, sheet, odd, mapping = (tmp_path / name for name in ("lots.jsonl", "lots.csv", "autres.csv", "colonnes.toml"))
    same.write_text('{"lot_id": "A", "objet": "Traiteur", "lieu": "Lille"}\n', encoding="utf-8")
    sheet.write_text("Référence;Objet;Lieu\nA;Traiteur;Lille\n", encoding="utf-8")
    odd.write_text("Référence;Ce qu’on veut;Lieu\nA;Traiteur;Lille\n", encoding="utf-8")
    mapping.write_text('"Ce qu’on veut" = "objet"\n', encoding="utf-8")
    for command in ("match", "read"):
        expected = run(command, "--lots", same, "--format", "jsonl").lines()
        assert run(command, "--lots", sheet, "--format", "jsonl").lines() == expected
        if command == "match":
            assert "il manque la colonne" in run(command, "--lots", odd).said
            assert run(command, "--lots", odd, "--mapping", mapping, "--format", "jsonl").lines() == expected
        assert run(command, "--lots", odd, "--format", "jsonl").lines() == expected  # as it was told before
    assert "--mapping dit les colonnes d’un tableau" in run("match", "--lots", same, "--mapping", mapping).said
    assert "--mapping dit les colonnes d’un tableau" in run("read", "--objet", "Traiteur", "--mapping", mapping).said


def _started(output: Path, *more: object) -> "subprocess.Popen[str]":
    """A batch of the sample in a process of its own, a lot a partition."""
    code = "from matcher.cli.app import main; main()"
    asked = ("batch", "--lots", LOTS, "--top", 5, "--partition", 1, "--processus", 1, "-o", output, *more)
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", code, *map(str, asked)], stdout=pipe, stderr=pipe, text=True)


def test_the_parts_of_several_processes_are_together_the_whole(sample: Path, tmp_path: Path) -> None:
    whole, shared = tmp_path / "entier", tmp_path / "partage"
    processes = [_started(whole), *(_started(shared, "--part", f"{part}/3") for part in (1, 2, 3))]
    said = [process.communicate()[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0, 0], said
    assert rows(shared) == rows(whole) != b""
    heads = {manifest.read_bytes().splitlines()[0] for manifest in shared.glob("_manifest*.jsonl")}
    assert heads == {(whole / MANIFEST).read_bytes().splitlines()[0]}
    done = [
        json.loads(line) for name in shared.glob("_manifest-*.jsonl") for line in name.read_bytes().splitlines()[1:]
    ]
    assert sorted(line["partition"] for line in done) == [1, 2, 3, 4]
    assert any("Partitions de toutes les parts : toutes sont faites." in one for one in said)
    (shared / "partition-00001.jsonl").unlink()
    again = [_started(shared, "--part", "1/3"), _started(shared, "--part", "2/3", "--top", 6)]
    taken_up, refused = (process.communicate()[1] for process in again)
    assert "1 partition calculée, 1 déjà faite" in taken_up
    assert "--top a changé depuis" in refused
    assert rows(shared) == rows(whole)


def test_what_is_stopped_says_that_the_same_command_goes_on(sample: Path, tmp_path: Path) -> None:
    lots = tmp_path / "lots.csv"
    lots.write_text("Objet;Lieu\n" + "Nettoyage de bureaux;Lille\n" * 12_000, encoding="utf-8")
    process = _started(tmp_path / "rendu", "--lots", lots)
    awaited((tmp_path / "rendu" / MANIFEST).exists, bool)
    process.send_signal(signal.SIGINT)
    said = process.communicate()[1]
    assert process.returncode == 130, said
    assert "Interrompu. Ce qui est fini est gardé : relancez la même commande" in said


def test_a_question_on_a_column_is_told_once_after_the_faults(sample: Path, tmp_path: Path, run: Run) -> None:
    path = tmp_path / "lots.csv"
    lines = "".join(f"Tonte {number};Lille;1000;6\n" for number in range(8))
    path.write_text(f"Objet;Lieu;Montant;Durée (mois)\n{lines}Taille;Lille;mille;six lunes\n", encoding="utf-8")
    said = run("match", "--lots", path, "--top", 1, "--format", "jsonl").err
    assert said.count("HT ou TTC ?") == 1
    assert (
        "« lots.csv », ligne 2, colonne « Montant » : HT ou TTC ? Compté HT en attendant. (et 8 autres lignes)" in said
    )
    assert "inutilisable" not in said
    assert said.index("ligne 10, colonne « Durée (mois) »") < said.index("HT ou TTC ?")
