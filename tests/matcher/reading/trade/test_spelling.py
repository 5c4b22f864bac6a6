"""A slip in a long word is respelt where a known word is one letter away; short words, known words and long texts are left as they are."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.reading.trade.activities import read_activities
from matcher.reading.trade.model import Floats
from matcher.reading.trade.spelling import MOST_WORDS, respell

RARITIES = {
    "plomberie": 5.0,
    "nettoyage": 2.0,
    "nettoyages": 6.0,
    "bureaux": 3.0,
    "chantier": 2.5,
    "pendent": 4.0,
    "chanter": 7.0,
    "nettoyagex": 1.0,
}


class Words:
    """What a model has of words, « nettoyagex » only by a key that another feature has."""

    def word_rarities(self, words: Sequence[str]) -> Floats:
        return np.array([RARITIES.get(word, np.inf) for word in words], np.float32)

    def has_stem(self, word: str) -> bool:
        return word != "nettoyagex"


WORDS = Words()


@pytest.mark.parametrize(
    ("typed", "respelt", "part"),
    [
        ("plombrie", "plomberie", 1.0),
        ("Plommberie", "plomberie", 1.0),
        ("plobmerie", "plomberie", 1.0),
        ("plomberir", "plomberie", 1.0),
        ("Nettoyge, des bureaux !", "nettoyage, des bureaux !", 1 / 3),
        ("chantter", "chantier", 1.0),  # the less rare of two neighbours
    ],
)
def test_one_slip_is_mended(typed: str, respelt: str, part: float) -> None:
    assert respell(typed, WORDS) == (respelt, pytest.approx(part))


@pytest.mark.parametrize(
    "text",
    [
        "rue de Plombrie",
        "LA PLOMBRIE",
        "plomberie",
        "Nettoyage des Bureaux",
        "bureu",
        "xlomberie",
        "plmbrie",
        "brancardage",
        "plomb3rie",
        "",
    ],
)
def test_what_is_known_short_or_far_is_left_as_typed(text: str) -> None:
    assert respell(text, WORDS) == (text, 0.0)


def test_of_an_endless_word_no_spelling_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matcher.reading.trade.spelling._neighbour", lambda word, _: pytest.fail(word[:9]))
    assert respell("a" * 200_000, WORDS) == ("a" * 200_000, 0.0)


def test_a_long_text_is_left_as_typed() -> None:
    text = "plombrie " * (MOST_WORDS + 1)
    assert respell(text, WORDS) == (text, 0.0)


@given(st.text(max_size=60))
def test_what_is_respelt_is_respelt_once_for_all(text: str) -> None:
    respelt, part = respell(text, WORDS)
    assert 0.0 <= part <= 1.0
    assert respell(respelt, WORDS) == (respelt, 0.0)


def test_a_word_alone_that_is_respelt_is_asked_about() -> None:
    alone = read_activities("plombrie")
    assert (alone.sure, alone.options[0]) == (False, "batiment.plomberie")
    among = read_activities("nettoyge des bureaux de la mairie")
    assert (among.sure, among.activities[0].code) == (True, "proprete.locaux")
