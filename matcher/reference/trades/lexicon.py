"""The lexicons: weighted terms that point to activities, and the search of their occurrences in a stemmed text (of a lot, a name or an offer)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from matcher.cleaning.words import stems
from matcher.reference.tables import rows
from matcher.reference.trades.acts import Hit, LexiconTerm, apply_acts, in_state
from matcher.reference.trades.taxonomy import taxonomy

# Words allowed between two words of a term (« entretien de divers espaces verts »); numbers are not counted (« scan de 40 000 dossiers »).
GAP = 1
# Weight of the words of an activity's label, while it has no terms of its own; not decisive.
LABEL_WEIGHT = 4
# The three lexicons: words of lots, of suppliers' names (« passerelle » in a name is no bridge), and of suppliers' presentations.
LOTS, NAMES, OFFERS = "termes", "noms", "offres"


@lru_cache(maxsize=3)
def lexicon(table: str) -> tuple[LexiconTerm, ...]:
    """Return every term of a lexicon (`LOTS`, `NAMES` or `OFFERS`), in the order of its table.

    In `LOTS`, an activity without a term gets the parts of its label.
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
    """Return the terms by first word, then second word ("" for a term of one word)."""
    index: dict[str, dict[str, list[LexiconTerm]]] = {}
    for term in lexicon(table):
        first, second = (*term.words, "")[:2]
        index.setdefault(first, {}).setdefault(second, []).append(term)
    return {first: {second: tuple(terms) for second, terms in its.items()} for first, its in index.items()}


def hits(text_stems: Sequence[str], table: str = LOTS) -> tuple[Hit, ...]:
    """Return the terms found in a text, in its order, without those inside a longer term found.

    « nettoyage de véhicules » is the cleaning of vehicles, neither cleaning nor vehicles; acts (`actes.csv`) and states (`etats.csv`) also change
    the trade of things around them.
    """
    term_hits = list(_all_hits(text_stems, _by_first_words(table)))
    if table == LOTS:
        term_hits = apply_acts(in_state(term_hits, text_stems), text_stems, _usual)
    wider: dict[int, list[frozenset[int]]] = {}
    for hit in term_hits:
        if len(hit.places) > 1:
            whole = frozenset(hit.places)
            for place in hit.places:
                wider.setdefault(place, []).append(whole)
    return tuple(
        hit
        for hit in term_hits
        if hit.term.target and not any(set(hit.places) < longer for longer in wider.get(hit.places[0], ()))
    )


def _usual(stem: str) -> frozenset[str]:
    """Return the activities of the one-word term of a stem."""
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
    """Return the positions of a term's words from `start` on, in order and nearly adjacent; empty if not found."""
    places = [start]
    for word in words[1:]:
        after = places[-1] + 1
        place = next((at for at in _near(text_stems, after) if text_stems[at] == word), None)
        if place is None:
            return ()
        places.append(place)
    return tuple(places)


def _near(text_stems: Sequence[str], first: int) -> range:
    """Return the positions allowed for the next word of a term: from `first`, after at most `GAP` words, or after numbers."""
    numbers = 0
    while first + numbers < len(text_stems) and text_stems[first + numbers].isdigit():
        numbers += 1
    return range(first, min(first + max(GAP, numbers) + 1, len(text_stems)))
