"""« Plaquette », without JavaScript: the page, the paper and the files say the same; what is no territory; hostile names."""

import csv
import io
from datetime import date

from flask.testing import FlaskClient
from sqlalchemy import Engine, func, update

from matcher.catalogue.steward.privacy import opt_out
from matcher.catalogue.store.tables import SourceRecordRow
from matcher.decisions.plaquette.answer import build_plaquette
from matcher.rows import table_of
from tests.matcher.web.conftest import OPENED, TODAY
from tests.matcher.web.reading import read

NORD = {"lieu": "Nord (59)"}


def test_the_page_the_paper_and_the_file_have_the_same_structures(client: FlaskClient, engine: Engine) -> None:
    its = build_plaquette(engine, ["Nord (59)"], on=TODAY, since=date(2023, 11, 25))
    page = read(client, "/plaquette", NORD)
    assert page.one("h1").get_text(strip=True).startswith(f"{its.total} structures")
    paper = read(client, "/plaquette/imprimer", NORD)
    cards = [card.h4.get_text(" ", strip=True) for card in paper.all("article.card") if card.h4]
    assert len(cards) == its.total
    assert paper.one(".cover-number").get_text() == str(its.total)
    without = sum(not one.its.reachable for one in its.its.full)
    assert (
        paper.text.count(f"{without} structures sur {its.total}")
        == page.text.count(f"{without} structures sur {its.total}")
        == 1
    )
    assert "à compléter" not in paper.one(".people").get_text(), "a public paper names those who are known"
    rows = csv.DictReader(io.StringIO(client.get("/plaquette/plaquette.csv", query_string=NORD).text), delimiter=";")
    assert [row["Structure"] for row in rows] == [one.its.name for one in its.its.full]
    assert client.get("/plaquette/plaquette.xlsx", query_string=NORD).status_code == 200


def test_the_cover_counts_what_it_does_not_show_and_says_why(client: FlaskClient, engine: Engine) -> None:
    its = build_plaquette(engine, ["Nord (59)"], on=TODAY, since=date(2023, 11, 25))
    assert its.withheld
    assert its.known_count == its.total + sum(one.count for one in its.withheld)
    cover = read(client, "/plaquette/imprimer", NORD).one(".cover").get_text().replace("\u202f", " ")
    text = " ".join(cover.replace("\u00a0", " ").split())
    assert f"{its.total} structures montrées, sur {its.known_count} connues" in text
    assert "n’est connue que par" in text or "ne sont connues que par" in text
    assert f"sur {its.known_count} connues" in read(client, "/plaquette", NORD).text


def test_every_number_of_the_paper_leads_to_a_card(client: FlaskClient) -> None:
    paper = read(client, "/plaquette/imprimer", NORD | {"usage": "export"})
    here = {str(one["id"]) for one in paper.all("[id]")}
    assert all(str(link["href"])[1:] in here for link in paper.all("main a[href^='#']"))
    assert "document de travail" in paper.text
    assert "ne pas publier" in client.get("/plaquette/impression.css", query_string=NORD | {"usage": "export"}).text
    assert "ne pas publier" not in client.get("/plaquette/impression.css", query_string=NORD).text


def test_a_territory_that_is_none_is_said_under_its_field_and_has_no_file(client: FlaskClient) -> None:
    page = read(client, "/plaquette", {"lieu": "Nrod"})
    assert page.status == 422
    assert "Vouliez-vous dire « Nord »" in page.one("#lieu-faute").get_text().replace("\u00a0", " ").replace(
        "\u202f", " "
    )
    assert read(client, "/plaquette/imprimer", {"lieu": "Nrod"}).status == 422
    for name in ("plaquette.csv", "plaquette.xlsx", "impression.css"):
        assert client.get(f"/plaquette/{name}", query_string={"lieu": "Nrod"}).status_code == 400


def test_an_empty_territory_has_no_paper_to_print(client: FlaskClient) -> None:
    page = read(client, "/plaquette", {"lieu": "Saint-Pierre-et-Miquelon"})
    assert page.status == 200
    assert "Aucune structure de ce territoire ne peut être imprimée" in page.text
    assert page.all("a[href*='/plaquette/imprimer']") == []


def test_a_name_that_holds_html_is_text_on_paper(writer: FlaskClient, own: Engine) -> None:
    records = table_of(SourceRecordRow)
    with own.begin() as connection:
        connection.execute(
            update(records)
            .where(records.c.source == "finess")
            .values(payload=func.replace(records.c.payload, "ESAT DU CANAL", "<script>alert(1)</script>"))
        )
    paper = read(writer, "/plaquette/imprimer", NORD)
    assert "<script>alert(1)</script>" in [one.get_text() for one in paper.all(".index a")]
    assert not any("alert" in one.get_text() for one in paper.all("script"))


def test_what_a_supplier_withdraws_is_on_no_paper_that_follows(writer: FlaskClient, own: Engine) -> None:
    before = read(writer, "/plaquette/imprimer", NORD)
    assert "ESAT DU CANAL" in before.text
    opt_out(own, "00010103000013", author="Léa", motive="courriel", now=OPENED)
    assert "ESAT DU CANAL" not in read(writer, "/plaquette/imprimer", NORD).text
