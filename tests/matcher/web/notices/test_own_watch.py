"""The page of a watch behind its link: what its reader says is kept, its files are good, and a link that opens nothing tells nothing."""

import csv
import io
from datetime import UTC, datetime

import pytest
from lxml import etree

from matcher.catalogue.steward.privacy import opt_out
from matcher.club.leaving import LEAVING
from matcher.notices.watching.watches import close_watch
from matcher.ownership import FIRST_ORGANISATION
from matcher.web.notices import own_watch as watch_shown
from tests.factories import siret
from tests.matcher.notices.watching.followed import NOW, follow, take
from tests.matcher.notices.written import lot, notice
from tests.matcher.web.notices.conftest import Follower
from tests.matcher.web.reading import read, send

ATOM = {"a": "http://www.w3.org/2005/Atom"}


def said(follower: Follower, number: int, what: str, **more: str) -> None:
    send(follower.client, follower.link, f"{follower.link}/lots/{number}", {"faire": what, **more})


def test_the_headline_is_the_list_and_a_lot_refused_leaves_it_until_it_is_put_back(follower: Follower) -> None:
    take(follower.engine, notice("26-2", lot(title="Tonte du stade, espaces verts", amount="38000")))
    page = read(follower.client, follower.link)
    lots = [int(str(one["id"]).removeprefix("lot-")) for one in page.all(".watch-lot")]
    assert page.one("h1").text == "2 lots pour vous cette semaine"
    assert len(lots) == 2
    assert "Montant non connu" in page.text
    assert "Vous déclarez" in page.text
    said(follower, lots[0], "interet")
    assert "Intérêt dit" in read(follower.client, follower.link).text
    said(follower, lots[0], "non")
    page = read(follower.client, follower.link)
    assert page.one("h1").text == "1 lot pour vous cette semaine"
    assert len(page.all(".watch-lot")) == 1
    assert len(read(follower.client, f"{follower.link}/ecartes").all("#par-vous + ol > li")) == 1
    said(follower, lots[0], "annuler", ou="ecartes")
    assert len(read(follower.client, follower.link).all(".watch-lot")) == 2


def test_a_lot_whose_notice_has_no_address_is_read_on_the_page(follower: Follower) -> None:
    take(follower.engine, notice("26-2", lot(title="Tonte, espaces verts", description="Trois hectares."), url=""))
    with_address, without = read(follower.client, follower.link).all(".watch-lot")
    assert [one.select_one("h2 a") is not None for one in (with_address, without)] == [True, False]
    assert with_address.select("details") == []
    (text,) = without.select("details p")
    assert text.get_text() == "Tonte, espaces verts\nTrois hectares."


def test_what_was_set_aside_says_why(follower: Follower) -> None:
    take(follower.engine, notice("26-2", lot(title="Nettoyage des bureaux", cpv=("90919200-4",)), title="Nettoyage"))
    page = read(follower.client, f"{follower.link}/ecartes")
    assert len(page.all(".watch-lot")) == 1
    assert "Les métiers que l’on vous connaît sont autres." in page.text


def test_a_lot_cancelled_since_its_message_is_said_so_and_its_link_still_opens(follower: Follower) -> None:
    (one,) = read(follower.client, follower.link).all(".watch-lot")
    address = f"{follower.link}/lots/{str(one['id']).removeprefix('lot-')}"
    assert follower.client.get(address).location.endswith(f"#{one['id']}")
    take(follower.engine, notice("26-9", nature="ANNULATION", earlier=("26-1",)))
    assert "Ce lot est annulé" in read(follower.client, address).text
    assert read(follower.client, follower.link).one("h1").text == "Aucun lot pour vous cette semaine"


def test_the_feed_is_atom_and_whoever_polls_it_each_second_has_nothing_computed(
    follower: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = follower.client.get(f"{follower.link}/lots.atom")
    feed = etree.fromstring(first.data)
    for parent in ("/a:feed", "/a:feed/a:entry"):  # RFC 4287, 4.1.1 and 4.1.2
        for name in ("id", "title", "updated"):
            assert len(feed.xpath(f"{parent}/a:{name}", namespaces=ATOM)) == 1
            assert feed.xpath(f"string({parent}/a:{name})", namespaces=ATOM)
        assert feed.xpath(f"{parent}/a:link[@rel='alternate']/@href", namespaces=ATOM)[0].startswith("http")
    assert feed.xpath("string(/a:feed/a:author/a:name)", namespaces=ATOM)
    for moment in feed.xpath("//a:updated/text()", namespaces=ATOM):
        assert datetime.fromisoformat(moment).tzinfo == UTC
    assert "À rendre le 15 décembre 2026" in feed.xpath("string(//a:content)", namespaces=ATOM)

    computed: list[object] = []
    monkeypatch.setattr(watch_shown, "sides", lambda *asked: computed.append(asked))
    for asked in ({"If-None-Match": first.headers["ETag"]}, {"If-Modified-Since": first.headers["Last-Modified"]}):
        for _ in range(30):
            assert follower.client.get(f"{follower.link}/lots.atom", headers=asked).status_code == 304
    assert follower.client.get(f"{follower.link}/lots.atom").data == first.data
    assert not computed
    monkeypatch.undo()
    take(
        follower.engine,
        notice("26-2", lot(deadline="2026-12-16T12:00:00+01:00"), nature="RECTIFICATIF", earlier=("26-1",)),
    )
    again = follower.client.get(f"{follower.link}/lots.atom", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
    entries = [
        etree.fromstring(data).xpath("string(//a:entry/a:id)", namespaces=ATOM) for data in (first.data, again.data)
    ]
    assert entries[0] == entries[1]


def test_the_calendar_and_the_table_say_the_same(follower: Follower) -> None:
    calendar = follower.client.get(f"{follower.link}/echeances.ics").text
    assert "DTSTART:20261215T110000Z\r\n" in calendar
    assert calendar.count("BEGIN:VEVENT") == 1
    assert all(len(line.encode()) <= 75 for line in calendar.split("\r\n"))
    (row,) = csv.DictReader(
        io.StringIO(follower.client.get(f"{follower.link}/lots.csv").text.lstrip("\ufeff")), delimiter=";"
    )
    assert "Vous déclarez" in row["Pourquoi"]
    assert row["À rendre"].startswith("15 décembre 2026")
    assert follower.client.get(f"{follower.link}/lots.xlsx").data.startswith(b"PK")


def test_one_tap_stops_the_messages_and_another_takes_them_up(follower: Follower) -> None:
    for what, words in (("retirer", "Nous ne vous écrivons plus"), ("reprendre", "un message par jour au plus")):
        send(follower.client, follower.link, f"{follower.link}/courriels", {"faire": what})
        assert words in read(follower.client, follower.link).text


def test_a_link_forged_revoked_or_of_who_left_opens_nothing_alike(follower: Follower) -> None:
    _, other = follow(follower.engine, 2)
    close_watch(follower.engine, FIRST_ORGANISATION, follower.watch.id, NOW)
    opt_out(follower.engine, siret(2), author="Léa", motive="", now=NOW.replace(tzinfo=None), leaving=LEAVING)
    for link in (follower.link, f"/veille/{other}", "/veille/inventé", f"/veille/{'x' * 500}"):
        for what in ("", "/lots.atom", "/echeances.ics", "/ecartes", "/lots/1"):
            answer = follower.client.get(link + what)
            assert answer.status_code == 404
            assert "Jardin" not in answer.text
            assert "Ce lien n’ouvre rien" in answer.text
