"""The page of a dossier: where the purchase is, what waits in each lot, how each structure is reached."""

from datetime import UTC, datetime

from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.catalogue.steward.corrections import correct_supplier
from matcher.domain.french import NO_BREAK
from matcher.dossiers.store import load_dossier
from matcher.ownership import FIRST_ORGANISATION
from tests.matcher.web.dossier_pages import RESERVED, entry, opened
from tests.matcher.web.reading import fill, read


def test_the_page_says_where_the_purchase_is_who_was_told_and_what_was_frozen(writer: FlaskClient) -> None:
    page = opened(writer, keep=2)
    assert "non dite" in page.one(".dossier-figures").get_text()
    said = {"stage": "sourcing", "follower": "Zoé", "next_step": "Relancer", "next_on": "01/12/2026"}
    fill(writer, read(writer, "/dossiers/1/fiche"), "main form", **said)
    message = read(writer, "/dossiers/1/lots/1/messages")
    fill(writer, message, "main form", faire="envoye", a=[str(box["value"]) for box in message.all("[name=a]")])
    page = entry(writer, read(writer, "/dossiers/1"), 1, statut="sans réponse", le="")
    figures = " ".join(page.one(".dossier-figures").get_text(" ").split())
    for told in ("2 sur 2", "sourcing", "Zoé", "Relancer", "1ᵉʳ décembre 2026"):
        assert told in figures.replace(NO_BREAK, " "), figures
    assert page.link("Écrire à 1 sans réponse").count("a=") == 1
    assert "Avis figé le" in page.one(".lot-side .frozen-box").get_text()
    assert page.one("svg.answers-bar").select(".doubt")
    assert len(page.all(".seen-list li")) >= 2
    assert "2 informations communiquées" in page.text.replace(NO_BREAK, " ")


def test_a_page_of_many_followed_stays_light(writer: FlaskClient) -> None:
    page = opened(writer, keep=18)
    assert len(page.html.encode()) < 120_000


def test_who_is_retained_is_told_apart_by_town_and_lots_say_what_waits(writer: FlaskClient) -> None:
    page = read(writer, "/dossiers/retenir", RESERVED)
    notes = [" ".join(note.get_text().split()) for note in page.all(".keep-list .note")]
    assert "EA · ESAT · Maubeuge · sur place" in notes[0] or "EA · Maubeuge · sur place" in notes[0]
    opened(writer)
    page = read(writer, "/dossiers/retenir", {**RESERVED, "besoin": "Entretien du linge"})
    ids = [str(box["value"]) for box in page.all("[name=retenu]")][:1]
    both = fill(writer, page, "main form", dossier="1", lot="Lot 2 Linge", retenu=ids)
    waits = [" ".join(one.get_text().split()) for one in both.all(".todo .todo-says")]
    assert [one.split(" : ")[0] for one in waits] == ["Lot 1", "Lot 2"]
    assert "Contacter" in waits[1]
    assert both.one("#titre-lot-2").get_text().startswith("Lot 2 Linge")


def test_a_dossier_says_how_each_is_reached_and_takes_a_wrong_number_in_one_tap(
    writer: FlaskClient, own: Engine
) -> None:
    opened(writer, keep=2)
    first = load_dossier(own, FIRST_ORGANISATION, 1).lots[0].entries[0].match
    assert "ni téléphone ni courriel" in read(writer, "/dossiers/1").one("#l1-1 .entry-reach").get_text(" ")
    correct_supplier(
        own, first.id, {"telephone": ["0327000000"]}, author="Léa", motive="", now=datetime(2026, 11, 20, tzinfo=UTC)
    )
    page = read(writer, "/dossiers/1")
    reached = page.one("#l1-1 .entry-reach")
    assert "03 27 00 00 00" in reached.get_text()
    assert "l’équipe, 20 novembre 2026" in reached.get_text().replace(NO_BREAK, " ")
    assert not reached.select_one("a[href*='/etablissement/']")  # an invented SIRET has no page in the register
    after = fill(writer, page, "#l1-1 form.wrong-number")
    assert after.path == "/dossiers/1"
    assert "ni téléphone ni courriel" in after.one("#l1-1 .entry-reach").get_text(" ")
