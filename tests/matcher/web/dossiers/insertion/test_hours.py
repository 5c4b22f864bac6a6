"""The hours of insertion of a dossier on its pages: promised, noted, pasted, refused, taken out; on its paper and in its files."""

import io
from typing import Any

import openpyxl
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.dossiers.store import load
from matcher.ownership import FIRST_ORGANISATION
from tests.matcher.web.dossier_pages import ME, opened
from tests.matcher.web.reading import Read, fill, read

PAGE = "/dossiers/1/heures"
PROMISE = {"hours": "1 200", "start": "2026-03-01", "end": "2027-02-28", "qui": ME}


def sent(client: FlaskClient, to: str, **typed: Any) -> Read:
    return fill(client, read(client, PAGE), f"form[action$='{to}']", **typed)


def test_hours_are_promised_noted_pasted_and_shown_wherever_the_dossier_is(writer: FlaskClient) -> None:
    opened(writer, keep=1)
    page = read(writer, read(writer, "/dossiers/1").link("Suivre les heures"))
    assert [form["action"] for form in page.all("main form")] == ["/dossiers/1/heures/promesse"]
    sent(writer, "promesse", **PROMISE)
    sent(writer, "mois", month="10/2026", modality="etti", planned="100", done="80", people="1", pmsmp="2")
    done = sent(writer, "coller", lignes="Mois\tModalité\tHeures\tNote\nsept.-26\tACI\t45,5\tx\n")
    assert "C’est noté. « Note » : non reprise." in done.text
    assert "125,5 heures faites, 10 % de la promesse." in done.text
    assert "100 attendues à la fin du mois dernier, d’après les heures prévues : aucun retard." in done.text
    assert "80 sur 100" in done.one(".decisions .stacked").get_text(" ")
    assert done.all(".decisions .ranged svg.bar rect.known")
    assert "80 sur 100" in read(writer, "/dossiers/1/imprimer").text
    book = openpyxl.load_workbook(io.BytesIO(writer.get("/dossiers/1/dossier.xlsx").data))
    assert [[cell.value for cell in row] for row in book["Heures"].iter_rows(min_row=2)] == [
        ["09/2026", "Sous-traitance ou cotraitance avec un ACI", None, None, 45.5, None, None],
        ["10/2026", "Intérim d’insertion (ETTI, EATT)", 100, None, 80, 1, None],
        ["10/2026", "PMSMP", None, None, None, None, 2],
    ]
    gone = sent(writer, "retirer", ligne="2026-10.pmsmp", motif="erreur")
    assert "retire les PMSMP d’octobre 2026 : « erreur »" in gone.text


def test_the_workbook_comes_back_and_a_wide_file_is_of_the_kind_that_is_chosen(
    writer: FlaskClient, own: Engine
) -> None:
    opened(writer, keep=1)
    sent(writer, "promesse", **PROMISE)
    sent(writer, "coller", lignes="Mois;Modalité;Faites;PMSMP\n10/2026;ETTI;80;2\n09/2026;ACI;45,5;")
    book = writer.get("/dossiers/1/dossier.xlsx").data
    told = load(own, FIRST_ORGANISATION, 1).insertion
    assert "déjà notées" in sent(writer, "coller", fichier=(io.BytesIO(book), "dossier.xlsx")).text
    for modality, month in (("etti", "2026-10"), ("soustraitance-aci", "2026-09"), ("pmsmp", "2026-10")):
        sent(writer, "retirer", ligne=f"{month}.{modality}", motif="erreur")
    assert "C’est noté." in sent(writer, "coller", fichier=(io.BytesIO(book), "dossier.xlsx")).text
    assert load(own, FIRST_ORGANISATION, 1).insertion == told
    sheet = io.BytesIO(b"Mois;ETTI;Embauche directe\n10/2026;90;10\n")
    sent(writer, "coller", fichier=(sheet, "suivi.csv"), sorte="placées")
    months = load(own, FIRST_ORGANISATION, 1).insertion.months
    assert [(one.modality, one.placed, one.done) for one in months[1:]] == [("embauche", 10, None), ("etti", 90, 80)]
    refused = sent(writer, "coller", fichier=(io.BytesIO(b"Mois;Nom;ETTI\n10/2026;X;1"), "suivi.csv"))
    assert (refused.status, "« Nom » : des personnes sont nommées" in refused.text) == (422, True)


def test_two_who_write_at_once_are_shown_what_each_did(writer: FlaskClient) -> None:
    opened(writer, keep=1)
    sent(writer, "promesse", **PROMISE)
    late = read(writer, PAGE)
    sent(writer, "mois", month="10/2026", modality="etti", done="80")
    both = fill(writer, late, "form[action$='mois']", month="10/2026", modality="etti", done="70")
    assert both.status == 409
    assert "note les heures d’insertion d’octobre 2026 (1 ligne, 70 faites)" in both.text


def test_what_is_refused_stays_in_its_form_and_nothing_is_written(writer: FlaskClient) -> None:
    opened(writer, keep=1)
    assert "Dites quand le marché commence" in sent(writer, "promesse", hours="1200", qui=ME).text
    sent(writer, "promesse", **PROMISE)
    for typed, said in (
        ({"month": "31/02/2026", "done": "1"}, "« 31/02/2026 » n’est pas un mois"),
        ({"month": "02/2026", "done": "1"}, "précède le marché"),
        ({"month": "03/2026", "done": "-5"}, "Vous avez écrit « -5 »"),
        ({"month": "03/2026"}, "Donnez des heures"),
        ({"month": "03/2026", "done": "9000"}, "est-ce bien cela"),
    ):
        page = sent(writer, "mois", **typed)
        assert (page.status, said in page.text) == (422, True), typed
    assert page.one("#month")["value"] == "03/2026"
    assert fill(writer, page, "form[action$='mois']", sure="oui").status == 200
    page = sent(writer, "coller", lignes="Mois;Nom;Heures\n03/2026;Léa Exemple;1")
    assert (page.status, "Aucun nom n’est gardé" in page.text) == (422, True)
    assert "Exemple" not in writer.get("/dossiers/1/dossier.json").text.replace(ME, "")
