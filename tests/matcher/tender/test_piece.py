"""A piece is known by the name of its file, else by its first words."""

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.documents.page import PageText
from matcher.tender.piece import UNKNOWN_KIND, Piece, PieceState, kind_of, sort_pieces
from tests.matcher.tender.pieces import dce, piece

NAMES = {
    "avis": ("AAPC.pdf", "Avis de marché.docx", "20-99771_BOAMP.pdf"),
    "RC": ("RC.pdf", "2026-12_rc_v2.docx", "Règlement de consultation.odt", "REGLEMENT_DE_LA_CONSULTATION.PDF"),
    "CCTP": ("CCTP lot 1.pdf", "cahier des clauses techniques particulières.pdf"),
    "CCAP": ("ccap_2026.pdf", "CCP.docx"),
    "AE": ("AE.docx", "Acte d’engagement lot 2.docx", "ATTRI1.pdf"),
    "DPGF": ("DPGF.xlsx", "BPU-DQE.ods", "bordereau des prix.xlsx"),
}


@pytest.mark.parametrize(("letters", "name"), [(letters, name) for letters, names in NAMES.items() for name in names])
def test_a_name_of_file_says_which_piece_it_is(letters: str, name: str) -> None:
    assert kind_of(name, "").letters == letters


def test_first_words_say_it_where_the_name_does_not() -> None:
    assert kind_of("doc1.pdf", "Ville\nRÈGLEMENT DE LA\nCONSULTATION\nLe CCTP est joint.").letters == "RC"
    assert kind_of("doc2.pdf", "Cahier des clauses techniques particulières (C.C.T.P.)").letters == "CCTP"
    assert kind_of("doc3.pdf", "Plan de situation") == UNKNOWN_KIND
    assert kind_of("src.pdf", "") == UNKNOWN_KIND


@given(
    st.sampled_from([name for names in NAMES.values() for name in names]), st.sampled_from("_- ."), st.text(max_size=40)
)
def test_case_accents_and_separators_do_not_count(name: str, sign: str, text: str) -> None:
    wanted = kind_of(name, "")
    stem, _, end = name.rpartition(".")
    bare = "".join(one for one in normalize("NFD", stem) if one.isascii() or one == "’")
    assert kind_of(f"{stem.upper()}.{end}", text) == wanted
    assert kind_of(f"{bare.replace(' ', sign)}.{end}", text) == wanted


@given(st.text(), st.text())
def test_any_name_and_any_text_have_one_kind(name: str, text: str) -> None:
    assert kind_of(name, text) == kind_of(name, text)


def test_the_surest_piece_comes_first() -> None:
    assert [one.kind.letters for one in sort_pieces([*dce(), piece("plan.pdf", "Plan")])] == ["RC", "CCAP", "DPGF", ""]


def test_a_sentence_that_a_page_ends_is_whole_in_the_text() -> None:
    pages = (PageText("page 1", "à Villeneuve-", runs_on=True), PageText("page 2", "d’Ascq"), PageText("page 3", "Fin"))
    assert Piece("a.pdf", UNKNOWN_KIND, PieceState.READ, (), pages).text == "à Villeneuve-d’Ascq\nFin"
