"""Lines of a page become paragraphs again: what a margin cut is joined, what an author ended is not."""

from hypothesis import given
from hypothesis import strategies as st

from importers.documents.page import joint, reflow_pages, width

LONG = "Le marché a pour objet l’entretien des espaces verts de la commune, taille et tonte comprises, sur"


def text_of(*pages: list[str]) -> str:
    return "".join(text + (joint(text) if runs_on else "\n") for text, runs_on in reflow_pages(pages))


def test_a_line_that_the_margin_cut_goes_on() -> None:
    assert text_of([LONG, "une durée de 24 mois.", "Lot 1 : tonte"]) == f"{LONG} une durée de 24 mois.\nLot 1 : tonte\n"


def test_a_sentence_goes_on_at_the_next_page() -> None:
    assert text_of([LONG], ["une durée de 24 mois."]) == f"{LONG} une durée de 24 mois.\n"
    cut = "Les prestations s’exécutent sur le territoire de la communauté de communes, et à Villeneuve-sous-"
    assert text_of([cut], ["Dammartin et alentour."]) == f"{cut}Dammartin et alentour.\n"


def test_a_heading_a_bullet_and_a_new_sentence_begin_a_line() -> None:
    for following in ("II.2.5) Critères d’attribution", "3.2. Durée", "- une nacelle", "• la tonte"):
        assert text_of([LONG, following]) == f"{LONG}\n{following}\n"
    ended = LONG.replace(", sur", " ici.")
    assert text_of([ended, "Le titulaire fournit tout."]) == f"{ended}\nLe titulaire fournit tout.\n"


def test_a_page_of_short_lines_was_cut_by_no_margin() -> None:
    assert text_of(["Règlement de la", "consultation"]) == "Règlement de la\nconsultation\n"


@given(st.lists(st.lists(st.text(max_size=120), max_size=8), max_size=5))
def test_no_word_is_lost_nor_moved(pages: list[list[str]]) -> None:
    told = list(reflow_pages(pages))
    assert len(told) == len(pages)
    signs = "".join("".join(line.split()) for page in pages for line in page)
    assert "".join("".join(text.split()) for text, _ in told) == signs
    assert all(width(line) >= 0 for page in pages for line in page)
