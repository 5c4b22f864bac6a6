"""Respells a need before its trade is read: a word that the model has never seen becomes the commonest word one letter away that it has."""

from math import isfinite
from string import ascii_lowercase

import numpy as np

from matcher.cleaning.words import fold
from matcher.reading.trade.clauses import DASHES, FOLDED_WORD, OPENERS, POLITE
from matcher.reading.trade.model import TradeModel

# Letters of a word that may be respelt: a shorter one has several neighbours, and is often an acronym; a longer one is no word, and its spellings
# would be too many.
SHORTEST, LONGEST = 6, 25
# Words of a text that is respelt: a notice is proofread, and full of names.
MOST_WORDS = 60
# Words that are no features of a clause, so that the model has none of them.
_GRAMMAR = POLITE.union(OPENERS)


def respell(text: str, model: TradeModel) -> tuple[str, float]:
    """Return a text with its unknown words respelt, folded if there is one, and the part of its words that were.

    Of sentences held out in which a third of the long words had a slip, five of 100 more are read right; of those without, as many as before
    (docs/evaluation.md).
    """
    folded = fold(text.translate(DASHES))
    words = FOLDED_WORD.findall(folded)
    if len(words) > MOST_WORDS:
        return text, 0.0
    # After the first word, a capital makes a name: « rue Charles », « à Poissy », and titles that are all in capitals.
    names = {
        part for word in text.split()[1:] if any(map(str.isupper, word)) for part in FOLDED_WORD.findall(fold(word))
    }
    apart = names.union(_GRAMMAR)
    long = [word for word in words if SHORTEST <= len(word) <= LONGEST and word.isalpha() and word not in apart]
    unknown = {word for word, rarity in zip(long, model.word_rarities(long), strict=True) if not isfinite(rarity)}
    respelt = {word: _neighbour(word, model) for word in sorted(unknown)}
    changed = sum(respelt.get(word, word) != word for word in words)
    if not changed:
        return text, 0.0
    return FOLDED_WORD.sub(lambda match: respelt.get(match[0], match[0]), folded), changed / len(words)


def _neighbour(word: str, model: TradeModel) -> str:
    """Return the least rare known word at one slip of a word, after its first letter (one left out, one too many, another, two exchanged); itself if
    none is known."""
    cuts = [(word[:at], word[at:]) for at in range(1, len(word) + 1)]
    slips = {
        *(before + after[1:] for before, after in cuts if after),
        *(before + after[1] + after[0] + after[2:] for before, after in cuts if len(after) > 1),
        *(before + letter + after[1:] for before, after in cuts if after for letter in ascii_lowercase),
        *(before + letter + after for before, after in cuts for letter in ascii_lowercase),
    }
    neighbours = sorted(slips)
    rarities = model.word_rarities(neighbours)
    known = [place for place in np.argsort(rarities, kind="stable").tolist() if isfinite(rarities[place])]
    # Among hundreds of spellings one may have the key of another feature: a word has a stem too.
    return next((neighbours[place] for place in known if model.has_stem(neighbours[place])), word)
