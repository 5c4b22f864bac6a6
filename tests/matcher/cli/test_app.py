"""The command as a clumsy user meets it: French, exit codes, no traceback, and no wait for what it does not use."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from matcher.cli.app import COMMANDS, FAMILIES, REFUSALS, cli, main
from matcher.cli.frame.french import LONGEST_HELP
from matcher.cli.frame.later import import_object
from matcher.cli.frame.names import RENAMED
from matcher.settings import LOG_VARIABLE
from tests.commands import every
from tests.conftest import ROOT
from tests.matcher.cli.conftest import Run

ENGLISH = (
    "Usage:",
    "Options:",
    "Show this",
    "default:",
    "<=x",
    "x>=",
    "[par défaut : (",
    "INTEGER",
    "TEXT ",
    "Error",
    "not ",
    "does ",
    "Try ",
)
NEED = ("--objet", "Traiteur")


@pytest.mark.parametrize("command", [context.command_path for context in every(cli, "entremise")])
def test_help_is_french_and_fits_80_columns(command: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    done = run(*command.split()[1:], "--help")
    assert done.code == 0
    assert f"Usage\u00a0: {command}" in done.out
    assert "Affiche cette aide" in done.said
    assert [word for word in ENGLISH if word in done.out] == []
    lines = done.out.splitlines()
    assert [line for line in lines if len(line) > 80 or re.search(r"\.\.\.$|\w-$|«$|^ *[:;?!»]", line)] == []


def test_a_help_page_ends_with_an_example_to_copy(run: Run) -> None:
    assert run("match", "--help").out.endswith(
        '\n\nExemple\u00a0:\n  entremise match --objet "Traiteur" --lieu Lille --levier 12\n'
    )


def test_the_families_hold_every_command_on_a_line_each(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert 7 <= len(FAMILIES) <= 9
    assert max(map(len, FAMILIES.values())) <= 7
    _, _, shown = run("--help").out.partition("s’arrête.\n")
    lines = [line.split()[0] for line in shown.splitlines() if line.startswith("  ")]
    assert lines == list(COMMANDS), "a command takes one line"


@pytest.mark.parametrize("former", RENAMED)
def test_a_former_name_runs_the_command_of_today_and_says_it(former: str, run: Run) -> None:
    today = RENAMED[former]
    done, asked = run(*former.split()[1:], "--help"), run(*today.split()[1:], "--help")
    assert (done.code, done.out) == (0, asked.out)
    assert (done.err, asked.err) == (f"« {former} » s’appelle désormais « {today} ».\n", "")


def test_a_former_name_takes_what_it_took(sample: Path, run: Run) -> None:
    done = run("conflicts", "--format", "json")
    assert done.json() == run("catalogue", "conflicts", "--format", "json").json()


def test_the_version_is_said(run: Run) -> None:
    assert run("--version").out.startswith("entremise ")


@pytest.mark.parametrize(
    "args",
    [
        ("bidon",),
        ("--bidon",),
        ("match",),
        ("match", "--objet"),
        ("match", "--objet", "   "),
        ("match", *NEED, "mot", "perdu"),
        ("match", *NEED, "--top", "0"),
        ("match", *NEED, "--top", "dix"),
        ("match", *NEED, "--top", "-3"),
        ("serve", "--port", "80000"),
        ("serve", "--port", "web"),
        ("bilan", "--annee", "xx"),
        ("match", *NEED, "--levier", "99"),
        ("match", *NEED, "--kind", "PME"),
        ("match", *NEED, "--format", "pdf"),
        ("match", *NEED, "--format", "xlsx"),
        ("match", *NEED, "--montant", "beaucoup"),
        ("match", *NEED, "--duree", "-3"),
        ("match", *NEED, "--acheteur", "123"),
        ("match", *NEED, "--date", "2026-13-45"),
        ("match", *NEED, "--lots", "absent.jsonl"),
        ("match", "--lots", "absent.jsonl"),
        ("match", "--lots", "."),
        ("match", "--objett", "x"),
        ("match", "--help=3"),
        ("match", *NEED, "-o", "."),
        ("match", *NEED, "-o", "absent/liste.txt"),
        ("import",),
        ("import", "emplois"),
        ("import", "bidon", "x"),
        ("import", "emplois", "x", "--complet=3"),
        ("explain", *NEED),
        ("evaluate", "bidon"),
        ("evaluate", "--folder", "absent"),
    ],
)
def test_wrong_usage_is_said_in_french_and_ends_with_2(args: tuple[str, ...], sample: Path, run: Run) -> None:
    done = run(*args)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Erreur. ")
    assert "--help" in done.err
    assert [word for word in ENGLISH if word in done.err] == []


def test_a_name_misspelt_is_told_its_nearest(run: Run) -> None:
    assert "« programe ». Vouliez-vous dire programme ?" in run("programe", "x.csv").err
    assert "Vouliez-vous dire show ?" in run("catalogue", "sho", "1").err
    assert "Commandes : match, read" in run("zzz").err


def test_what_is_lacking_is_told_with_what_to_do(new: Path, run: Run, tmp_path: Path) -> None:
    """The file of an empty catalogue, for its address may be misspelt; the folder of the suites, which are not in the repository."""
    done = run("match", *NEED)
    assert done.code == 1
    assert "neuf.sqlite » est vide. Importez un annuaire" in done.err
    assert "--repertoire dit où" in run("evaluate", "--folder", tmp_path / "absent").err


@pytest.mark.parametrize(
    "words",
    [
        "stats",
        "export --format csv",
        "catalogue quality",
        "account list",
        "db backup s.sqlite",
        "privacy forget a@b.fr",
    ],
)
def test_a_database_that_does_not_exist_is_refused_and_not_created(words: str, new: Path, run: Run) -> None:
    done = run(*words.split())
    assert (done.code, "neuf.sqlite » est vide" in done.err, "Ce fichier n’existe pas" in done.err) == (1, True, True)
    assert not new.parent.exists()


def test_a_need_without_its_option_is_told_where_it_goes(sample: Path, run: Run) -> None:
    assert "se donne avec « --objet »" in run("read", "Tonte à Lille").err
    assert "entre guillemets" in run("stats", "mot", "perdu").err
    assert "Argument en trop : Peinture (59). L’objet" in run("read", "Peinture (59)").err


def test_no_command_shows_the_help(run: Run) -> None:
    done = run()
    assert done.code == 2
    assert "Chercher\u00a0:" in done.out


@pytest.mark.parametrize("form", ["table", "jsonl", "csv"])
def test_a_full_disk_is_a_refusal(form: str, sample: Path, run: Run) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("/dev/full n’existe pas sur ce système")
    done = run("match", *NEED, "--format", form, "-o", "/dev/full")
    assert done.code == 1
    assert "le disque est plein" in done.said


def test_a_base_that_is_not_one_is_a_refusal(tmp_path: Path, run: Run) -> None:
    (tmp_path / "texte.sqlite").write_text("ceci n’est pas une base, et c’est assez long pour le voir. " * 9)
    with closing(sqlite3.connect(tmp_path / "autre.sqlite")) as other:
        other.execute("create table t (a)")
    for url in (
        f"sqlite:///{tmp_path / 'texte.sqlite'}",
        f"sqlite:///{tmp_path / 'autre.sqlite'}",
        f"sqlite:///{tmp_path}",
        "n’importe quoi",
        "bidon://x/y",
    ):
        done = run("stats", "--db", url)
        assert (done.code, done.out) == (1, "")
        assert done.err.startswith("Refusé. ")


def test_a_suite_without_labels_is_a_refusal(sample: Path, tmp_path: Path, run: Run) -> None:
    suite = tmp_path / "ranking_dev.jsonl"
    for content, said in (
        ("", "aucun lot"),
        ("[1]\n", "ligne 1"),
        ('{"objet": "x"}\n', "gold_sirets"),
        ("{", "ligne 1"),
    ):
        suite.write_text(content, encoding="utf-8")
        done = run("evaluate", "ranking", "--folder", tmp_path)
        assert done.code == 1
        assert said in done.said


@pytest.mark.parametrize("form", ["table", "json"])
def test_a_reader_that_closes_its_end_is_no_error(form: str, sample: Path) -> None:
    code = "from matcher.cli import main; main()"
    args = [sys.executable, "-c", code, "stats", "--format", form]
    with subprocess.Popen(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_the_console_script_on_a_terminal_that_is_not_in_utf8_says_what_it_can(sample: Path) -> None:
    script = Path(sys.executable).with_name("entremise")
    if not script.exists():
        pytest.skip("la commande entremise n’est pas installée à côté de Python")
    args = [str(script), "match", *NEED, "--lieu", "Béthune"]
    done = subprocess.run(args, capture_output=True, env=os.environ | {"PYTHONIOENCODING": "ascii"}, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"B?thune" in done.stdout


HEAVY = (
    "scipy",
    "pyproj",
    "bs4",
    "lxml",
    "requests",
    "phonenumbers",
    "xlsxwriter",
    "python_calamine",
    "alembic",
    "importers",
)


@pytest.mark.parametrize(
    ("words", "unused"), [("--help", ("sqlalchemy", "numpy", "matcher.cli.need")), ("match --help", HEAVY)]
)
def test_the_help_and_a_search_import_what_they_use(words: str, unused: tuple[str, ...]) -> None:
    code = f"import sys; from matcher.cli.app import _run; _run(sys.argv[1:]); print(*({set(unused)} & set(sys.modules)), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code, *words.split()], check=True, capture_output=True, text=True)
    assert done.stderr.split() == []


def test_every_command_and_refusal_is_where_the_table_says() -> None:
    for context in every(cli, "entremise"):
        assert context.command.name in (context.info_name, "cli")
        if context.parent and context.parent.command is cli:
            declared = COMMANDS[str(context.info_name)].get_short_help_str(LONGEST_HELP)
            assert declared == context.command.get_short_help_str(LONGEST_HELP)
    for place in REFUSALS:
        assert issubclass(refusal := import_object(place), Exception)
        assert refusal.__module__ == place.partition(":")[0], "what is raised must have imported it"


def test_a_refusal_waits_for_no_other_command(tmp_path: Path) -> None:
    code = "import sys; from matcher.cli.app import _run; print(_run(sys.argv[1:]), 'matcher.web' in sys.modules)"
    lots = tmp_path / "lots.jsonl"
    lots.write_text("{", encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", code, "read", "--lots", str(lots)], capture_output=True, text=True)
    assert done.stdout.split() == ["1", "False"]
    assert "lots.jsonl" in done.stderr


def test_verbose_says_the_steps_beside_the_answer(sample: Path, run: Run) -> None:
    asked = ("match", "--objet", "Entretien des espaces verts", "--lieu", "Lille", "--format", "json")
    told = run("--verbose", *asked)
    assert told.json() == run(*asked).json()
    for step in ("base ouverte : sqlite", "Classement des lots : 1", "command=entremise match ending=fait"):
        assert step in told.err
    assert run(*asked).err == ""


def test_as_json_a_command_is_a_line_that_says_nothing_of_the_need(
    sample: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LOG_VARIABLE, "json")
    done = run("match", "--objet", "Entretien confidentiel", "--lieu", "Lille")
    (line,) = [json.loads(line) for line in done.err.splitlines()]
    assert (line["command"], line["ending"]) == ("entremise match", "fait")
    assert "confidentiel" not in done.err


def test_as_json_a_defect_keeps_its_places_and_quotes_nothing(
    sample: Path, run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("Entretien confidentiel")

    monkeypatch.setattr("matcher.cli.need.match.load_shelf", broken)
    asked = ("match", "--objet", "Entretien confidentiel", "--lieu", "Lille")
    monkeypatch.setenv(LOG_VARIABLE, "json")
    with pytest.raises(RuntimeError) as raised:
        main(asked)
    sys.excepthook(raised.type, raised.value, raised.tb)  # as the interpreter does at its end
    told = capsys.readouterr().err
    first, sentence = told.splitlines()
    line = json.loads(first)
    assert line["ending"] == "RuntimeError"
    assert line["exception"][-2].endswith(" broken")
    assert sentence.startswith("Erreur. Un défaut d’Entremise a arrêté la commande (RuntimeError)")
    assert "confidentiel" not in told
    monkeypatch.setenv(LOG_VARIABLE, "xml")
    assert "écrivez texte ou json" in run(*asked).err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipe on this system")
@pytest.mark.parametrize(
    "words", [("import", "tableur"), ("dce",), ("dossier", "import", "--par", "Léa"), ("db", "restore")]
)
def test_a_pipe_that_would_be_read_twice_is_refused_and_not_waited_for(
    words: tuple[str, ...], new: Path, run: Run, tmp_path: Path
) -> None:
    pipe = tmp_path / "tube.csv"
    os.mkfifo(pipe)
    done = run(*words, pipe)
    assert (done.code, "est un tube : enregistrez d’abord" in done.err) == (2, True)


EXIT_CODES: tuple[tuple[int, tuple[str, ...]], ...] = (
    (0, ("match", *NEED, "--lieu", "Lille")),
    (0, ("match", *NEED)),
    (0, ("verifier", "00010101400017", "12345")),
    (1, ("verifier", "12345")),
    (1, ("dce", "illisible.bin")),
    (1, ("catalogue", "show", "Personne de ce nom")),
    (2, ("match", *NEED, "--bidon")),
    (2, ("match", *NEED, "-o", "liste.doc")),
    (2, ("stats", "--db", "sqlite:///absent/x.sqlite")),
    (3, ("match", "--objet", "Truc")),
    (3, ("explain", "00010101400017", "--objet", "Truc")),
    (3, ("avis", "--objet", "Truc")),
)


@pytest.mark.parametrize(("code", "words"), EXIT_CODES)
def test_the_exit_codes_are_those_of_the_table(
    code: int, words: tuple[str, ...], sample: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "illisible.bin").write_bytes(bytes(range(256)))
    assert run(*words).code == code
    table = (ROOT / "docs/commands.md").read_text(encoding="utf-8").partition("## Codes de sortie")[2]
    assert re.findall(r"^\| (\d+) \|", table, re.MULTILINE) == ["0", "1", "2", "3", "4", "130"]


def test_the_page_of_commands_takes_two_screens() -> None:
    """Its reference has a page of its own."""
    lines = (ROOT / "docs/commands.md").read_text(encoding="utf-8").splitlines()
    assert len([line for line in lines if line]) <= 70
