"""The lots of a pasted notice are compared together with the thresholds; a need alone is compared alone."""

import pytest
from flask.testing import FlaskClient

from tests.matcher.web.reading import read

NOTICE = (
    "Objet : entretien des espaces verts et nettoyage, à Maubeuge.\n"
    "Lot 1 : tonte et taille des espaces verts, montant estimé 90 000 € HT, durée 24 mois\n"
    "Lot 2 : nettoyage des bureaux de la mairie, montant estimé {second}, durée 24 mois\n"
)


@pytest.mark.parametrize(
    ("second", "told"),
    [
        ("40 000 € HT", "Les 2 lots de la procédure : 130 000 € HT, somme que l’on compare aux seuils (R2121-1)"),
        ("non communiqué", "Les 2 lots de la procédure : au moins 90 000 € HT (1 lot sans montant connu), somme"),
    ],
)
def test_the_lots_of_a_pasted_notice_are_compared_together(client: FlaskClient, second: str, told: str) -> None:
    listed = read(client, "/candidats", {"besoin": NOTICE.format(second=second), "lieu": "Maubeuge"})
    assert told in read(client, listed.link("Lot 1").replace("/candidats", "/avis")).text


def test_a_need_alone_is_compared_alone(client: FlaskClient) -> None:
    alone = {"besoin": "Entretien des espaces verts", "lieu": "Maubeuge", "montant": "90 000", "dce": "inconnu"}
    assert "lots de la procédure" not in read(client, "/avis", alone).text
