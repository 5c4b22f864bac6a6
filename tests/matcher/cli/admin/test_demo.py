"""`demo`: from nothing to a ranked list, in a catalogue of its own."""

from pathlib import Path

import pytest

from importers import REGISTRY
from importers.importer import Source
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.store.sample import SAMPLE_NOTICE
from matcher.clock import now
from matcher.db import open_database
from matcher.paths import shipped_path
from matcher.settings import DATABASE_VARIABLE, sample_url
from matcher.web.frame.serve import Server
from tests.matcher.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("read_here")


def test_it_builds_its_catalogue_and_what_the_help_says_to_try_next_opens_it_and_says_so(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv(DATABASE_VARIABLE, raising=False)
    monkeypatch.setattr("matcher.cli.admin.demo._somebody_is_there", lambda: True)
    monkeypatch.setattr("matcher.cli.admin.demo._has_screen", lambda: False)
    monkeypatch.setattr("matcher.cli.admin.demo.PORT", 0)
    monkeypatch.setattr(Server, "run", lambda self: None)
    asked = ("match", "--objet", "Entretien des berges de la Sambre", "--lieu", "Maubeuge")
    assert "essayez « entremise demo »" in run(*asked).said
    first, second = run("demo", "--top", 2), run("demo", "--no-serve")
    assert (first.code, second.code) == (0, 0)
    assert "Maubeuge" in first.said
    assert "inventés" in first.said
    assert "Pages ouvertes : http://127.0.0.1:" in first.said
    assert "Pages ouvertes" not in second.said
    assert second.said.count("inchangé.") == 3
    assert {path.name for path in tmp_path.rglob("*.sqlite")} - {"catalogue.sqlite"} == {"exemple.sqlite"}
    done = run(*asked)
    assert (done.code, done.err.startswith(SAMPLE_NOTICE)) == (0, True)
    assert "LES ATELIERS DES BORDS" in done.out
    answer = run(*asked, "--format", "json").json()
    assert list(answer)[:2] == ["exemple", "lot"]
    assert "--db" not in first.said
    assert "Ces 44 fournisseurs sont inventés. Essayez" in second.said
    # The sample takes nothing else; what fills a catalogue fills the person's own, which opens from then on.
    directory = ("import", "emplois", shipped_path("data/samples/emplois.json"))
    refused = run(*directory, "--db", sample_url())
    assert (refused.code, "L’exemple inventé ne reçoit rien d’autre" in refused.said) == (1, True)
    assert "44 fournisseurs" in run("stats").said
    assert "Votre catalogue commence" not in run(*directory, "--dry-run").said
    taken = run(*directory)
    assert (taken.code, "Votre catalogue commence ici ; l’exemple inventé reste à part." in taken.err) == (0, True)
    assert run("stats", "--format", "json").json()["suppliers"] == 26
    assert "Votre catalogue commence" not in run(*directory).err
    assert run(*asked).err == ""


def test_of_a_sample_that_took_real_suppliers_once_those_alone_that_are_invented_are_said_so(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv(DATABASE_VARIABLE, raising=False)
    run("demo", "--no-serve")
    sheet = tmp_path / "reels.csv"
    sheet.write_text("Nom;Type;SIRET;Commune\nVraie;ESAT;90000001900019;Maubeuge\n", encoding="utf-8")
    engine = open_database(sample_url())
    run_import(engine, REGISTRY["tableur"], [Source(sheet)], now=now(), invented=True)
    engine.dispose()
    said = run("demo", "--no-serve").said
    assert "Ces 44 fournisseurs sont inventés. 1 autre fournisseur y est entré et n’en est pas" in said
    assert "exemple.sqlite » et relancez « entremise demo »" in said


def test_it_never_mixes_with_another_catalogue(own: Path, run: Run) -> None:
    before = own.read_bytes()
    done = run("demo", "--db", f"sqlite:///{own.as_posix()}")
    assert done.code == 1
    assert "contient déjà autre chose que l’exemple" in done.said
    assert own.read_bytes() == before
