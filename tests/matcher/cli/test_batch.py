"""`batch`: the rows of `match`, in partitions, and what it refuses before any work."""

from pathlib import Path

import pytest

from matcher.batch.folder import alone_in
from matcher.paths import shipped
from tests.matcher.cli.conftest import Run

LOTS = shipped("data/samples/lots.jsonl")


def test_a_batch_gives_the_rows_of_match_once_and_says_so(sample: Path, run: Run, tmp_path: Path) -> None:
    output = tmp_path / "rendu"
    asked = ("batch", "--lots", LOTS, "--top", 5, "--partition", 3, "--processus", 1, "-o", output)
    done = run(*asked)
    assert done.code == 0, done.err
    matched = run("match", "--lots", LOTS, "--top", 5, "--format", "jsonl").out
    written = "".join(path.read_text(encoding="utf-8") for path in sorted(output.glob("partition-*.jsonl")))
    assert written == matched
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
        (("--lots", LOTS, "--jusqu-au", "2026-11-01"), 2, "--jusqu-au va avec --depuis"),
        (("--lots", LOTS, "--cluster", "tcp://127.0.0.1:1", "--processus", 2), 2, "ne vont pas ensemble"),
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
