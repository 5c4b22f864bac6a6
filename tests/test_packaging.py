"""The wheel holds all that the command needs and nothing else, and runs where the repository is not: every command once, and the first steps of
the documents as they stand."""

import importlib.metadata
import importlib.util
import json
import os
import re
import shlex
import shutil
import site
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from matcher.catalogue.store.sample import SAMPLE_NOTICE
from tests import api_page
from tests.conftest import ROOT
from tests.engines import ENGINES, dump, own_catalogue
from tests.matcher.cli.every_command import DEMO, SAMPLE_FILE, Ended, Examples, bare_environment, examples, surroundings
from tests.waiting import LONGEST_S

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ENOUGH_SETUPTOOLS = 77  # as in [build-system]


@dataclass(frozen=True, slots=True)
class Installed:
    """The wheel in an environment of its own, run from a folder of its own."""

    wheel: Path
    command: Path
    python: Path
    folder: Path

    def run(self, program: Path, arguments: Sequence[str | Path]) -> str:
        """Run a program of that environment as a stranger would: no variable points to the repository or to a catalogue."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "ENTREMISE"))}
        done = subprocess.run(
            [program, *arguments],
            cwd=self.folder,
            env=environment | {"HOME": str(self.folder), "PYTHONUTF8": "1"},
            capture_output=True,
            encoding="utf-8",
            timeout=LONGEST_S,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def built(folder: Path) -> Path:
    """Build the archive and from it the wheel, as a release does, in a copy: the tree stays clean and no earlier build leaks into it."""
    if importlib.util.find_spec("build") is None:
        pytest.skip("« build » n’est pas installé : la roue ne peut pas être construite")
    major = int(importlib.metadata.version("setuptools").split(".")[0])
    if major < ENOUGH_SETUPTOOLS:
        pytest.skip(
            f"setuptools {major} est trop ancien pour construire la roue sans réseau ({ENOUGH_SETUPTOOLS} attendu)"
        )
    copy = folder / "source"
    # The image is given the same: a file that the wheel needs and `.dockerignore` forgets fails here.
    for name in re.findall(r"^!/(.*)", (ROOT / ".dockerignore").read_text(encoding="utf-8"), flags=re.MULTILINE):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, copy)
    done = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, copy],
        capture_output=True,
        encoding="utf-8",
        timeout=LONGEST_S,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    wheel = built(tmp_path_factory.mktemp("wheel"))
    home = tmp_path_factory.mktemp("env")
    venv.create(home, with_pip=False, symlinks=os.name != "nt")
    scripts = home / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / ("python.exe" if os.name == "nt" else "python")
    purelib = Path(sysconfig.get_path("purelib", "venv", vars={"base": str(home), "platbase": str(home)}))
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index",
         "--disable-pip-version-check", wheel],
        check=True,
        timeout=LONGEST_S,
    )  # fmt: skip
    # The libraries are lent by this environment; what makes the project editable there is a .pth, which is not read twice.
    (purelib / "lent.pth").write_text("\n".join(site.getsitepackages()) + "\n", encoding="utf-8")
    folder = tmp_path_factory.mktemp("elsewhere")
    return Installed(wheel, scripts / ("entremise.exe" if os.name == "nt" else "entremise"), python, folder)


def test_the_wheel_holds_the_tables_and_neither_tests_nor_builders(installed: Installed) -> None:
    with zipfile.ZipFile(installed.wheel) as archive:
        names = set(archive.namelist())
    for folder in ("reference", "samples"):
        shipped = {path.name for path in (ROOT / "data" / folder).iterdir()}
        assert {f"matcher/data/{folder}/{name}" for name in shipped} <= names
    for folder, inside in (("templates", "matcher/templates"), ("matcher/web/static", "matcher/web/static")):
        files = {path.relative_to(ROOT / folder).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file()}
        assert {f"{inside}/{name}" for name in files} <= names
    code = {
        path.relative_to(ROOT).as_posix() for root in ("matcher", "importers") for path in (ROOT / root).rglob("*.py")
    }
    assert code <= names
    assert "matcher/py.typed" in names
    others = {
        name for name in names if not name.startswith(("matcher/", "importers/", f"entremise-{PROJECT['version']}."))
    }
    assert others == set()
    assert not any(
        "/build/" in name or "tests" in name.split("/") or name.endswith((".pyc", ".sqlite")) for name in names
    )
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_version_is_that_of_pyproject(installed: Installed) -> None:
    told = installed.run(installed.python, ["-c", "import importlib.metadata as m; print(m.version('entremise'))"])
    assert told.strip() == PROJECT["version"] == importlib.metadata.version("entremise")
    assert PROJECT["version"] in installed.run(installed.command, ["--version"])


def test_it_is_the_wheel_that_runs(installed: Installed) -> None:
    where = installed.run(
        installed.python, ["-c", "import matcher, importers, sys; print(matcher.__file__, *sys.path)"]
    )
    assert where.startswith(str(installed.python.parent.parent))
    assert str(ROOT) not in where.replace(str(ROOT / ".venv"), "")


def test_the_command_ranks_the_shipped_sample_from_another_folder(
    installed: Installed, ended: Mapping[str, Future[Ended]]
) -> None:
    demo = ended[DEMO].result()
    assert "LES ATELIERS DES BORDS" in demo.out
    database = sqlite_url(demo.folder / SAMPLE_FILE)
    asked = ["match", "--objet", "Prestations de traiteur", "--lieu", "Lille", "--db", database, "--format", "json"]
    answer = json.loads(installed.run(installed.command, asked))
    assert answer["matches"][0]["name"] == "ESAT DE LA HAUTE DEULE"
    lots = installed.python.parent.parent.rglob("matcher/data/samples/lots.jsonl")
    out = installed.folder / "lots.xlsx"
    installed.run(installed.command, ["match", "--lots", next(lots), "--db", database, "--format", "xlsx", "-o", out])
    assert zipfile.is_zipfile(out)


def test_the_pages_open_from_another_folder(installed: Installed) -> None:
    database = f"sqlite:///{(installed.folder / 'pages.sqlite').as_posix()}"
    script = (
        "from matcher.db import open_database; from matcher.web import create_app; "
        f"client = create_app(open_database({database!r})).test_client(); page = client.get('/'); "
        "print(page.status_code, page.text, client.get('/static/entremise.css').status_code)"
    )
    told = installed.run(installed.python, ["-c", script])
    assert told.startswith("200 ")
    assert "Que voulez-vous acheter" in told
    assert told.strip().endswith("200")


@pytest.fixture(scope="module")
def ended(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Future[Ended]]]:
    """How the example of each command ends, run by the installed program."""
    with surroundings() as told:
        runs = Examples(
            installed.python, installed.command, tmp_path_factory.mktemp("exemples"), bare_environment() | told
        )
        yield runs.start(examples())
        runs.stop()


@pytest.mark.parametrize("name", examples())
def test_the_example_of_each_command_does_what_its_help_says(name: str, ended: Mapping[str, Future[Ended]]) -> None:
    done = ended[name].result()
    assert done.code == 0, done.out + done.err
    assert "Traceback" not in done.err
    assert (done.out + done.err.replace(SAMPLE_NOTICE, "")).strip()
    if name != DEMO and "exemple.sqlite" in done.err:
        assert done.err.startswith(SAMPLE_NOTICE)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_catalogue_is_copied_backed_up_and_restored_the_same(
    engine: str, installed: Installed, ended: Mapping[str, Future[Ended]], tmp_path: Path
) -> None:
    sample = sqlite_url(ended["dossier award"].result().folder / SAMPLE_FILE)
    backup, back = tmp_path / "sauvegarde.sqlite", sqlite_url(tmp_path / "retour.sqlite")
    (tmp_path / "restauree").mkdir()
    with own_catalogue(engine, tmp_path) as there, own_catalogue(engine, tmp_path / "restauree") as restored:
        for words in (
            ["db", "copy", "--db", sample, "--to", there],
            ["db", "backup", backup, "--db", there],
            ["db", "restore", backup, "--db", restored],
            ["db", "copy", "--db", restored, "--to", back],
        ):
            installed.run(installed.command, words)
        first, *others = [rows_of(url) for url in (sample, there, restored, back)]
    assert {"supplier", "dossier", "meeting_event", "published_lot"} <= {row[0] for row in first}
    catalogue, lines = apart_from_audit(first)
    for number, rows in enumerate(others, start=1):
        copied, copied_lines = apart_from_audit(rows)
        assert copied == catalogue
        # each copy and restore adds its own line to the journal that it copies
        assert len(copied_lines) == len(lines) + number
        assert set(lines) <= set(copied_lines)


def sqlite_url(path: Path) -> str:
    return f"sqlite:///{path.as_posix()}"


def apart_from_audit(rows: list[tuple[object, ...]]) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """The rows of a catalogue, then those of its audit journal."""
    return [row for row in rows if row[0] != "audit"], [row for row in rows if row[0] == "audit"]


def rows_of(url: str) -> list[tuple[object, ...]]:
    """Every row of a catalogue, on any database."""
    engine = create_engine(url)
    try:
        return dump(engine, numbers=True)
    finally:
        engine.dispose()


@pytest.fixture(scope="module")
def newcomer(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Sequence[str | Path]], str]:
    """What a person reads who runs a program in a home where `entremise demo` was the first command, and nothing is set."""
    home = tmp_path_factory.mktemp("maison")

    def run(words: Sequence[str | Path]) -> str:
        done = subprocess.run(
            words,
            cwd=home,
            env=bare_environment() | {"HOME": str(home)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=LONGEST_S,
        )
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout + done.stderr

    run([installed.command, "demo"])
    return run


def test_the_commands_of_the_readme_open_the_sample_as_they_stand(
    installed: Installed, newcomer: Callable[[Sequence[str | Path]], str]
) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = re.findall(r"^\.venv/bin/entremise (.*?) *#", readme, flags=re.MULTILINE)
    assert [line.split()[0] for line in lines] == ["sources", "fetch", "serve"]  # `fetch` asks the network
    assert "finess" in newcomer([installed.command, "sources"]).lower()
    used = [line for line in re.findall(r"`entremise ([^`]*)`", readme) if "--" in line]
    assert used
    for line in used:
        said = newcomer([installed.command, *shlex.split(line)])
        assert SAMPLE_NOTICE in said
        assert "Maubeuge" in said
    named = {
        " ".join(words) for line in re.findall(r"`entremise ([^`]*)`", readme) if (words := line.split("--")[0].split())
    }
    assert {name for name in named if name not in examples() and name.split()[0] not in {*examples()}} == set()


def test_the_python_of_the_documents_runs_on_the_sample_as_it_stands(
    installed: Installed, newcomer: Callable[[Sequence[str | Path]], str]
) -> None:
    guide = (ROOT / "docs/python.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", guide, flags=re.MULTILINE | re.DOTALL)
    cells = json.loads((ROOT / "docs/python-notebook.ipynb").read_text(encoding="utf-8"))["cells"]
    notebook = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    for script in (*blocks, notebook):
        assert "structures connues pour ce métier" in newcomer([installed.python, "-c", script])
    asked = "from matcher import open_catalogue; print(open_catalogue().rank('Traiteur', lieu='Lille')['exemple'])"
    assert SAMPLE_NOTICE in newcomer([installed.python, "-c", asked])


def test_each_line_of_the_api_is_answered_by_the_pages_that_open_after_the_demo(
    installed: Installed, newcomer: Callable[[Sequence[str | Path]], str], tmp_path: Path
) -> None:
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("curl absent : les lignes de docs/api.md ne peuvent pas être essayées")
    home = newcomer([installed.python, "-c", "from pathlib import Path; print(Path.home(), end='')"])
    with subprocess.Popen(
        [installed.command, "serve", "--port", "0"],
        env=bare_environment() | {"HOME": home},
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as server:
        assert server.stdout is not None
        try:
            address = server.stdout.readline().split()[-1]
            assert SAMPLE_NOTICE in newcomer([curl, "--silent", address])
            for line in re.findall(r"^curl .*$", api_page.PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE):
                words = shlex.split(line.replace(f"{api_page.BASE}/", address))[1:]
                answer = newcomer([curl, "--silent", "--show-error", "--fail-with-body", *words])
                first, _ = (
                    json.JSONDecoder().raw_decode(answer) if answer.startswith("{") else ({"exemple": SAMPLE_NOTICE}, 0)
                )
                assert first["exemple"] == SAMPLE_NOTICE, line
        finally:
            server.terminate()
