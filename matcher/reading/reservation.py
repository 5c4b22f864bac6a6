"""Finds the sentences of a procurement text that reserve it, or one of its lots, to inclusive suppliers, or ask for a social clause.

A sentence reserves if a pattern of the table `reservations.csv` matches once its negations, hypotheses and unrelated parts are removed. An empty
heading « marchés réservés » reserves nothing.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain

from matcher.cleaning.words import flat, fold
from matcher.reading.intent import CLAUSE, EITHER, TRADE_OF_CLAUSES, lever_named
from matcher.reading.lot_table import announced_lots
from matcher.reading.notice import is_object
from matcher.reference.tables import rows

# Quick filter: every pattern of the table requires one of these.
_MAY_TELL = re.compile(
    r"r[eé]serv|211[23]|emplois? prot[eé]g|\bres-(?:ws|pub)|\bseule?s? |exclusivement|uniquement|strictement|clause|insertion|promouvoir",
    re.IGNORECASE,
)
_BY_WORDS = "mots"
_OUT = " \x00 "
# « au lot 2 », « lots 1 et 3 », « lots 01 à 04 »; after singular « lot » there is no range (« le lot 1 à 80 % »).
_NUMBER = r"(?:n ?[o°º]?s? ?)?\d{1,3}(?! ?(?:\d|h\b|heures?\b|mois\b|ans?\b|jours?\b|€|%|euros?\b))"
_LOTS = re.compile(rf"\b(?:lots {_NUMBER}(?: ?(?:,|et|a) ?{_NUMBER})*|lot {_NUMBER}(?: ?(?:,|et) ?{_NUMBER})*)\b")
_REFERS = re.compile(r"\b(?:le|au|ce) $")
# « dont un réservé », « l’un des lots », « un lot est réservé »: which one is not said.
_SOME_LOT = re.compile(
    r"\bdont (?:l )?(?:un|une|deux|trois|\d+)\b[^.;:]{0,30}\breserv|\b(?:un|une|deux|trois|\d+|certains) (?:des|de ces|de nos) lots\b"
    r"|\bun (?:seul )?(?:petit )?lot (?:est |sera |etant )?reserv|\bcertains lots\b"
)
_RANGE = re.compile(r"(\d+)(?: ?a ?[^\d,]*(\d+))?")
_LONGEST_QUOTE = 220


@dataclass(frozen=True, slots=True)
class Reservation:
    """A sentence that reserves or asks for a clause (`lever`). `lots`: lot numbers that it names, if any; `some_lot`: it is about a lot whose number it
    does not give; `to_ask`: it is incomplete (it reserves without naming an article, so that L2113-12, -13 and -14 are possible, or asks for insertion
    hours without a clause)."""

    lever: str
    sentence: str
    lots: frozenset[str] = frozenset()
    to_ask: bool = False
    some_lot: bool = False

    @property
    def of_all(self) -> bool:
        """Return whether it is about the whole, not about some of its lots."""
        return not self.lots and not self.some_lot


@dataclass(frozen=True, slots=True)
class Reserved:
    """Sentences that reserve (`by`), that ask for a clause, and that deny a reservation."""

    by: tuple[Reservation, ...] = ()
    clauses: tuple[Reservation, ...] = ()
    denials: tuple[Reservation, ...] = ()

    def of(self, lot: str) -> "Reserved":
        """Return the sentences that apply to one lot: those that name it, else those that name none."""
        parts = []
        for reservations in (self.by, self.clauses, self.denials):
            named = tuple(replace(one, lots=frozenset()) for one in reservations if lot in one.lots)
            parts.append(named or tuple(one for one in reservations if one.of_all))
        return Reserved(*parts)

    def __add__(self, other: "Reserved") -> "Reserved":
        return Reserved(self.by + other.by, self.clauses + other.clauses, self.denials + other.denials)


@dataclass(frozen=True, slots=True)
class _Row:
    lever: str
    pattern: re.Pattern[str]
    to_ask: bool


def read_reservation(sentences: Sequence[str]) -> Reserved:
    """Return the sentences that reserve, ask for a clause, or deny a reservation."""
    reserved = Reserved()
    for sentence in sentences:
        if _MAY_TELL.search(sentence):
            reserved += _read_sentence(sentence)
    return reserved


def of_the_lot_named(whole: Reserved, sentences: Sequence[str]) -> Reserved:
    """Return the reservation of a text without lots; if it is about exactly one lot, that of this lot: « Lot 3 - Biscuits (réservé ESAT) »."""
    if not any(one.lots for one in (*whole.by, *whole.clauses, *whole.denials)):
        return whole
    lot = only_lot("\n".join(sentences))
    return whole.of(lot) if lot else whole


def only_lot(text: str) -> str:
    """Return the number of the only lot that a text is about, else an empty string. « Le lot 3 est réservé » alone refers to a lot among others, as does a
    long text that announces several."""
    normalised = flat(text)
    named = lots_named(normalised)
    titled = any(not _REFERS.search(normalised[: match.start()]) for match in _LOTS.finditer(normalised))
    return min(named) if len(named) == 1 and titled and (is_object(text) or not announced_lots(text)) else ""


@lru_cache(maxsize=1024)  # the lots of a notice repeat its sentences
def _read_sentence(sentence: str) -> Reserved:
    affirmed = _without("autre", TRADE_OF_CLAUSES.sub(_OUT, flat(sentence)))
    asserted = _without("non", affirmed)
    named = lots_named(affirmed)
    denials = (Reservation("", sentence, named),) if asserted != affirmed else ()
    clause = next((row for row in _rows("clause") if row.pattern.search(asserted)), None)
    if clause:
        of_clause = Reservation(CLAUSE, sentence, named, clause.to_ask, _some_lot(affirmed))
        return Reserved(clauses=(of_clause,), denials=denials)
    row = next((row for row in _rows("reserve") if row.pattern.search(asserted)), None)
    if row is None:
        return Reserved(denials=denials)
    by_words = lever_named(fold(asserted))
    lever = row.lever if row.lever != _BY_WORDS else by_words or EITHER
    to_ask = row.to_ask and not by_words
    reservation = Reservation(lever, sentence, lots_named(asserted), to_ask, _some_lot(asserted))
    return Reserved((reservation,), denials=denials)


def _some_lot(normalised: str) -> bool:
    """Return whether a text normalised by `flat` is about a lot of which it does not give the number."""
    return not lots_named(normalised) and bool(_SOME_LOT.search(normalised))


@dataclass(frozen=True, slots=True)
class LeverTold:
    """The lever of a text. `outright`: quote of the sentence that states it for the whole; `in_part`: for a part only; both empty if the notice
    also states the contrary. `doubts` in French."""

    lever: str = ""
    outright: str = ""
    in_part: str = ""
    doubts: tuple[str, ...] = ()


def lever_told(whole: Reserved, lots: Mapping[str, Reserved]) -> LeverTold:
    """Return the lever of a whole notice, given its general sentences and those of each lot."""
    # Sentences that reserve all lots, unless one is denied; else all those that reserve any lot.
    of_all = [] if any(its.lots for its in whole.denials) else [its for its in whole.by if its.of_all]
    together = sum(lots.values(), whole)
    if by := of_all or together.by:
        every_lot = bool(lots) and all(lot.by for lot in lots.values())
        return _lever_reserved(by, whole.denials, of_whole=bool(of_all) or every_lot)
    sure = next((its for its in together.clauses if not its.to_ask), None)
    return LeverTold(CLAUSE if together.clauses else "", _quote_sentence(sure.sentence) if sure else "")


def _lever_reserved(by: Sequence[Reservation], denials: Sequence[Reservation], *, of_whole: bool) -> LeverTold:
    """Return the lever of sentences that reserve a whole notice (`of_whole`) or parts of it; a denial of the first one is a doubt."""
    first = by[0]
    quote = _quote_sentence(first.sentence)
    denied = next((its for its in denials if not its.lots or its.lots & first.lots), None)
    if denied is not None:
        denial = _quote_sentence(denied.sentence)
        contrary = f"Le texte réserve, « {quote} », et dit aussi « {denial} » : qu’en est-il ?"
        return LeverTold(first.lever, doubts=(contrary,))
    if len({its.lever for its in by}) > 1 or not of_whole:
        return LeverTold(first.lever, in_part=quote)
    question = (f"« {quote} » ne dit pas selon quel article : L2113-12, L2113-13 ou L2113-14 ?",)
    return LeverTold(first.lever, outright=quote, doubts=question if first.to_ask else ())


def lots_named(normalised: str) -> frozenset[str]:
    """Return the lot numbers named in a text normalised by `flat`: « lots 1 et 3 », « lots 01 à 04 »."""
    ranges = (_RANGE.findall(match[0]) for match in _LOTS.finditer(normalised))
    return frozenset(
        str(number)
        for first, last in chain.from_iterable(ranges)
        for number in range(int(first), int(last or first) + 1)
    )


def words_of_lot(normalised: str, number: str) -> str:
    """Return the words about one lot in a sentence, normalised by `flat`, that names several, one at a time: from its name to the next, or, where a figure
    comes before the first name (« 820 heures pour le lot 1 et 420 pour le lot 2 »), from the name before it. Empty where the lot is named with others, but in « les lots 1 et 2 réalisent chacun 420 heures »."""
    mentions = list(_LOTS.finditer(normalised))
    ends = [0, *(match.end() for match in mentions)]
    starts = [*(match.start() for match in mentions), len(normalised)]
    figures_first = re.search(r"\d", normalised[: starts[0]]) is not None
    for rank, match in enumerate(mentions):
        named, after = lots_named(match[0]), normalised[match.end() : starts[rank + 1]]
        if named == {number}:
            return normalised[ends[rank] : match.start()] if figures_first else after
        if number in named and "chacun" in after:
            return after.replace("chacun", "")
    return ""


def _without(meaning: str, normalised: str) -> str:
    for row in _rows(meaning):
        normalised = row.pattern.sub(_OUT, normalised)
    return normalised


@lru_cache(maxsize=4)
def _rows(meaning: str) -> tuple[_Row, ...]:
    return tuple(
        _Row(row["levier"], re.compile(row["motif"]), bool(row["a_demander"]))
        for row in rows("reservations")
        if row["sens"] == meaning
    )


def _quote_sentence(sentence: str) -> str:
    """Return a sentence, cut around « réserv… » if it is long."""
    if len(sentence) <= _LONGEST_QUOTE:
        return sentence
    at = max(0, fold(sentence).find("reserv") - _LONGEST_QUOTE // 2)
    begin = sentence.find(" ", at) + 1 if at else 0
    end = sentence.rfind(" ", begin, begin + _LONGEST_QUOTE)
    return f"{'… ' if begin else ''}{sentence[begin:end]} …"
