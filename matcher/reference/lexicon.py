"""The lexicon of inclusive purchasing: which words tell which activity, and how surely."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from matcher.cleaning.words import stems
from matcher.paths import shipped

# « entretien de divers espaces verts » still says « entretien espaces verts »: one word may stand between two of a term.
GAP = 1


@dataclass(frozen=True, slots=True)
class Term:
    """One line of termes.csv: stems in order, the leaf or group they tell, and a weight from 1 (hint) to 5 (settles it).

    A negative weight tells against the target.
    """

    words: tuple[str, ...]
    target: str
    weight: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A term found: `places` are the positions of its words among the stems of the text."""

    term: Term
    places: tuple[int, ...]


@lru_cache(maxsize=1)
def lexicon() -> tuple[Term, ...]:
    """Return every term, in the order of the table."""
    with shipped("data/reference/termes.csv").open(encoding="utf-8", newline="") as file:
        table = csv.reader(file, delimiter=";")
        next(table)
        return tuple(Term(stems(term), target, int(weight)) for term, target, weight, *_ in table)


@lru_cache(maxsize=1)
def _by_first_word() -> Mapping[str, tuple[Term, ...]]:
    index: dict[str, list[Term]] = {}
    for term in lexicon():
        index.setdefault(term.words[0], []).append(term)
    return {word: tuple(terms) for word, terms in index.items()}


def hits(text_stems: Sequence[str]) -> tuple[Hit, ...]:
    """Return the terms that a text says, in its order. A term inside a longer one that was found too is left out.

    « nettoyage de véhicules » tells the cleaning of vehicles, neither cleaning nor vehicles.
    """
    found = list(_all_hits(text_stems))
    wider = [frozenset(hit.places) for hit in found if len(hit.places) > 1]
    return tuple(hit for hit in found if not any(set(hit.places) < longer for longer in wider))


def _all_hits(text_stems: Sequence[str]) -> Iterator[Hit]:
    index = _by_first_word()
    for start, word in enumerate(text_stems):
        for term in index.get(word, ()):
            places = _follow(text_stems, start, term.words)
            if places:
                yield Hit(term, places)


def _follow(text_stems: Sequence[str], start: int, words: tuple[str, ...]) -> tuple[int, ...]:
    """Return where the words of a term stand from `start` on, in order and nearly side by side; empty where they do not."""
    places = [start]
    for word in words[1:]:
        after = places[-1] + 1
        place = next((at for at in range(after, min(after + GAP + 1, len(text_stems))) if text_stems[at] == word), None)
        if place is None:
            return ()
        places.append(place)
    return tuple(places)
