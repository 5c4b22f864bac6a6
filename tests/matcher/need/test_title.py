"""What a need is called: the object that a notice says, whatever is pasted with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.need.title import LONGEST_TITLE, cut_title, object_of, title_of
from tests.conftest import ROOT

FOLDER = ROOT / "tests/fixtures/notices"


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("nettoyage", "Nettoyage des locaux et de la vitrerie du collège"),
        ("espaces_verts", "Entretien des espaces verts des zones d’activités"),
        ("html_archives", "Reconditionnement, dépoussiérage et numérisation"),
        ("dechets", "Collecte, tri et valorisation des papiers"),
        ("legumes", "Le marché porte sur la fourniture"),
    ],
)
def test_a_notice_is_called_by_its_object_without_its_heading(name: str, begins: str) -> None:
    text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    assert title_of(text).startswith(begins)
    assert len(title_of(text)) <= LONGEST_TITLE < len(text)
    assert object_of(text).startswith(title_of(text).removesuffix(" …"))


MAIL = """Bonjour,

Pourriez-vous me dire à qui demander la livraison des repas de la cantine de l'école (45 repas par jour) à partir de septembre 2027 ?
Le budget est de 28 000 € HT par an, marché d'un an renouvelable deux fois.

Cordialement,
Camille Modèle
Secrétaire de mairie
camille@exemple.test"""


@pytest.mark.parametrize("greeting", ["Bonjour,\n", "Bonjour Madame Modèle,\n", "Madame, Monsieur,\n", "Bonjour, ", ""])
def test_an_email_is_called_by_what_it_asks(greeting: str) -> None:
    written = MAIL.replace("Bonjour,\n", greeting)
    told = object_of(written)
    assert told.startswith("Pourriez-vous me dire à qui demander la livraison des repas")
    assert title_of(written).startswith("Pourriez-vous me dire")
    assert "28 000 €" in told
    assert all(word not in told for word in ("Bonjour", "Cordialement", "Camille", "exemple.test", ",."))


@pytest.mark.parametrize(
    ("need", "told"),
    [
        ("Bonjour, tonte, taille des haies", "tonte, taille des haies"),
        (
            "Monsieur le maire demande la tonte du stade de la commune",
            "Monsieur le maire demande la tonte du stade de la commune",
        ),
        ("Objet : tonte du stade.\nÀ Denain, deux fois par mois.", "tonte du stade"),
        ("Bonjour", "Bonjour"),
        ("Cordialement", "Cordialement"),
    ],
)
def test_only_a_courtesy_is_left_out_and_never_all(need: str, told: str) -> None:
    assert object_of(need) == told


def test_a_need_of_a_line_is_its_own_title() -> None:
    assert title_of("Objet :  nettoyage\nde bureaux") == "Objet : nettoyage de bureaux"


@given(st.text(max_size=900), st.integers(10, 200))
def test_a_title_is_one_line_no_longer_than_asked(text: str, longest: int) -> None:
    told = cut_title(object_of(text), longest)
    assert len(told) <= longest
    assert "\n" not in told
