"""Needs as readers of the program typed them: sure and right, or asked about with a right answer among the options."""

import tomllib
from pathlib import Path
from typing import TypedDict

import pytest

from matcher.domain.reading import Lot, RawPlace
from matcher.reading.reader import read
from matcher.reading.trade.corpus import shipped_corpus, shipped_words
from matcher.reference.trades.activities import taxonomy


class Need(TypedDict, total=False):
    """A text, the place typed beside it, and the trades asked for: each a list of the codes that are equally right; `missed` says
    what the reader still misses in it."""

    text: str
    place: str
    asked: list[list[str]]
    missed: str


FILE = Path(__file__).with_name("needs_tried.toml")
NEEDS: list[Need] = tomllib.loads(FILE.read_text(encoding="utf-8"))["need"]


def test_every_code_of_the_needs_is_an_activity() -> None:
    codes = {code for need in NEEDS for trade in need["asked"] for code in trade}
    assert codes <= {leaf.code for leaf in taxonomy().leaves}


def test_no_need_tried_is_a_sentence_of_the_corpus() -> None:
    learned = {sentence.objet.casefold() for sentence in (*shipped_corpus(), *shipped_words())}
    assert not learned & {" ".join(need["text"].casefold().split()) for need in NEEDS}


def is_right(need: Need) -> bool:
    """Whether a need is read as all that it asks for, or asked about with a right answer among the options."""
    place = need.get("place", "")
    reading = read(Lot(need["text"], lieux=(RawPlace(place),) if place else ()))
    right = {code for trade in need["asked"] for code in trade}
    if not reading.sure:
        return not right or bool(right & set(reading.options))
    return reading.asked[0] in right and all(set(trade) & set(reading.asked) for trade in need["asked"])


@pytest.mark.parametrize("need", [pytest.param(need, id=need["text"][:60]) for need in NEEDS])
def test_a_need_tried_is_read_right_or_asked_about_unless_it_is_known_to_be_missed(need: Need) -> None:
    assert is_right(need) == ("missed" not in need)


def test_few_needs_tried_are_missed() -> None:
    assert sum("missed" in need for need in NEEDS) <= 2
