"""« Répondre à plusieurs », without JavaScript: the figures of the command, the map's points, what is refused, and what is kept."""

import io
import json
from collections.abc import Sequence
from typing import Any

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine

from matcher.domain.french import percent
from tests.conftest import ROOT
from tests.matcher.cli.conftest import Run, run, sample  # noqa: F401  # the command, on the same sample
from tests.matcher.web.conftest import queries
from tests.matcher.web.decisions.test_clause import now_client
from tests.matcher.web.reading import Read, fill, read

Pairs = Sequence[tuple[str, str]]
GREEN, CLEAN = "Entretien des espaces verts", "Nettoyage de locaux"
ASKED: Pairs = (("objet", GREEN), ("site", "Maubeuge\nArras"))
OPTIONS = ("--objet", GREEN, "--lieu", "Maubeuge", "--lieu", "Arras")


def plain(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("more", "options"),
    [
        ((), ()),
        ((("etp", "2,5"), ("membres", "2")), ("--etp", "2,5", "--membres", "2")),
        ((("levier", "12"),), ("--levier", "12")),
        ((("objet", CLEAN),), ("--objet", CLEAN)),
    ],
)
@pytest.mark.usefixtures("sample")
def test_it_says_what_the_command_says(engine: Engine, run: Run, more: Pairs, options: tuple[str, ...]) -> None:  # noqa: F811
    told = run("groupement", *OPTIONS, *options, "--format", "json").json()
    client = now_client(engine)
    asked = [*ASKED, *more]
    assert client.get("/groupement/groupements.json", query_string=asked).get_json() == told
    page = read(client, "/groupement", asked)
    assert page.status == 200
    assert plain(told["answer"]) == plain(page.one("h1").get_text())
    shown = [plain(head.get_text()) for head in page.all("[id^=groupement-] > p:first-of-type")]
    chances = [plain(percent(its["score"])) for its in told["groupements"]]
    assert all(said.startswith(chance) for said, chance in zip(shown, chances, strict=True))
    assert members(page) == [[member["name"] for member in its["members"]] for its in told["groupements"]]


def members(page: Read) -> list[list[str]]:
    return [
        list(dict.fromkeys(plain(link.get_text()) for link in table.select("th a")))
        for table in page.all("[id^=groupement-] table")
    ]


def test_each_structure_has_one_number_in_the_proposals_and_on_the_map(client: FlaskClient) -> None:
    page = read(client, "/groupement", list(ASKED))
    cited = page.all(".cited li")
    assert [li["data-rank"] for li in cited] == [str(n) for n in range(1, len(cited) + 1)]
    names = {str(li["data-rank"]): str(li["data-name"]) for li in cited}
    for head in page.all("[id^=groupement-] tbody th"):
        assert names[head.select(".rank-small")[0].get_text()] == plain(head.a.get_text() if head.a else "")
    places: list[dict[str, Any]] = json.loads(str(page.one("[data-map]")["data-places"]))
    assert {place["nom"] for place in places} == {"Arras", "Maubeuge"}


def test_a_part_that_nobody_carries_is_said(client: FlaskClient) -> None:
    page = read(client, "/groupement", [("objet", GREEN), ("site", "Maubeuge\nAjaccio")])
    assert page.status == 200
    assert "Aucun groupement ne couvre tout" in page.one("h1").get_text()
    assert "personne à portée" in page.text


@pytest.mark.parametrize(
    ("asked", "field", "said"),
    [
        ([("objet", ""), ("site", "Arras")], "objet", "au moins une activité"),
        ([("objet", GREEN), ("site", "")], "site", "au moins un site"),
        ([("objet", GREEN), ("site", "\n".join(f"{59000 + n}" for n in range(13)))], "site", "12 au plus"),
        ([("objet", "Prestations à définir"), ("site", "Arras")], "objet", "Prestations à définir"),
        ([("objet", GREEN), ("site", "Nulle-Part")], "site", "Nulle-Part"),
        ([*ASKED, ("membres", "1")], "membres", "nombre entier"),
        ([*ASKED, ("membres", "99")], "membres", "de 2 à"),
        ([*ASKED, ("etp", "0")], "etp", "nombre positif"),
        ([*ASKED, ("etp", "10^9")], "etp", "nombre positif"),
        ([*ASKED, ("etp", "1000000000")], "etp", "vérifiez"),
    ],
)
def test_what_cannot_be_grouped_is_said_under_its_field(
    client: FlaskClient, asked: list[tuple[str, str]], field: str, said: str
) -> None:
    page = read(client, "/groupement", asked)
    assert page.status == 422
    assert said in page.one(f"#{field}-faute").get_text()
    assert client.get("/groupement/groupements.xlsx", query_string=asked).status_code == 400


def test_the_need_of_the_other_pages_fills_the_form(client: FlaskClient) -> None:
    page = read(client, "/candidats", [("besoin", GREEN), ("lieu", "Maubeuge ; Arras"), ("levier", "12")])
    form = read(client, page.link("répondre à plusieurs"))
    assert form.one("#objet").get_text().strip() == GREEN
    assert form.one("#site").get_text().strip() == "Maubeuge\nArras"
    assert form.one("#levier option[selected]")["value"] == "12"
    assert not form.all(".fault")
    reserved = (ROOT / "tests/fixtures/notices/blanchisserie.txt").read_text(encoding="utf-8")
    form = read(client, read(client, "/candidats", {"besoin": reserved}).link("répondre à plusieurs"))
    assert form.one("#levier option[selected]")["value"] == "13"


def test_a_workbook_and_few_queries(client: FlaskClient, engine: Engine) -> None:
    content = client.get("/groupement/groupements.xlsx", query_string=list(ASKED)).data
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    told = client.get("/groupement/groupements.json", query_string=list(ASKED)).get_json()
    for rank, its in enumerate(told["groupements"], start=1):
        rows = book.get_sheet_by_name(f"Groupement {rank}").to_python()
        assert len(rows) == 1 + sum(len(member["parts"]) for member in its["members"])
    with queries(engine) as sent:
        read(client, "/groupement", list(ASKED))
    assert len(sent) <= 8


def test_it_is_kept_as_it_was_shown(writer: FlaskClient) -> None:
    shown = read(writer, "/groupement", list(ASKED))
    form = read(writer, shown.link("Garder dans un dossier"))
    dossier = fill(writer, form, "main form", title="Deux sites", qui="Léa")
    kept = dossier.one("#decision-1")
    assert shown.one("h1").get_text() in kept.get_text()
    told = writer.get("/groupement/groupements.json", query_string=list(ASKED)).get_json()
    shares = [part["part"] for its in told["groupements"] for m in its["members"] for part in m["parts"]]
    assert [row.select("td")[0].get_text() for row in kept.select("tbody tr")][: len(shares)] == shares
    assert read(writer, dossier.link("Recalculer aujourd’hui")).one("h1").get_text() == shown.one("h1").get_text()
    assert "Décision figée le" in read(writer, f"{dossier.path}/imprimer").text


def test_the_places_that_a_need_says_fill_the_sites(client: FlaskClient) -> None:
    need = "Entretien des espaces verts des postes de Denain et de Maubeuge"
    page = read(client, "/candidats", {"besoin": need})
    form = read(client, page.link("répondre à plusieurs"))
    assert form.one("#site").get_text().split() == ["Denain", "Maubeuge"]
    chosen = read(
        client, read(client, "/candidats", {"besoin": need, "ou": "insee:62041"}).link("répondre à plusieurs")
    )
    assert chosen.one("#site").get_text().split() == ["Arras"]
    assert form.one("#objet").get_text().strip() == need
    homonym = read(client, "/groupement", {"besoin": "Nettoyage à Saint-Denis (93)"})
    assert homonym.one("#site").get_text().strip() == "Saint-Denis (93)"


def test_candidates_of_one_name_are_told_apart_by_their_town(client: FlaskClient) -> None:
    told = client.get("/groupement/groupements.json", query_string=list(ASKED)).get_json()
    members = [member for its in told["groupements"] for member in its["members"]]
    named = {(member["name"], part["city"]) for member in members for part in member["parts"]}
    rows = [plain(row.get_text(" ")) for row in read(client, "/groupement", list(ASKED)).all("table tbody tr")]
    assert named
    assert all(any(name in row and city in row for row in rows) for name, city in named)
