"""The lexicons: weighted terms that point to activities, and the search of their occurrences in a stemmed text (of a lot, a name or an offer)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from matcher.cleaning.words import first_stem, stems
from matcher.reference.tables import rows
from matcher.reference.trades.acts import Hit, LexiconTerm, apply_acts, in_state
from matcher.reference.trades.taxonomy import taxonomy

# Words allowed between two words of a term (« entretien de divers espaces verts »); numbers are not counted (« scan de 40 000 dossiers »).
GAP = 1
# Weight of the words of an activity's label, while it has no terms of its own; not decisive.
LABEL_WEIGHT = 4
# The three lexicons: words of lots, of suppliers' names (« passerelle » in a name is no bridge), and of suppliers' presentations.
LOTS, NAMES, OFFERS = "termes", "noms", "offres"
_Line = tuple[str, str, int]  # a term as its table writes it: text, target, weight


@lru_cache(maxsize=3)
def lexicon(table: str) -> tuple[LexiconTerm, ...]:
    """Return every term of a lexicon (`LOTS`, `NAMES` or `OFFERS`), in the order of its table. In `LOTS`, an activity without a term gets the parts
    of its label."""
    return tuple(_term(line) for line in _lines(table))


def _lines(table: str) -> Iterator[_Line]:
    lines = rows(table)
    yield from ((row["terme"], row["cible"], int(row["poids"] or 0)) for row in lines)
    if table == LOTS:
        targets = {row["cible"] for row in lines}
        for leaf in taxonomy().leaves:
            parts = re.split(r",|\bet\b", leaf.label) if leaf.code not in targets else []
            yield from ((part, leaf.code, LABEL_WEIGHT) for part in parts if stems(part))


def _term(line: _Line) -> LexiconTerm:
    text, target, weight = line
    return LexiconTerm(text, stems(text), target, weight)


@lru_cache(maxsize=3)
def _by_first_word(table: str) -> Mapping[str, Sequence[_Line]]:
    index: dict[str, list[_Line]] = {}
    for line in _lines(table):
        index.setdefault(first_stem(line[0]), []).append(line)
    return index


@lru_cache(maxsize=16_384)
def _begun(table: str, first: str) -> Mapping[str, tuple[LexiconTerm, ...]]:
    """Return the terms that begin with a word by their second word ("" for a term of one word); only these are stemmed whole."""
    begun: dict[str, list[LexiconTerm]] = {}
    for term in map(_term, _by_first_word(table).get(first, ())):
        begun.setdefault((*term.words, "")[1], []).append(term)
    return {second: tuple(terms) for second, terms in begun.items()}


def hits(text_stems: Sequence[str], table: str = LOTS) -> tuple[Hit, ...]:
    """Return the terms found in a text, in its order, without those inside a longer term found. « nettoyage de véhicules » is the cleaning of
    vehicles, neither cleaning nor vehicles; acts (`actes.csv`) and states (`etats.csv`) also change the trade of things around them."""
    term_hits = list(_all_hits(text_stems, table))
    if table == LOTS:
        term_hits = apply_acts(
            in_state(term_hits, text_stems),
            text_stems,
            # the activities of the one-word term of a stem
            lambda stem: frozenset(term.target for term in _begun(LOTS, stem).get("", ()) if term.target),
        )
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


def _all_hits(text_stems: Sequence[str], table: str) -> Iterator[Hit]:
    for start, word in enumerate(text_stems):
        begun = _begun(table, word)
        if not begun:
            continue
        for second in ("", *dict.fromkeys(text_stems[at] for at in _near(text_stems, start + 1))):
            for term in begun.get(second, ()):
                # The positions of the term's words, in order and nearly adjacent.
                places = [start]
                for stem in term.words[1:]:
                    place = next((at for at in _near(text_stems, places[-1] + 1) if text_stems[at] == stem), None)
                    if place is None:
                        break
                    places.append(place)
                else:
                    yield Hit(term, tuple(places))


def _near(text_stems: Sequence[str], first: int) -> range:
    """Return the positions allowed for the next word of a term: from `first`, after at most `GAP` words, or after numbers."""
    numbers = 0
    while first + numbers < len(text_stems) and text_stems[first + numbers].isdigit():
        numbers += 1
    return range(first, min(first + max(GAP, numbers) + 1, len(text_stems)))
