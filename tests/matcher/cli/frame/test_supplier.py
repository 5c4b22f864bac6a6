"""A supplier is named by what a list shows under its name, by its name, or by its numbers; none and several are told with their ids."""

import re
from pathlib import Path

import pytest

from matcher.catalogue.store.named_supplier import SHORT_LENGTH, short_id
from tests.matcher.cli.conftest import Run

NEED = ("--objet", "Entretien des espaces verts", "--lieu", "Maubeuge")


def first_of_list(run: Run) -> tuple[str, str, str]:
    """The short id, the name and the id of the first of a list."""
    top = run("match", *NEED, "--format", "json", "--top", "3").json()
    first = next(match for match in top["matches"] if match["id"] == top["screen"][0])
    return short_id(first["id"]), first["name"], first["id"]


def test_each_row_of_a_list_bears_a_short_id(sample: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    top = run("match", *NEED, "--format", "json", "--top", "5").json()
    for width in ("120", "60"):
        monkeypatch.setenv("COLUMNS", width)
        shown = run("match", *NEED, "--top", "5").out
        assert [its for its in top["screen"] if short_id(its) not in shown] == []


def test_a_short_id_is_of_its_supplier_alone_and_no_number() -> None:
    every = {short_id(f"siret:{number:014}") for number in range(2_000)}
    assert len(every) == 2_000
    assert all(re.fullmatch(rf"[a-z][a-z0-9]{{{SHORT_LENGTH - 1}}}", its) for its in every)
    assert short_id("siret:00010101400017") == "m9g6dc"


def test_a_list_leads_to_a_supplier_by_its_short_id_and_by_its_name(sample: Path, run: Run) -> None:
    short, name, supplier_id = first_of_list(run)
    for named in (short, short.upper(), name, name.lower(), supplier_id):
        assert f"{name}  {supplier_id}" in run("catalogue", "show", named).out
        assert run("explain", named, *NEED, "--format", "json").json()["id"] == supplier_id


def test_a_dossier_takes_the_short_id_and_the_name(own: Path, run: Run) -> None:
    run("dossier", "create", "--titre", "Berges", "--par", "Léa")
    run("dossier", "add-lot", 1, *NEED, "--par", "Léa")
    short, name, supplier_id = first_of_list(run)
    assert f"« {supplier_id} » est déjà dans la liste" in run("dossier", "keep", 1, short, "--par", "Léa").said
    assert run("dossier", "status", 1, name, "contacté", "--par", "Léa").code == 0
    assert name in run("dossier", "show", 1).out
    assert run("dossier", "remove", 1, "Personne de ce nom", "--motif", "x", "--par", "Léa").code == 1
    assert supplier_id in run("dossier", "show", 1, "--format", "json").out


def test_a_name_of_several_lists_them_with_their_ids(sample: Path, run: Run) -> None:
    done = run("catalogue", "show", "les")
    assert (done.code, done.out) == (1, "")
    assert re.search(r"« les » peut être \d+ structures : [a-z0-9]{6} « ", done.said)


def test_a_name_of_none_is_told_those_nearest(sample: Path, run: Run) -> None:
    done = run("catalogue", "show", "atelier des bord de sanbre")
    assert done.code == 1
    assert "Aucune structure du catalogue ne s’appelle « atelier des bord de sanbre ». Noms proches : " in done.said
    assert "BORDS DE SAMBRE" in done.said.upper()


def test_a_supplier_is_named_once(sample: Path, run: Run) -> None:
    done = run("explain", "WEDO", "--siret", "00010101400017", *NEED)
    assert (done.code, "désigné deux fois" in done.said) == (2, True)


def test_an_empty_catalogue_is_told_empty(new: Path, run: Run) -> None:
    for words in (("catalogue", "show", "WEDO"), ("verifier", "00010101400017"), ("explain", "WEDO", *NEED)):
        done = run(*words)
        assert (done.code, "est vide" in done.err) == (1, True)
