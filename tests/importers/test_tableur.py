from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers import REGISTRY
from importers.importer import RefusedRow, Source, SourceError
from importers.tableur import NAMELESS, list_name
from tests.importers.reading import cells_of, items_of, records, remarks, write_ods, write_xls, write_xlsx

SHEET = "Nom;Type;CP;Qui\nMain verte;AI;62100;Régie\nBois dormant;ESAT;60400;\n"


def _file(tmp_path: Path, text: str, name: str = "liste.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def _said(path: Path, mapping: dict[str, str] | None = None) -> dict[str, str]:
    messages = [remark.message for remark in remarks(items_of("tableur", path, mapping))]
    return {
        message.split("« ")[1].split(" »")[0]: message.split(" » ", 1)[1] for message in messages if "« " in message
    }


@pytest.mark.parametrize(("write", "name"), [(write_xlsx, "l.xlsx"), (write_xls, "l.xls"), (write_ods, "l.ods")])
def test_every_kind_of_workbook(tmp_path: Path, write: object, name: str) -> None:
    assert callable(write)
    rows = [list(row) for row in cells_of("hosmoz_simple.csv", ";")]
    found = records(items_of("tableur", write(tmp_path / name, rows)))
    assert [record.name for record in found] == ["ESAT LES MICOCOULES", "ATELIERS DE LA VIOLETTE", "SANS ADRESSE"]


def test_the_mapping_prevails(tmp_path: Path) -> None:
    path = _file(tmp_path, SHEET)
    found = records(items_of("tableur", path, {"Qui": "nom", "Type": "ignorer"}))
    assert [(record.name, record.kind) for record in found] == [("Régie", "")]
    said = _said(path, {"Qui": "nom", "Type": "ignorer"})
    assert said["Nom"] == "(2 valeurs) : non reprise, elle désigne une personne."
    assert said["Qui"] == "comprise comme le nom (selon votre correspondance)."
    assert said["Type"] == "(2 valeurs) : non reprise, comme vous l’avez dit."


def test_a_cell_merged_over_rows_is_the_value_of_each(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ("Ateliers du Nord", None, None, None),
        ("Nom", "Département", "Ville", "Activité"),
        ("Main verte", "Nord", "Lille", "Espaces verts"),
        ("Bois dormant", None, "Douai", None),
        ("Clair logis", None, "Denain", "Nettoyage"),
        ("Fil bleu", "Oise", "Creil", None),
    ):
        sheet.append(row)
    for cells in ("A1:D1", "B3:B5", "D3:D4", "D5:D6"):
        sheet.merge_cells(cells)
    book.save(tmp_path / "l.xlsx")
    found = records(items_of("tableur", tmp_path / "l.xlsx"))
    assert [(record.name, record.departement, [claim.text for claim in record.claims]) for record in found] == [
        ("Main verte", "Nord", ["Espaces verts"]),
        ("Bois dormant", "Nord", ["Espaces verts"]),
        ("Clair logis", "Nord", ["Nettoyage"]),
        ("Fil bleu", "Oise", ["Nettoyage"]),
    ]
    said = [one.message for one in remarks(items_of("tableur", tmp_path / "l.xlsx")) if "fusionn" in one.message]
    assert said == [
        "Colonne « Département », cellules fusionnées : la valeur est reprise sur 2 lignes.",
        "Colonne « Activité », cellules fusionnées : la valeur est reprise sur 2 lignes.",
    ]


@pytest.mark.parametrize("name", ["TOTAL", "Total général :", "sous-total"])
def test_the_total_of_a_sheet_is_no_supplier(tmp_path: Path, name: str) -> None:
    text = f"Nom;SIRET;Ville\nMain verte;00010001600013;Calais\n{name};;1\nTotal;00010002400017;Lens\n"
    found = items_of("tableur", _file(tmp_path, text))
    assert [record.name for record in records(found)] == ["Main verte", "Total"]
    assert [(row.line, "ligne de total" in row.reason) for row in found if isinstance(row, RefusedRow)] == [(3, True)]


def test_a_mapping_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    path = _file(tmp_path, SHEET)
    with pytest.raises(
        SourceError, match=r"colonne « Quoi » : la correspondance cite une colonne absente.*« Nom », « Type »"
    ):
        items_of("tableur", path, {"Quoi": "nom"})
    with pytest.raises(SourceError, match=r"le champ « couleur » n’existe pas. Champs possibles : reference"):
        items_of("tableur", path, {"Qui": "couleur"})


def test_without_name_nor_siret_an_example_of_mapping_is_given(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r'colonnes.toml.*"Libellé long" = "nom".*--mapping colonnes.toml'):
        items_of("tableur", _file(tmp_path, "Libellé long;Lieu-dit\nMain verte;Calais\n"))


def test_without_header_the_first_row_is_not_swallowed(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="la première ligne contient des données"):
        items_of("tableur", _file(tmp_path, "00011000700010;Main verte\n00011037900013;Bois dormant\n"))


def test_a_code_that_repeats_is_no_reference(tmp_path: Path) -> None:
    path = _file(tmp_path, "Code;Nom\n62;Main verte\n62;Bois dormant\n60;Gai logis\n")
    items = items_of("tableur", path)
    assert [record.source_ref for record in records(items)] == ["main-verte", "bois-dormant", "gai-logis"]
    assert "Référence trop souvent répétée" in remarks(items)[-1].message


def test_a_reference_belongs_to_its_list(tmp_path: Path) -> None:
    text = "Réf;Nom\nP01;Main verte\n;Bois dormant\n"
    here = records(items_of("tableur", _file(tmp_path, text, "Fédération EA 2026-11.csv")))
    assert [(record.listing, record.source_ref) for record in here] == [
        ("federation-ea", "P01"),
        ("federation-ea", "bois-dormant"),
    ]
    given = Source(_file(tmp_path, text, "export.csv"), listing="Réseau du Nord")
    items = list(REGISTRY["tableur"].read(given))
    assert {record.listing for record in records(items)} == {"reseau-du-nord"}
    assert remarks(items)[-1].message.startswith("Liste « reseau-du-nord » : ")


def test_a_name_beside_a_first_name_is_a_person(tmp_path: Path) -> None:
    path = _file(tmp_path, "Structure;Nom;Prénom;Ville\nMain verte;Exemple;Camille;Calais\n")
    (record,) = records(items_of("tableur", path))
    assert record.name == "Main verte"
    assert _said(path)["Nom"] == _said(path)["Prénom"] == "(1 valeur) : non reprise, elle désigne une personne."


def test_coordinates_texts_and_occupations(tmp_path: Path) -> None:
    text = "Nom;Latitude;Longitude;Description;Commentaire;Rome 1;Rome 2;Zone;Rayon\nA;50,1;2,3;Un;Deux;K2204;;Artois;30 km\n"
    (record,) = records(items_of("tableur", _file(tmp_path, text)))
    assert (record.x, record.y, record.projection) == ("2,3", "50,1", "WGS84")
    assert (record.description, record.area) == ("Un ; Deux", "Artois ; 30 km")
    assert [(claim.vocabulary, claim.text) for claim in record.claims] == [("rome", "K2204")]


def test_a_column_of_mail_and_telephone_is_one_field(tmp_path: Path) -> None:
    path = _file(tmp_path, "Nom;Type;Mail / tél\nMain verte;AI;a@exemple.fr / 03 53 01 20 11\n")
    (record,) = records(items_of("tableur", path))
    assert (record.contact, record.phone, record.email) == ("a@exemple.fr / 03 53 01 20 11", "", "")
    assert _said(path)["Mail / tél"] == "comprise comme le courriel et le téléphone."


@pytest.mark.parametrize(
    "stem",
    [
        "Fédération EA",
        "federation-ea_2026-11",
        "federation_ea_20261125",
        "Fédération EA 25.11.2026",
        "Federation EA novembre 2026",
        "federation ea - 2026 T3",
        "Fédération EA v2",
        "Fédération EA v1.2 (3)",
        "Copie de Fédération EA",
        "Fédération EA - Copie (2)",
        "FEDERATION_EA_202611_def",
        "Fédération EA_nov",
    ],
)
def test_the_next_file_of_a_list_is_the_same_list(stem: str) -> None:
    assert list_name(stem) == "federation-ea"


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("esat_62", "esat-62"),
        ("esat_59_2026-11", "esat-59"),
        ("2026_esat_62", "esat-62"),
        ("marché Mars-la-Tour", "marche-mars-la-tour"),
        ("panneau T3", "panneau-t3"),
        ("2026-11", NAMELESS),
        ("été", "ete"),
        ("…", NAMELESS),
    ],
)
def test_what_tells_two_lists_apart_stays(stem: str, name: str) -> None:
    assert list_name(stem) == name


@given(st.text(max_size=40))
def test_a_name_is_plain_and_its_own_name(stem: str) -> None:
    name = list_name(stem)
    assert name
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert list_name(name) == name


def test_a_closure_is_read_with_its_day(tmp_path: Path) -> None:
    text = "Nom;Ville;État;Fermé le\nMain verte;Calais;Fermé;12/03/2024\nBois dormant;Lens;En activité;\n"
    found = records(items_of("tableur", _file(tmp_path, text)))
    assert [(record.ended, record.closed) for record in found] == [("Fermé", "12/03/2024"), ("En activité", "")]
    dated = records(items_of("tableur", _file(tmp_path, text.replace("Fermé le", "Date de fermeture"))))
    assert [record.closed for record in dated] == ["12/03/2024", ""]


HANDMADE = (
    "N°;Structure;N° SIRET / SIREN;CP Ville;mail contact;Métiers (séparer par des / ou ,);Ne travaille plus ?;Observations\n"
    "1;Main verte;00010001600013;80200 Péronne;contact@a.example;EV / nettoyage;oui;doublon ?\n"
    "2;Bois dormant;;Amiens (80);lea.fictive@b.example;palettes;;\n"
)


def test_the_titles_of_a_list_kept_by_hand_are_understood_at_first_reading(tmp_path: Path) -> None:
    path = _file(tmp_path, HANDMADE)
    one, other = records(items_of("tableur", path))
    assert (one.siret, one.city, one.ended, one.note) == ("00010001600013", "80200 Péronne", "oui", "doublon ?")
    assert one.description == other.description == ""
    assert [claim.text for claim in one.claims] == ["EV / nettoyage"]
    assert (one.email, other.email) == ("contact@a.example", "")
    assert "b.example" not in str(other)
    said = _said(path)
    assert said["N°"] == "(2 valeurs) : non reprise, c’est le rang de la ligne."
    assert not any("dites ce qu" in message for message in said.values())


def test_usual_titles_are_read_and_an_address_gives_its_town(tmp_path: Path) -> None:
    text = (
        "Nom;Mél;Domaines d'activité;Effectif total;Adresse complète\n"
        "Atelier Lilas;contact@lilas.fr;Espaces verts;30;12 rue des Lilas, 59600 Maubeuge\n"
        "Main verte;accueil@mv.fr;Nettoyage;12,5;BP 80123 Zone Est 62000 Arras Cedex 9\n"
    )
    first, second = records(items_of("tableur", _file(tmp_path, text)))
    assert (first.email, first.workers, [claim.text for claim in first.claims]) == (
        "contact@lilas.fr",
        "30",
        ["Espaces verts"],
    )
    assert (first.address, first.city) == ("12 rue des Lilas", "59600 Maubeuge")
    assert (second.address, second.city) == ("BP 80123 Zone Est", "62000 Arras Cedex 9")
