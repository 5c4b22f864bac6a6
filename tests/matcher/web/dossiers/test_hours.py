"""The hours of insertion of a dossier on its pages: promised, noted, pasted, refused, taken out; on its paper and in its files."""

import io
from dataclasses import replace
from datetime import date
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.accounts.organisations import OrganisationProfile, add_member, create_organisation
from matcher.accounts.roles import Role
from matcher.decisions.clause.followup import HoursKind, HoursPromise, MonthHours
from matcher.dossiers.changes import AddLot, PromiseHours, RecordHours, SetCourse
from matcher.dossiers.contract_changes import RecordContract, RemoveContract
from matcher.dossiers.dossier import WHOLE, AwardedContract, Course, DossierHeader, Stage
from matcher.dossiers.store import change_dossier, load_dossier
from matcher.dossiers.store import create_dossier as open_dossier
from matcher.ownership import FIRST_ORGANISATION, OrganisationId
from matcher.web.frame.app_state import EXTENSION
from tests.matcher.web.conftest import OPENED, queries, signed_in
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
    assert sent(writer, "promesse", **PROMISE).one("[aria-labelledby=heures] .notice").get_text() == "C’est noté."
    sent(writer, "mois", month="10/2026", modality="etti", planned="100", done="80", people="1", pmsmp="2")
    done = sent(writer, "coller", lignes="Mois\tModalité\tHeures\tNote\nsept.-26\tACI\t45,5\tx\n")
    assert "C’est noté. « Note » : non reprise." in done.text
    assert len(done.all(".notice")) == len(done.all("[aria-labelledby=heures] .notice")) == 1
    assert "125,5 heures faites, 10 % de la promesse." in done.text
    assert (
        "100 attendues à la fin du mois dernier, d’après les heures prévues, 125,5 faites à cette date : aucun retard."
        in done.text
    )
    assert "80 sur 100" in done.one(".decisions .stacked:not(.ranged)").get_text(" ")
    assert done.all(".decisions .ranged svg.bar rect.known")
    assert "80 sur 100" in read(writer, "/dossiers/1/imprimer?annexe=heures").text
    book = openpyxl.load_workbook(io.BytesIO(writer.get("/dossiers/1/dossier.xlsx").data))
    rows = list(book["Heures"].iter_rows(min_row=2))
    assert [[month.value.date(), *(cell.value for cell in others)] for month, *others in rows] == [
        [date(2026, 9, 1), "Sous-traitance ou cotraitance avec un ACI", None, None, 45.5, None, None],
        [date(2026, 10, 1), "Intérim d’insertion (ETTI, EATT)", 100, None, 80, 1, None],
        [date(2026, 10, 1), "PMSMP", None, None, None, None, 2],
    ]
    assert {month.number_format for month, *_ in rows} == {"mmm yyyy"}
    gone = sent(writer, "retirer", ligne="2026-10.pmsmp", motif="erreur")
    assert "retire les PMSMP d’octobre 2026 : « erreur »" in gone.text


def test_the_workbook_comes_back_and_a_wide_file_is_of_the_kind_that_is_chosen(
    writer: FlaskClient, own: Engine
) -> None:
    opened(writer, keep=1)
    sent(writer, "promesse", **PROMISE)
    sent(writer, "coller", lignes="Mois;Modalité;Faites;PMSMP\n10/2026;ETTI;80;2\n09/2026;ACI;45,5;")
    book = writer.get("/dossiers/1/dossier.xlsx").data
    told = load_dossier(own, FIRST_ORGANISATION, 1).insertion
    assert "déjà notées" in sent(writer, "coller", fichier=(io.BytesIO(book), "dossier.xlsx")).text
    for modality, month in (("etti", "2026-10"), ("soustraitance-aci", "2026-09"), ("pmsmp", "2026-10")):
        sent(writer, "retirer", ligne=f"{month}.{modality}", motif="erreur")
    assert "C’est noté." in sent(writer, "coller", fichier=(io.BytesIO(book), "dossier.xlsx")).text
    assert load_dossier(own, FIRST_ORGANISATION, 1).insertion == told
    sheet = io.BytesIO(b"Mois;ETTI;Embauche directe\n10/2026;90;10\n")
    sent(writer, "coller", fichier=(sheet, "suivi.csv"), sorte="placées")
    months = load_dossier(own, FIRST_ORGANISATION, 1).insertion.months
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


def two_contracts(client: FlaskClient, engine: Engine) -> None:
    """A dossier of two lots, each with the promise of its own client."""
    opened(client, keep=1)
    added = load_dossier(engine, FIRST_ORGANISATION, 1).journal[1].change
    assert isinstance(added, AddLot)
    more = [replace(added, title="Collège, peinture")]
    change_dossier(engine, FIRST_ORGANISATION, 1, more, version=None, author="essai", now=OPENED)
    for lot, buyer, hours in ((1, "Amiens Métropole", "1 200"), (2, "Oise", "600")):
        page = read(client, PAGE, {"contrat": str(lot)})
        fill(client, page, "form[action$='promesse']", **{**PROMISE, "hours": hours}, client=buyer)


SHEET = """Contrat;Mois;Structure;Modalité;Public;Heures;Motif
Lot 1;09/2026;Atelier A;CDD embauche directe;RSA;48h30;
Collège;09/2026;Atelier B;ETTI;;20;
Lot 1;10/2026;Atelier A;ETTI;DELD;100;
Total;;;;;168,5;"""


def test_two_contracts_have_each_their_hours_their_client_and_their_delay(writer: FlaskClient, own: Engine) -> None:
    two_contracts(writer, own)
    done = sent(writer, "coller", lignes=SHEET)
    assert "« Collège » : compté pour « Lot 2 : Collège, peinture »." in done.text
    assert "2 contrats : 1 800 heures promises, 168,5 heures faites" in done.text.replace("\u202f", " ").replace(
        "\u00a0", " "
    )
    followed = load_dossier(own, FIRST_ORGANISATION, 1).followed
    assert [(lot, its.total(HoursKind.DONE)) for lot, its in followed.items()] == [(1, 148.5), (2, 20)]
    page = read(writer, PAGE, {"contrat": "2"})
    assert page.one("nav [aria-current=page][href*=contrat]").get_text().endswith("Collège, peinture")
    assert page.one("form[action$=promesse] [name=client]")["value"] == "Oise"

    again = sent(writer, "coller", lignes=SHEET)
    assert (again.status, "déjà notées" in again.text) == (422, True)
    changed = SHEET.replace(";20;", ";25;")
    asked = sent(writer, "coller", lignes=changed)
    assert (asked.status, "et non 25" in asked.text) == (422, True)
    replaced = fill(writer, asked, "form[action$='coller']", deja_notees="remplacer")
    assert "Le lot 1 : heures déjà notées" in replaced.text
    corrected = sent(writer, "coller", lignes="Contrat;Mois;Modalité;Heures;Motif\n2;09/2026;ETTI;-5;Feuille rectifiée")
    assert "corrige les heures « Intérim d’insertion (ETTI, EATT) » de septembre 2026 du lot 2" in corrected.text
    page = read(writer, PAGE, {"contrat": "1"})
    fixed = fill(writer, page, "form[action$='corriger']", corrige="2026-10.etti.deld", ecart="-20", pourquoi="absence")
    assert "(−20 faites) : « absence »" in fixed.text

    lines = [" ".join(row.get_text(" ").split()) for row in read(writer, "/clauses").all("tbody tr")]
    assert [("Amiens Métropole" in line, "Oise" in line) for line in sorted(lines)] == [(True, False), (False, True)]
    assert len(read(writer, "/clauses", {"acheteur": "oise"}).all("tbody tr")) == 1
    book = openpyxl.load_workbook(io.BytesIO(writer.get("/clauses/clauses.xlsx?tri=contrat").data))
    years = [row[1:6] + row[8:9] for row in book["Heures par an"].iter_rows(min_row=2, values_only=True)]
    assert years == [
        (
            2026,
            "Amiens Métropole",
            "Lot 1 : Entretien des espaces verts et des berges de la Sambre",
            "Embauche directe par l’attributaire",
            "Bénéficiaires du RSA",
            48.5,
        ),
        (
            2026,
            "Amiens Métropole",
            "Lot 1 : Entretien des espaces verts et des berges de la Sambre",
            "Intérim d’insertion (ETTI, EATT)",
            "Demandeurs d’emploi de longue durée",
            80,
        ),
        (2026, "Oise", "Lot 2 : Collège, peinture", "Intérim d’insertion (ETTI, EATT)", "public non dit", 20),
    ]
    head, *rows = book["Clauses"].iter_rows(values_only=True)
    for row in rows:
        told = dict(zip(head, row, strict=True))
        due, before, late = (
            told[f"Heures {name}"]
            for name in ("attendues à la fin du mois dernier", "faites à la fin du mois dernier", "de retard")
        )
        assert late == pytest.approx(due - before), (
            "whoever reads the delay counts it again from the two figures beside it"
        )


def test_hours_of_the_whole_dossier_are_given_to_a_lot_and_back(writer: FlaskClient, own: Engine) -> None:
    two_contracts(writer, own)
    assert not read(writer, PAGE).all("form[action$='rattacher']"), "no lot is free"
    opened(writer, keep=1)
    added = load_dossier(own, FIRST_ORGANISATION, 2).journal[1].change
    change_dossier(own, FIRST_ORGANISATION, 2, [added, PROMISED], version=None, author="essai", now=OPENED)
    page = read(writer, "/dossiers/2/heures")
    moved = fill(writer, page, "form[action$='rattacher']", vers="2")
    assert "rattache au lot 2 les heures d’insertion suivies pour tout le dossier" in moved.text
    assert list(load_dossier(own, FIRST_ORGANISATION, 2).followed) == [2]
    page = read(writer, "/dossiers/2/heures", {"contrat": "2"})
    fill(writer, page, "form[action$='rattacher']", vers="0")
    assert list(load_dossier(own, FIRST_ORGANISATION, 2).followed) == [WHOLE]


PROMISED = PromiseHours(HoursPromise(1200, date(2026, 9, 1), date(2027, 8, 31)))


def contract(engine: Engine, owner: OrganisationId, title: str, done: float | None, territory: str = "Maubeuge") -> int:
    number = open_dossier(
        engine, owner, DossierHeader(title, "Valbrune", territory=territory), author="essai", now=OPENED
    ).id
    hours = RecordHours((MonthHours(date(2026, 10, 1), "etti", planned=100, done=done),))
    course = SetCourse(Course(Stage.AWARDED, None, "Zoé"))
    change_dossier(engine, owner, number, [PROMISED, hours, course], version=None, author="essai", now=OPENED)
    return number


def titles(page: Read) -> list[str]:
    return [cell.get_text(" ", strip=True).split(" 2026-")[0] for cell in page.all("tbody th")]


def test_contracts_are_listed_narrowed_sorted_and_taken_away(writer: FlaskClient, own: Engine) -> None:
    number = open_dossier(own, FIRST_ORGANISATION, DossierHeader("Sans clause"), author="essai", now=OPENED).id
    assert "Aucun marché" in read(writer, "/clauses").text
    noted = RecordContract(AwardedContract(WHOLE, OPENED.date(), levers=("clause",)))
    change_dossier(own, FIRST_ORGANISATION, number, [noted], version=None, author="essai", now=OPENED)
    assert titles(read(writer, "/clauses")) == ["Sans clause"], "a contract that says its clause is enough"
    removed = RemoveContract(WHOLE, "erreur")
    change_dossier(own, FIRST_ORGANISATION, number, [removed], version=None, author="essai", now=OPENED)
    contract(own, FIRST_ORGANISATION, "Berges", 80)
    contract(own, FIRST_ORGANISATION, "École", None, "Denain")
    page = read(writer, read(writer, "/dossiers").link("Suivi des clauses"))
    assert sorted(titles(page)) == ["Berges", "École"]
    berges = next(row.get_text(" ", strip=True) for row in page.all("tbody tr") if "Berges" in row.get_text())
    for said in ("Communauté d’agglomération Maubeuge Val de Sambre", "attribué", "31 août 2027", "100", "80", "20"):
        assert said in " ".join(berges.split()), said
    assert titles(read(writer, "/clauses", {"heures": "à noter"})) == ["École"]
    assert titles(read(writer, "/clauses", {"heures": "en retard"})) == ["Berges"]
    assert titles(read(writer, "/clauses", {"heures": "rien noté depuis 2 mois"})) == ["École"]
    assert titles(read(writer, "/clauses", {"territoire": "val de sambre"})) == ["Berges"]
    assert titles(read(writer, "/clauses", {"tri": "-retard"})) == ["Berges", "École"]
    assert read(writer, "/clauses", {"tri": "retard"}).one("th[aria-sort]")["aria-sort"] == "ascending"
    assert read(writer, "/clauses", {"offres": "31/02/2026"}).status == 422
    book = openpyxl.load_workbook(io.BytesIO(writer.get("/clauses/clauses.xlsx?tri=dossier&heures=en+retard").data))
    head, row = book["Clauses"].iter_rows(values_only=True)
    told = dict(zip(head, row, strict=True))
    assert (told["EPCI"], told["Heures faites"], told["Heures de retard"]) == (
        "Communauté d’agglomération Maubeuge Val de Sambre",
        80,
        20,
    )


def test_each_organisation_that_one_is_a_member_of_is_there_and_no_other(team: Flask) -> None:
    engine = team.extensions[EXTENSION].engine
    other, closed = (
        create_organisation(engine, OrganisationProfile(name), author="essai", now=OPENED).id
        for name in ("Outremont", "Fermée")
    )
    add_member(engine, other, Role.BUYER.value, Role.READER, author="essai", now=OPENED)
    contract(engine, FIRST_ORGANISATION, "Berges", 80)
    number = contract(engine, other, "École", 100)
    contract(engine, closed, "Secret", 1)
    client = signed_in(team, Role.BUYER)
    page = read(client, "/clauses")
    assert sorted(titles(page)) == ["Berges", "École (ouvrir dans Outremont)"]
    assert titles(read(client, "/clauses", {"organisation": str(other)})) == ["École (ouvrir dans Outremont)"]
    assert read(client, "/clauses", {"organisation": str(closed)}).status == 422
    form = page.one("tbody form")
    answer = client.post("/organisation", data=dict(page.values(form)))
    assert answer.headers["Location"] == f"/dossiers/{number}"
    assert client.get(f"/dossiers/{number}").status_code == 200


def test_sixty_contracts_ask_the_database_little_more_than_the_list_of_dossiers(team: Flask) -> None:
    engine = team.extensions[EXTENSION].engine
    for at in range(60):
        contract(engine, FIRST_ORGANISATION, f"Marché {at}", at)
    client, sent = signed_in(team, Role.BUYER), {}
    for address in ("/dossiers", "/clauses"):
        client.get(address)
        with queries(engine) as asked:
            assert client.get(address).status_code == 200
        sent[address] = len(asked)
    assert sent["/clauses"] <= sent["/dossiers"] + 2
