"""« Les candidats », without JavaScript: chips, question, filters, list, refused, files; and whatever may be sent."""

import io
import json
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from importers.importer import AwardRecord, Scope
from matcher.reading.trade.corpus import read_corpus
from matcher.web.need.address import NAMES
from tests.factories import taking
from tests.matcher.web.conftest import queries
from tests.matcher.web.need.test_understood import chips
from tests.matcher.web.reading import Read, read

GREEN = {"besoin": "Entretien des espaces verts et des berges de la Sambre", "lieu": "Maubeuge"}
RESERVED = {**GREEN, "levier": "12", "montant": "180000", "duree": "12"}
FIELDS = (*NAMES, "retirer", "ajouter", "valeur")


def names(page: Read) -> list[str]:
    return [str(row["data-name"]) for row in page.all(".candidate")]


def test_a_list_says_who_why_and_what_is_not_known(client: FlaskClient) -> None:
    page = read(client, "/candidats", RESERVED)
    assert page.status == 200
    assert names(page)[0] == "LES ATELIERS DES BORDS DE SAMBRE"
    first = page.all(".candidate")[0]
    said = " ".join(first.get_text(" ").split())
    for words in (
        "Maubeuge",
        "sur place",
        "Déclare « Entretien et création d'espaces verts »",
        "EA",
    ):
        assert words in said
    sums = [link for link in first.select(".why a") if "Le calcul" in link.get_text()]
    assert "points acquis" in str(read(client, str(sums[0]["href"])).one("tfoot svg.bar")["aria-label"])
    assert "3 structures connues pour ce métier, à portée." in page.text
    assert "26" in page.one(".refusals").get_text()
    assert "pas éligible" in page.text.lower()


@pytest.mark.parametrize("asked", [GREEN, RESERVED, {"besoin": "Traiteur", "lieu": "Brest (29)", "rayon": "10"}])
def test_what_leaves_the_list_is_never_swapped_into_it(client: FlaskClient, asked: dict[str, str]) -> None:
    page = read(client, "/candidats", asked)
    boosted = [
        str(one.get("href") or one.get("action"))
        for one in page.all("#candidats a[href], #candidats form[action]")
        if (told := one.find_parent(attrs={"hx-boost": True}) if not one.has_attr("hx-boost") else one)
        and told["hx-boost"] == "true"
    ]
    assert boosted
    assert {address.partition("?")[0] for address in boosted if not address.startswith("#")} == {"/candidats"}


def test_a_chip_is_taken_off_and_the_list_follows(client: FlaskClient) -> None:
    before = read(
        client, "/candidats", {**RESERVED, "besoin": "Entretien des espaces verts, lot réservé aux EA et ESAT"}
    )
    off = chips(before)
    assert "activité Création et entretien des espaces verts" in off
    assert "lieu Maubeuge" in off
    assert "réservé L2113-12 : EA, EATT, ESAT" in off
    assert "montant 180 000 € HT" in off
    form = before.values(before.one("#puces"))
    for said in ("lieu Maubeuge", "réservé L2113-12 : EA, EATT, ESAT", "montant 180 000 € HT", "types cités EA, ESAT"):
        after = read(client, "/candidats", [*form, ("retirer", off[said])])
        assert after.status == 200
        assert said not in chips(after)
        assert chips(after).keys() >= off.keys() - {said} - {"types cités EA, ESAT"}
    gone = read(client, "/candidats", [*form, ("retirer", off["activité Création et entretien des espaces verts"])])
    assert "activité non comprise" in chips(gone)
    assert "Le besoin n’est pas assez compris pour dire qui fait ce métier." in gone.text


def test_what_is_missing_is_added(client: FlaskClient) -> None:
    page = read(client, "/candidats", {**GREEN, "ajouter": "activite", "valeur": "traiteur"})
    assert {"activité Traiteur", "activité Création et entretien des espaces verts"} <= chips(page).keys()
    page = read(client, "/candidats", {**GREEN, "ajouter": "ou", "valeur": "Lille"})
    assert {"lieu Maubeuge", "lieu Lille"} <= chips(page).keys()
    page = read(client, "/candidats", {**GREEN, "ajouter": "levier", "valeur": "13"})
    assert any(said.startswith("réservé L2113-13") for said in chips(page))
    page = read(client, "/candidats", {**GREEN, "ajouter": "demande", "valeur": "ESAT"})
    assert "type cité ESAT" in chips(page)
    refused = read(client, "/candidats", {**GREEN, "ajouter": "activite", "valeur": "zzzz"})
    assert "métier non reconnu" in refused.text
    assert refused.one("#ajout-activite")["aria-invalid"] == "true"
    for what, value in (("levier", "99"), ("demande", "XXX"), ("autre", "x"), ("ou", "")):
        assert read(client, "/candidats", {**GREEN, "ajouter": what, "valeur": value}).one("#ajout-faute")


def test_one_question_at_a_time_and_its_answers_lead_on(client: FlaskClient) -> None:
    page = read(
        client,
        "/candidats",
        {"besoin": "Entretien des espaces verts avec des EA et ESAT du secteur protégé", "lieu": "Maubeuge"},
    )
    assert len(page.all(".question")) == 1
    assert "le lot est-il réservé (L2113-12 : EA, EATT, ESAT)" in page.text
    yes, no = (read(client, str(link["href"])) for link in page.all(".question a.answer"))
    assert any(said.startswith("réservé L2113-12") for said in chips(yes))
    assert not yes.all(".question")
    assert not no.all(".question")
    assert not any(said.startswith(("réservé", "à confirmer")) for said in chips(no))


def standing(page: Read) -> int:
    """How many organisations the three bands hold."""
    return sum(int(count.get_text().replace("\u202f", "")) for count in page.all(".band-head .count"))


def test_each_filter_says_how_many_remain_and_that_many_do(client: FlaskClient) -> None:
    page = read(client, "/candidats", GREEN)
    form = page.one(".filters form")
    kept = [(name, value) for name, value in page.values(form) if name != "rayon"]
    boxes = form.select("input[type=checkbox], input[type=radio]")
    assert boxes
    for box in boxes:
        count = box.find_next(class_="n")
        assert count is not None
        after = read(client, "/candidats", [*kept, (str(box["name"]), str(box["value"]))])
        assert standing(after) == int(count.get_text().strip().replace("\u202f", "")), box


@pytest.mark.parametrize(
    ("asked", "offered"),
    [
        ({**GREEN, "levier": "clause"}, True),
        ({**GREEN, "besoin": "Espaces verts, clause d’insertion de 5 % des heures"}, True),
        (GREEN, False),
    ],
)
def test_whoever_has_hours_to_do_is_led_to_their_plan(
    client: FlaskClient, asked: dict[str, str], *, offered: bool
) -> None:
    links = [str(link["href"]) for link in read(client, "/candidats", asked).all(".answer-line .to-opinion")]
    assert links[0].startswith("/avis?")
    assert [link.split("?")[0] for link in links[1:]] == (["/plan-clause"] if offered else [])


def test_sorts_and_pages_keep_the_query(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matcher.web.need.answer.PAGE", 20)
    everyone = {"besoin": "Prestations à définir", "lieu": "France entière", "bande": "a_appeler"}
    page = read(client, "/candidats", everyone)
    assert len(names(page)) == 20
    following = read(client, page.link("Voir les suivants"))
    assert following.one("ol.candidates")["start"] == "21"
    assert not set(names(page)) & set(names(following))
    nearest = read(client, read(client, "/candidats", GREEN).link("distance"))
    assert "sur place" in " ".join(nearest.all(".candidate")[0].get_text(" ").split())
    far = read(client, "/candidats", {**everyone, "page": "999"})
    assert far.all(".candidate")


def test_an_empty_list_says_what_to_widen_and_by_how_much(client: FlaskClient) -> None:
    page = read(client, "/candidats", {"besoin": "Traiteur", "lieu": "Brest (29)", "rayon": "10"})
    assert names(page) == []
    assert [count.get_text() for count in page.all(".band-head .count")] == ["0", "0", "0"]
    for way in page.all(".ways li"):
        link, count = way.select_one("a"), way.select_one(".n")
        assert link is not None
        assert count is not None
        assert standing(read(client, str(link["href"]))) == int(count.get_text())


def test_the_refused_can_be_read_by_reason(client: FlaskClient) -> None:
    page = read(client, "/candidats", RESERVED)
    refused = read(client, page.link("Voir : pas éligible"))
    assert refused.status == 200
    assert "26 fournisseurs écartés" in refused.text
    assert len(refused.all("tbody tr")) == 26
    assert read(client, "/candidats/ecartes", {**RESERVED, "gate": "zzz"}).status == 404
    assert read(client, "/candidats/ecartes", {"gate": "famille"}).status == 400


def test_the_text_of_a_buyer_is_shown_and_exported_harmless(client: FlaskClient) -> None:
    need = {"besoin": '=HYPERLINK("x") <script>alert(1)</script> espaces verts', "lieu": "Maubeuge"}
    page = read(client, "/candidats", need)
    assert "<script>alert" not in page.html
    book = zipfile.ZipFile(io.BytesIO(client.get(page.link("XLSX")).data))
    assert not any(b"<f>" in book.read(name) for name in book.namelist())


def test_a_long_need_is_read_at_its_beginning_and_it_is_said(client: FlaskClient) -> None:
    page = read(client, "/candidats", {"besoin": "Entretien des espaces verts. " * 400, "lieu": "Maubeuge"})
    assert page.status == 200
    assert "n’en garde que 3 000 caractères" in page.text
    assert len(page.html) < 700_000


def test_one_point_stands_open_above_the_list_and_the_others_wait(client: FlaskClient) -> None:
    page = read(
        client,
        "/candidats",
        {"besoin": "Un bon coup de propre à Hautmont, lot réservé aux EA et ESAT. " + "Propre. " * 1500},
    )
    stands = [one for one in page.all(".understood > .question, .understood > .mark-line") if one.get_text().strip()]
    waits = page.one(".understood > details.doubts")
    assert [one["class"] for one in stands] == [["question", "trade"]]
    assert waits.select(".question.settled")
    assert "n’en garde que 3 000 caractères" in waits.get_text()
    told = waits.select_one("summary")
    assert told is not None
    points = len(waits.select(".question, .mark-line"))
    assert told.get_text().replace("\u00a0", " ") == f"{points} autres points à vérifier"


def test_paper_holds_all_that_is_listed_with_the_siret_of_each(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = read(client, "/candidats", GREEN)
    paper = read(client, page.link("Imprimer"))
    rows = [row.get_text(" ") for row in paper.all(".part-candidates tbody tr")]
    assert len(rows) == standing(page) >= len(page.all(".candidate"))
    assert all("SIRET" in row for row in rows)
    assert [row.split(" SIRET")[0].split(".\u00a0")[1].split("  ")[0] for row in rows[:1]] == names(page)[:1]
    monkeypatch.setattr("matcher.web.need.candidates.LONGEST_PAPER", 2)
    short = read(client, page.link("Imprimer"))
    assert len(short.all(".part-candidates tbody tr")) == 2
    left = [int(said.get_text().split()[0]) for said in short.all(".part-candidates > .note")]
    assert sum(left) == standing(page) - 2
    ids = [str(box["value"]) for box in page.all("[name=retenu]")][:3]
    ticked = read(client, "/candidats/imprimer", {**GREEN, "retenu": ids})
    assert len(ticked.all(".part-candidates tbody tr")) == 3


def test_outlines_of_the_map_are_ours_and_compressed(client: FlaskClient) -> None:
    answer = client.get("/carte/departements.geojson", headers={"Accept-Encoding": "gzip"}, buffered=True)
    assert answer.mimetype == "application/geo+json"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.data) < 90_000


def test_the_list_says_the_age_of_its_data_and_when_each_was_last_seen(client: FlaskClient) -> None:
    page = read(client, "/candidats", RESERVED)
    assert "Âge des données : " in page.text
    assert all(seen.text.startswith("vu en ") for seen in page.all(".candidate .seen"))
    assert page.all(".candidate .seen")


def test_the_page_is_light_and_asks_the_catalogue_little(client: FlaskClient, engine: Engine) -> None:
    read(client, "/candidats", RESERVED)
    with queries(engine) as sent:
        page = read(client, "/candidats", RESERVED)
    told = "the state of the catalogue, whom the organisation has bought from, how those shown are reached, what dates them, whose data"
    assert len(sent) <= 10, told
    assert len(page.html.encode()) < 100_000


def test_an_empty_catalogue_says_what_to_do(tmp_path: object) -> None:
    from matcher.db import open_database
    from matcher.web import create_app

    engine = open_database(f"sqlite:///{tmp_path}/vide.sqlite")
    page = read(create_app(engine).test_client(), "/candidats", GREEN)
    engine.dispose()
    assert page.status == 200
    assert "Le catalogue est vide." in page.text
    assert "entremise sources" in page.text


def test_without_a_place_nobody_is_said_to_be_near(client: FlaskClient) -> None:
    page = read(client, "/candidats", {"besoin": "Entretien des espaces verts"})
    said = page.one(".answer-line").get_text(" ") + page.one(".beside-bands").get_text(" ")
    assert "Lieu à préciser : où le lot s’exécute-t-il ?" in said.replace("\xa0", " ").replace("\u202f", " ")
    assert "à portée" not in said
    assert (
        "Dites d’abord le lieu" in read(client, "/avis", {"besoin": "Entretien des espaces verts"}).one("h1").get_text()
    )


def test_a_code_typed_as_the_need_is_one(client: FlaskClient) -> None:
    page = read(client, "/candidats", {"besoin": "90919200-4", "lieu": "Maubeuge"})
    chips = " ".join(page.one(".chips").get_text(" ").split())
    assert "activité Nettoyage de locaux" in chips
    assert "CPV 90919200-4" in chips
    assert not page.all("button[value='cpv:90919200-4']")
    assert not page.all(".question")


def test_of_several_activities_a_candidate_is_told_what_it_lacks(client: FlaskClient) -> None:
    page = read(client, "/candidats", {"besoin": "Entretien des espaces verts et des berges", "lieu": "Maubeuge"})
    assert "activité Entretien des berges et des cours d’eau" in " ".join(page.one(".chips").get_text(" ").split())
    assert "non connu, à demander" in page.text
    assert "Lu aussi" in page.one(".beside-bands").get_text()


def test_who_has_worked_for_the_buyer_is_counted_and_moved_up_where_it_is_asked(
    writer: FlaskClient, own: Engine, tmp_path: Path
) -> None:
    asked = {"besoin": "Entretien des espaces verts", "lieu": "Maubeuge (59)", "acheteur": "215903923"}
    first = read(writer, "/candidats", asked)
    assert "travaillé pour vous" not in first.text
    assert not first.all("#titulaires")
    listed = json.loads(writer.get("/candidats/liste.json", query_string=asked).text)["matches"]
    last = [match for match in listed if match["place"]][-1]
    won = AwardRecord(
        "decp", "1", 1, last["siret"], "SIRET", buyer="21590392300017", objet="Tonte", notified="2024-05-31"
    )
    taking(own, tmp_path, datetime(2026, 11, 2), scopes={"decp": Scope.AWARD})(won, key="decp")  # noqa: DTZ001
    page = read(writer, "/candidats", asked)
    assert "dont 1 a déjà travaillé pour vous." in page.text
    assert not page.one("#titulaires").has_attr("checked")
    assert not read(writer, "/candidats", {**asked, "acheteur": ""}).all("#titulaires")
    given = json.loads(writer.get("/candidats/liste.json", query_string=asked).text)
    moved = json.loads(writer.get("/candidats/liste.json", query_string={**asked, "titulaires": "oui"}).text)
    assert given["counts"]["titulaires"] == moved["counts"]["titulaires"] == 1

    def rank_of(answer: dict[str, Any]) -> int:
        return next(int(match["rank"]) for match in answer["matches"] if match["id"] == last["id"])

    assert rank_of(moved) < rank_of(given)
    checked = read(writer, "/candidats", {**asked, "titulaires": "oui"})
    assert checked.one("#titulaires").has_attr("checked")
    kept = [str(link["href"]) for link in checked.all("a[href*='/candidats?']")]
    assert kept
    assert all("titulaires=oui" in address for address in kept)


def test_a_trade_that_a_person_chose_is_taken_away_as_a_line_to_learn_from(client: FlaskClient, tmp_path: Path) -> None:
    asked = {"besoin": "=Remise en ordre\ndu vestiaire", "lieu": "Maubeuge"}
    link = "Garder cette correction"
    assert link not in read(client, "/candidats", asked).text
    assert client.get("/candidats/besoins.csv", query_string=asked).status_code == 404
    chosen = {**asked, "activite": ["proprete.vitrerie", "proprete.locaux"]}
    page = read(client, "/candidats", chosen)
    (found,) = [one for one in page.all("a") if link in one.get_text()]
    sent = client.get(str(found["href"]))
    assert 'filename="besoins.csv"' in sent.headers["Content-Disposition"]
    (tmp_path / "besoins.csv").write_bytes(sent.data)
    (sentence,) = read_corpus(tmp_path / "besoins.csv")
    assert set(sentence.activities) == {"proprete.vitrerie", "proprete.locaux"}
    assert (sentence.genre, sentence.objet) == ("corrige", "Remise en ordre du vestiaire")
    assert (
        client.get(
            "/candidats/besoins.csv", query_string={"cpv": "90910000", "activite": "proprete.locaux"}
        ).status_code
        == 404
    )
