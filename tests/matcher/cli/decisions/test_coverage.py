"""`coverage`: the table says what the JSON does, the workbook and the archive hold what a network sends, each refusal is a sentence."""

import io
from pathlib import Path
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from tests.matcher.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("read_here")

LOTS = (
    "N° de lot;Objet;Commune;Montant\nLot A;Entretien des espaces verts;Maubeuge;40 000\nLot B;Nettoyage des locaux;Lille;\n"
    "Lot C;Prestations à définir;Lille;\nLot D;Entretien des espaces verts;Ajaccio;\nTotal;;;40 000\n"
)
NETWORK = ("--territoire", "Nord ; Pas-de-Calais")


@pytest.fixture
def lots(tmp_path: Path) -> Path:
    path = tmp_path / "lots.csv"
    path.write_text(LOTS, encoding="utf-8")
    return path


@pytest.mark.usefixtures("sample")
def test_the_table_says_what_the_json_does(run: Run, lots: Path) -> None:
    told = run("coverage", lots, *NETWORK, "--format", "json").json()
    shown = run("coverage", lots, *NETWORK).said
    assert told["answer"] in shown
    assert [lot["label"] for lot in told["lots"]] == ["Lot A", "Lot B", "Lot C", "Lot D"]
    assert [lot["unread"] for lot in told["lots"]] == [None, None, "métier non lu", None]
    assert told["lots"][0]["etp"] is not None
    assert told["lots"][1]["etp"] is None
    assert [one["label"] for one in told["trades"] if one["without"] == ["Lot D"]]
    known = {key for lot in told["lots"] for key in (*lot["alone"], *(one for ids in lot["together"] for one in ids))}
    assert known <= {one["id"] for one in told["structures"] if one["known"]}
    assert all(one["why"] for lot in told["lots"] for one in lot["structures"] if one["standing"] == "connu")
    assert "Lot C (métier non lu)" in shown
    assert "1 ligne de total laissée à part" in shown


@pytest.mark.usefixtures("sample")
def test_the_workbook_holds_the_matrix_and_the_archive_a_workbook_a_structure(
    run: Run, lots: Path, tmp_path: Path
) -> None:
    book, archive = tmp_path / "couverture.xlsx", tmp_path / "fiches.zip"
    told = run("coverage", lots, *NETWORK, "--format", "json").json()
    assert run("coverage", lots, *NETWORK, "--format", "xlsx", "-o", book).code == 0
    sheets = CalamineWorkbook.from_path(str(book))
    assert sheets.sheet_names[-3:] == ["Matrice", "Pourquoi", "Contacts"]
    head, *lines = sheets.get_sheet_by_name("Matrice").to_python()
    assert sorted(head[1:]) == sorted(one["name"] for one in told["structures"])
    assert [line[0] for line in lines] == ["Lot A", "Lot B", "Lot C", "Lot D"]
    assert run("coverage", lots, *NETWORK, "--format", "zip", "-o", archive).code == 0
    reached = {one["id"] for lot in told["lots"] for one in lot["structures"]}
    with ZipFile(archive) as files:
        assert len(files.namelist()) == len(reached)
        first = CalamineWorkbook.from_filelike(io.BytesIO(files.read(files.namelist()[0])))
    assert first.sheet_names[:2] == ["Réponse", "Ses lots"]


@pytest.mark.usefixtures("sample")
def test_one_structure_has_its_sheet_by_siret(run: Run, lots: Path, tmp_path: Path) -> None:
    named = tmp_path / "reseau.csv"
    named.write_text(
        "Nom;SIRET;Commune\nAteliers;00010101400017;Maubeuge\nAteliers;00010101400017;Maubeuge\nInconnue;;Lyon\n",
        encoding="utf-8",
    )
    done = run("coverage", lots, "--structures", named, "--fiche", "00010101400017")
    assert done.code == 0
    assert "LES ATELIERS DES BORDS DE SAMBRE" in done.said
    assert "Lot A" in done.said
    assert "Ce qu’on ne sait pas d’elle" in done.said
    said = run("coverage", lots, "--structures", named).said
    assert "déjà citée" in said
    assert "inconnue du catalogue" in said


@pytest.mark.usefixtures("sample")
@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ((), 2, "Donnez le réseau"),
        ((*NETWORK, "--structures", "x.csv"), 2, "Donnez le réseau"),
        ((*NETWORK, "--format", "xlsx"), 2, "-o couverture.xlsx"),
        ((*NETWORK, "--format", "zip"), 2, "-o couverture.zip"),
        ((*NETWORK, "--fiche", "1", "--format", "json"), 2, "Une fiche"),
        ((*NETWORK, "--fiche", "123"), 1, "n’est pas du réseau"),
        (("--territoire", "Trouperdu"), 1, "Trouperdu"),
        (("--territoire", "Ajaccio", "--type", "SEP"), 1, "aucune structure du catalogue"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_french(
    run: Run, lots: Path, options: tuple[str, ...], code: int, said: str
) -> None:
    done = run("coverage", lots, *options)
    assert done.code == code
    assert said in done.said
