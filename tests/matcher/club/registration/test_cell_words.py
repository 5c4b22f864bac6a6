"""Words of cells: names listed, and what is known of who comes."""

import pytest

from matcher.club.meeting_day.meeting_day import ParticipantRole
from matcher.club.registration.cell_words import cell_names, word_of
from matcher.reference.tables import rows


def test_every_word_is_plain_and_of_a_known_meaning() -> None:
    words = rows("mots_club")
    assert {row["sens"] for row in words} == {
        *ParticipantRole,
        "selon le tableur",
        "vient",
        "à confirmer",
        "ne vient pas",
        "sans marche",
        "interprète",
        "boucle magnétique",
        "dit ailleurs",
    }
    assert all(word_of(row["mot"].upper()) == row["sens"] for row in words)


def test_names_in_a_cell() -> None:
    assert list(cell_names("Table ; ESAT du Canal\nLinge, ")) == ["Table", "ESAT du Canal", "Linge"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Acheteur public (commune)", "acheteur"),
        ("Donneurs d'ordre", "acheteur"),
        ("EA", "fournisseur"),
        ("Fournisseur IAE", "fournisseur"),
        ("Structures de l’ESS", "fournisseur"),
        ("Entreprises attributaires", "attributaire"),
        ("Association", "selon le tableur"),
        ("Désistement", "ne vient pas"),
        ("Non confirmé", "à confirmer"),
        ("Non merci", ""),
        ("Curieux", ""),
        ("", ""),
    ],
)
def test_what_a_cell_says_of_who_comes(text: str, says: str) -> None:
    assert word_of(text) == says
