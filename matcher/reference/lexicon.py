"""The lexicons of inclusive purchasing: which words tell which activity, and how surely."""

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from matcher.cleaning.words import stems
from matcher.reference.tables import rows
from matcher.reference.taxonomy import taxonomy

# « entretien de divers espaces verts » still says « entretien espaces verts »: one word may stand between two of a term, or
# numbers (« scan de 40 000 dossiers »).
GAP = 1
# What the words of an activity's own label are worth, until it has terms of its own: enough to be read, not to settle.
LABEL_WEIGHT = 4
# What is done to a thing speaks so against buying it; but « fourniture et livraison de cadeaux » buys them.
AGAINST = -4
# A word of this weight tells something of its own: an act goes no further than it, nor than so many words that tell less.
TELLING, REACH = 3, 2
_BUYING = frozenset(stems("achat acquisition conception fabrication fourniture réalisation vente"))
# The words of lots, and those of suppliers' names: « passerelle » in a name is no bridge to build.
LOTS, NAMES = "termes", "noms"


@dataclass(frozen=True, slots=True)
class Term:
    """One line of a lexicon: its text, the leaf or group it tells, and a weight from 1 (hint) to 5 (settles it); `words` are its stems.

    A negative weight tells against the target. An empty target tells nothing: the term only hides those inside it.
    """

    text: str
    words: tuple[str, ...]
    target: str
    weight: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A term found: `places` are the positions of its words among the stems of the text."""

    term: Term
    places: tuple[int, ...]


@lru_cache(maxsize=2)
def lexicon(table: str = LOTS) -> tuple[Term, ...]:
    """Return every term of a lexicon, in the order of its table: of `LOTS`, or of the `NAMES` of suppliers.

    An activity that no term of lots tells yet is told by the parts of its label.
    """
    told = tuple(Term(row["terme"], stems(row["terme"]), row["cible"], int(row["poids"] or 0)) for row in rows(table))
    return told + tuple(_labels({term.target for term in told})) if table == LOTS else told


def _labels(told: Set[str]) -> Iterator[Term]:
    for leaf in taxonomy().leaves:
        if leaf.code not in told:
            for part in re.split(r",|\bet\b", leaf.label):
                if words := stems(part):
                    yield Term(part, words, leaf.code, LABEL_WEIGHT)


@lru_cache(maxsize=2)
def _by_first_words(table: str) -> Mapping[str, Mapping[str, tuple[Term, ...]]]:
    """Terms by their first word, then by their second; a term of one word is under "" there."""
    index: dict[str, dict[str, list[Term]]] = {}
    for term in lexicon(table):
        first, second = (*term.words, "")[:2]
        index.setdefault(first, {}).setdefault(second, []).append(term)
    return {first: {second: tuple(terms) for second, terms in its.items()} for first, its in index.items()}


def hits(text_stems: Sequence[str], table: str = LOTS) -> tuple[Hit, ...]:
    """Return the terms that a text says, in its order. A term inside a longer one that was found too is left out.

    « nettoyage de véhicules » tells the cleaning of vehicles, neither cleaning nor vehicles, and so does what an act of `actes.csv`
    makes of the things that follow it.
    """
    found = list(_all_hits(text_stems, _by_first_words(table)))
    if table == LOTS and not _acts().keys().isdisjoint(text_stems):
        found = list(_governed(found, text_stems))
    wider: dict[int, list[frozenset[int]]] = {}
    for hit in found:
        if len(hit.places) > 1:
            whole = frozenset(hit.places)
            for place in hit.places:
                wider.setdefault(place, []).append(whole)
    return tuple(
        hit
        for hit in found
        if hit.term.target and not any(set(hit.places) < longer for longer in wider.get(hit.places[0], ()))
    )


def _governed(found: Sequence[Hit], text_stems: Sequence[str]) -> Iterator[Hit]:
    """The terms found, where a thing after an act is what the act makes of it, and no longer bought: « blanchisserie des bleus de travail ».

    It speaks against buying the thing, and against what the act usually is: « nettoyage du linge » is no cleaning of rooms. A line of
    the lexicon that says the same words says what is made better. The act goes on through the things of a list (« location de chaises
    et fauteuils ») and a few words that tell nothing (« collecte des anciens postes informatiques »).
    """
    same = {hit.places for hit in found}
    telling = {place for hit in found if abs(hit.term.weight) >= TELLING for place in hit.places}
    act_at = {place: place for place, stem in enumerate(text_stems) if stem in _acts()}
    for hit in found:
        term, first = hit.term, hit.places[0]
        if first in act_at and len(hit.places) > 1:
            act_at[hit.places[-1]] = act_at[first]
        before = _act_before(first, act_at, telling, text_stems)
        made = _made(term.target, before, text_stems) if term.weight > 0 else {}
        if before not in made or (before > 0 and text_stems[before - 1] in _BUYING):
            yield hit
            continue
        act_at[hit.places[-1]] = before
        for place, act in made.items():
            places = (place, *hit.places)
            yield hit if places in same else Hit(Term(_text(act, term), term.words, act.makes, term.weight), places)
        against = {term.target, taxonomy().group_of(term.target), *_usual(text_stems[before])}
        group = taxonomy().group_of
        for target in sorted(against):
            if group(target) not in {group(act.makes) for act in made.values()}:
                yield Hit(Term(_text(made[before], term), term.words, target, AGAINST), (before, *hit.places))


def _made(thing: str, before: int, text_stems: Sequence[str]) -> Mapping[int, "_Act"]:
    """What acts make of a thing, by where they stand: the one at `before`, and others listed right before it (« location et entretien »)."""
    acts = {
        place: _acts().get(text_stems[place], {}).get(thing)
        for place in range(before, before - REACH - 2, -1)
        if place >= 0
    }
    return {place: act for place, act in acts.items() if act}


def _usual(act: str) -> set[str]:
    """What an act usually is, said alone."""
    return {alone.target for alone in _by_first_words(LOTS).get(act, {}).get("", ()) if alone.target}


def _text(act: "_Act", term: Term) -> str:
    return f"{act.text} {term.text}"


def _act_before(first: int, act_at: Mapping[int, int], telling: Set[int], text_stems: Sequence[str]) -> int:
    """Where the act stands that governs the word at `first`, -1 for none."""
    for place in range(first - 1, max(-1, first - REACH - 2), -1):
        if place in act_at:
            return act_at[place]
        if place in telling or text_stems[place] in _BUYING:
            return -1
    return -1


@dataclass(frozen=True, slots=True)
class _Act:
    """What an act makes of a thing."""

    text: str
    makes: str


@lru_cache(maxsize=1)
def _acts() -> Mapping[str, Mapping[str, _Act]]:
    """By the stem of an act, then by the activity of the thing that follows it."""
    acts: dict[str, dict[str, _Act]] = {}
    for row in rows("actes"):
        acts.setdefault(stems(row["acte"])[0], {})[row["sur"]] = _Act(row["acte"], row["activite"])
    return acts


def _all_hits(text_stems: Sequence[str], index: Mapping[str, Mapping[str, tuple[Term, ...]]]) -> Iterator[Hit]:
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
    """Where the next word of a term may stand, from `first` on: after one word, or numbers alone."""
    numbers = 0
    while first + numbers < len(text_stems) and text_stems[first + numbers].isdigit():
        numbers += 1
    return range(first, min(first + max(GAP, numbers) + 1, len(text_stems)))
