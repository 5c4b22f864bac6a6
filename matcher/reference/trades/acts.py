"""Corrects the trade read from a thing by the act or state around it: « blanchisserie des bleus » buys no clothes, « bureaux d’occasion » no new
desks. Tables `actes.csv` (act, thing → trade) and `etats.csv` (thing, state → trade)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from matcher.cleaning.words import stems
from matcher.reference.tables import rows
from matcher.reference.trades.taxonomy import taxonomy

# Weight against the trade of buying the thing, unless a word of buying is listed too (« fourniture et livraison de cadeaux »).
AGAINST = -4
_BUYING = frozenset(stems("achat acquisition conception fabrication fourniture réalisation vente"))
_NEW = frozenset(stems("neuf neuve"))
# Least weight of a word that stops the effect of an act, and most lighter words that an act passes over.
TELLING, REACH = 3, 2


@dataclass(frozen=True, slots=True)
class LexiconTerm:
    """One line of a lexicon: its text and stems (`words`), the leaf or group that it points to, and a weight from 1 (hint) to 5 (decisive). A
    negative weight is evidence against the target. An empty target means that the term only hides shorter terms inside it."""

    text: str
    words: tuple[str, ...]
    target: str
    weight: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A term found in a text; `places`: positions of its words among the stems of the text."""

    term: LexiconTerm
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Made:
    """The trade (`activity`) that an act or state (`text`) makes of a thing."""

    text: str
    activity: str


def in_state(hits: Sequence[Hit], text_stems: Sequence[str]) -> list[Hit]:
    """Return the hits with things before a state replaced by the trade that the state makes of them, over a whole list: « tables, chaises et
    armoires d’occasion »."""
    states = {
        start: range(start, start + len(words))
        for start, stem in enumerate(text_stems)
        for words in _states()
        if stem == words[0] and tuple(text_stems[start : start + len(words)]) == words
    }
    if not states:
        return list(hits)
    state_at = {start: start for start in states}
    telling = _telling(hits)
    hits_kept: list[Hit] = []
    turned: list[Hit] = []
    for hit in reversed(hits):
        last = hit.places[-1]
        after = range(last + 1, min(last + REACH + 2, len(text_stems)))
        start = _first_known(after, state_at, telling, text_stems, _NEW)
        state = states.get(start, range(0))
        made = _states().get(tuple(text_stems[at] for at in state), {}).get(hit.term.target)
        if made is None or hit.term.weight <= 0:
            hits_kept.append(hit)
            continue
        state_at[hit.places[0]] = start
        turned += _replacement_hits(hit, [((*hit.places, *state), made)], (), hits)
    if not _NEW.isdisjoint(text_stems):  # « un véhicule neuf et un d’occasion »: both are bought
        turned = [hit for hit in turned if hit.term.weight > 0]
    return sorted((*hits_kept[::-1], *turned), key=lambda hit: hit.places[0])


def apply_acts(hits: Sequence[Hit], text_stems: Sequence[str], usual_of: Callable[[str], frozenset[str]]) -> list[Hit]:
    """Return the hits with things after an act replaced by the trade that the act makes of them.

    Negative hits are added against buying the thing, and against the act's usual trades (`usual_of`): « nettoyage du linge » is no cleaning of
    premises. A lexicon term with the same words prevails. The act applies to a whole list (« location de chaises et fauteuils »), and over a few
    words of little weight (« collecte des anciens postes informatiques »).
    """
    act_at = {place: place for place, stem in enumerate(text_stems) if stem in _acts()}
    if not act_at:
        return list(hits)
    telling, group = _telling(hits), taxonomy().group_of
    hits_kept: list[Hit] = []
    for hit in hits:
        first = hit.places[0]
        # a longer term of the same trade extends the act: « maintenance préventive », but not « restauration scolaire »
        if first in act_at and len(hit.places) > 1:
            groups = {group(product.activity) for product in _acts()[text_stems[act_at[first]]].values()}
            if group(hit.term.target) in groups:
                act_at[hit.places[-1]] = act_at[first]
        act = _first_known(range(first - 1, max(-1, first - REACH - 2), -1), act_at, telling, text_stems, _BUYING)
        made = _trades_made(hit, act, telling - act_at.keys(), text_stems) if act >= 0 else {}
        if act not in made:
            hits_kept.append(hit)
            continue
        act_at[hit.places[-1]] = act
        products = [((at, *hit.places), product) for at, product in made.items()]
        hits_kept += _replacement_hits(hit, products, usual_of(text_stems[act]), hits)
    return hits_kept


def _replacement_hits(
    hit: Hit, made: Sequence[tuple[tuple[int, ...], _Made]], usual: Iterable[str], hits: Sequence[Hit]
) -> Iterator[Hit]:
    """Yield the hits that replace a thing's: the trades made of it, then negative hits against buying it and the usual trades."""
    term, group = hit.term, taxonomy().group_of
    same = {other.places for other in hits}
    for places, turned in made:
        text = f"{turned.text} {term.text}"
        yield hit if places in same else Hit(LexiconTerm(text, term.words, turned.activity, term.weight), places)
    groups = {group(its.activity) for _, its in made}
    places, turned = made[0]
    for target in sorted({term.target, group(term.target), *usual}):
        if group(target) not in groups:
            yield Hit(LexiconTerm(f"{turned.text} {term.text}", term.words, target, AGAINST), places)


def _trades_made(thing: Hit, act: int, telling: Set[int], text_stems: Sequence[str]) -> dict[int, _Made]:
    """Return the trades made of a thing by position of the act: that at `act`, and others listed just before (« location et entretien »); none
    where a word of buying is listed before (« fourniture, pose et entretien de mobilier urbain »), or the hit is against its trade."""
    listed = range(act, max(-1, act - REACH - 2), -1)
    before = next((at for at in listed[1:] if text_stems[at] in _BUYING or at in telling), None)
    if thing.term.weight <= 0 or (before is not None and text_stems[before] in _BUYING):
        return {}
    made = ((at, _acts().get(text_stems[at], {}).get(thing.term.target)) for at in listed)
    return {at: product for at, product in made if product}


def _first_known(
    way: Iterable[int], known: Mapping[int, int], telling: Set[int], text_stems: Sequence[str], bars: Set[str]
) -> int:
    """Return the value in `known` of the first position of `way` that has one, unless a weighty word (`telling`) or a barring one comes before;
    else -1."""
    for place in way:
        if place in known:
            return known[place]
        if place in telling or text_stems[place] in bars:
            return -1
    return -1


def _telling(hits: Iterable[Hit]) -> set[int]:
    return {place for hit in hits if abs(hit.term.weight) >= TELLING for place in hit.places}


@lru_cache(maxsize=1)
def _acts() -> Mapping[str, Mapping[str, _Made]]:
    """Return the table of acts: by the stem of the act, then by the activity of the thing after it."""
    acts: dict[str, dict[str, _Made]] = {}
    for row in rows("actes"):
        acts.setdefault(stems(row["acte"])[0], {})[row["sur"]] = _Made(row["acte"], row["activite"])
    return acts


@lru_cache(maxsize=1)
def _states() -> Mapping[tuple[str, ...], Mapping[str, _Made]]:
    """Return the table of states: by the stems of the state, then by the activity of the thing before it."""
    states: dict[tuple[str, ...], dict[str, _Made]] = {}
    for row in rows("etats"):
        states.setdefault(stems(row["etat"]), {})[row["sur"]] = _Made(row["etat"], row["activite"])
    return states
