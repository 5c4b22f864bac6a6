"""A name is tidied as it is shown, and compared without its accents."""

import pytest

from matcher.cleaning.names import name_key, name_words, tidy, tidy_text, word_runs
from tests.personal_values import NAMES


def test_names() -> None:
    assert tidy('  "ATELIER DU MARAIS"\t') == "ATELIER DU MARAIS"
    assert tidy('"ESAT ""HORS  LES MURS"""') == 'ESAT "HORS LES MURS"'
    assert tidy('ESAT "HORS LES MURS"') == 'ESAT "HORS LES MURS"'
    assert tidy("Les\u00a0Ateliers \n du  Val") == "Les Ateliers du Val"
    assert tidy_text("un\r\n\r\n  deux ") == "un\ndeux"
    assert name_key("L’Œuvre d’Étaples (ESAT)") == "l oeuvre d etaples esat"


@pytest.mark.parametrize("written", NAMES)
def test_a_name_is_found_in_a_text_in_any_spelling(written: str) -> None:
    text = f"Voir Mme {written} ou non"
    found = [
        text[one.start : one.end] for one in word_runs(name_words(text), [3]) if one.value == "jeanne lefevre martin"
    ]
    assert found == [written]
