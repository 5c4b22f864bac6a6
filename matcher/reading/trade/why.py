"""Explains the trade read in a need: the words that counted for it, those that count for another trade, and the nearest sentence of the corpus."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from matcher.cleaning.words import fold, stems
from matcher.domain.reading import Reading
from matcher.reading.trade.clauses import FOLDED_WORD, NUMBER
from matcher.reading.trade.corpus import sentences_of
from matcher.reading.trade.model import TradeModel, current_model
from matcher.reference.trades.links import twins_of

# Words shown of a trade, the first of them however little they add, and the share of the first word under which others add nothing to say.
MOST_WORDS, FEWEST_WORDS, LEAST_SHARE = 5, 2, 0.1
MOST_OTHER_WORDS = 3
_WRITTEN = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+")


@dataclass(frozen=True, slots=True)
class TradeReasons:
    """Reasons of the activity `code`: its words, as written and weightiest first, those that speak more for `other`, the next likeliest
    activity (empty where there is none), and the sentence of the corpus that is nearest to the text, empty where none is like it."""

    code: str
    words: tuple[str, ...]
    other: str
    other_words: tuple[str, ...]
    nearest: str


def reasons_of(reading: Reading, text: str) -> TradeReasons:
    """Return the reasons of the first activity of a reading, as the words of `text`, those that the model read, give it."""
    model = current_model()
    first, *others = [guess.code for guess in reading.activities]
    same = {first, *twins_of(first)}
    other = next((code for code in (*reading.options, *others) if code not in same), "")
    margins = _telling(model.word_margins(text, first))
    against = _telling(model.word_margins(text, other)) if other else {}
    written: dict[str, str] = {}  # how each word that the model reads is written
    for word in _WRITTEN.findall(f"{reading.lot.objet}\n{text}"):
        for part in FOLDED_WORD.findall(fold(word)):
            written.setdefault(part, word)
    words = _weightiest(margins, MOST_WORDS)
    least = LEAST_SHARE * margins[words[0]] if words else 0.0
    beyond = {word: margin for word, margin in against.items() if margin > max(least, margins[word])}
    return TradeReasons(
        first,
        tuple(written[word] for word in words),
        other,
        tuple(written[word] for word in _weightiest(beyond, MOST_OTHER_WORDS)),
        nearest_sentence(model, text, first),
    )


def nearest_sentence(model: TradeModel, text: str, code: str) -> str:
    """Return the sentence of an activity, in the corpus, whose features are nearest to those of a text (by cosine); empty where none has any of them."""
    features = model.vector(text)
    nearest, most = "", 0.0
    of_text, sentences = set(stems(text)), sentences_of(code)
    # A large activity has two thousand sentences: those that share a stem with the text, where any does.
    for sentence in [its for its in sentences if not of_text.isdisjoint(stems(its))] or sentences:
        other = model.vector(sentence)
        shared = sum(value * other[name] for name, value in features.items() if name in other)
        lengths = sum(value * value for value in features.values()) * sum(value * value for value in other.values())
        likeness = float(shared / lengths**0.5) if lengths else 0.0
        if likeness > most:
            nearest, most = sentence, likeness
    return nearest


def _telling(margins: Mapping[str, float]) -> dict[str, float]:
    """Return the margins of words that are neither numbers nor grammar."""
    return {word: margin for word, margin in margins.items() if word != NUMBER and stems(word)}


def _weightiest(margins: Mapping[str, float], most: int) -> list[str]:
    ranked = sorted((word for word in margins if margins[word] > 0), key=lambda word: (-margins[word], word))
    least = LEAST_SHARE * margins[ranked[0]] if ranked else 0.0
    return [word for place, word in enumerate(ranked[:most]) if place < FEWEST_WORDS or margins[word] >= least]
