"""`allotissement`: a list as people have it becomes lots, in three forms; what cannot be placed is named."""

import io
from pathlib import Path

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from tests.matcher.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("read_here")

GREEN = ("--objet", "Entretien des espaces verts")
LIST = "Site;Ville;Code postal;ETP\nÉcole A;Maubeuge;59600;0,5\nÉcole B;ARRAS CEDEX;62000;1\nÉcole C;Nulle-Part;;\nÉcole A;Maubeuge;59600;0,5\nÉcole D;Laon;2000;\n"


@pytest.fixture
def sites(tmp_path: Path) -> Path:
    path = tmp_path / "sites.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


def test_a_list_as_people_have_it_is_cut_and_what_is_lost_is_named(sample: Path, run: Run, sites: Path) -> None:
    told = run("allotissement", sites, *GREEN, "--candidats", 1, "--format", "json").json()
    assert sorted(label for lot in told["lots"] for label in lot["sites"]) == ["École A", "École B", "École D"]
    assert told["lost"] == ["École C (ligne 4)"]
    assert set(told["compared"]) == {
        "proposé",
        "un seul lot",
        "un lot par site",
        "un lot par arrondissement",
        "un lot par EPCI",
    }
    shown = run("allotissement", sites, *GREEN, "--candidats", 1)
    assert told["answer"].replace("\u00a0", " ") in shown.said.replace("\u00a0", " ")
    assert "École C" in shown.said


def test_the_order_of_the_lines_does_not_matter(sample: Path, run: Run, sites: Path, tmp_path: Path) -> None:
    head, *lines = LIST.splitlines()
    other = tmp_path / "autre.csv"
    other.write_text("\n".join([head, *reversed(lines)]) + "\n", encoding="utf-8")

    def lots(path: Path) -> set[frozenset[str]]:
        told = run("allotissement", path, *GREEN, "--candidats", 1, "--format", "json").json()
        return {frozenset(lot["sites"]) for lot in told["lots"]}

    assert lots(sites) == lots(other)


def test_a_workbook_in_and_a_workbook_out(sample: Path, run: Run, tmp_path: Path) -> None:
    given, made = tmp_path / "sites.xlsx", tmp_path / "lots.xlsx"
    with xlsxwriter.Workbook(str(given)) as book:
        sheet = book.add_worksheet("Sites")
        for row, cells in enumerate((("Nom", "Commune"), ("Mairie", "Maubeuge"), ("Stade", "Arras"))):
            sheet.write_row(row, 0, cells)
    assert run("allotissement", given, *GREEN, "--format", "xlsx", "-o", made).code == 0
    book_out = CalamineWorkbook.from_filelike(io.BytesIO(made.read_bytes()))
    assert book_out.sheet_names == [
        *("Réponse", "Les lots", "Comparé aux découpages usuels", "Sites", "Structures", "Matrice", "Contacts"),
    ]
    told = run("allotissement", given, *GREEN, "--format", "json").json()
    head, *rows = book_out.get_sheet_by_name("Matrice").to_python()
    assert head[3:] == [f"Lot {lot['lot']}" for lot in told["lots"]]
    for lot in told[
        "lots"
    ]:  # a cross stands for who could answer: a column holds those of its lot, and a row all of its lots
        assert sorted(row[0] for row in rows if row[2 + lot["lot"]] == "×") == sorted(lot["who"])
    assert [row[2] for row in rows] == [len(one["lots"]) for one in told["structures"]]
    assert any(lot["who"] for lot in told["lots"])


@pytest.mark.parametrize(
    ("text", "options", "code", "said"),
    [
        ("Nom;Couleur\nA;bleu\n", GREEN, 1, "colonne qui donne la commune"),
        ("Nom;Ville\n", GREEN, 1, "que sa ligne d’en-tête"),
        ("Nom;Ville\nA;Nulle-Part\n", GREEN, 1, "Aucun lieu"),
        (LIST, ("--objet", "Prestations à définir"), 1, "Prestations à définir"),
        (LIST, (*GREEN, "--candidats", "0"), 2, "nombre entier"),
        (LIST, (*GREEN, "--format", "xlsx"), 2, "-o lots.xlsx"),
    ],
)
def test_what_cannot_be_cut_is_refused_in_french(
    sample: Path, run: Run, tmp_path: Path, text: str, options: tuple[str, ...], code: int, said: str
) -> None:
    path = tmp_path / "sites.csv"
    path.write_text(text, encoding="utf-8")
    done = run("allotissement", path, *options)
    assert done.code == code
    assert said in done.said


def test_one_line_is_one_lot(sample: Path, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "sites.csv"
    path.write_text("Nom;Ville\nMairie;Maubeuge\n", encoding="utf-8")
    assert len(run("allotissement", path, *GREEN, "--format", "json").json()["lots"]) == 1
