"""The lots of a supplier for who sources: the list that its link shows, and the link given."""

from collections.abc import Callable
from pathlib import Path

from flask.testing import FlaskClient

from importers.importer import Source
from matcher.catalogue.intake.intake import run_import
from tests.factories import importer, raw, siret
from tests.matcher.notices.watching.followed import NOW, take
from tests.matcher.notices.written import notice
from tests.matcher.web.notices.conftest import Follower
from tests.matcher.web.reading import fill, read, send

HERE = f"/fournisseurs/siret:{siret(2)}/lots"


def test_the_same_list_with_a_link_that_is_shown_once_and_closed(
    follower: Follower, pages: Callable[[], FlaskClient]
) -> None:
    office = pages()
    assert read(office, f"/fournisseurs/siret:{siret(2)}").link("Ses lots") == HERE
    page = read(office, HERE)
    assert page.one("h1").text == "1 lot pour Jardin 2 cette semaine"
    given = fill(office, page, "form.watch-form", courriel="contact@jardin-2.example", qui="Léa", faire="donner")
    link = str(given.one("#lien")["value"]).removeprefix("http://localhost")
    (lot,) = read(follower.client, link).all(".watch-lot")
    send(follower.client, link, f"{link}/lots/{str(lot['id']).removeprefix('lot-')}", {"faire": "interet"})
    assert "Intérêt dit par la structure" in read(office, HERE).text
    assert link not in read(office, HERE).text
    send(office, HERE, f"{HERE}/lien", {"faire": "fermer"})
    assert follower.client.get(link).status_code == 404


def test_a_lot_that_may_not_be_of_its_trade_is_counted_marked_and_asked_first(
    follower: Follower, pages: Callable[[], FlaskClient]
) -> None:
    run_import(
        follower.engine,
        importer([raw("3", "Atelier", siret=siret(3), source="autre")], key="autre"),
        [Source(Path(__file__))],
        now=NOW.replace(tzinfo=None),
    )
    take(follower.engine, notice("26-2"))
    page = read(pages(), f"/fournisseurs/siret:{siret(3)}/lots")
    assert "1 lot : est-ce bien son métier ?" in " ".join(page.one("dl.figures").text.split())
    (asked,) = page.all(".watch-lot .mark-line.unknown")
    assert asked.text.strip().startswith("Le lot demande")
    assert not page.all(".watch-lot .mark-known")


def test_what_cannot_be_an_address_is_said_and_nothing_is_given(
    follower: Follower, pages: Callable[[], FlaskClient]
) -> None:
    office = pages()
    page = fill(office, read(office, HERE), "form.watch-form", courriel="pas une adresse", qui="Léa", faire="donner")
    assert page.all("#courriel-faute")
    assert not page.all("#lien")
    assert "Ce qui a été écarté" in read(office, f"{HERE}/ecartes").text
    assert office.get(f"{HERE}/liste.ics").status_code == 200
    assert office.get("/fournisseurs/siret:00000000000000/lots").status_code == 404
