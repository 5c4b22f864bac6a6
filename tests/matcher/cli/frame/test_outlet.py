"""An answer is of the form that is asked, else of that of its file's name; what no terminal shows is refused without a file."""

import io
import re
import signal
import weakref
from pathlib import Path

import pytest
from rich.text import Text

from matcher.catalogue.store.sample import SAMPLE_NOTICE, mark_sample
from matcher.cli.frame.outlet import PIPED_WIDTH, counting
from matcher.db import open_database, writing
from matcher.render.terminal import UnbrokenConsole
from tests.matcher.cli.conftest import Run

NEED = ("--objet", "Tonte")


@pytest.mark.parametrize(
    ("name", "asked", "first"),
    [
        ("lecture.json", (), "{"),
        ("LECTURE.JSONL", (), "{"),
        ("lecture.json", ("--format", "table"), "L"),
        ("lecture.csv", (), "L"),
        ("lecture", (), "L"),
    ],
)
def test_a_file_is_of_the_form_that_its_name_says_unless_another_is_asked(
    name: str, asked: tuple[str, ...], first: str, run: Run, tmp_path: Path
) -> None:
    assert run("read", *NEED, *asked, "-o", tmp_path / name).code == 0
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(first)


@pytest.mark.parametrize("name", ["lecture.xlsx", "lecture.DOCX", "lecture.pdf"])
@pytest.mark.parametrize("asked", [(), ("--format", "json")])
def test_no_text_bears_the_name_of_what_is_none(name: str, asked: tuple[str, ...], run: Run, tmp_path: Path) -> None:
    done = run("read", *NEED, *asked, "-o", tmp_path / name)
    assert done.code == 2
    assert "Donnez un nom en « .json » ou « .jsonl »." in done.said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("form", "called"), [("xlsx", "Un classeur XLSX"), ("zip", "Un ZIP")])
def test_what_no_terminal_shows_needs_a_file(form: str, called: str, run: Run) -> None:
    done = run("coverage", "lots.csv", "--territoire", "Nord", "--format", form)
    assert done.code == 2
    assert f"{called} ne s’affiche pas : ajoutez « -o couverture.{form} »." in done.said


@pytest.mark.parametrize("width", [44, 60, 81, 100, 120])
def test_lines_are_as_wide_as_asked_and_part_no_guillemet(
    width: int, run: Run, sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    lines = run(
        "match", "--objet", "Entretien des espaces verts", "--lieu", "Maubeuge", "--montant", "12 k€"
    ).out.splitlines()
    assert width - 15 < max(map(len, lines)) <= width
    assert [line for line in lines if re.search(r"«\s*$|^[\s■▨]*[»:;?!]", line)] == []
    assert "Montant" in "\n".join(lines)
    assert re.search(r"12\s000\s€\sHT", "\n".join(lines))


def test_without_a_width_a_pipe_is_wide(run: Run, sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert max(map(len, run("match", *NEED, "--lieu", "Maubeuge").out.splitlines())) == PIPED_WIDTH


def test_what_is_printed_is_what_was_written() -> None:
    text = "« Tonte »\u00a0: 3 000\u202f€ ; « a\u00a0»"
    with io.StringIO() as out:
        UnbrokenConsole(file=out, width=200).print(Text(text))
        UnbrokenConsole(file=out, width=200).print(text)
        assert out.getvalue() == f"{text}\n{text}\n"


def test_a_database_is_not_made_where_its_folder_is_not(run: Run, tmp_path: Path) -> None:
    absent = tmp_path / "absent" / "x.sqlite"
    for words in (("stats", "--db"), ("db", "copy", "--vers")):
        done = run(*words, f"sqlite:///{absent.as_posix()}")
        assert (done.code, f"le dossier « {absent.parent} » n’existe pas" in done.said) == (2, True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("width", [60, 100])
def test_progress_tells_its_share_whole(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("FORCE_COLOR", "1")
    out = io.StringIO()
    monkeypatch.setattr("sys.stderr", out)
    with counting("Import de Tableau libre (CSV, XLSX, XLS, ODS)") as tell:
        tell("fusion et écriture", 18_500, 100_000)
    assert re.search(r"18\s% · 18\s500", out.getvalue())


def test_a_text_redirected_to_a_file_says_itself_that_its_suppliers_are_invented(own: Path, run: Run) -> None:
    need = ("match", "--objet", "Prestations de traiteur", "--lieu", "Lille")
    assert SAMPLE_NOTICE not in run(*need).out
    engine = open_database(f"sqlite:///{own.as_posix()}")
    with writing(engine) as connection:
        mark_sample(connection)
    engine.dispose()
    assert run(*need).out.splitlines()[:2] == [SAMPLE_NOTICE, ""]
    assert run(*need, "--format", "csv").out.lstrip("\ufeff").count(SAMPLE_NOTICE) == 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interrupt_that_python_drops_ends_the_next_step() -> None:
    class Thing:
        pass

    thing = Thing()
    _ref = weakref.ref(thing, lambda _: signal.raise_signal(signal.SIGINT))
    before = signal.getsignal(signal.SIGINT)
    with counting("Classement des lots", quiet=True) as progress:
        del thing  # the callback raises, and Python ignores what it raises
        with pytest.raises(KeyboardInterrupt):
            progress("partitions", 1, 2)
    assert signal.getsignal(signal.SIGINT) is before
