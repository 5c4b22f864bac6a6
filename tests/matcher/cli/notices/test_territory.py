"""`annonces territory`: the view of a territory in every form, and what is refused."""

from pathlib import Path

import pytest

from tests.matcher.cli.conftest import Run


@pytest.mark.usefixtures("new")
def test_a_territory_without_notices_says_so_in_every_form(run: Run, tmp_path: Path) -> None:
    run("db", "upgrade")
    asked = ("annonces", "territory", "--lieu", "Nord (59)", "--depuis", "2026-01-01", "--jusqu-au", "2026-11-27")
    assert "Aucun lot publié dans ce territoire" in run(*asked).said
    assert run(*asked, "--format", "json").json()["lots"]["lots"] == 0
    for form in ("csv", "xlsx"):
        path = tmp_path / f"territoire.{form}"
        assert run(*asked, "--format", form, "-o", path).code == 0
        assert path.stat().st_size > 0


@pytest.mark.usefixtures("new")
@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ((), 2, "Dites le territoire"),
        (("--lieu", "Nullepart les Bains"), 1, "n’est pas un territoire connu"),
        (("--lieu", "Nord", "--depuis", "2026-02-01", "--jusqu-au", "2026-01-01"), 1, "finit avant de commencer"),
        (("--lieu", "Nord", "--format", "xlsx"), 2, "-o territoire.xlsx"),
    ],
)
def test_what_cannot_be_asked_is_refused(run: Run, options: tuple[str, ...], code: int, said: str) -> None:
    run("db", "upgrade")
    done = run("annonces", "territory", *options)
    assert done.code == code
    assert said in done.said
