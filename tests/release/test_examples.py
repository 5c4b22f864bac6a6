"""The scripts of `examples/`, each run as a stranger would, on the invented sample."""

import csv
import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import openpyxl
import pytest

from matcher.db import open_database
from matcher.settings import sample_url
from matcher.web import create_app
from matcher.web.frame.serve import Server
from tests.conftest import ROOT
from tests.matcher.cli.every_command import surroundings
from tests.waiting import LONGEST_S

EXAMPLES = ROOT / "examples"
PROGRAM = "from matcher.cli.app import main; main()"
Run = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.slow(reason="a process for each script")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A script of `examples/`, or the program itself, run on a home where `entremise demo` alone was typed."""
    home = tmp_path_factory.mktemp("maison")
    program = home / "entremise"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{PROGRAM}" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch, surroundings() as services:
        for name, value in {
            **services,
            "XDG_DATA_HOME": str(home / "donnees"),
            "XDG_CACHE_HOME": str(home / "cache"),
            "PYTHONPATH": str(ROOT),
            "PYTHON": sys.executable,
            "ENTREMISE": str(program),
        }.items():
            patch.setenv(name, value)

        def script(name: str, *words: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
            with_what = {".py": [sys.executable], ".sh": ["sh"]}.get(Path(name).suffix, [])
            done = subprocess.run(
                [*with_what, str(EXAMPLES / name if with_what else program), *map(str, words)],
                input=stdin, capture_output=True, text=True, cwd=home, env=dict(os.environ), timeout=LONGEST_S, check=False,
            )  # fmt: skip
            assert done.returncode == 0, done.stdout + done.stderr
            return done

        script("entremise", "demo", "--no-serve")
        yield script


def test_lots_of_a_csv_become_a_workbook(run: Run, tmp_path: Path) -> None:
    run("lots_to_xlsx.py", EXAMPLES / "lots.csv", tmp_path / "listes.xlsx")
    header, *lines = openpyxl.load_workbook(tmp_path / "listes.xlsx")["Candidats"].iter_rows(values_only=True)
    assert header[0] == "lot"
    assert {line[0] for line in lines} == {"berges", "traiteur", "archives"}
    first = next(line for line in lines if line[0] == "traiteur")
    assert first[1:4] == ("connu", 1, "ESAT DE LA HAUTE DEULE")
    assert "déclare « Traiteur »" in first[8].replace("\xa0", " ")


def test_names_are_told_who_they_are(run: Run) -> None:
    done = run("names_to_siret.py", stdin="ESAT du Canal\nPersonne de connu\n")
    known, nobody = csv.DictReader(io.StringIO(done.stdout), delimiter=";")
    assert (known["certitude"], nobody["certitude"], nobody["options"]) == ("a_confirmer", "inconnu", "")
    assert "00010103000013" in known["options"]


def test_a_client_of_the_api_prints_a_list(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = open_database(sample_url())
    server = Server(create_app(engine), "127.0.0.1", 0)
    server.listen()
    serving = Thread(target=server.run, daemon=True)
    serving.start()
    monkeypatch.setenv("ENTREMISE_SERVER", server.url)
    try:
        headline, *lines = run("api_client.py", "Prestations de traiteur", "Lille").stdout.splitlines()
    finally:
        server.close()
        serving.join(LONGEST_S)
        engine.dispose()
    assert headline.startswith("2 structures connues")
    assert lines[0] == "connu      ESAT DE LA HAUTE DEULE, Lille"


def test_a_client_without_a_server_says_how_to_open_one() -> None:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / "api_client.py"), "Traiteur", "Lille"],
        capture_output=True, text=True, env={**os.environ, "ENTREMISE_SERVER": "http://127.0.0.1:9"}, timeout=LONGEST_S, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("Aucun serveur ne répond à http://127.0.0.1:9")
    assert done.stderr.rstrip().endswith("entremise serve")


def test_a_night_of_notices_leaves_the_lots_that_are_open(run: Run, tmp_path: Path) -> None:
    done = run("nightly_notices.sh", tmp_path / "lots.csv")
    written = (tmp_path / "lots.csv").read_text(encoding="utf-8-sig")
    assert written.startswith("Exemple inventé")
    assert (
        len(list(csv.reader(io.StringIO(written), delimiter=";"))) == 4
    )  # that line, a header, the two lots of the notice
    assert "BOAMP" in done.stdout


def test_the_sheet_of_a_network_becomes_a_catalogue_of_its_own(run: Run, tmp_path: Path) -> None:
    catalogue = tmp_path / "reseau.sqlite"
    files = (EXAMPLES / "own_directory.csv", EXAMPLES / "own_directory.toml")
    done = run("own_directory.sh", *files, "Réseau d’exemple", catalogue)
    assert "selon votre correspondance" in done.stdout
    assert "Net’Exemple (fictif)" in done.stdout
    assert catalogue.exists()


def test_every_script_has_its_line_its_header_and_its_test() -> None:
    listed = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    tests = Path(__file__).read_text(encoding="utf-8")
    scripts = [path for path in EXAMPLES.iterdir() if path.suffix in (".py", ".sh")]
    assert len(scripts) == 5
    for path in scripts:
        assert f"[{path.name}]" in listed
        assert f'run("{path.name}"' in tests
        assert path.read_text(encoding="utf-8").removeprefix("#!/bin/sh\n").startswith(('"""', "# "))
