"""Words: two spellings of one need have the same stems, two different needs do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.cleaning.words import as_written, fold, placed_stems, stem, stems, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Entretien d’espaces verts", "ENTRETIEN DES ESPACES VERTS"),
        ("Maîtrise d'œuvre", "maitrise d oeuvre"),
        ("Travaux de peinture", "TRAVAUX DE PEINTURES"),
        ("Nettoyage&nbsp;des <b>locaux</b>", "nettoyage de local"),
        ("Sous-traitance", "sous traitance"),
    ],
)
def test_spellings_of_one_need(one: str, other: str) -> None:
    assert stems(one) == stems(other) != ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("communication", "commune"),
        ("livre", "livrer"),
        ("cours", "cour"),
        ("lot", "lotissement"),
        ("opéra", "opération"),
        ("collecte", "collection"),
        ("conserve", "conservation"),
        ("terrasse", "terre"),
        ("poster", "poste"),
        ("soluté", "solution"),
        ("mare", "marée"),
        ("pli", "PLIE"),
        ("classe", "classement"),
        ("imprimé", "imprimante"),
        ("ACI", "acier"),
        ("collective", "collection"),
        ("environs", "environnement"),
        ("data", "date"),
        ("décharge", "déchargement"),
    ],
)
def test_words_of_different_trades_do_not_meet(one: str, other: str) -> None:
    assert stem(fold(one)) != stem(fold(other))


@pytest.mark.parametrize(
    "word", ["container", "bûcheron", "conseiller", "saucisson", "granit", "petit", "vélo", "foyer", "acier"]
)
def test_a_plural_has_the_stem_of_its_singular(word: str) -> None:
    assert stem(fold(word)) == stem(fold(f"{word}s"))


@pytest.mark.parametrize(
    ("feminine", "masculine"),
    [("reconditionnées", "reconditionnés"), ("amiantée", "amianté"), ("plastifiées", "plastifié")],
)
def test_a_participle_has_one_stem(feminine: str, masculine: str) -> None:
    assert stem(fold(feminine)) == stem(fold(masculine))


@pytest.mark.parametrize(("noun", "other"), [("journée", "jour"), ("tranchée", "tranche"), ("donnée", "don")])
def test_a_noun_in_ee_is_no_participle(noun: str, other: str) -> None:
    assert stem(fold(noun)) != stem(fold(other))


@pytest.mark.parametrize(
    ("infinitive", "noun"),
    [("ramasser", "ramassage"), ("planter", "plantation"), ("câbler", "câblage"), ("confectionner", "confection")],
)
def test_what_one_wants_done_is_the_name_of_it(infinitive: str, noun: str) -> None:
    assert stem(fold(infinitive)) == stem(fold(noun))


def test_grammar_is_dropped_but_sous_stays() -> None:
    assert stems("la mise sous pli de l’année") == tuple(stem(word) for word in ("mise", "sous", "pli", "annee"))


@given(st.text(max_size=120))
def test_words_are_lower_case_ascii(text: str) -> None:
    for word in words(text):
        assert word.isascii()
        assert word == word.lower()
    assert fold(text).isascii()


def test_the_words_of_stems_are_found_where_they_are_written() -> None:
    text = "Entretien d’e\u0301tangs, mise\nsous pli"
    placed = placed_stems(text)
    assert tuple(word for word, _, _ in placed) == stems(text)
    assert [text[start:end] for _, start, end in placed] == ["Entretien", "e\u0301tangs", "mise", "sous", "pli"]


@given(st.text())
def test_placed_stems_lie_in_the_text_in_its_order(text: str) -> None:
    spans = [(start, end) for _, start, end in placed_stems(text)]
    assert spans == sorted(spans)
    assert all(0 <= start < end <= len(text) for start, end in spans)


def test_what_a_person_wants_done_is_called_by_its_name() -> None:
    assert stems("laver et repeindre") == stems("lavage, peinture")
    assert stems("herbes lavées") != stems("herbes lavage")


def test_equity_is_no_riding() -> None:
    assert stem("equitation") != stem("equitable")


def test_folded_words_are_found_as_they_were_first_written() -> None:
    assert as_written("Nétoyage <b>des</b> LOCAUX, netoyage") == {
        "netoyage": "Nétoyage",
        "des": "des",
        "locaux": "LOCAUX",
    }
