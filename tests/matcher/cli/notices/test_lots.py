"""`import` of notices and `annonces`: what comes in is counted, lots, renewals and territories are listed as they stand on a day."""

import csv
import io
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.matcher.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("read_here")

EFORMS = ROOT / "tests" / "fixtures" / "eforms"


def test_notices_come_in_and_their_lots_are_listed(new: Path, run: Run) -> None:
    files = [EFORMS / "cn_24_FRA_comments.xml", EFORMS / "cn-social_25.xml", EFORMS / "INVALID_cn_24_stage-1.xml"]
    counted = run("import", "eforms", *files, "--format", "json").json()
    assert (counted["read"], counted["refused"]) == (3, 1)
    assert counted["understood"] + counted["doubtful"] == counted["new"] == 2
    assert "3 avis lus" in run("import", "eforms", *files).said
    every = run("annonces", "list", "--tous", "--format", "json").json()
    assert len(every) == counted["lots"] == counted["matched"]
    day = min(one["deadline"] for one in every if one["deadline"])[:10]
    still = run("annonces", "list", "--ouverts-le", day, "--format", "json").json()
    assert 0 < len(still) <= len(every)
    assert all(one["open"] for one in still)
    rows = list(
        csv.DictReader(
            io.StringIO(run("annonces", "list", "--tous", "--format", "csv").out.removeprefix("\ufeff")), delimiter=";"
        )
    )
    assert [row["N°"] for row in rows] == [str(one["id"]) for one in every]
    assert f"{len(every)} lot" in run("annonces", "list", "--tous").said
    assert "0 lot comparé" in run("annonces", "match").said


def test_a_bad_file_stops_no_other_and_alone_is_refused(new: Path, run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "avis.xml"
    bad.write_text("<html><body>Page introuvable</body></html>", encoding="utf-8")
    counted = run("import", "eforms", bad, EFORMS / "cn_24_FRA_comments.xml", "--format", "json").json()
    assert (counted["new"], counted["refused"]) == (1, 1)
    assert "« avis.xml »" in counted["reasons"][0]["reason"]
    assert run("import", "eforms", bad).code == 1


def test_a_file_given_alone_is_known_by_what_it_holds(new: Path, run: Run) -> None:
    path = EFORMS / "cn_24_FRA_comments.xml"
    assert run("import", path, "--format", "json").json()["source"] == "eforms"
    assert run("sources", "--format", "json").json()[-3]["notices"]["number"] == 1
    assert "1 avis, le dernier importé le" in run("sources").said
    both = run("import", path, ROOT / "data" / "samples" / "finess.csv")
    assert (both.code, "ne sont pas d’une même source" in both.said) == (2, True)
    assert "ni un fichier, ni le nom d’un annuaire ou d’avis" in run("import", "boanp", path).said
    assert "Il manque le fichier" in run("import", "boamp").said


def test_what_notices_do_not_take_is_said(new: Path, run: Run) -> None:
    path = EFORMS / "cn_24_FRA_comments.xml"
    assert "sans autre option" in run("import", "eforms", path, "--complet").said
    assert "--lots ne sert qu’à « decp »" in run("import", "ess", path, "--lots").said
    assert "ni une activité ni une famille" in run("annonces", "list", "--metier", "nulle-part").said


@pytest.mark.usefixtures("new")
def test_it_says_what_ends_in_every_form_or_what_to_import(run: Run, tmp_path: Path) -> None:
    run("db", "upgrade")
    assert "importez les données essentielles" in run("annonces", "renewals").said
    assert run("annonces", "renewals", "--format", "json").json()["coming"] == []
    path = tmp_path / "renouvellements.csv"
    assert run("annonces", "renewals", "--format", "csv", "-o", path).code == 0
    assert "Titulaire" in path.read_text(encoding="utf-8-sig")


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
        (("renewals", "--mois", "90"), 2, "60 au plus"),
        (("renewals", "--metier", "qzx"), 1, "pas un métier connu"),
        (("renewals", "--acheteur", "12"), 1, "son SIREN (9 chiffres)"),
        (("renewals", "--format", "xlsx"), 2, "-o renouvellements.xlsx"),
        (("renewals", "--lieu", "Nullepart les Bains"), 1, "n’est pas un territoire connu"),
        (("territory",), 2, "Dites le territoire"),
        (
            ("territory", "--lieu", "Nord", "--depuis", "2026-02-01", "--jusqu-au", "2026-01-01"),
            1,
            "avant de commencer",
        ),
        (("territory", "--lieu", "Nord", "--format", "xlsx"), 2, "-o territoire.xlsx"),
    ],
)
def test_what_cannot_be_asked_is_refused(run: Run, options: tuple[str, ...], code: int, said: str) -> None:
    run("db", "upgrade")
    done = run("annonces", *options)
    assert done.code == code
    assert said in done.said
