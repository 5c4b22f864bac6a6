"""Finds the trades that a supplier offers in its own text (a presentation, a page of its site, an answer, a registration), by the weighted terms of
`offres.csv`; for the clues of its activity on a shelf, and for the import of websites."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from matcher.cleaning.markup import plain_text
from matcher.cleaning.words import flat, placed_stems
from matcher.reference.tables import rows
from matcher.reference.trades.acts import Hit
from matcher.reference.trades.lexicon import OFFERS, hits
from matcher.reference.trades.taxonomy import taxonomy

# A term of `offres.csv` of weight 5 is enough alone for its trade; of 4 in a sentence that announces an offer; of 3 only as a whole list item of such a
# sentence, or in two of them.
OUTRIGHT, ENOUGH = 5, 4.0
# Factors of a term's weight: outside sentences that announce an offer, and where the term is a step of another trade (« Blanchisserie : lavage, pliage,
# conditionnement »).
ASIDE, STEP = 0.8, 0.5
# Most characters of a quote, and most words of a heading or of a list item without a bullet.
LONGEST, FEW_WORDS = 160, 8
# The two meanings of a phrase of `offres_phrases.csv`: it announces an offer, or that what follows is not an offer.
OFFER, OTHER = "offre", "hors"
_SENTENCE = re.compile(r"[.!?…]+(?=\s|$)|;|\n(?=\s*[-–—•·*>=▪A-ZÀ-ÖØ-Þ0-9])|\n\s*\n|\s[-–•*]\s")
_MARK = re.compile(r"\s*[-–—•·*>=▪]+\s*")
_ITEM = re.compile(r"[,/()&+]|\bet\b|\bou\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Offer:
    """A trade offered: its code, the sentence that states it best in the source's own words, and how many times it is stated."""

    code: str
    sentence: str
    times: int


@dataclass(frozen=True, slots=True)
class _Clause:
    """A run of words, the sentence it stands in, the factor of the weight of its terms, and the groups of the trades whose `details` it gives."""

    text: str
    sentence: str
    factor: float
    details: frozenset[str] = frozenset()

    @property
    def offering(self) -> bool:
        """Return whether it is an offer."""
        return self.factor >= 1.0

    def factor_of(self, code: str) -> float:
        """Return the factor of the weight of a trade's terms: lower where the trade is but a step of another one, of which the clause gives the details."""
        step = bool(self.details) and taxonomy().group_of(code) not in self.details
        return self.factor * (STEP if step else 1.0)


@dataclass(slots=True)
class _Mentions:
    """Mentions of one trade so far: their points, how many they are, and the sentence of the most points."""

    points: float = 0.0
    times: int = 0
    best: float = 0.0
    sentence: str = ""

    def add(self, points: float, sentence: str) -> None:
        self.points += points
        self.times += 1
        if points > self.best:
            self.best, self.sentence = points, sentence


def offers(text: str) -> tuple[Offer, ...]:
    """Return every trade that a supplier's own text offers, surest first; a group of trades is left out where one of its trades is offered."""
    mentions_by_code: dict[str, _Mentions] = {}
    for clause in _clauses(plain_text(text)):
        for code, points, quote in _stated_trades(clause):
            mentions_by_code.setdefault(code, _Mentions()).add(points, quote)
    mentions = {code: its for code, its in mentions_by_code.items() if its.points >= ENOUGH}
    with_trade = {taxonomy().group_of(code) for code in mentions if "." in code}
    return tuple(
        Offer(code, its.sentence, its.times)
        for code, its in sorted(mentions.items(), key=lambda item: (-item[1].points, item[0]))
        if code not in with_trade
    )


def _clauses(plain: str) -> Iterator[_Clause]:
    """Yield the clauses of a text in order: of each sentence, the part before a colon and the part after. Items take the factor of their heading."""
    heading: _Clause | None = None
    for raw in _SENTENCE.split(plain):
        sentence = " ".join(_MARK.sub("", raw, count=1).split() if _MARK.match(raw) else raw.split())
        if not sentence:
            continue
        short = len(sentence.split()) <= FEW_WORDS
        if not (short or _MARK.match(raw)):
            heading = None
        head, colon, tail = sentence.partition(":")
        first = _clause(head, sentence, heading)
        yield first
        is_aside = _first(OTHER, head) is not None
        for_items = replace(first, text="", factor=0.0 if is_aside else first.factor)
        if colon:  # the head states trades, of which the tail or the lines below give the details
            groups = {taxonomy().group_of(hit.term.target) for hit in _hits(head) if hit.term.weight >= OUTRIGHT}
            for_items = replace(for_items, details=for_items.details | groups)
            if tail.strip():
                yield replace(_clause(tail, sentence, for_items), factor=for_items.factor)
            else:
                heading = for_items
        elif short and not _hits(head) and (is_aside or _first(OFFER, head) is not None):
            heading = for_items


def _clause(text: str, sentence: str, heading: _Clause | None) -> _Clause:
    """Return a clause, cut where it begins to be about something else than an offer."""
    end = _first(OTHER, text)
    clause_text = text if end is None else text[:end]
    if heading is not None:
        return replace(heading, text=clause_text, sentence=sentence)
    opening = next(iter(_hits(clause_text)), None)
    offering = _first(OFFER, clause_text) is not None or (opening is not None and opening.places[0] == 0)
    return _Clause(clause_text, sentence, 1.0 if offering else ASIDE)


def _hits(text: str) -> tuple[Hit, ...]:
    return hits([stem for stem, _, _ in placed_stems(text)], OFFERS)


def _stated_trades(clause: _Clause) -> Iterator[tuple[str, float, str]]:
    """Yield each trade that a clause states, with its points and the words to quote. Words that two terms share name a trade once."""
    placed = placed_stems(clause.text)
    ends = [match.start() for match in _ITEM.finditer(clause.text)]
    items = [bisect_right(ends, start) for _, start, _ in placed]
    lengths = Counter(items)
    stated: set[tuple[str, int]] = set()
    for hit in sorted(hits([stem for stem, _, _ in placed], OFFERS), key=lambda hit: -len(hit.places)):
        code, here = hit.term.target, {(hit.term.target, place) for place in hit.places}
        inside = {items[place] for place in hit.places}
        whole = clause.offering and not clause.details and len(inside) == 1 and lengths[min(inside)] == len(hit.places)
        weight = OUTRIGHT if whole else hit.term.weight
        if here & stated or not (clause.offering or weight >= OUTRIGHT):
            continue
        stated |= here
        quote = _quote(clause, placed[hit.places[0]][1], placed[hit.places[-1]][2])
        yield code, weight * clause.factor_of(code), quote


def _quote(clause: _Clause, start: int, end: int) -> str:
    """Return the sentence; where it is too long, its clause, or the words around these positions of the clause."""
    for whole in (clause.sentence, clause.text.strip()):
        if len(whole) <= LONGEST:
            return whole
    first = max(0, min((start + end - LONGEST) // 2, len(clause.text) - LONGEST))
    last = first + LONGEST
    before = clause.text[first:start].partition(" ")[2] if first else clause.text[:start]
    after = clause.text[end:last].rpartition(" ")[0] if last < len(clause.text) else clause.text[end:]
    quote = f"{before}{clause.text[start:end]}{after}".strip()
    return f"{'…' if first else ''}{quote}{'…' if last < len(clause.text) else ''}"


def _first(meaning: str, text: str) -> int | None:
    """Return the position of the first phrase of a meaning (`OFFER` or `OTHER`) in a text; None where it has none."""
    match = _phrases(meaning).search(flat(text))
    return match.start() if match else None


@lru_cache(maxsize=2)
def _phrases(meaning: str) -> re.Pattern[str]:
    return re.compile("|".join(row["motif"] for row in rows("offres_phrases") if row["sens"] == meaning))
