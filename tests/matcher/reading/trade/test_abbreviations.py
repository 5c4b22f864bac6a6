"""Abbreviations of buyers are written in full before the trade is read; a word that only looks like one is left."""

import pytest

from matcher.domain.reading import Lot
from matcher.reading.reader import read
from matcher.reading.trade.abbreviations import in_full
from matcher.reference.tables import rows


@pytest.mark.parametrize(
    ("objet", "code"),
    [
        ("NETT. DES LOCAUX", "proprete.locaux"),
        ("Entretien EV", "espaces-verts.creation-entretien"),
        ("ENT. ESP VERTS 13EME", "espaces-verts.creation-entretien"),
        ("TX DE PEINTURE", "batiment.peinture"),
        ("Fourniture de PDT ENT.", "proprete.produits-entretien"),
        ("Travaux elec.", "batiment.electricite"),
    ],
)
def test_what_buyers_cut_short_is_understood(objet: str, code: str) -> None:
    reading = read(Lot(objet))
    assert reading.activities[0].code == code
    assert reading.sure
    assert reading.lot.objet == objet


@pytest.mark.parametrize(
    "text", ["Déploiement d’un ENT", "battre le fer, bat le fer", "maintes fois, maint agent", "un taux tx", "plomb"]
)
def test_a_word_that_only_looks_like_one_is_left(text: str) -> None:
    assert in_full(text) == text


def test_each_line_is_written_in_full_once_and_gives_its_reason() -> None:
    for row in rows("abreviations"):
        assert in_full(f"{row['abreviation']}.") == row["en_entier"]
        assert in_full(row["en_entier"]) == row["en_entier"]
        assert row["raison"]
