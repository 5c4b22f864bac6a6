"""Clauses: where a text is cut, and the features and cues of each piece."""

from hypothesis import given
from hypothesis import strategies as st

from matcher.reading.trade.clauses import NUMBER, clauses_of, cues_of, pieces_of, stem_features


def test_a_text_is_cut_at_signs_and_at_words_that_open_a_clause() -> None:
    clauses = clauses_of("Le ménage est déjà fait, il ne manque que les vitres")
    assert [(clause.opener, " ".join(clause.words)) for clause in clauses] == [
        ("^", "le menage est"),
        ("deja", "fait"),
        (",", "il ne manque"),
        ("que", "les vitres"),
    ]


def test_the_dash_of_a_title_cuts_it_and_a_hyphen_does_not() -> None:
    clauses = clauses_of("Réfection du gymnase – lot 4 – porte-fenêtre")
    assert [(clause.opener, " ".join(clause.words)) for clause in clauses] == [
        ("^", "refection du gymnase"),
        ("-", f"lot {NUMBER}"),
        ("-", "porte fenetre"),
    ]


def test_every_number_is_one_word() -> None:
    (clause,) = clauses_of("2 000 repas")
    assert clause.words == (NUMBER, NUMBER, "repas")
    assert pieces_of(NUMBER) == ()


def test_pieces_of_words_bring_forms_of_one_word_together() -> None:
    assert set(pieces_of("laver")) & set(pieces_of("lavage")) >= {"c la", "c lav", "c lava"[:5]}


def test_features_hold_words_pairs_and_terms_of_the_lexicon() -> None:
    (clause,) = clauses_of("tonte des pelouses")
    words, _, terms, _ = clause.features
    assert {"w tonte", "w tonte des", "w pelouses"} <= set(words)
    assert terms["h espaces-verts"] > 0


def test_stems_side_by_side_are_those_of_another_wording_of_the_need() -> None:
    (noun,), (verb,) = clauses_of("nettoyage de 3 locaux"), clauses_of("nettoyer les locaux")
    assert set(noun.features[3]) == set(verb.features[3]) == {"s nettoyag", "s local", "s nettoyag local"}
    assert [words for _, words in stem_features(noun.words)] == [("nettoyage",), ("locaux",), ("nettoyage", "locaux")]


def test_a_cue_names_what_opens_the_clauses_beside() -> None:
    first, second = cues_of(clauses_of("nettoyage sans les vitres"))
    assert {"op=^", "pop=^^", "nop=sans", "f=nettoyage", "w=nettoyage"} == first
    assert {"op=sans", "pop=^", "nop=$", "f=les", "w=les", "w=vitres", "p=nettoyage"} == second


@given(st.text())
def test_any_text_is_cut_and_loses_no_word(text: str) -> None:
    clauses = clauses_of(text)
    assert all(clause.words for clause in clauses)
    assert len(list(cues_of(clauses))) == len(clauses)
