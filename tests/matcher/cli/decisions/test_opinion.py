"""`avis`: three forms of one answer, thresholds that move it, and what is refused."""

import io
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tests.matcher.cli.conftest import Run

NEED = ("--objet", "Entretien des espaces verts", "--lieu", "Maubeuge")


def test_a_person_reads_the_conclusion_first_then_why(sample: Path, run: Run) -> None:
    done = run("avis", *NEED, "--etp", "2")
    assert done.code == 0, done.err
    for said in (
        "structures connues",
        "Le lot demande 2\u00a0ETP".replace("\u00a0", " "),
        "Les autres voies",
        "Hypothèses",
        "pas un conseil juridique",
    ):
        assert said in done.said.replace("\u00a0", " ")


def test_json_and_table_say_the_same(sample: Path, run: Run) -> None:
    told = run("avis", *NEED, "--quantite", "20 000 m²", "--format", "json").json()
    assert told["need"]["etp"] == pytest.approx(2)
    assert told["headline"] in run("avis", *NEED, "--quantite", "20 000 m²").said.replace("  ", " ")
    assert {lever["levier"] for lever in told["levers"]} == {"12", "13", "13-1", "14", "15", "clause"}
    assert len(told["hypotheses"]) >= 5
    counts = [(lever["listed"], lever["confirmed"], lever["credible"]) for lever in told["levers"]]
    assert all(
        (confirmed is None and known is None) if not listed else confirmed <= known
        for listed, confirmed, known in counts
    )
    assert {listed for listed, *_ in counts} == {True, False}, "no directory of SEP is loaded: that is no zero"
    assert [one["id"] for one in told["called"]] == [one["id"] for one in told["candidates"]][: len(told["called"])]
    assert all(one["ask"] for one in told["called"])


def test_thresholds_move_the_answer(sample: Path, run: Run) -> None:
    def verdict(*options: object) -> str:
        return str(run("avis", *NEED, *options, "--format", "json").json()["verdict"])

    assert verdict("--plancher", 1) == "réserver"
    assert verdict("--plancher", 50) != "réserver"


def test_a_workbook_holds_the_opinion_the_levers_the_candidates_and_the_sizes(
    sample: Path, run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "avis.xlsx"
    assert run("avis", *NEED, "--format", "xlsx", "-o", path).code == 0
    book = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
    assert book.sheet_names == [
        *("Réponse", "Qui est compté", "Jusqu’à quelle taille", "Les autres voies"),
        *("Ce qui peut s’ajouter", "Ce que change le montant", "Devoirs de l’acheteur", "Leviers"),
    ]
    assert book.get_sheet_by_name("Réponse").to_python()[0][0] == "Réponse"
    assert len(book.get_sheet_by_name("Leviers").to_python()) == 7
    assert len(book.get_sheet_by_name("Jusqu’à quelle taille").to_python()) == 9


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--heures", "0"), 1, "nombre positif"),
        (("--heures", "1 000 000 000"), 1, "vérifiez le nombre"),
        (("--quantite", "12 palmiers"), 1, "l’unité n’est pas connue"),
        (("--part", "120"), 2, "un nombre de 1 à 100"),
        (("--plancher", "0"), 2, "nombre entier"),
        (("--format", "xlsx"), 2, "-o avis.xlsx"),
        (("--montant", "-5"), 2, "montant"),
        (("--montant", "40 000 TTC"), 2, "hors taxes"),
        (("--montant", "50-100 k€"), 2, "fourchette"),
        (("--euros-par-etp", "40-60 k€"), 2, "fourchette"),
    ],
)
def test_what_cannot_be_used_is_refused_in_french(
    sample: Path, run: Run, options: tuple[str, ...], code: int, said: str
) -> None:
    done = run("avis", *NEED, *options)
    assert done.code == code
    assert said in done.said
