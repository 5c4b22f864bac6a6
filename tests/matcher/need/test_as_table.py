"""The file handed on: what a spreadsheet shows, what it must never run, and what the second sheet tells."""

import csv
import io
import zipfile
from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from matcher.domain.age import DatedSource, SignOfLife, SupplierSources
from matcher.domain.contact_details import ContactDetails
from matcher.domain.match import Band, BandCounts
from matcher.domain.reading import ActivityGuess
from matcher.need.answer import Answer
from matcher.need.as_table import answers_csv, answers_xlsx
from matcher.need.sourced import sourced_answers
from matcher.render.table import safe
from tests.matcher.render.answers import ANSWER, KNOWN, NOBODY, POOR, READING, SIRET, named

HEADERS = [
    "Connu pour ce métier",
    "N°",
    "Fournisseur",
    "Types",
    "Commune",
    "SIRET",
    "Téléphone",
    "Courriel",
    "Adresse",
    "Source des coordonnées",
    "Registre public",
    "Dernier signe de vie",
    "Signe",
    "Score (sur 100)",
    "Part connue (%)",
    "Distance (km)",
    "Proximité (sur 60)",
    "Capacité (sur 40)",
    "En clair",
    "Raisons",
    "Source des raisons",
    "À nuancer",
    "Ce qui reste à demander",
    "Rang du score",
    "Identifiant",
]
# What XML can hold: the rest is no text of a directory.
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=60)


DETAILS = ContactDetails(
    SIRET,
    "03 27 00 00 00",
    "=contact@example.org",
    "1 rue du Marais, 59600 Maubeuge",
    "téléphone : FINESS, 3 mars 2026",
    SignOfLife(date(2021, 3, 8), "fiche mise à jour, FINESS", "finess"),
)
REACHED = [
    *(
        "03 27 00 00 00",
        "'=contact@example.org",
        DETAILS.address,
        DETAILS.source,
        "non connu",
    ),  # no page of the register has an invented SIRET
    *("2021-03-08", "fiche mise à jour, FINESS"),
]


def contacts_of(ids: Collection[str]) -> dict[str, ContactDetails]:
    """Those of the first candidate alone: of the others, nobody knows how to reach them."""
    return {key: DETAILS for key in ids if key == f"siret:{SIRET}"}


def csv_rows(*shortlists: Answer) -> list[list[str]]:
    return list(
        csv.reader(
            io.StringIO(answers_csv(shortlists, contacts_of).content.decode("utf-8-sig"), newline=""), delimiter=";"
        )
    )


def sheets(*shortlists: Answer) -> dict[str, Worksheet]:
    book = openpyxl.load_workbook(io.BytesIO(answers_xlsx(shortlists, contacts_of)))
    return {sheet.title: sheet for sheet in book.worksheets}


def criteria(*shortlists: Answer) -> list[tuple[str, str]]:
    rows = sheets(*shortlists)["Critères"].iter_rows(values_only=True)
    return [(str(label), str(text)) for label, text in rows if label is not None]


def test_csv_opens_as_it_is_in_french_excel() -> None:
    content = answers_csv([ANSWER], contacts_of).content
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == 3
    assert csv_rows(ANSWER)[0] == [*HEADERS, "Date des données"]


def test_csv_says_what_is_known_and_what_is_not() -> None:
    (answer,) = sourced_answers(
        [ANSWER], lambda ids: dict.fromkeys(ids, SupplierSources({"sites": "FINESS, janv. 2021"}))
    )
    _, known, poor = csv_rows(answer)
    assert known.pop(18).startswith(
        "Les Ateliers du Marais\u00a0: il est à 12\u00a0km du lieu d’exécution (Maubeuge). | À nuancer"
    )
    assert known == [
        "connu", "1", "Les Ateliers du Marais", "EA, ESAT", "Maubeuge", SIRET, *REACHED, "59,6", "60", "12,5", "39,6", "20",
        "Proximité : à 12 km du lieu d’exécution (Maubeuge)", "Proximité : FINESS, janv. 2021", "", "effectif non connu : à demander", "1", f"siret:{SIRET}", "",
    ]  # fmt: skip
    assert poor[:2] == ["à appeler", "1"]
    assert poor[3:16] == ["non connu"] * 10 + ["", "0", "non connu"]
    assert poor[22] == "adresse du fournisseur non située | effectif non connu : à demander"


def test_files_say_the_date_of_the_data_of_each_source() -> None:
    finess = DatedSource("finess", "FINESS", date(2021, 3, 8), date(2026, 11, 2))
    content = answers_csv([ANSWER], contacts_of, [finess]).content.decode("utf-8-sig")
    _, *rows = csv.reader(io.StringIO(content), delimiter=";")
    assert {row[-1] for row in rows} == {"FINESS : données de mars 2021"}
    book = openpyxl.load_workbook(io.BytesIO(answers_xlsx([ANSWER], contacts_of, [finess])))
    dated = ("Données : FINESS", "données de mars 2021, importé le 2 novembre 2026")
    assert dated in list(book["Critères"].iter_rows(values_only=True))


def test_the_columns_of_points_add_up_to_the_score() -> None:
    for row in csv_rows(ANSWER)[1:2]:
        points = [float(cell.replace(",", ".")) for cell in row[16:18]]
        assert sum(points) == pytest.approx(float(row[13].replace(",", ".")))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n"])
def test_no_cell_of_the_csv_starts_a_formula(start: str) -> None:
    text = f"{start}HYPERLINK(1)"
    assert safe(text) == f"'{text}"
    assert csv_rows(named(text))[1][2] == f"'{text}"
    assert safe("Les Ateliers = demain") == "Les Ateliers = demain"


@given(NAMES)
def test_no_name_breaks_the_csv_or_runs(name: str) -> None:
    rows = csv_rows(named(name))
    assert [len(row) for row in rows] == [len(HEADERS) + 1] * 3
    assert rows[1][2] in (name, f"'{name}")
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_xlsx_has_the_list_and_the_criteria() -> None:
    book = sheets(ANSWER)
    assert list(book) == ["Candidats", "Critères"]
    header, known, poor = book["Candidats"].iter_rows(values_only=True)
    assert list(header) == HEADERS
    assert known[:6] == ("connu", 1, "Les Ateliers du Marais", "EA, ESAT", "Maubeuge", SIRET)
    assert known[6:13] == (*REACHED[:1], "=contact@example.org", *REACHED[2:5], datetime(2021, 3, 8), REACHED[6])  # noqa: DTZ001
    assert known[13:18] == (59.6, 60, 12.5, 39.6, 20)
    assert poor[5:16] == (*("non connu",) * 8, None, 0, "non connu"), (
        "of whom nothing tells the trade, no score is shown"
    )
    assert all(isinstance(known[at], int | float) for at in (1, 13, 14, 15, 16, 17))
    assert isinstance(known[5], str)


def test_xlsx_reads_the_same_in_another_reader() -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(answers_xlsx([ANSWER], contacts_of)))
    assert book.sheet_names == ["Candidats", "Critères"]
    rows: list[list[Any]] = book.get_sheet_by_name("Candidats").to_python()
    assert rows[0] == HEADERS
    assert rows[1][5] == SIRET
    assert rows[1][13] == 59.6


def test_points_of_the_unknown_are_shown_apart() -> None:
    sheet = sheets(ANSWER)["Candidats"]
    assert not sheet["Q2"].font.italic
    assert sheet["R2"].font.italic
    assert sheet["Q3"].font.italic


def test_the_list_is_ready_to_read_and_to_print() -> None:
    sheet = sheets(ANSWER)["Candidats"]
    assert sheet.freeze_panes == "D2"
    assert sheet.auto_filter.ref == "A1:Y3"
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.page_setup.orientation == "landscape"
    widths = {cell.value: sheet.column_dimensions[cell.column_letter].width for cell in sheet[1]}
    assert widths["Raisons"] > widths["Fournisseur"] > widths["SIRET"] > 14 > widths["Score (sur 100)"]
    assert all(cell.alignment.wrap_text for row in sheet.iter_rows() for cell in row if cell.value is not None)


@given(NAMES)
@settings(max_examples=40, deadline=None)
def test_no_name_becomes_a_formula_or_a_link(name: str) -> None:
    sheet = sheets(named(name))["Candidats"]
    assert sheet["C2"].value == name
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"n", "s", "d", "inlineStr"}
    assert all(cell.hyperlink is None for row in sheet.iter_rows() for cell in row)


def test_control_characters_do_not_spoil_the_workbook() -> None:
    name = "=cmd\x00\x08|' /C calc'!A0\r\nhttps://exemple.invalid"
    with zipfile.ZipFile(io.BytesIO(answers_xlsx([named(name)], contacts_of))) as archive:
        assert archive.testzip() is None
        assert not any(b"<f>" in archive.read(part) for part in archive.namelist() if "worksheets/sheet" in part)
    assert CalamineWorkbook.from_filelike(io.BytesIO(answers_xlsx([named(name)], contacts_of))).sheet_names == [
        "Candidats",
        "Critères",
    ]


def test_a_text_too_long_for_a_cell_is_cut_and_says_so() -> None:
    value = sheets(named("é" * 40_000))["Candidats"]["C2"].value
    assert isinstance(value, str)
    assert len(value) == 32_767
    assert value.endswith("é…")


def test_the_same_answer_gives_the_same_file() -> None:
    workbook = answers_xlsx([ANSWER], contacts_of)
    assert workbook == answers_xlsx([ANSWER], contacts_of)
    assert openpyxl.load_workbook(io.BytesIO(workbook)).properties.created == datetime.combine(ANSWER.on, time())
    assert answers_csv([ANSWER], contacts_of).content == answers_csv([ANSWER], contacts_of).content


def test_criteria_tell_how_the_list_was_made() -> None:
    lines = dict(criteria(ANSWER))
    assert lines["Objet"] == "Entretien des espaces verts"
    assert lines["CPV"].startswith("77310000 (")
    assert lines["Activités comprises"] == "Création et entretien des espaces verts (87\u00a0%)"
    hunch = replace(READING, activities=(*READING.activities, ActivityGuess("traiteur", "Traiteur", 0.06)))
    assert dict(criteria(replace(ANSWER, reading=hunch)))["Activités comprises"] == lines["Activités comprises"]
    assert lines["Lieux compris"] == "Maubeuge (commune, donné) ; Nord (département, déduit de l’acheteur)"
    assert lines["Réservation ou clause"] == "Lot réservé aux EA et ESAT (L2113-12) ; les autres types sont écartés"
    assert lines["Réservation ou clause lue dans le texte"].endswith("n’écarte personne")
    sure, named = (ActivityGuess(code, code, likely, named=True) for code, likely in (("a", 0.999), ("b", 0.001)))
    only_read = replace(READING, lot=replace(READING.lot, levier=""), activities=(sure, named))
    of_text = dict(criteria(replace(ANSWER, reading=only_read)))
    assert of_text["Réservation ou clause"] == "aucune choisie"
    assert of_text["Activités comprises"] == "a (99\u00a0%) ; b (moins de 1\u00a0%)"
    assert lines["Types lus dans le texte"].startswith("EA, SIAE : ")
    assert lines["Montant"] == "180\u202f000\u00a0€ HT sur toute la durée"
    assert lines["Durée"] == "12\u00a0mois"
    assert lines["Poids (total 100)"] == "Proximité 60 ; Capacité 40"
    assert lines["Réponse"].startswith("1 structure connue pour ce métier")
    assert lines["Catalogue"] == "version 7, 5\u202f820 fournisseurs"
    assert lines["Date de la recherche"] == "1ᵉʳ décembre 2026"
    assert lines["Doute"] == "Deux communes portent ce nom."
    assert "table de calage" in lines["Hypothèse : capacité"]
    assert lines["Portée"].endswith("ce n’est pas un conseil juridique.")


def test_criteria_give_each_reason_of_refusal() -> None:
    assert [text for label, text in criteria(ANSWER) if label == "Écartés"] == [
        "26 fournisseurs : pas éligible à ce lot",
        "1 fournisseur : hors de sa zone",
    ]


def test_a_file_that_holds_some_of_the_list_says_of_how_many() -> None:
    short = replace(ANSWER, counts=BandCounts(2, 1, 2_834, 0, 0))
    assert dict(criteria(short))["Candidats dans ce fichier"] == f"{len(ANSWER.matches)} sur les 2\u202f837 de la liste"


def test_those_of_another_trade_have_a_line_and_no_number_and_are_counted_apart() -> None:
    other = structs.replace(POOR, band=Band.AUTRE, place=None)
    shortlist = replace(ANSWER, matches=(KNOWN, other), counts=BandCounts(1, 0, 1, 1, 0))
    assert [row[:2] for row in csv_rows(shortlist)[1:]] == [["connu", "1"], ["autre métier", ""]]
    assert dict(criteria(shortlist))["Candidats dans ce fichier"] == "1 sur les 2 de la liste, et 1 d’un autre métier"
    whole = replace(shortlist, counts=BandCounts(1, 0, 0, 1, 0))
    assert dict(criteria(whole))["Candidats dans ce fichier"] == "1, et 1 d’un autre métier"


def test_what_was_not_given_is_said() -> None:
    lines = dict(criteria(NOBODY))
    assert {lines[label] for label in ("CPV", "Montant", "Date du lot")} == {"non donné", "non donnée"}
    assert {lines[label] for label in ("Doute", "Lieux compris")} == {"aucun"}
    assert lines["Candidats dans ce fichier"] == "0"
    assert lines["Réponse"].startswith("Personne. ")


def test_a_long_list_of_places_is_counted() -> None:
    many = replace(READING, places=READING.places[:1] * 64)
    assert dict(criteria(replace(ANSWER, reading=many)))["Lieux compris"].endswith(" ; et 34 de plus")


def test_several_lots_share_a_file_and_the_one_with_nobody_is_named() -> None:
    header, *rows = csv_rows(ANSWER, NOBODY)
    assert header == ["Lot", "Objet", *HEADERS, "Date des données"]
    assert [row[0] for row in rows] == ["berges", "berges", "fibre"]
    assert rows[2][1:4] == ["Fibre optique", "", ""]
    assert rows[2][4].startswith("Personne")
    assert {len(row) for row in rows} == {len(header)}
    lots = [text for label, text in criteria(ANSWER, NOBODY) if label == "Lot"]
    assert lots == ["berges", "fibre"]
    assert [label for label, _ in criteria(ANSWER, NOBODY)].count("Portée") == 1


def test_no_lot_gives_an_empty_list() -> None:
    assert len(csv_rows()) == 1
    assert list(sheets()) == ["Candidats", "Critères"]


def test_a_weight_that_only_one_lot_has_leaves_the_other_empty() -> None:
    other = structs.replace(KNOWN, contributions=KNOWN.contributions[:1])
    header, first, _, third = csv_rows(ANSWER, replace(ANSWER, matches=(other,)))
    at = header.index("Capacité (sur 40)")
    assert (first[at], third[at]) == ("20", "")
