"""Chips of what was understood: those that one line holds, the others folded and counted."""

from flask.testing import FlaskClient

from tests.matcher.web.reading import read

RESERVED = {"lieu": "Maubeuge", "levier": "12", "montant": "180000", "duree": "12"}


def test_chips_that_a_line_does_not_hold_are_folded_and_counted(client: FlaskClient) -> None:
    page = read(client, "/candidats", {**RESERVED, "besoin": "Entretien des espaces verts, lot réservé aux EA et ESAT"})
    folded = page.all(".more-chips .chip")
    assert folded
    assert f"+ {len(folded)}" in page.one(".more-chips summary").get_text()
    assert not read(client, "/candidats", {"besoin": "Traiteur", "lieu": "Maubeuge"}).all(".more-chips")


def test_a_town_that_others_are_named_as_is_shown_with_its_departement(client: FlaskClient) -> None:
    need = {"besoin": "Nettoyage de bureaux à Saint-Denis"}
    assert "Saint-Denis (93)" in read(client, "/candidats", need).one(".chips").get_text()
    assert "Saint-Denis (974)" in read(client, "/candidats", {**need, "ou": "insee:97411"}).one(".chips").get_text()
    assert "Maubeuge×" in read(client, "/candidats", {**need, "lieu": "Maubeuge"}).one(".chips").get_text()
