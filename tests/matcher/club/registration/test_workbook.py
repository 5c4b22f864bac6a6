"""From a file of participants to its sheets: which are read, as what, and what is said of the others."""

from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl
import pytest

from importers.formats.column_tally import seen_headers
from importers.formats.columns import NO_MAPPING, ColumnMapping
from matcher.club.meeting_day.meeting_day import ParticipantRole
from matcher.club.registration.workbook import PARTICIPANTS, read_spreadsheets
from matcher.jobs.reader_process import ReadRefused

pytestmark = pytest.mark.usefixtures("read_here")
Made = Callable[[str, str], Path]
BUYERS = [["Club du 28 janvier"], ["Structure", "Vos besoins", "Ville"], ["Ville Modèle", "Repas", "Lille"]]
SUPPLIERS = [["Raison sociale", "Commune", "Savoir-faire"], ["Table Modèle", "Lille", "Traiteur"]]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def workbook(path: Path, sheets: Mapping[str, list[list[str]]], *hidden: str) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        sheet.sheet_state = "hidden" if title in hidden else "visible"
    book.save(path)
    return path


def roles(path: Path, sort: ParticipantRole | None) -> dict[str, ParticipantRole]:
    return {
        entrant.participant.name: entrant.participant.sort
        for sheet in read_spreadsheets(path, sort)
        for entrant in sheet.entrants
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Couleur;Taille\nbleu;1\n", "aucune colonne ne donne le nom"),
        ("Besoin;Lieu\nRepas;Lille\n", "aucune colonne ne donne le nom"),
        ("Structure;Besoin\n", "aucun participant"),
        (";".join(["a"] * 201) + "\n", "ligne 1 : 201 colonnes ; 200 au plus"),
        ("", "vide"),
    ],
)
def test_a_file_that_is_no_list_is_refused(made: Made, text: str, said: str) -> None:
    with pytest.raises(ReadRefused, match=said):
        read_spreadsheets(made("liste.csv", text), ParticipantRole.BUYER)[0]


def test_someone_must_say_who_buys(made: Made) -> None:
    with pytest.raises(ReadRefused, match=r"« liste\.csv », ligne 1 : rien ne dit qui est acheteur"):
        read_spreadsheets(made("liste.csv", "Structure;Besoin\nVille;Repas\n"), None)[0]


@pytest.mark.parametrize("sort", [ParticipantRole.BUYER, ParticipantRole.SUPPLIER, None])
def test_every_sheet_is_read_as_its_title_says(tmp_path: Path, sort: ParticipantRole | None) -> None:
    path = workbook(tmp_path / "i.xlsx", {"Acheteurs & titulaires": BUYERS, "Offreurs ESS": SUPPLIERS})
    assert roles(path, sort) == {"Ville Modèle": ParticipantRole.BUYER, "Table Modèle": ParticipantRole.SUPPLIER}
    assert sorted(sheet.name for sheet in read_spreadsheets(path, sort)) == [
        "i.xlsx, feuille Acheteurs & titulaires",
        "i.xlsx, feuille Offreurs ESS",
    ]


def test_a_sheet_of_activities_beside_one_of_needs_is_of_suppliers(tmp_path: Path) -> None:
    path = workbook(tmp_path / "i.xlsx", {"Feuil1": BUYERS, "Feuil2": SUPPLIERS})
    assert roles(path, ParticipantRole.BUYER)["Table Modèle"] is ParticipantRole.SUPPLIER
    assert {one.name: one.taken_as for one in read_spreadsheets(path, ParticipantRole.BUYER)} == {
        "i.xlsx, feuille Feuil1": None,
        "i.xlsx, feuille Feuil2": ParticipantRole.SUPPLIER,
    }


def test_a_sheet_that_is_not_read_is_said(tmp_path: Path) -> None:
    sheets = {
        "Inscrits": BUYERS[1:],
        "Notice": [["Lisez-moi"]],
        "Désistements": BUYERS[1:],
        "Vide": BUYERS[1:2],
        "Archives": BUYERS,
    }
    sheets |= {
        "Rendez-vous": [["Acheteur", "Fournisseur"], ["Ville Modèle", "Table Modèle"]],
        "Mode d’emploi": [["Lisez"]],
    }
    (sheet,) = read_spreadsheets(workbook(tmp_path / "i.xlsx", sheets, "Archives"), ParticipantRole.BUYER)
    assert sheet.name == "i.xlsx, feuille Inscrits"
    lacks = "aucune colonne n’y donne le nom de la structure ou le SIRET. Pour en reprendre une, enregistrez-la seule dans un fichier."
    assert sheet.skipped == (
        f"« i.xlsx » : Feuilles « Notice », « Mode d’emploi » non lues : {lacks}",
        "« i.xlsx » : Feuille « Archives » non lue : masquée. Pour en reprendre une, affichez-la dans le classeur.",
        "« i.xlsx » : Feuille « Rendez-vous » non lue : ni besoin, ni activité, ni sorte.",
        "« i.xlsx » : Feuille « Désistements » non lue : d’après le titre, ses inscrits ne viennent pas.",
        "« i.xlsx » : Feuille « Vide » non lue : aucun participant sous l’en-tête.",
    )


def test_a_likely_sheet_without_a_name_is_shown_to_be_mapped(tmp_path: Path) -> None:
    unnamed = [["Représenté par", *BUYERS[1][1:]], BUYERS[2]]
    path = workbook(tmp_path / "i.xlsx", {"Acheteurs": unnamed, "Offreurs": SUPPLIERS})
    assert {one.sheet: one.has(PARTICIPANTS.needs) for one in seen_headers(path, PARTICIPANTS, NO_MAPPING)} == {
        "Acheteurs": False,
        "Offreurs": True,
    }
    (alone,) = read_spreadsheets(path, ParticipantRole.BUYER)
    assert "dites ce que contiennent ses colonnes" in alone.skipped[0]
    assert len(read_spreadsheets(path, ParticipantRole.BUYER, ColumnMapping({"Représenté par": "name"}))) == 2


@pytest.mark.parametrize(
    ("cell", "role"),
    [
        ("entreprise titulaire", ParticipantRole.ATTRIBUTAIRE),
        ("Entreprise privée titulaire du marché", ParticipantRole.ATTRIBUTAIRE),
        ("société attributaire", ParticipantRole.ATTRIBUTAIRE),
        ("Service des achats commune", ParticipantRole.BUYER),
        ("entreprise", ParticipantRole.BUYER),
        ("grande entreprise adaptée", ParticipantRole.SUPPLIER),
    ],
)
def test_a_role_is_read_by_its_words(made: Made, cell: str, role: ParticipantRole) -> None:
    text = f"Structure;Type;Besoin\nModèle;{cell};Repas\n"
    (sheet,) = read_spreadsheets(made("liste.csv", text), ParticipantRole.BUYER)
    assert [one.participant.sort for one in sheet.entrants] == [role]
    assert [one.text for one in sheet.faults] == []


def test_words_of_two_roles_are_said(made: Made) -> None:
    text = "Structure;Type;Besoin\nModèle;filiale titulaire de mairie avec prestataire;Repas\n"
    (sheet,) = read_spreadsheets(made("liste.csv", text), ParticipantRole.BUYER)
    assert "attendu, acheteur, fournisseur ou attributaire ; pris comme acheteur" in sheet.faults[0].text
