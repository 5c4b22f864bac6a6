"""Passages are attached to the lot that they speak of: rows of a table, articles, sentences; never to another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.documents.page import PageText, row_line
from matcher.tender.passages import passages


def told(*lines: str, numbers: str = "123", listed: bool = False) -> dict[str, list[str]]:
    found = passages([PageText("page 1", "\n".join(lines))], numbers, listed=listed)
    return {number: [one.text for one in its] for number, its in found.items()}


@pytest.mark.parametrize(
    ("head", "row", "text"),
    [
        (("Lot", "Intitulé", "Montant annuel HT"), ("1", "Élagage", "48 500"), "Montant estimé : 48 500 € HT par an"),
        (("N° de lot", "Objet", "Estimation (k€ HT)"), ("Lot 1", "Élagage", "48,5"), "Montant estimé : 48,5 k€ HT"),
        (("Lots", "Montant maximum total (€ TTC)"), ("1", "90 000 €"), "Montant maximum : 90 000 € TTC sur toute la durée"),
        (("Lot n°", "Objet", "Lieu", "Montant"), ("1", "Élagage", "26 000 €"), "Montant estimé : 26 000 €"),
        (("Lot", "Objet", "Heures d’insertion par an"), ("1", "Élagage", "140"), "Heures d’insertion : 140 heures par an"),
        (("Lot", "Prix unitaire", "Lieu d’exécution"), ("1", "12", "Denain"), "Lieu d’exécution : Denain"),
    ],
)  # fmt: skip
def test_a_row_of_a_table_of_lots_is_read_under_its_heads(
    head: tuple[str, ...], row: tuple[str, ...], text: str
) -> None:
    found = told(row_line(head), row_line(row), "La suite.")
    assert list(found) == ["1"]
    assert text in found["1"][0].split(".\n")


def test_the_text_of_a_pdf_parts_no_cells() -> None:
    found = told("Lot Intitulé Montant annuel HT", "1 Élagage 48 500 €", "2 Tonte 26 000 €", "Total 74 500 €")
    assert {number: one[0].split(".\n") for number, one in found.items()} == {
        "1": ["Élagage", "Montant estimé : 48 500 € HT par an"],
        "2": ["Tonte", "Montant estimé : 26 000 € HT par an"],
    }


def test_an_article_runs_to_the_next_and_its_own_parts_and_lists_stay_in_it() -> None:
    found = told(
        "Article 2 - Généralités",
        "Tout est propre.",
        "Article 3 - Lot 1 : élagage",
        "3.1 Consistance",
        "1. Les tilleuls",
        "12 passages",
        "Article 4 - Lot 2 : tonte",
        "Au stade.",
        "5. Pénalités",
        "Cent euros.",
    )
    assert found == {
        "1": ["Article 3 - Lot 1 : élagage", "3.1 Consistance", "1. Les tilleuls", "12 passages"],
        "2": ["Article 4 - Lot 2 : tonte", "Au stade."],
    }


def test_a_line_that_lists_a_lot_heads_no_article() -> None:
    lines = ("Lot 1 : élagage", "Lot 2 : tonte", "Mairie de Denain")
    assert told(*lines, listed=True) == {"1": ["Lot 1 : élagage"], "2": ["Lot 2 : tonte"]}
    assert told(*lines)["2"] == ["Lot 2 : tonte", "Mairie de Denain"]


def test_a_sentence_is_of_each_lot_that_it_names() -> None:
    found = passages([PageText("", "Les lots 1 et 3 sont réservés. Le lot 2 compte 140 heures.")], "123", listed=False)
    assert {number: [(one.text, one.alone) for one in its] for number, its in found.items()} == {
        "1": [("Les lots 1 et 3 sont réservés", False)],
        "3": [("Les lots 1 et 3 sont réservés", False)],
        "2": [("Le lot 2 compte 140 heures.", True)],
    }


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=40), max_size=8), st.booleans())
def test_any_lines_give_passages_of_these_lots_alone_in_the_words_of_the_piece(lines: list[str], listed: bool) -> None:
    text = "\n".join(lines)
    for number, found in passages([PageText("p", text)], ("1", "A"), listed=listed).items():
        assert number in ("1", "A")
        assert all(" ".join(one.line.split()) in " ".join(text.split()) for one in found)
