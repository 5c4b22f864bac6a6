"""What `read` and `match` say of a trade that is not sure: the question, how to answer it, and why the trade is read."""

from pathlib import Path

from tests.matcher.cli.conftest import Run
from tests.matcher.cli.need.test_match import lots_file


def test_a_doubtful_trade_is_asked_with_how_to_answer_and_the_answer_ranks_again(sample: Path, run: Run) -> None:
    need = ("--objet", "Collecte", "--lieu", "Maubeuge")
    reading = run("read", *need, "--format", "json").json()
    assert not reading["sure"]
    first, second, _ = reading["options"]
    assert reading["asked"][0] == first
    table = run("match", *need).out
    assert all(f"--activite {code}" in table for code in reading["options"])
    assert "Métier à confirmer" in table
    chosen = run("match", *need, "--activite", second, "--format", "json").json()
    assert chosen["lot"]["asked"] == [second]
    assert chosen["lot"]["sure"]
    assert chosen["lot"]["options"] == []
    assert "Métier à confirmer" not in chosen["answer"]
    refused = run("match", *need, "--activite", "ménage")
    assert refused.code == 2
    assert "--activite" in refused.err


def test_a_guessed_trade_is_ranked_and_never_a_question_alone(sample: Path, run: Run, tmp_path: Path) -> None:
    lines = run("match", "--lots", lots_file(tmp_path, {"objet": "Collecte"}), "--format", "jsonl").lines()
    assert lines
    assert not any("question" in line and "id" not in line for line in lines)


def test_why_a_trade_is_read_is_said_where_it_is_asked(run: Run) -> None:
    need = ("--objet", "Débroussaillement autour du camping")
    assert "because" not in run("read", *need, "--format", "json").json()
    because = run("read", *need, "--pourquoi", "--format", "json").json()["because"]
    assert because["code"] == "espaces-verts.debroussaillage"
    assert because["words"][0] == "Débroussaillement"
    assert because["nearest"]
    table = run("read", *need, "--pourquoi").out
    assert "« Débroussaillement »" in table
    assert "Pourquoi" not in run("read", *need).out
    assert run("read", "--cpv", "90919200", "--pourquoi", "--format", "json").json()["because"] is None
