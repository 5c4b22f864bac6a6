"""Words that are almost those of the trade: « netoyage », « blanchissrie ». Tried only where a text is not understood."""

from functools import lru_cache

from rapidfuzz import fuzz, process

from matcher.cleaning.words import words
from matcher.reference.tables import rows

# Shorter words resemble too many others; a score under this is another word.
SHORTEST, ALIKE = 6, 86.0


def corrected(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return the folded text with unknown words replaced by the trade's, and the pairs (as written, as read) that changed."""
    known = _known()
    changes: dict[str, str] = {}
    read = []
    for word in words(text):
        near = word
        if len(word) >= SHORTEST and word.isalpha() and word not in known:
            alike = process.extract(word, known.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE, limit=1)
            near = alike[0][0] if alike else word
        if near != word:
            changes[word] = near
        read.append(near)
    return " ".join(read), tuple(changes.items())


@lru_cache(maxsize=1)
def _known() -> dict[str, None]:
    """The words of the lexicon long enough to be recognised, in the order of the table; their plurals are known too."""
    singular = {word: None for row in rows("termes") for word in words(row["terme"]) if len(word) >= SHORTEST - 1}
    return singular | {f"{word}{ending}": None for word in singular for ending in "sx"}
