"""What `read` and `match` say of a trade that is not sure: the question, how to answer it, and why the trade is read."""

import re
from pathlib import Path

from matcher.catalogue.store.sample import mark_sample
from matcher.db import open_database, writing
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


def test_a_clue_too_faint_to_speak_for_a_supplier_is_said_as_on_the_page(sample: Path, run: Run) -> None:
    table = run("match", "--objet", "Nettoyage des locaux", "--lieu", "Avesnes-sur-Helpe").said
    assert "▨ indice faible, à confirmer : NAF 81.30Z" in table.replace("\xa0", " ")
    assert table.count("indice faible") == 1


def test_far_from_the_sample_its_area_is_said(own: Path, run: Run) -> None:
    need = ("match", "--objet", "Nettoyage des locaux", "--lieu", "Rodez")
    assert "Hauts-de-France" not in run(*need).said
    engine = open_database(f"sqlite:///{own.as_posix()}")
    with writing(engine) as connection:
        mark_sample(connection)
    engine.dispose()
    assert "L’exemple inventé ne couvre que les Hauts-de-France" in run(*need).said
    assert "Hauts-de-France" not in run(*need[:-1], "Maubeuge").said


def test_each_command_that_a_list_proposes_says_what_it_needs(sample: Path, run: Run) -> None:
    said = run("match", "--objet", "Prestations de traiteur", "--lieu", "Lille").said
    explained = re.search(r"« entremise (explain \w+ --objet) … »", said)
    assert explained
    assert run(*explained[1].split(), "Prestations de traiteur", "--lieu", "Lille").code == 0
    kept = re.search(r"« entremise (dossier keep) DOSSIER (\w+) (--par) NOM »", said)
    assert kept
    assert "Il n’y a pas de dossier 1" in run(*kept[1].split(), "1", kept[2], kept[3], "Léa").said
