"""A file is known by what it holds, whatever its name."""

from pathlib import Path

import pytest

from importers import REGISTRY
from importers.importer import Source, SourceError
from importers.recognise import recognise
from tests.factories import siret
from tests.importers.documents.writing import write_xlsx
from tests.importers.reading import notice_fixtures

FIXTURES = Path(__file__).parent.parent / "fixtures" / "importers"
OFFERED = [*(key for key in REGISTRY if key not in ("sirene", "tableur")), "eforms", "boamp", "avis", "tableur"]
# A fixture is named after its directory; these are of another.
FILES = sorted(
    path.name
    for path in FIXTURES.iterdir()
    if not path.name.startswith("sirene") and not path.name.endswith((".golden.json", ".toml"))
)


@pytest.mark.parametrize("name", FILES)
def test_each_file_is_of_its_directory(name: str, tmp_path: Path) -> None:
    copy = tmp_path / f"fichier{Path(name).suffix}"
    copy.write_bytes((FIXTURES / name).read_bytes())
    key = recognise(Source(copy), OFFERED)
    assert name.startswith(key)
    assert not name.startswith("asp-rome") or key == "asp-rome"


def test_a_notice_is_of_its_publisher(tmp_path: Path) -> None:
    told = [(key, path) for key, path in notice_fixtures() if path.parent != FIXTURES and "INVALID" not in path.name]
    for number, (key, path) in enumerate(told):
        copy = tmp_path / f"{number}{path.suffix}"
        copy.write_bytes(path.read_bytes())
        assert recognise(Source(copy), OFFERED) == key, path
    assert {key for key, _ in told} == {"eforms", "boamp", "avis"}


def test_a_sheet_that_speaks_of_notices_is_a_sheet(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"Nom;SIRET;Remarque\nAtelier;{siret(1)};appel d’offres paru le 01/02/2026\n", encoding="utf-8")
    assert recognise(Source(path), OFFERED) == "tableur"


@pytest.mark.parametrize("key", sorted(REGISTRY.keys() - {"tableur"}))
def test_a_plain_table_is_of_no_directory(key: str, tmp_path: Path) -> None:
    """The columns that everybody writes are the user's own sheet's: `HeaderRule.needs` names what its own directory alone has."""
    path = tmp_path / "liste.csv"
    number = siret(1)
    path.write_text(f"Nom;SIRET;Type;Commune;Activités\nAtelier;{number};EA;Maubeuge;Tonte\n", encoding="utf-8")
    with pytest.raises(SourceError):
        recognise(Source(path), [key])
    assert recognise(Source(path), [key, "tableur"]) == "tableur"


def test_the_rubrics_of_a_notice_tell_it_where_its_head_does_not(tmp_path: Path) -> None:
    path = tmp_path / "marche.txt"
    path.write_text(
        "Lieu de livraison : Centre technique, Villefranche-sur-Test\nSection 4 - Durée du marché : 5 mois\n"
        "Section 8 - Type de procédure : procédure adaptée\nSection 10 - Date limite de réception des offres : 01/10/2026 à 15:00\n",
        encoding="utf-8",
    )
    assert recognise(Source(path), OFFERED) == "avis"
    path.write_text("Bonjour,\nvoici la liste des courses : deux lots de chaises.\n", encoding="utf-8")
    with pytest.raises(SourceError, match="colonne"):
        recognise(Source(path), OFFERED)


RUBRICS = ("Référence", "Objet du marché", "Lieu d’exécution", "CPV", "Montant HT", "Durée (mois)")


@pytest.mark.parametrize(
    "text",
    [
        f"{';'.join(RUBRICS)}\nA1;Tonte;Lille;77310000;1000;12\nA2;Vitres;Lille;90910000;1000;12\n",
        "Qui;Présentation;Où\nAtelier Bleu;Marchés publics de nettoyage, lot 1 et 2;Lille\nAtelier Vert;Délai d’exécution court;Arras\n",
        "<avis><objet>Objet du marché : tonte</objet><p>procédure adaptée</p><lot>lot 1</lot></avis>",
        "N°;Intitulé;Procédure;Date limite\n1;Vitres;procédure adaptée;01/10/2026\n2;Tonte;appel d’offres;02/10/2026\n",
    ],
    ids=["lots", "directory", "xml", "procedures"],
)
def test_a_table_or_xml_that_has_the_rubrics_of_a_notice_is_none(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError):
        recognise(Source(path), OFFERED)


def test_a_workbook_is_no_notice_and_the_same_rubrics_in_sentences_are_one(tmp_path: Path) -> None:
    lots = [list(RUBRICS), ["A1", "Tonte", "Lille", "77310000", "1000", "12"]]
    with pytest.raises(SourceError):
        recognise(Source(write_xlsx(tmp_path / "a.xlsx", {"Lots": lots})), OFFERED)
    path = tmp_path / "a.txt"
    path.write_text("".join(f"{title} : voir l’annexe, page 2.\n" for title in RUBRICS), encoding="utf-8")
    with pytest.raises(SourceError):  # as regular as a table
        recognise(Source(path), OFFERED)
    path.write_text("".join(f"{title} : voir l’annexe.\n" for title in RUBRICS), encoding="utf-8")
    assert recognise(Source(path), OFFERED) == "avis"


def test_what_no_one_reads_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"a": [1, 2]}', encoding="utf-8")
    with pytest.raises(SourceError, match="aucun annuaire connu"):
        recognise(Source(path), OFFERED)
    path.write_bytes(b"%PDF-1.7")
    with pytest.raises(SourceError, match="PDF"):
        recognise(Source(path), OFFERED)
    path.write_text("", encoding="utf-8")
    with pytest.raises(SourceError, match="vide"):
        recognise(Source(path), OFFERED)
    with pytest.raises(SourceError):
        recognise(Source(path), [])


def test_a_sheet_that_is_read_and_names_nobody_is_not_told_to_be_json(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Boîte;SIRET\nMain verte;\n", encoding="utf-8")
    with pytest.raises(SourceError, match="aucun fournisseur n’y est lu"):
        recognise(Source(path), OFFERED)


def test_a_sheet_of_purchases_is_no_directory(tmp_path: Path) -> None:
    path = tmp_path / "achats.csv"
    head = "Raison sociale du Fournisseur;SIRET;Dépense achat (€);Catégorie d’achat (optionnelle);Entité acheteuse (optionnelle)"
    path.write_text(f"{head}\nESAT des Tests;90000201500015;12 500,50;Nettoyage;Mairie\n", encoding="utf-8")
    with pytest.raises(SourceError, match="relevé d’achats"):
        recognise(Source(path), OFFERED)
    # A directory tells its turnover too.
    path.write_text(
        "Nom;SIRET;Commune;Activités;CA\nESAT des Tests;90000201500015;Lille;Nettoyage;12000\n", encoding="utf-8"
    )
    assert recognise(Source(path), OFFERED) == "tableur"
