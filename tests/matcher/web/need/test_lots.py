"""The lots of a notice, from the page of the whole to the list of each."""

from flask.testing import FlaskClient

from tests.conftest import ROOT
from tests.matcher.reading.eforms import RESERVED, displayed
from tests.matcher.web.reading import Read, read

NEED = (
    "Lot 1 : tonte des pelouses à Maubeuge, réservé aux EA. Lot 2 : lavage des vitres à Maubeuge, 20 000 € HT, 12 mois"
)


def titles(page: Read) -> list[str]:
    """The lots, without how many are known for each."""
    said = (" ".join(link.get_text().split()) for link in page.all("#lots a"))
    return [title.partition(" ·")[0] for title in said if title.startswith("Lot")]


def test_each_lot_has_a_link_to_its_own_list(client: FlaskClient) -> None:
    page = read(client, "/candidats", {"besoin": NEED})
    whole, one, two = page.all("#lots a")
    assert whole["aria-current"] == "page"
    assert titles(page)[0].startswith("Lot 1 : tonte")
    for tab, shown in ((one, read(client, str(one["href"]))), (two, read(client, str(two["href"])))):
        known = int(shown.all(".band-head .count")[0].get_text())
        assert f"{known} connu" in tab.get_text().replace("\xa0", " ") or (
            not known and "aucun connu" in tab.get_text()
        )
    lawns, glass = read(client, str(one["href"])), read(client, str(two["href"]))
    assert "espaces verts" in lawns.one(".chips").get_text()
    assert "20\u202f000" in glass.one(".chips").get_text()
    assert "Maubeuge" in glass.one(".chips").get_text()
    assert [str(link["href"]) for link in lawns.all("#lots [aria-current]")] == [str(one["href"])]
    assert len(lawns.all("#lots a")) == 3
    assert read(client, lawns.link("Tous les lots")).one("#lots [aria-current]").get_text() == "Tous les lots"
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
    assert len(titles(again)) == 2


def test_a_need_without_lots_has_no_link(client: FlaskClient) -> None:
    assert not read(client, "/candidats", {"besoin": "Tonte des pelouses", "lieu": "Maubeuge"}).all("#lots")


def test_a_lot_keeps_the_object_of_its_market(client: FlaskClient) -> None:
    whole = read(client, "/candidats", {"besoin": f"Entretien des espaces verts à Maubeuge. {NEED}"})
    lot = read(client, str(whole.all("#lots a")[2]["href"]))
    assert "Lot 2 du marché : Entretien des espaces verts à Maubeuge" in lot.one(".said").get_text()
    assert "Lavage de vitres" in lot.one(".chips").get_text()
    assert "espaces verts" not in lot.one(".chips").get_text()
