"""Needs written together in one cell: parted between two trades, never in the middle of one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.cleaning.names import tidy
from matcher.reading.several_needs import split_needs

TRADES = (
    "tonte des pelouses",
    "nettoyage des bureaux",
    "plateaux repas",
    "déménagement de services",
    "peinture des classes",
    "retouches de vêtements",
)


@pytest.mark.parametrize(
    ("cell", "needs"),
    [
        ("plateaux repas + tonte des pelouses", ("plateaux repas", "tonte des pelouses")),
        ("Espaces verts - nettoyage - peinture", ("Espaces verts", "nettoyage", "peinture")),
        ("ménage des gîtes et location de draps", ("ménage des gîtes", "location de draps")),
        ("Imprimerie (flyers, affiches) et traiteur", ("Imprimerie (flyers, affiches)", "traiteur")),
        ("1) tonte 2) ménage", ("tonte", "ménage")),
        ("tonte des pelouses\n- plateaux repas", ("tonte des pelouses", "plateaux repas")),
        ("garde-corps et portails, plateaux repas", ("garde-corps et portails", "plateaux repas")),
        (
            "remise en état des classes (peinture, sols souples, plomberie), entretien des halls et sortie de poubelles",
            (
                "remise en état des classes (peinture, sols souples, plomberie)",
                "entretien des halls et sortie de poubelles",
            ),
        ),
        ("tonte 20 000 € + ménage 15 k€", ("tonte 20 000 €", "ménage 15 k€")),
        *(
            (one, (one,))
            for one in (
                "Collecte et tri des cartons",
                "fourniture et pose de clôtures",
                "Entretien de 12,5 ha d’espaces verts",
                "Nettoyage de bureaux / 3 fois par semaine",
                "Achat de mobilier et de fournitures de bureau",
                "lavage/repassage",
                "Entretien des berges de la Sambre, 43 km, lot réservé",
                "gestion des déchets / tri 5 flux",
            )
        ),
        ("", ()),
    ],
)
def test_needs_are_parted_between_two_trades(cell: str, needs: tuple[str, ...]) -> None:
    assert split_needs(cell).texts == needs


def test_what_the_reader_parts_is_said_and_what_it_is_not_sure_of_is_doubtful() -> None:
    listed, read = (
        split_needs("tonte des pelouses ; plateaux repas"),
        split_needs("tonte des pelouses + plateaux repas"),
    )
    assert (listed.split_at_ambiguous_sign, listed.doubtful, read.split_at_ambiguous_sign, read.doubtful) == (
        False,
        False,
        True,
        False,
    )
    assert split_needs("collecte / tri papier").doubtful
    assert split_needs("table et ménage").texts == ("table et ménage",), "a word alone asks for no trade surely"


def test_a_sentence_of_one_contract_is_one_need() -> None:
    cell = "ménage des gîtes et location de draps"
    assert split_needs(cell, at_conjunctions=False).texts == (cell,)
    assert len(split_needs(f"{cell} + plateaux repas", at_conjunctions=False).texts) == 2


@given(
    st.lists(st.sampled_from(TRADES), min_size=1, max_size=4, unique=True),
    st.sampled_from((" ; ", "\n", " + ", " / ", "\n- ", ", ")),
)
def test_whatever_sign_parts_them_the_needs_are_those_written(needs: list[str], sign: str) -> None:
    assert split_needs(sign.join(needs)).texts == tuple(needs)


@given(st.text(alphabet="abét +/,;-()\n&12", max_size=40))
def test_no_letter_of_a_cell_is_lost(cell: str) -> None:
    def letters(text: str) -> set[str]:
        return {sign for sign in text if sign.isalpha()}

    assert letters("".join(split_needs(cell).texts)) == letters(tidy(cell))
