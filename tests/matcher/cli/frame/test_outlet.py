"""An answer is of the form that is asked, else of that of its file's name; what no terminal shows is refused without a file."""

from pathlib import Path

import pytest

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
