"""A dossier handed on: what the sheets show, what they never run, the JSON that makes it again, the document to sign."""

import csv
import io
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import openpyxl
from msgspec import structs

from matcher.domain.contact_details import ContactDetails
from matcher.domain.french import NO_BREAK
from matcher.dossiers.answer_changes import RecordCall
from matcher.dossiers.dossier import CallOutcome, Dossier, Status
from matcher.dossiers.entry_changes import Add, Consult, Move, NoteEntry, Remove, SetStatus
from matcher.dossiers.files.annexes import TITLES
from matcher.dossiers.files.paper import print_model
from matcher.dossiers.files.transfer import transfer_object
from matcher.dossiers.files.workbook import dossier_csv, dossier_xlsx, merge_csv
from matcher.dossiers.messages import Message, recipients
from matcher.dossiers.withdrawn import WITHDRAWN, withdraw_suppliers
from matcher.journal.change import append
from tests.matcher.dossiers.kept import AT, IDS, SHORTLIST, WHO, opened, with_list
from tests.matcher.render.answers import POOR

EVIL = '=HYPERLINK("http://x")'


def followed() -> Dossier:
    dossier = with_list()
    for change in (
        Move(1, IDS[2], 1, "déjà vu sur un marché voisin"),
        NoteEntry(1, IDS[0], EVIL),
        Add(1, structs.replace(POOR, rank=None), "travaille pour la commune", ("convention terminée",)),
        Remove(1, IDS[1], "trop loin"),
        Consult(1, (IDS[0], POOR.id), "Consultation", "Bonjour"),
        SetStatus(1, IDS[0], Status.INTERESTED, date(2026, 11, 18)),
    ):
        dossier = append(dossier, change, at=AT + timedelta(days=dossier.version), author=WHO)
    return dossier


def csv_rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def nobody(ids: Collection[str]) -> dict[str, ContactDetails]:
    """The contacts of a catalogue that has lost everybody."""
    return {}


def reached(ids: Collection[str]) -> dict[str, ContactDetails]:
    """A telephone for everyone that is asked."""
    return {key: ContactDetails(phone="03 20 00 00 00", source="téléphone : essai, date non connue") for key in ids}


def sheets(content: bytes) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}


def test_the_list_follows_the_order_of_the_team_then_those_taken_off() -> None:
    rows = csv_rows(dossier_csv(followed(), nobody).content)
    kept = ["Atelier C", "Atelier A", "ESAT des Trois Ponts"]
    assert [row["Fournisseur"] for row in rows] == [*kept, "Atelier B", "Atelier D", "Atelier E"]
    assert [row["Place"] for row in rows] == ["1", "2", "3", "", "", ""]
    assert [row["Rang du score"] for row in rows] == ["3", "1", "", "2", "4", "5"]
    assert [row["Statut"] for row in rows[4:]] == ["non retenue"] * 2, "the whole frozen list is there"
    assert rows[1]["Statut"] == "intéressé"
    assert rows[1]["Depuis le"] == "2026-11-18"
    assert rows[1]["Note"] == f"'{EVIL}"
    assert rows[2]["Origine"] == "ajouté"
    assert (rows[2]["Distance (km)"], rows[2]["SIRET"]) == ("non connu", "non connu")
    assert (rows[3]["Statut"], rows[3]["Motif"]) == (f"retiré de la liste par {WHO}", "trop loin")


def test_the_workbook_has_the_list_the_criteria_and_the_journal_and_runs_nothing() -> None:
    content = dossier_xlsx(followed(), nobody, UTC)
    found = sheets(content)
    assert list(found) == ["Liste", "Liste figée", "Critères", "Journal", "Reprise"]
    assert len(found["Liste"]) == 5
    told = {label: text for label, text, *_ in found["Critères"] if label}
    assert told["Liste figée le"] == (
        f"16 novembre 2026, 13{NO_BREAK}h{NO_BREAK}32, sur le catalogue importé le 10 novembre 2026"
    )
    assert told["Réponse"] == SHORTLIST.text
    assert told["Données : FINESS"] == "données de mars 2021, importé le 10 novembre 2026"
    assert told["Poids (total 100)"] == "Proximité 60 ; Capacité 40"
    assert [row[4] for row in found["Liste"][1:]] == [None, datetime(2026, 11, 18), datetime(2026, 11, 22), None]  # noqa: DTZ001
    journal = found["Journal"]
    assert journal[1][1] == datetime(2026, 11, 16, 13, 32), "a spreadsheet sorts by it"  # noqa: DTZ001
    assert [row[0] for row in journal[1:]] == list(range(1, 9))
    assert journal[-1][3] == "note « intéressé » pour Atelier A, le 18 novembre 2026"
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert sheets(dossier_xlsx(opened(), nobody, UTC))["Liste"][0][:3] == ("Lot", "Place", "Fournisseur")


def test_what_a_supplier_has_answered_is_no_longer_to_ask() -> None:
    call = RecordCall(1, IDS[0], CallOutcome.ANSWERED, AT.date(), "k", answers={"effectif:combien": "12"})
    head, *rows = sheets(dossier_xlsx(append(with_list(), call, at=AT, author=WHO), nobody, UTC))["Liste"]
    left = {row[2]: row[head.index("Ce qui reste à demander")] for row in rows}
    assert left == {
        "Atelier A": None,
        "Atelier B": "effectif non connu : à demander",
        "Atelier C": "effectif non connu : à demander",
    }


def test_the_workbook_has_the_whole_frozen_list_with_how_each_is_reached() -> None:
    head, *rows = sheets(dossier_xlsx(followed(), reached, UTC))["Liste figée"]
    seen = [dict(zip(head, row, strict=True)) for row in rows]
    assert [one["Fournisseur"] for one in seen] == [f"Atelier {letter}" for letter in "ABCDE"]
    assert [one["Liste"] for one in seen] == ["retenue", "retirée", "retenue", "non retenue", "non retenue"]
    assert {one["Téléphone"] for one in seen} == {"03 20 00 00 00"}
    assert all(one["SIRET"] and one["Adresse"] and one["Courriel"] and one["Raisons"] for one in seen)
    gone = sheets(dossier_xlsx(withdraw_suppliers(followed(), {IDS[3]}), reached, UTC))["Liste figée"][4]
    told = dict(zip(head, gone, strict=True))
    assert (told["Fournisseur"], told["Téléphone"], told["SIRET"]) == (WITHDRAWN, None, None)


def test_who_has_left_is_in_no_file() -> None:
    dossier = withdraw_suppliers(followed(), {IDS[0]})
    (row,) = [row for row in csv_rows(dossier_csv(dossier, reached).content) if row["Fournisseur"] == WITHDRAWN]
    assert (row["SIRET"], row["Types"], row["Raisons"], row["Note"]) == ("", "", "", "")
    assert (row["Téléphone"], row["Source des coordonnées"]) == ("", ""), "nobody is asked how it is reached"
    assert (row["Identifiant"], row["Score (sur 100)"], row["Origine"]) == (IDS[0], "59,6", "retiré du catalogue")
    for told in (
        str(transfer_object(dossier)),
        repr(sheets(dossier_xlsx(dossier, reached, UTC))),
        repr(print_model(dossier, wanted=TITLES, zone=UTC)),
    ):
        assert "Atelier A" not in told
        assert "Atelier C" in told


def test_the_mail_merge_sends_the_same_to_all_and_runs_nothing() -> None:
    lot = followed().lot(1)
    first = replace(lot.entries[0], match=structs.replace(lot.entries[0].match, name=EVIL))
    found = recipients([first, *lot.entries[1:]], reached({entry.match.id for entry in lot.entries[:2]}))
    rows = csv_rows(merge_csv(found, Message("=1", "Bonjour,\n\n=2")).content)
    assert [row["Structure"] for row in rows] == [f"'{EVIL}", "Atelier A"]
    assert {(row["Objet"], row["Message"]) for row in rows} == {("'=1", "Bonjour,\n\n=2")}
    assert (rows[0]["Courriel"], rows[0]["Téléphone"], rows[0]["Source des coordonnées"]) == (
        "non connu",
        "03 20 00 00 00",
        "téléphone : essai, date non connue",
    )
    assert rows[0]["À demander en particulier"].startswith("Combien de personnes")
