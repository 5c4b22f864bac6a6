"""Words that are almost those of the trade: « netoyage », « blanchissrie ». Tried only where a text is not understood."""

from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from matcher.cleaning.words import as_written, stem, words
from matcher.domain.grouping import grouped
from matcher.reading.trade.learned import learned_weights
from matcher.reference.geography.communes import commune_names
from matcher.reference.geography.territories import departement_names
from matcher.reference.tables import rows
from matcher.reference.trades.cpv import cpv_labels
from matcher.reference.trades.lexicon import lexicon

# Shorter words resemble too many others. One slip of the pen is a typo; two make another word (« débordement », « déboisement »).
SHORTEST, SLIPS = 6, 1
# Of a text in another language every word is unknown: past these many, it is no matter of typos.
MOST_UNKNOWN = 40


def corrected(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return the folded text with unknown words replaced by the trade's, and the pairs (as written, as read) that changed."""
    read = words(text)
    unknown = list(dict.fromkeys(word for word in read if _unknown(word)))[:MOST_UNKNOWN]
    changes = {word: near for word in unknown if (near := _near(word))}
    typed = as_written(text) if changes else {}
    return " ".join(changes.get(word, word) for word in read), tuple(
        (typed.get(word, word), near) for word, near in changes.items()
    )


def _unknown(word: str) -> bool:
    if len(word) < SHORTEST or not word.isalpha() or stem(word) in _known_stems():
        return False
    return word.upper() not in commune_names() and word.upper() not in departement_names()


def _near(word: str) -> str:
    """The trade's word that a slip turns into this one, or an empty text. Nobody misses the first letter."""
    near = _by_first_letter().get(word[0], ())
    found = process.extract(word, near, scorer=OSA.distance, score_cutoff=SLIPS, limit=1)
    return found[0][0] if found else ""


@lru_cache(maxsize=1)
def _known() -> tuple[str, ...]:
    """The words of the lexicon long enough to be recognised, in the order of the table; their usual plural too."""
    singular = dict.fromkeys(word for term in lexicon() for word in words(term.text) if len(word) >= SHORTEST - 1)
    return (*singular, *(f"{word}s" for word in singular if word[-1] not in "sxz"))


@lru_cache(maxsize=1)
def _known_stems() -> frozenset[str]:
    """Of the lexicon; of the CPV, of past contracts and of everyday French, where they are words that exist, whatever they tell."""
    labels = (word for label in cpv_labels().values() for word in words(label))
    everyday = (word for row in rows("mots_ordinaires") for word in words(row["mot"]))
    return frozenset((*map(stem, _known()), *map(stem, labels), *learned_weights(), *map(stem, everyday)))


@lru_cache(maxsize=1)
def _by_first_letter() -> dict[str, tuple[str, ...]]:
    letters = grouped((word[0], word) for word in _known())
    return {letter: tuple(its) for letter, its in letters.items()}
