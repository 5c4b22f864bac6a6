"""« Suivi des clauses »: the contracts of every organisation one is a member of, narrowed, sorted, taken away; what it asks of the database."""

import io
from datetime import date

import openpyxl
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.accounts.organisations import OrganisationProfile, add_member, create
from matcher.accounts.roles import Role
from matcher.dossiers.changes import PromiseHours, RecordHours, SetCourse
from matcher.dossiers.contract_changes import RecordContract, RemoveContract
from matcher.dossiers.dossier import WHOLE, AwardedContract, Course, DossierHeader, Stage
from matcher.dossiers.insertion.hours import HoursPromise, MonthHours
from matcher.dossiers.store import change
from matcher.dossiers.store import create as open_dossier
from matcher.ownership import FIRST_ORGANISATION, OrganisationId
from matcher.web.frame.app_state import EXTENSION
from tests.matcher.web.conftest import OPENED, queries, signed_in
from tests.matcher.web.reading import Read, read

PROMISE = PromiseHours(HoursPromise(1200, date(2026, 9, 1), date(2027, 8, 31)))


def contract(engine: Engine, owner: OrganisationId, title: str, done: float | None, territory: str = "Maubeuge") -> int:
    number = open_dossier(
        engine, owner, DossierHeader(title, "Valbrune", territory=territory), who="essai", now=OPENED
    ).id
    hours = RecordHours((MonthHours(date(2026, 10, 1), "etti", planned=100, done=done),))
    course = SetCourse(Course(Stage.AWARDED, None, "Zoé"))
    change(engine, owner, number, [PROMISE, hours, course], version=None, who="essai", now=OPENED)
    return number


def titles(page: Read) -> list[str]:
    return [cell.get_text(" ", strip=True).split(" 2026-")[0] for cell in page.all("tbody th")]


def test_contracts_are_listed_narrowed_sorted_and_taken_away(writer: FlaskClient, own: Engine) -> None:
    number = open_dossier(own, FIRST_ORGANISATION, DossierHeader("Sans clause"), who="essai", now=OPENED).id
    assert "Aucun marché" in read(writer, "/clauses").text
    noted = RecordContract(AwardedContract(WHOLE, OPENED.date(), levers=("clause",)))
    change(own, FIRST_ORGANISATION, number, [noted], version=None, who="essai", now=OPENED)
    assert titles(read(writer, "/clauses")) == ["Sans clause"], "a contract that says its clause is enough"
    removed = RemoveContract(WHOLE, "erreur")
    change(own, FIRST_ORGANISATION, number, [removed], version=None, who="essai", now=OPENED)
    contract(own, FIRST_ORGANISATION, "Berges", 80)
    contract(own, FIRST_ORGANISATION, "École", None, "Denain")
    page = read(writer, read(writer, "/dossiers").link("Suivi des clauses"))
    assert sorted(titles(page)) == ["Berges", "École"]
    berges = next(row.get_text(" ", strip=True) for row in page.all("tbody tr") if "Berges" in row.get_text())
    for said in ("Communauté d’agglomération Maubeuge Val de Sambre", "attribué", "31 août 2027", "100", "80", "20"):
        assert said in " ".join(berges.split()), said
    assert titles(read(writer, "/clauses", {"heures": "à noter"})) == ["École"]
    assert titles(read(writer, "/clauses", {"heures": "en retard"})) == ["Berges"]
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
        create(engine, OrganisationProfile(name), who="essai", now=OPENED).id for name in ("Outremont", "Fermée")
    )
    add_member(engine, other, Role.BUYER.value, Role.READER, who="essai", now=OPENED)
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
