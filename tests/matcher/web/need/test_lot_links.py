"""The lots of a notice, from the page of the whole to the list of each."""

from flask.testing import FlaskClient

from tests.conftest import ROOT
from tests.matcher.reading.eforms import RESERVED, displayed
from tests.matcher.web.reading import Read, read

NEED = (
    "Lot 1 : tonte des pelouses à Maubeuge, réservé aux EA. Lot 2 : lavage des vitres à Maubeuge, 20 000 € HT, 12 mois"
)


def titles(page: Read) -> list[str]:
    return [link.get_text().replace("\xa0", " ") for link in page.all("#lots a")]


def test_each_lot_has_a_link_to_its_own_list(client: FlaskClient) -> None:
    page = read(client, "/candidats", {"besoin": NEED})
    one, two = page.all("#lots a")
    assert titles(page)[0].startswith("Lot 1 : tonte")
    lawns, glass = read(client, str(one["href"])), read(client, str(two["href"]))
    assert "espaces verts" in lawns.one(".chips").get_text()
    assert "20\u202f000" in glass.one(".chips").get_text()
    assert "Maubeuge" in glass.one(".chips").get_text()
    assert not lawns.all("#lots")
    assert "L2113-12" in lawns.text


def test_the_lots_of_a_long_form_outlive_its_shortening(client: FlaskClient) -> None:
    page = displayed(ROOT / "tests/fixtures/eforms/cn_24_FRA_comments.xml").replace(
        RESERVED["none"], RESERVED["res-pub-ser"]
    )
    assert len(page) > 3_000
    first = read(client, "/candidats", {"besoin": page})
    assert titles(first) == [
        "Lot 1 : Agence centre",
        "Lot 2 : Agence Hauts de Rouen",
    ]
    again = read(
        client,
        str(first.one("#puces")["action"]),
        {str(field["name"]): str(field["value"]) for field in first.all("#puces input")},
    )
    assert len(again.all("#lots a")) == 2


def test_a_need_without_lots_has_no_link(client: FlaskClient) -> None:
    assert not read(client, "/candidats", {"besoin": "Tonte des pelouses", "lieu": "Maubeuge"}).all("#lots")
