"""The lexicons of inclusive purchasing: which words point to which activity, and how surely."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from matcher.cleaning.words import stems
from matcher.reference.tables import rows
from matcher.reference.trades.acts import Hit, LexiconTerm, apply_acts, in_state
from matcher.reference.trades.taxonomy import taxonomy

# « entretien de divers espaces verts » still says « entretien espaces verts »: one word may stand between two of a term, or
# numbers (« scan de 40 000 dossiers »).
GAP = 1
# What the words of an activity's own label are worth, until it has terms of its own: enough to be read, not to settle.
LABEL_WEIGHT = 4
# The words of lots, those of suppliers' names (« passerelle » in a name is no bridge to build), and those in which suppliers tell their trades.
LOTS, NAMES, OFFERS = "termes", "noms", "offres"


@lru_cache(maxsize=3)
def lexicon(table: str) -> tuple[LexiconTerm, ...]:
    """Return every term of a lexicon, in the order of its table: of `LOTS`, of the `NAMES` of suppliers, or of their `OFFERS`.

    An activity without a term of lots yet has the parts of its label.
    """
    terms = [
        LexiconTerm(row["terme"], stems(row["terme"]), row["cible"], int(row["poids"] or 0)) for row in rows(table)
    ]
    if table == LOTS:
        targets = {term.target for term in terms}
        for leaf in taxonomy().leaves:
            parts = re.split(r",|\bet\b", leaf.label) if leaf.code not in targets else []
            terms += (LexiconTerm(part, words, leaf.code, LABEL_WEIGHT) for part in parts if (words := stems(part)))
    return tuple(terms)


@lru_cache(maxsize=3)
def _by_first_words(table: str) -> Mapping[str, Mapping[str, tuple[LexiconTerm, ...]]]:
    """Terms by their first word, then by their second; a term of one word is under "" there."""
    index: dict[str, dict[str, list[LexiconTerm]]] = {}
    for term in lexicon(table):
        first, second = (*term.words, "")[:2]
        index.setdefault(first, {}).setdefault(second, []).append(term)
    return {first: {second: tuple(terms) for second, terms in its.items()} for first, its in index.items()}


def hits(text_stems: Sequence[str], table: str = LOTS) -> tuple[Hit, ...]:
    """Return the terms that a text holds, in its order. A term inside a longer one that was found too is left out.

    « nettoyage de véhicules » is the cleaning of vehicles, neither cleaning nor vehicles, and so does an act of `actes.csv`
    change the things that follow it, or a state of `etats.csv` those before it.
    """
    hits = list(_all_hits(text_stems, _by_first_words(table)))
    if table == LOTS:
        hits = apply_acts(in_state(hits, text_stems), text_stems, _usual)
    wider: dict[int, list[frozenset[int]]] = {}
    for hit in hits:
        if len(hit.places) > 1:
            whole = frozenset(hit.places)
            for place in hit.places:
                wider.setdefault(place, []).append(whole)
    return tuple(
        hit
        for hit in hits
        if hit.term.target and not any(set(hit.places) < longer for longer in wider.get(hit.places[0], ()))
    )


def _usual(stem: str) -> frozenset[str]:
    """Return the activities of a word alone."""
    return frozenset(term.target for term in _by_first_words(LOTS).get(stem, {}).get("", ()) if term.target)


def _all_hits(text_stems: Sequence[str], index: Mapping[str, Mapping[str, tuple[LexiconTerm, ...]]]) -> Iterator[Hit]:
    for start, word in enumerate(text_stems):
        begun = index.get(word)
        if not begun:
            continue
        for second in ("", *dict.fromkeys(text_stems[at] for at in _near(text_stems, start + 1))):
            for term in begun.get(second, ()):
                places = _follow(text_stems, start, term.words)
                if places:
                    yield Hit(term, places)


def _follow(text_stems: Sequence[str], start: int, words: tuple[str, ...]) -> tuple[int, ...]:
    """Return where the words of a term stand from `start` on, in order and nearly side by side; empty where they do not."""
    places = [start]
    for word in words[1:]:
        after = places[-1] + 1
        place = next((at for at in _near(text_stems, after) if text_stems[at] == word), None)
        if place is None:
            return ()
        places.append(place)
    return tuple(places)


def _near(text_stems: Sequence[str], first: int) -> range:
    """Return where the next word of a term may stand, from `first` on: after one word, or numbers alone."""
    numbers = 0
    while first + numbers < len(text_stems) and text_stems[first + numbers].isdigit():
        numbers += 1
    return range(first, min(first + max(GAP, numbers) + 1, len(text_stems)))
