"""The open lots as one narrows them, and the watches of an organisation, which another does not see."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.accounts.organisations import OrganisationProfile, create_organisation
from matcher.notices.watching.watches import close_watch, open_watch, watches
from matcher.ownership import FIRST_ORGANISATION
from tests.matcher.notices.watching.followed import NOW, take
from tests.matcher.notices.written import PLACE, lot, notice
from tests.matcher.web.notices.conftest import Follower
from tests.matcher.web.reading import fill, read


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ("", 2),
        ("?trade=espaces+verts", 2),
        ("?place=Nord", 2),
        ("?place=Hauts-de-France", 2),
        ("?place=Maubeuge", 2),
        ("?place=Lille", 0),
        ("?lever=12", 1),
        ("?supplier_kind=EA", 0),
    ],
)
def test_lots_are_narrowed_and_counted(follower: Follower, asked: str, count: int) -> None:
    take(follower.engine, notice("26-2", lot(places=(PLACE,), conditions="Marché réservé : article L2113-12")))
    page = read(follower.client, f"/annonces{asked}")
    assert len(page.all(".watch-lot")) == count
    assert page.one("h1").text == {0: "Aucun lot ouvert pour ce choix", 1: "1 lot ouvert", 2: "2 lots ouverts"}[count]


def test_an_empty_choice_leads_to_wider_ones_with_their_number(follower: Follower) -> None:
    page = read(follower.client, "/annonces?trade=espaces+verts&place=Lille")
    assert [link.text for link in page.all(".wider a")] == ["Tous les métiers", "Toute la France"]
    assert [one.text for one in page.all(".wider .soft")] == ["0 lot ouvert", "1 lot ouvert"]
    assert read(follower.client, page.link("Toute la France")).one("h1").text == "1 lot ouvert"


def test_a_choice_that_means_nothing_is_said_beside_its_field(follower: Follower) -> None:
    page = read(follower.client, "/annonces?place=Nullepart&trade=qzx")
    assert page.all("#place-faute")
    assert page.all("#trade-faute")


def test_a_watch_over_a_choice_is_a_page_and_a_feed_of_its_own(
    follower: Follower, pages: Callable[[], FlaskClient]
) -> None:
    office = pages()
    opened = fill(office, read(office, "/annonces?place=Nord"), "form.watch-form", title="Le Nord", qui="Léa")
    link = str(opened.one("#lien")["value"]).removeprefix("http://localhost")
    assert len(read(follower.client, link).all(".watch-lot")) == 1
    assert b"<entry>" in follower.client.get(f"{link}/lots.atom").data
    assert "Le Nord" in read(office, "/annonces").text


def test_another_organisation_neither_sees_nor_closes_a_watch(follower: Follower) -> None:
    other = create_organisation(
        follower.engine, OrganisationProfile("Autre"), author="Léa", now=NOW.replace(tzinfo=None)
    ).id
    watch, _ = open_watch(follower.engine, other, "À elle", author="Léa", now=NOW)
    assert not close_watch(follower.engine, FIRST_ORGANISATION, watch.id, NOW)
    assert watch.id not in {one.id for one in watches(follower.engine, FIRST_ORGANISATION)}


def test_where_no_notice_was_ever_read_the_page_leads_to_the_import(
    engine: Engine, pages: Callable[[], FlaskClient]
) -> None:
    assert read(pages(), "/annonces").link("importez des avis de marché") == "/catalogue/imports"
    take(engine, notice("26-2", lot(places=(PLACE,))))
    assert "importez des avis" not in read(pages(), "/annonces?trade=taxi").text
