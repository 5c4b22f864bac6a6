"""Lots of a batch: a folder of Parquet says what JSON lines say, and what is no folder of lots is refused with its cure."""

import json
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import Engine

from matcher.batch.given import MOST_LINES, LotsFileForm, Tell, lots_form, lots_given, lots_published
from matcher.domain.reading import Lot, RawPlace
from matcher.jobs.reader_process import ReadRefused
from matcher.need.fields import LotsError, read_lot_needs
from matcher.notices.intake import take_notice_files
from tests.conftest import ROOT
from tests.importers.documents.writing import write_xlsx
from tests.matcher.notices.written import importer, lot, notice

pytestmark = pytest.mark.usefixtures("read_here")

TELL: Tell = list[str]().append
LOTS = (
    {
        "objet": "Entretien des berges",
        "lieu": {"code": "59600", "type": "Code postal", "nom": "Maubeuge"},
        "montant": 1000,
    },
    {"objet": "Nettoyage des vitres", "cpv": ["90911300"], "date": "2026-11-24"},
    {"objet": "Nettoyage", "cpv": ["00000001"]},
)


def test_a_folder_of_parquet_says_what_json_lines_say(tmp_path: Path) -> None:
    lines = tmp_path / "lots.jsonl"
    lines.write_text("".join(json.dumps(one) + "\n" for one in LOTS), encoding="utf-8")
    (tmp_path / "lots").mkdir()
    database = duckdb.connect(":memory:")  # the date as a date, the amount as a decimal
    rows = database.read_json(str(lines)).project(
        "objet, cpv, lieu, montant::DECIMAL(9, 2) AS montant, date::DATE AS date"
    )
    rows.limit(2).write_parquet(str(tmp_path / "lots" / "lots1.parquet"))
    rows.limit(1, offset=2).write_parquet(
        str(tmp_path / "lots" / "lots[1].parquet")
    )  # to DuckDB, a pattern of the other
    written, found = list(read_lot_needs(lines)), list(lots_given(tmp_path / "lots", TELL))
    assert [replace(one.lot, lot_id="") for one in found] == [replace(one.lot, lot_id="") for one in written]
    assert [one.lot.lot_id for one in found] == ["lots1-1", "lots1-2", "lots[1]-1"]
    assert "« lots[1].parquet », ligne 1, champ « cpv » : « 00000001 » n’est pas un code CPV" in str(found[2].faults[0])


def test_what_is_no_folder_of_lots_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LotsError, match=r"aucun fichier \.parquet"):
        list(lots_given(tmp_path, TELL))
    path = tmp_path / "a.parquet"
    duckdb.connect(":memory:").sql("SELECT 'Nettoyage' AS besoin").write_parquet(str(path))
    with pytest.raises(ReadRefused, match=r"ni colonne « objet » ni colonne « cpv » \(il a besoin\)"):
        list(lots_given(tmp_path, TELL))
    path.write_bytes(b"PAR1 mais pas vraiment")
    with pytest.raises(ReadRefused, match=r"« a\.parquet » n’est pas un fichier Parquet"):
        list(lots_given(tmp_path, TELL))


def test_a_sheet_says_what_json_lines_say_and_tells_where_each_fault_is(tmp_path: Path) -> None:
    path, told = tmp_path / "lots.csv", list[str]()
    path.write_text(
        "Référence;Objet du marché;Lieu;CPV;Montant HT;Durée (mois);Couleur\n"
        "A1;Entretien des berges;59600 Maubeuge;;1 000;12;vert\n"
        "A1;Nettoyage des vitres;Lille;00000001;douze;;\n"
        ";Tonte;Arras;77310000;;;\n"
        "Total;;;;1 000;;\n",
        encoding="utf-8",
    )
    first, second, third = lots_given(path, told.append)
    assert (first.lot.lot_id, first.lot.objet, first.lot.montant, first.lot.duree) == (
        "A1",
        "Entretien des berges",
        1000,
        12,
    )
    assert [place.code or place.nom for place in first.lot.lieux] == ["59600 Maubeuge"]
    assert not first.faults
    assert [fault.where for fault in second.faults] == [
        "« lots.csv », ligne 3, champ « lot_id »",
        "« lots.csv », ligne 3, colonne « CPV »",
        "« lots.csv », ligne 3, colonne « Montant HT »",
    ]
    assert third.lot.lot_id == "4"
    assert any("Couleur" in one for one in told)
    assert any("« Objet du marché » : l’objet ; " in one for one in told)
    assert "« lots.csv » : 1 ligne de total laissée à part." in told


CONTRACT = {
    "id": "2024-1",
    "acheteur": {"id": "20000101400014"},
    "objet": "Entretien des berges",
    "codeCPV": "77310000",
    "lieuExecution": {"code": "59600", "typeCode": "Code postal", "nom": "Maubeuge"},
    "dateNotification": "2024-02-15",
    "montant": 90000,
    "dureeMois": 12,
    "titulaires": [{"typeIdentifiant": "SIRET", "id": "90000201500015"}],
}


def test_contracts_are_lots_whatever_their_form(tmp_path: Path) -> None:
    path, table, xml, told = tmp_path / "decp.json", tmp_path / "decp.csv", tmp_path / "decp.xml", list[str]()
    contracts = [CONTRACT, CONTRACT | {"id": "2024-2", "titulaires": []}, CONTRACT | {"id": "2024-3", "codeCPV": "1"}]
    path.write_text(json.dumps({"marches": contracts}), encoding="utf-8")
    first, third = lots_given(path, told.append)
    assert first.lot == Lot(
        objet="Entretien des berges",
        lot_id="20000101400014/2024-1",
        cpv=("77310000",),
        lieux=(RawPlace("59600", "Code postal", "Maubeuge"),),
        acheteur_siret="20000101400014",
        date=date(2024, 2, 15),
        montant=90000,
        duree=12,
    )
    assert [fault.where for fault in third.faults] == ["« decp.json », rang 3, marché « 2024-3 »"]
    assert told == [
        "« decp.json » : 1 marché laissé de côté, rang 2 d’abord : marché sans titulaire : personne à qui le rattacher."
    ]
    table.write_text(
        "id,acheteur_id,titulaire_id,objet,codeCPV,montant,dureeMois,dateNotification,lieuExecution_code,"
        "lieuExecution_typeCode,lieuExecution_nom\n2024-1,20000101400014,90000201500015,Entretien des berges,77310000,90000,12,"
        "2024-02-15,59600,Code postal,Maubeuge\n",
        encoding="utf-8",
    )
    xml.write_text(
        "<marches><marche><id>2024-1</id><acheteur><id>20000101400014</id></acheteur><objet>Entretien des berges</objet>"
        "<codeCPV>77310000</codeCPV><lieuExecution><code>59600</code><typeCode>Code postal</typeCode><nom>Maubeuge</nom>"
        "</lieuExecution><dateNotification>2024-02-15</dateNotification><montant>90000</montant><dureeMois>12</dureeMois>"
        "<titulaires><titulaire><id>90000201500015</id></titulaire></titulaires></marche></marches>",
        encoding="utf-8",
    )
    wide = tmp_path / "large.xml"
    wide.write_text(xml.read_text(encoding="utf-8"), encoding="utf-16")
    for other in (table, xml, wide):
        assert [need.lot for need in lots_given(other, TELL)] == [first.lot]
    rows = [line.split(",") for line in table.read_text(encoding="utf-8").splitlines()]
    workbook = write_xlsx(tmp_path / "decp.xlsx", {"DECP": rows})
    table.write_text(f"sep=,\n{table.read_text(encoding='utf-8')}", encoding="utf-8")
    for other in (table, workbook):
        assert [need.lot for need in lots_given(other, TELL)] == [first.lot]


def test_a_programme_that_names_who_leaves_is_no_table_of_contracts(tmp_path: Path) -> None:
    path = tmp_path / "programme.csv"
    path.write_text(
        "objet;lieu;acheteur;titulaire sortant\nNettoyage;Lille;Ville;Atelier des Tests\n", encoding="utf-8"
    )
    assert lots_form(path) is LotsFileForm.SHEET
    assert [need.lot.objet for need in lots_given(path, TELL)] == ["Nettoyage"]


@pytest.mark.parametrize(
    "text",
    [
        "Raison sociale du Fournisseur;SIRET;Dépense achat (€);Catégorie d’achat\nESAT des Tests;90000201500015;12500;Nettoyage\n",
        "Nom;SIRET;Commune;Prestation\nESAT des Tests;90000201500015;Lille;Nettoyage\n",
    ],
    ids=["purchases", "directory"],
)
def test_a_sheet_that_names_suppliers_is_no_sheet_of_lots(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises((LotsError, ReadRefused), match=r"nomme un fournisseur.*non des lots"):
        list(lots_given(path, TELL))


def test_a_sheet_of_more_lots_than_its_reader_answers_is_refused_by_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "lots.csv"
    path.write_text("Objet;Lieu\n" + "Tonte;Lille\n" * (MOST_LINES + 1), encoding="utf-8")
    with pytest.raises(ReadRefused, match=r"20\s001 lignes ; 20\s000 au plus"):
        list(lots_given(path, TELL))


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", "Nom;Ville\nAtelier;Lille\n", "il manque la colonne.*Colonnes vues : « Nom », « Ville »"),
        ("a.json", '[{"objet": "Nettoyage"}]', "ligne 1 : attendu un objet JSON"),
        (
            "a.json",
            '{"marches": [{"titulaires": [',
            "« a.json », ligne 1 : le JSON est interrompu ou fautif à la colonne",
        ),
        ("a.xml", "<marches><marche>", "« a.xml », ligne 1 : le XML est interrompu ou fautif à la colonne 18"),
        ("a.xml", "<?xml version='1.0'?><ContractNotice/>", "ce fichier est du XML"),
    ],
)
def test_a_file_of_something_else_is_refused_with_its_place(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises((LotsError, ReadRefused), match=said):
        list(lots_given(tmp_path / name, TELL))


def test_the_lots_of_a_period_are_those_of_its_days(engine: Engine) -> None:
    days = ("2026-11-01", "2026-11-10", "2026-11-20")
    take_notice_files(
        engine,
        importer(*(notice(f"26-{day}", lot(title=f"Tonte du {day}"), published=day) for day in days)),
        [Path("avis")],
        now=datetime(2026, 11, 21),  # noqa: DTZ001  # as it is kept
    )
    found = list(lots_published(engine, date(2026, 11, 10), date(2026, 11, 20)))
    assert [one.lot.date for one in found] == [date(2026, 11, 10), date(2026, 11, 20)]
    assert len({one.lot.lot_id for one in found}) == 2


@pytest.mark.parametrize("title", ["lot_id", "N° de lot", "Lot", "n° lot"])
def test_a_column_of_a_sheet_names_its_lots(title: str, tmp_path: Path) -> None:
    path = tmp_path / "lots.csv"
    path.write_text(f"{title};Objet;Lieu\nA1;Nettoyage des locaux;Lille\n;Tonte;Lille\n", encoding="utf-8")
    told: list[str] = []
    assert [(one.lot.lot_id, one.lot.objet) for one in lots_given(path, told.append)] == [
        ("A1", "Nettoyage des locaux"),
        ("3", "Tonte"),
    ]
    assert not any("non reprise" in sentence for sentence in told)


def test_lot_alone_says_what_is_bought(tmp_path: Path) -> None:
    path = tmp_path / "lots.csv"
    path.write_text("Lot;Lieu\nNettoyage des locaux;Lille\n", encoding="utf-8")
    assert [one.lot.objet for one in lots_given(path, TELL)] == ["Nettoyage des locaux"]


def test_of_the_lots_that_are_shipped_nothing_is_asked() -> None:
    told: list[str] = []
    needs = list(lots_given(ROOT / "examples" / "lots.csv", told.append))
    assert [need.lot.lot_id for need in needs] == ["berges", "traiteur", "archives"]
    assert not any(need.faults for need in needs)
    assert len(told) == 1
