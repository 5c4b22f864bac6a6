"""The documents tell the truth: names, commands, options, paths and links in them exist."""

import ast
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import click
import pytest

from importers import REGISTRY
from importers.notices import NOTICES
from matcher.cli.app import cli
from matcher.cli.frame.names import options_today
from matcher.ranking.profiles import DEFAULT, INCUMBENTS_FIRST
from matcher.ranking.signals import SIGNALS
from matcher.reference.glossary import glossary as terms
from tests import api_page, commands
from tests.browser.pictures import pictures as made
from tests.conftest import ROOT
from tests.release import readme

DOCUMENTS = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "data").glob("*/README.md"),
        ROOT / "examples/README.md",
    ]
)
README = (ROOT / "README.md").read_text(encoding="utf-8")
REFERENCE = ROOT / "data" / "reference"
CODE = [path for folder in ("matcher", "importers", "tests", "data") for path in (ROOT / folder).rglob("*.py")]
# How a document calls the command: by its name, by its path, in a container.
CALLED = r"(?:\S*/|docker compose exec worker )?entremise"
# Folders of one machine: a committed file that names one works nowhere else.
PRIVATE = re.compile(r"(?<![\w.])/(?:work|tmp|root|home)/")


def document_id(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@lru_cache(maxsize=1)
def identifiers() -> frozenset[str]:
    """Every name that the code gives to something: class, function, argument, field, constant."""
    names: set[str] = set()
    for path in [*(ROOT / "matcher").rglob("*.py"), *(ROOT / "importers").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.ClassDef() | ast.FunctionDef():
                    names.add(node.name)
                case ast.arg():
                    names.add(node.arg)
                case ast.Name(ctx=ast.Store()):
                    names.add(node.id)
                case _:
                    pass
    return frozenset(names)


def written_commands() -> Iterator[tuple[str, list[str]]]:
    """Every `entremise …` of the documents, as (document, words after `entremise`), comments cut."""
    for path in DOCUMENTS:
        text = path.read_text(encoding="utf-8")
        blocks = re.findall(r"^```\w*\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
        lines = [line for block in blocks for line in re.sub(r"\\\n\s*", "", block).splitlines()]
        inline = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
        for line in [*lines, *inline]:
            found = re.match(rf"{CALLED} ((?:[a-z]+(?:-[a-z]+)*|--[a-z]+)(?: .*)?)$", line.strip())
            if found:
                yield document_id(path), shlex.split(found[1], comments=True)


def test_the_glossary_is_that_of_the_table_and_its_names_are_those_of_the_code() -> None:
    """Otherwise: `make commands`. `data/reference/glossaire.csv` is its home."""
    written = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    assert written == readme.glossary_page()
    trade, names = written.split("## Dans le code")
    assert trade.count("\n| ") == len(terms()) + 1
    assert not identifiers() & set(re.findall(r"`([^`]+)`", trade)), "les mots du métier, sans nom de classe"
    assert len(set(re.findall(r"`([^`]+)`", names))) >= 12
    assert set(re.findall(r"`([^`]+)`", names)) <= identifiers()


@pytest.mark.parametrize("path", readme.PAGES, ids=document_id)
def test_the_list_of_a_readme_is_what_its_command_prints(path: Path, tmp_path: Path) -> None:
    """Otherwise: `make commands`."""
    assert path.read_text(encoding="utf-8") == readme.page(path, tmp_path)


def test_the_figures_of_the_readmes_are_measured_ones() -> None:
    french, english = (path.read_text(encoding="utf-8") for path in readme.PAGES)
    measured = set(re.findall(r"\.(\d\d)\b", (ROOT / "docs/evaluation.md").read_text(encoding="utf-8")))
    shown = re.findall(r"\b(\d\d) %", french.split("## Trois mesures")[1].split("## ")[0])
    assert len(shown) >= 6
    assert set(shown) <= measured
    assert set(shown) == set(re.findall(r"\b(\d\d) %", english.split("## Three figures")[1].split("## ")[0]))


def test_every_picture_is_shown_and_small_and_no_other_is_named() -> None:
    shown = {
        name for path in DOCUMENTS for name in re.findall(r"images/([\w-]+\.png)", path.read_text(encoding="utf-8"))
    }
    pictures = list((ROOT / "docs/images").iterdir())
    assert shown == {path.name for path in pictures} == {f"{picture.name}.png" for picture in made("a", "b")}
    assert [path.name for path in pictures if path.stat().st_size > 200 * 1024] == []
    named = re.findall(r"!\[(.*?)\]\(docs/images", README)
    assert len(named) >= 4
    assert all(len(text) > 20 for text in named), "une image dit ce qu’elle montre"


def test_the_notes_of_a_version_stay_short() -> None:
    """What is longer is in docs/history.md."""
    _, _, latest = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").split("\n## [", 3)[:3]
    assert len(latest.splitlines()) <= 40


def test_the_first_change_of_a_newcomer_is_still_to_be_made() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    [line, table] = re.findall(r'^echo "(.*)" >> (\S+)', text, flags=re.MULTILINE)[0]
    header, *rows = (ROOT / table).read_text(encoding="utf-8").splitlines()
    assert line.count(";") == header.count(";")
    assert line.split(";")[0] not in {row.split(";")[0] for row in rows}
    assert text.index("## My first change") < text.index("| room |")


def test_every_command_written_in_the_documents_exists_with_its_options() -> None:
    written = list(written_commands())
    assert len(written) >= 10
    for document, words in written:
        before = {"--organisation": 2, "--verbose": 1}  # what stands before the command, the name of the first included
        words = words[before.get(words[0], 0) :]
        command: click.Command | None = cli
        named = 0
        while isinstance(command, click.Group) and named < len(words):
            command, named = command.get_command(click.Context(command), words[named]), named + 1
        assert command is not None, f"{document} : entremise {' '.join(words)}"
        options = {name for param in command.params for name in (*param.opts, *param.secondary_opts)} | {"--help", "-h"}
        used = {word.split("=")[0] for word in options_today(words[named:], options) if re.match(r"--?[a-z]", word)}
        assert used <= options, f"{document} : entremise {' '.join(words)}"
        if words[0] == "import":
            assert words[1] in {*REGISTRY, *NOTICES}, f"{document} : entremise {' '.join(words)}"


def test_every_command_is_shown_in_the_documents() -> None:
    mentioned = {words[0] for _, words in written_commands()}
    run = (ROOT / "Makefile").read_text(encoding="utf-8")
    mentioned |= set(re.findall(r"entremise ([a-z-]+)", run))
    assert set(cli.commands) <= mentioned


def test_the_reference_of_the_commands_is_what_they_say_of_themselves() -> None:
    """Otherwise: `make commands`."""
    assert commands.PAGE.read_text(encoding="utf-8") == commands.page()


def test_the_page_of_the_api_is_what_it_says_of_itself() -> None:
    """Otherwise: `make api`."""
    assert api_page.PAGE.read_text(encoding="utf-8") == api_page.page()


@pytest.mark.parametrize("name", ["api.md", "openrefine.md"])
def test_the_api_is_tried_at_the_port_that_serve_opens(name: str) -> None:
    bases = re.findall(r"http://[^/`\s]+(?=/api/v1)", (ROOT / "docs" / name).read_text(encoding="utf-8"))
    assert set(bases) == {api_page.BASE}


def test_every_command_and_option_has_its_help_in_french() -> None:
    for context in commands.every(cli, "entremise"):
        assert (context.command.help or "").strip(), context.command_path
        for param in context.command.params:
            if isinstance(param, click.Option):
                assert (param.help or "").strip(), f"{context.command_path} {param.opts}"


@pytest.mark.parametrize("key", REGISTRY)
def test_every_directory_says_what_it_holds_and_how_to_get_it(key: str) -> None:
    importer = REGISTRY[key]
    assert importer.key == key
    for text in (importer.title, importer.holds, importer.obtain, importer.licence):
        assert text.strip() == text != ""
    assert importer.obtain.endswith(".")
    assert importer.holds.endswith(".")
    assert "'" not in importer.title + importer.holds + importer.obtain + importer.licence, "apostrophe droite"
    if key == "tableur":  # the user's own sheet: nobody publishes it
        assert not importer.url
    else:
        assert importer.url.startswith("https://")
        assert importer.publisher


def test_the_readme_greets_with_a_picture_for_whom_and_its_english_twin() -> None:
    head, _, rest = README.partition("## ")
    title, picture, whom, english = [part.strip() for part in head.split("\n\n") if part.strip()]
    assert title == "# Entremise"
    assert picture.startswith("![La liste d’un besoin")
    assert "\n" not in picture
    assert len(whom.splitlines()) == 2
    assert re.search(r"achète.*marché.*réseaux", whom)
    assert "(README.en.md)" in english
    for word in ("make run", "make test", "py -m venv", "480 Mo", "entremise sources", "entremise match", "Licence"):
        assert word in rest


@pytest.mark.parametrize(
    ("document", "longest"), [("README.md", 110), ("README.en.md", 110), ("docs/evaluation.md", 150)]
)
def test_documents_that_grow_stay_short(document: str, longest: int) -> None:
    assert len((ROOT / document).read_text(encoding="utf-8").splitlines()) <= longest


@pytest.mark.parametrize("document", DOCUMENTS, ids=document_id)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text(encoding="utf-8")):
        if not re.match(r"[a-z]+:", target):
            path, _, _ = target.partition("#")
            assert (document.parent / path).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=document_id)
def test_paths_written_in_documents_exist(document: Path) -> None:
    """`matcher/ranking/gates.py`, `docs/scoring.md`… `<name>` and `…` stand for any name; at least one file must then fit."""
    known = re.compile(r"(?:matcher|importers|tests|data|docs|templates)/[\w<>….*/-]*")
    short = re.compile(r"[\w<>…*/]+\.py")
    for written in re.findall(r"`([^`\n]+)`", document.read_text(encoding="utf-8")):
        pattern = re.sub(r"(?:<\w+>|…|\*)+", "*", written.rstrip("/"))
        if known.fullmatch(written):
            assert any(ROOT.glob(pattern)), written
        elif short.fullmatch(written):
            assert any(path.match(pattern) for path in CODE), written


def test_the_guides_name_what_a_contributor_will_edit() -> None:
    signal = (ROOT / "docs/add-a-signal.md").read_text(encoding="utf-8")
    importer = (ROOT / "docs/add-an-importer.md").read_text(encoding="utf-8")
    for name in ("SIGNALS", "prior", "values", "say", "unknown", "matcher/ranking/profiles.py"):
        assert name in signal
    for name in ("REGISTRY", "SupplierRecord", "IMPORTER", "RefusedRow", "SourceError", "Row", "source_ref"):
        assert name in importer
        assert name in identifiers() | {"IMPORTER"}


def test_the_reference_readme_lists_every_table_and_no_other() -> None:
    table = (REFERENCE / "README.md").read_text(encoding="utf-8")
    rows = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("| `")]
    listed = [name for row in rows for name in re.findall(r"`([^`]+)`", row[0])]
    held = [path.name for path in REFERENCE.iterdir() if path.name != "README.md"]
    assert sorted(listed) == sorted(held)
    for row in rows:
        assert len(row) == 5
        assert all(cell.strip() for cell in row), row[0]


def table(document: str, heads: str) -> list[list[str]]:
    """The rows of the table of a document whose first line starts with `heads`, cell by cell, its first line included."""
    text = (ROOT / document).read_text(encoding="utf-8")
    first, _, *rows = f"| {heads}{text.partition(f'| {heads}')[2]}".partition("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in (first, *rows)]


def test_scoring_tells_every_signal_its_weight_and_its_prior() -> None:
    _, *rows = table("docs/scoring.md", "signal | weight")
    told = {label: (int(weight), int(incumbents), float(prior)) for label, weight, incumbents, prior, _ in rows}
    assert told == {
        signal.label: (DEFAULT[signal.key], INCUMBENTS_FIRST[signal.key], signal.prior) for signal in SIGNALS
    }


def test_scoring_tells_of_every_signal_when_it_speaks() -> None:
    _, *rows = table("docs/scoring.md", "signal | speaks for")
    assert {row[0] for row in rows} == {signal.key for signal in SIGNALS}


def test_the_readme_lists_every_signal() -> None:
    section = README.split("## Comment le classement se fait", 1)[1].split("##", 1)[0].replace("\n", " ")
    assert [signal.label for signal in SIGNALS if signal.label.lower() not in section] == []


def test_nothing_committed_names_a_private_path() -> None:
    found = [
        f"{document_id(path)}:{number}"
        for path in committed()
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="ignore").splitlines(), start=1)
        if PRIVATE.search(line)
    ]
    assert found == []


def committed() -> list[Path]:
    """What git tracks or would; skipped where there is no git or no repository."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("dépôt git absent : les fichiers livrés ne peuvent pas être listés")
    listing = subprocess.run(
        [git, "-c", f"safe.directory={ROOT}", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    mine = Path(__file__).resolve()
    paths = [ROOT / name for name in listing.split("\0") if name]
    return [path for path in paths if path.is_file() and path != mine and path.stat().st_size < 1_000_000]
