"""What a document states of the whole tender: the name of the buyer under its heading, never a person nor a sentence."""

import pytest

from matcher.tender.particulars import buyer_written, days_due
from tests.matcher.tender.pieces import piece


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Pouvoir adjudicateur : Commune d’Hazebrouck, Place du Général de Gaulle, 59190", "Commune d’Hazebrouck"),
        ("1.1 - Nom et adresse de l’acheteur public : CCAS de Denain (Nord)", "CCAS de Denain"),
        ("Maître d'ouvrage : Ville de Saint-Omer. Téléphone : 03 21 00 00 00", "Ville de Saint-Omer"),
        ("Pouvoir adjudicateur\nSyndicat mixte du Calaisis\n62100 Calais", "Syndicat mixte du Calaisis"),
        ("Pouvoir adjudicateur :\nDépartement du Nord, représenté par son président", "Département du Nord"),
        ("Acheteur : Commune de Lille ; SIRET : 21590350100017", "Commune de Lille"),
        ("Acheteur (pouvoir adjudicateur) : SIVOM de l’Alloeu", "SIVOM de l’Alloeu"),
        ("Le pouvoir adjudicateur se réserve le droit de ne pas donner suite : il en informe les candidats", None),
        ("Représentant du pouvoir adjudicateur : Commune de Lille", None),
        ("Pouvoir adjudicateur : Monsieur le Maire de Lille", None),
        ("Pouvoir adjudicateur : voir article 3", None),
        ("Profil d’acheteur : https://marches.example", None),
        ("Objet : tonte à Denain", None),
    ],
)
def test_the_name_of_a_buyer_is_that_under_its_heading(text: str, name: str | None) -> None:
    written = buyer_written(piece("RC.pdf", f"Règlement de la consultation\n{text}\n"))
    assert (written and written[0]) == name


def test_a_heading_may_stand_over_its_day() -> None:
    found = days_due(piece("RC.pdf", "Date limite de réception des offres\n15 janvier 2027 à 12 h"))
    assert list(found) == ["15 janvier 2027"]
