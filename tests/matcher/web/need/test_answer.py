"""Rows of a list, each with its telephone and its reasons, and what is ticked in it, which lives in the address alone."""

import csv
import io
import re
from datetime import date

import openpyxl
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.catalogue.store.tables import ContactRow
from matcher.rows import table_of
from tests.matcher.web.reading import read

GREEN = {"besoin": "Entretien des espaces verts et des berges de la Sambre", "lieu": "Maubeuge"}
RESERVED = {**GREEN, "levier": "12", "montant": "180000", "duree": "12"}


def test_a_row_says_how_to_call_and_since_when_or_that_nobody_knows(writer: FlaskClient, own: Engine) -> None:
    page = read(writer, "/candidats", GREEN)
    ids = [str(box["value"]) for box in page.all(".candidate [name=retenu]")]
    assert "téléphone non connu" in page.text
    with own.begin() as connection:
        for place, (value, day) in enumerate((("+33353012011", "2026-03-04"), ("+33353012012", "2001-01-01"))):
            key = ids[place]
            connection.execute(table_of(ContactRow).delete().where(table_of(ContactRow).c.supplier_id == key))
            connection.execute(
                table_of(ContactRow).insert().values(
                    supplier_id=key, position=0, type="phone", value=value, source="emplois", ref="1", date=date.fromisoformat(day)
                )
            )  # fmt: skip
    rows = read(writer, "/candidats", GREEN).all(".candidate")
    link = rows[0].select_one(".phone a")
    assert link is not None
    assert link["href"] == "tel:0353012011"
    assert "relevé en mars 2026" in rows[0].get_text()
    assert "téléphone non connu" in rows[1].get_text(), "older than contacts are kept: neither shown nor exported"


def test_what_is_ticked_is_the_address_and_stays_on_other_pages_of_the_list(client: FlaskClient) -> None:
    page = read(client, "/candidats", GREEN)
    six = read(client, page.link("Cocher les 6 premiers"))
    assert len(six.all("[name=retenu][checked]")) == 6
    assert "Créer le dossier : 6 retenus" in six.one("#choix").get_text().replace("\xa0", " ")
    other = read(client, f"{six.link('distance')}&bande=a_appeler")
    sent = [value for name, value in other.values(other.one("#choix")) if name == "retenu"]
    boxes = [str(box["value"]) for box in other.all("[name=retenu][checked]") if box.has_attr("form")]
    assert len({*sent, *boxes}) == 6
    lines = list(csv.reader(io.StringIO(client.get(six.link("CSV")).data.decode("utf-8-sig")), delimiter=";"))
    assert len(lines) == 7, "a file holds those ticked"


def test_a_row_unfolds_all_its_reasons_and_the_words_of_the_page_are_explained(client: FlaskClient) -> None:
    page = read(client, "/candidats", RESERVED)
    for row in page.all(".candidate"):
        assert len(row.select(".reasons:not(.whole) li")) <= 2
        assert row.select(".why .reasons.whole li")
    words = {word.get_text() for word in page.all(".words dt")}
    assert {"EA", "ESAT", "Bande", "Adéquation", "STPA"} <= words


def test_where_nobody_is_known_each_way_on_says_whom_it_leads_to(client: FlaskClient) -> None:
    page = read(client, "/candidats", {"besoin": "Traiteur", "lieu": "Brest (29)"})
    ways = {str(way.select_one("a").get_text()): way for way in page.all(".ways li")}  # type: ignore[union-attr]  # a link each
    assert "Voir plus loin" in ways
    assert not read(client, "/candidats", GREEN).all(".ways")


def test_each_row_says_whose_data_tell_it_and_of_which_month(client: FlaskClient) -> None:
    page = read(client, "/candidats", RESERVED)
    for row in page.all(".candidate"):
        source = row.select_one(".reasons:not(.whole) .of-source")
        assert source is not None, row.get_text()
        assert re.search(r"· .+, ((janv|févr|avr|juil|sept|oct|nov|déc)\.|mars|mai|juin|août|sans date)", source.text)


def test_a_file_names_the_filters_that_were_on(writer: FlaskClient) -> None:
    def said(**filters: str) -> str:
        page = read(writer, "/candidats", {**RESERVED, **filters})
        book = openpyxl.load_workbook(io.BytesIO(writer.get(page.link("XLSX")).data))
        return next(str(row[1].value) for row in book["Critères"].iter_rows() if row[0].value == "Filtres de la liste")

    assert said() == "aucun"
    told = said(type="EA", rayon="50", connu="effectif").replace("\u00a0", " ")
    assert told == "type EA ; à 50 km au plus du lieu, ou qui déclare y venir ; dont on connaît l’effectif"


def test_the_parts_of_a_list_whose_trade_is_to_confirm_say_of_which_trade(client: FlaskClient) -> None:
    page = read(client, "/candidats", {"besoin": "Collecte", "lieu": "Maubeuge"})
    assert "Métier à confirmer" in page.one("#les-candidats").get_text()
    counts = [head.get_text() for head in page.all(".band-head .count")]
    notes = [" ".join(note.get_text().split()) for note in page.all(".band-head .note")]
    assert [note.startswith("Si c’est bien « Collecte") for note in notes] == [
        *(count != "0" for count in counts[:2]),
        False,
    ]
    assert any(count != "0" for count in counts[:2])
