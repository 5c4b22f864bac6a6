"""A plaquette as files: formulas are text, unknown is empty or null, each kind says what it opens."""

import csv
import io
from dataclasses import replace
from datetime import date

from python_calamine import CalamineWorkbook

from matcher.decisions.interlocutors import interlocutors_of, speak_to_table
from matcher.decisions.plaquette.answer import LeftOut, Plaquette, read_territory
from matcher.decisions.plaquette.compute import PrintedStructure, PrintedTrade, order_structures
from matcher.decisions.plaquette.document import dates_line, opens, plaquette_csv, plaquette_document, plaquette_object
from matcher.domain.kinds import SupplierKind as K
from matcher.reference.source_rules import Use
from matcher.render.table import document_workbook

LONG = "Association " * 40


def a_plaquette(*structures: PrintedStructure) -> Plaquette:
    left = (LeftOut(2, "2 structures fermées"),)
    places, _ = read_territory(["Maubeuge"])
    its = order_structures(structures)
    return Plaquette(places, (), (), (), Use.PUBLISH, date(2026, 11, 25), its, left, 1, ("FINESS",), 3, 9)


def structure(name: str, *trades: PrintedTrade) -> PrintedStructure:
    return PrintedStructure(name, name, (K.ESAT,), "", ("Maubeuge",), "", "", "", "", "", "FINESS, janv. 2025", trades)


ITS = a_plaquette(
    structure("=1+1"), structure(LONG, PrintedTrade("proprete.locaux", "déduite du nom")), structure("+33 <b>", PrintedTrade("proprete.locaux"))
)  # fmt: skip
PEOPLE = speak_to_table(interlocutors_of((), ITS.places))


def test_its_day_is_that_of_its_data() -> None:
    days = (date(2021, 1, 5), date(2021, 1, 20), date(2026, 3, 2))
    said = [dates_line(replace(ITS, days=days[:count])) for count in (0, 2, 3)]
    assert [one.partition(" ; ")[0] for one in said] == [
        "Date des données inconnue",
        "Données de janvier 2021",
        "Données de janvier 2021 pour les plus anciennes, de mars 2026 pour les dernières",
    ]
    assert all("tirage du 25 novembre 2026" in one.replace("\u00a0", " ") for one in said)


def test_no_cell_of_the_csv_is_run_and_unknown_is_empty() -> None:
    rows = list(csv.DictReader(io.StringIO(plaquette_csv(ITS).content.decode("utf-8-sig")), delimiter=";"))
    assert [row["Structure"] for row in rows] == ["'+33 <b>", LONG, "'=1+1"]
    assert {row["Téléphone"] for row in rows} == {""}
    assert [row["Ce qui le dit"] for row in rows] == ["connu", "déduite du nom, à confirmer", ""]


def test_the_workbook_has_its_sheets_and_says_what_is_unknown() -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(document_workbook(plaquette_document(ITS, PEOPLE))))
    assert book.sheet_names == ["Réponse", "Par type", "Par métier", "Structures", "À qui parler"]
    head, *rows = book.get_sheet_by_name("Structures").to_python()
    assert [row[1] for row in rows] == ["+33 <b>", LONG, "=1+1"]
    assert {row[head.index("Téléphone")] for row in rows} == {"non connu"}
    told = " ".join(str(cell) for row in book.get_sheet_by_name("Réponse").to_python() for cell in row)
    assert "Non imprimé : 2 structures fermées." in told
    assert "1 fournisseur du catalogue n’a pas de commune connue" in told


def test_json_says_null_where_nothing_is_known() -> None:
    told = plaquette_object(ITS, PEOPLE)
    assert (told["structures"][2]["Métier principal"], told["structures"][2]["Téléphone"]) == (None, None)
    assert told["left_out"] == [{"count": 2, "says": "2 structures fermées"}]


def test_each_kind_says_what_it_opens() -> None:
    assert opens(K.ESAT) == "lot réservé (L2113-12 ou L2113-14) ; clause sociale (L2112-2)"
    assert opens(K.GEIQ).startswith("aucun lot réservé")
    assert "de la liste du code" in opens(K.ESS)
    assert all(opens(kind) for kind in K)
