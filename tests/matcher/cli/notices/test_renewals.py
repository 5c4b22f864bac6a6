"""`annonces renewals`: what ends soon in every form, and what is refused."""

from pathlib import Path

import pytest

from tests.matcher.cli.conftest import Run


@pytest.mark.usefixtures("new")
def test_it_says_what_ends_in_every_form_or_what_to_import(run: Run, tmp_path: Path) -> None:
    run("db", "upgrade")
    assert "importez les données essentielles" in run("annonces", "renewals").said
    assert run("annonces", "renewals", "--format", "json").json()["coming"] == []
    path = tmp_path / "renouvellements.csv"
    assert run("annonces", "renewals", "--format", "csv", "-o", path).code == 0
    assert "Titulaire" in path.read_text(encoding="utf-8-sig")


@pytest.mark.usefixtures("new")
@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--mois", "90"), 2, "60 au plus"),
        (("--metier", "qzx"), 2, "pas un métier connu"),
        (("--acheteur", "12"), 2, "ni un SIREN"),
        (("--format", "xlsx"), 2, "-o renouvellements.xlsx"),
        (("--lieu", "Nullepart les Bains"), 1, "n’est pas un territoire connu"),
    ],
)
def test_what_cannot_be_asked_is_refused(run: Run, options: tuple[str, ...], code: int, said: str) -> None:
    run("db", "upgrade")
    done = run("annonces", "renewals", *options)
    assert done.code == code
    assert said in done.said
