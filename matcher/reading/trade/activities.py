"""From words and CPV codes to activities: the lexicon, the terms learned from past contracts, and the CPV, as one sum.

Each activity gets points: from the lexicon of `termes.csv` (by hand), from the weights of `termes_appris.csv` (learned from past
contracts), from the CPV. Points become probabilities through a softmax with one more outcome, "none of these", so that weak or
contradictory evidence leaves the confidences low and a doubt is said.
"""

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np

from matcher.cleaning.words import fold, stems
from matcher.domain.reading import ActivityGuess, DoubtKind, ReadingDoubt
from matcher.reading.notice import is_object
from matcher.reading.trade.confidence import mean, shares
from matcher.reading.trade.doubt import TELLING, TELLS, Grounds, contradiction, doubts_about, guesses_of, is_sure
from matcher.reading.trade.learned import Settled, Weights, learned_scores, learned_weights
from matcher.reading.trade.several_trades import items_of, trades
from matcher.reading.trade.spelling import corrected
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.cpv import cpv_weights, normalise_cpv
from matcher.reference.trades.lexicon import hits
from matcher.reference.trades.taxonomy import GOODS
from matcher.reference.trades.terms import Hit, LexiconTerm

# Words after these many tell the setting rather than the need, and so does what follows « pour » where a trade was told before it.
EARLY_WORDS = 12
LATE_SHARE = 0.7
# Beyond these, a notice tells how the need is met: its words are hints, and too many to count by the weights learned from objects.
NEED_WORDS, FAR_SHARE = 60, 0.2
TOLD = 4
_GETTING = frozenset(stems("achat acquisition fourniture"))
_SETTING = re.compile(
    r"\b(pour|dans le cadre|en vue|destinee?s?|au profit|afin|lors|pendant|durant|d(?:es|u) (?:agents?|personnels?|salaries|usagers|locataires|habitants))\b"
)
# A longer term is more precise: what each word after the first adds to its weight.
LONGER = 0.3
# What begins a complement, and what ends its item.
_OF = re.compile(r"\b(?:de|des|du|d)\b")
_ITEM_END = re.compile(r"[,;:.()\n/+]|\bet\b")
# « Fournitures de bureau » is stationery; where the other word is the plural one, desks are bought.
_DESKS = re.compile(
    r"\b((?:fourniture|achat|acquisition)(?:,? (?:et )?(?:livraison|installation|pose|montage))* "
    r"(?:de|des|d\W)(?: ?\w+(?: et|,)(?: de| des)?)?) bureaux\b",
    re.IGNORECASE,
)
# A person who gives a term this weight says what its words mean: what was learned of them is hushed.
SETTLES = 5
# Weights of the three sources of points, and of the outcome "none of these"; set by the figures of docs/evaluation.md.
LEXICON, LEARNED, CPV = 0.5, 1.0, 2.5
NOTHING = 1.0
# Learned weights that no telling word of the lexicon, nor a CPV, backs are hunches: what they are worth of their confidence, too little
# to be sure.
HUNCH = 0.34
# A piece of a list asks for the trade that it is this sure of.
SURE_ALONE = 0.3
# Less sure than this, a text is read again with its typos put right.
WELL_SPELT = 0.6


@dataclass(frozen=True, slots=True)
class Sources:
    """Sources a text is read with: whether the lexicon speaks, and the learned weights (None: the shipped table). For measuring."""

    lexicon: bool = True
    learned: Weights | None = None


SHIPPED = Sources()


@dataclass(frozen=True, slots=True)
class UnderstoodTrade:
    """Activities by confidence; the marché's groups and sectors, all of them, likeliest first; doubts; whether it is sure of the trade."""

    activities: tuple[ActivityGuess, ...]
    groups: tuple[str, ...]
    sectors: tuple[str, ...]
    doubts: tuple[ReadingDoubt, ...]
    sure: bool


@dataclass(frozen=True, slots=True)
class _Told:
    """Evidence in a text: its stems, the terms in it, their points, for and against, and those of the learned weights."""

    stems: Sequence[str]
    found: Sequence[Hit]
    lexicon: Mapping[str, float]
    learned: Mapping[str, float]

    @property
    def outright(self) -> bool:
        """Whether the lexicon finds an activity in it."""
        return any(score > 0 for score in self.lexicon.values())

    @property
    def backed(self) -> frozenset[str]:
        """The groups that a term of it tells: « bois » is a hint of many trades, and tells none."""
        return frozenset(taxonomy().group_of(hit.term.target) for hit in self.found if hit.term.weight >= TELLS)


def read_activities(objet: str, cpv: Sequence[str] = (), core: str = "", sources: Sources = SHIPPED) -> UnderstoodTrade:
    """Read what a lot is about from its object and CPV codes. Never raises; what does not fit is a doubt.

    `core` is the object without what names a lever: it is read instead of the object, but where only the object says a trade.
    """
    codes, said = _codes(cpv)
    text, told = _need(_desks(objet), _desks(core), sources)
    parts = trades(text) if sources.lexicon else {}
    # The whole, and where it lists several trades each of them too, so that none drowns the others.
    alone = {group: _confidence(_told(part, sources), codes) for group, part in parts.items()}
    confidence = mean([_confidence(told, codes), *alone.values()])
    read = told
    if text and max(confidence.values(), default=0.0) < WELL_SPELT and is_object(text):
        read, confidence, slips = _respelt(text, told, confidence, codes, sources)
        said += slips
    mass = _group_mass(confidence)
    named = _named(text, told, _first(mass), sources) if sources.lexicon else frozenset()
    guesses = guesses_of(confidence, named | _asked_apart(alone))
    grounds = Grounds(read.stems, read.found, codes, len(parts) or 1)
    sure = is_sure(guesses, grounds)
    doubts = [ReadingDoubt(DoubtKind.TRADE, says) for says in said]
    doubts += doubts_about(objet, guesses, grounds, sure=sure)
    doubts += contradiction(guesses_of(_confidence(told, ())) if codes else (), codes)
    return UnderstoodTrade(guesses, _ranked_groups(mass), _ranked_sectors(confidence, mass), tuple(doubts), sure)


def _desks(text: str) -> str:
    return _DESKS.sub(r"\1 meubles et mobilier de bureau", text)


def _respelt(
    text: str, told: _Told, confidence: dict[str, float], codes: Sequence[str], sources: Sources
) -> tuple[_Told, dict[str, float], list[str]]:
    """What a text tells, its confidences and its slips, once these are put right; as it was where that tells no other word of the
    trade or clears nothing up."""
    respelt, changes = corrected(text)
    if changes and (righted := _told(respelt, sources)).lexicon != told.lexicon:
        again = _confidence(righted, codes)
        if max(again.values(), default=0.0) > max(confidence.values(), default=0.0):
            return righted, again, [f"Lu « {near} » pour « {word} »." for word, near in changes]
    return told, confidence, []


def _need(objet: str, core: str, sources: Sources) -> tuple[str, _Told]:
    """The words that are read, and what they tell."""
    if core and (told := _told(core, sources)).outright:
        return core.strip(), told
    whole = _told(objet, sources)
    return (objet.strip(), whole) if whole.outright or not core else (core.strip(), told)


def _asked_apart(alone: Mapping[str, Mapping[str, float]]) -> frozenset[str]:
    """The trade that each piece of a list asks for, by the group that it names, where it is sure of it."""
    group_of = taxonomy().group_of
    found = (
        max((code for code in its if group_of(code) == group), key=lambda code: (its[code], code), default="")
        for group, its in alone.items()
    )
    return frozenset(code for code, its in zip(found, alone.values(), strict=True) if its.get(code, 0.0) >= SURE_ALONE)


def _named(text: str, told: _Told, group: str, sources: Sources) -> frozenset[str]:
    """The activities of a group that the items of a text ask for, each read by itself; none where there is no list. The whole must tell
    them too: « légumes » in « légumes lavés, épluchés » are no market garden's."""
    items = items_of(text, group)
    alone = (_confidence(_told(item, sources), ()) for item in items) if len(items) > 1 else ()
    leaves = (
        {code: p for code, p in its.items() if "." in code and taxonomy().group_of(code) == group} for its in alone
    )
    asked = {max(its, key=lambda code: (its[code], code)) for its in leaves if its}
    whole = {hit.term.target for hit in told.found}
    return frozenset(asked if group in whole else asked & whole)


def _told(text: str, sources: Sources) -> _Told:
    text_stems = stems(text)
    weights = learned_weights() if sources.learned is None else sources.learned
    found = hits(text_stems) if sources.lexicon else ()
    of_another = _complements(text, found)
    scores = _lexical(found, _setting(text), of_another)
    bought = _unbought(text_stems, found)[:NEED_WORDS]
    heard = ["" if place in of_another else stem for place, stem in enumerate(bought)]
    return _Told(text_stems, found, scores, learned_scores(heard, weights, _settled(found)))


def _unbought(text_stems: Sequence[str], found: Iterable[Hit]) -> list[str]:
    """The stems, emptied of those that say that a good which tells the trade is bought: they tell nothing more of it."""
    nature = taxonomy().nature_of
    before = {hit.places[0] - 1 for hit in found if hit.term.weight >= TELLS and nature(hit.term.target) == GOODS}
    return ["" if place in before and stem in _GETTING else stem for place, stem in enumerate(text_stems)]


def _settled(found: Iterable[Hit]) -> Settled:
    """The groups of the terms that settle them, by position of the stems."""
    groups: dict[int, frozenset[str]] = {}
    for hit in found:
        if hit.term.weight >= SETTLES:
            group = taxonomy().group_of(hit.term.target)
            groups |= {place: groups.get(place, frozenset()) | {group} for place in hit.places}
    return groups


def _setting(text: str) -> int:
    """Return how many stems of a text come before its setting: two in « Contrôle technique pour la construction d’une crèche »."""
    folded = fold(text)
    found = _SETTING.search(folded)
    return len(stems(folded[: found.start()])) if found else len(folded)  # a text has no more


def _complements(text: str, found: Iterable[Hit]) -> frozenset[int]:
    """The places of the words that only say of what, or for what, is a trade already settled, where they tell another one: « formations »
    in « pauses café des formations ». A complement goes to the end of its item."""
    folded = fold(text)
    heard = [(taxonomy().group_of(hit.term.target), hit) for hit in found if hit.places[0] < NEED_WORDS]
    places: set[int] = set()
    start = read = 0
    for of in _OF.finditer(folded):
        start += len(stems(folded[read : of.start()]))
        read = of.start()
        if start >= NEED_WORDS:
            break
        settled = {group for group, hit in heard if hit.term.weight >= SETTLES and hit.places[-1] == start - 1}
        if settled and any(group not in settled for group, hit in heard if hit.places[0] == start):
            places.update(range(start, start + len(stems(_ITEM_END.split(folded[read:], maxsplit=1)[0]))))
    return frozenset(places)


def _lexical(found: Iterable[Hit], setting: int, of_another: Set[int]) -> dict[str, float]:
    scores: dict[str, float] = {}
    places = _first_places(found)
    told = any(start < setting and term.weight >= TOLD for term, start in places.items())
    for term, start in places.items():
        late = start >= EARLY_WORDS or (told and start >= setting) or start in of_another
        share = FAR_SHARE if start >= NEED_WORDS else LATE_SHARE if late else 1.0
        scores[term.target] = scores.get(term.target, 0.0) + share * _precise(term)
    return dict(sorted(scores.items()))


def _precise(term: LexiconTerm) -> float:
    """Return the points of a term: its weight, and more the longer it is."""
    return term.weight * (1.0 + LONGER * (len(term.words) - 1))


def _first_places(found: Iterable[Hit]) -> dict[LexiconTerm, int]:
    """Each term of a text once, with where it first stands."""
    first: dict[LexiconTerm, int] = {}
    for hit in found:
        first.setdefault(hit.term, hit.places[0])
    return first


def _codes(cpv: Iterable[str]) -> tuple[list[str], list[str]]:
    codes, doubts = [], []
    for raw in cpv:
        code, doubt = normalise_cpv(raw)
        if code:
            codes.append(code)
        if doubt:
            doubts.append(doubt)
    return codes, doubts


def _confidence(told: _Told, codes: Sequence[str]) -> dict[str, float]:
    """Confidence of each activity and group; they and "none of these" sum to 1."""
    telling = [code for code in codes if not told.outright or max(cpv_weights(code).values(), default=0.0) >= TELLING]
    inside: dict[str, float] = {}
    between: dict[str, float] = {}
    sources: tuple[tuple[float, Mapping[str, float], bool], ...] = (
        (LEXICON, told.lexicon, True),
        # The weights learned for a leaf tell it from the other leaves of its group, not from other groups.
        (LEARNED, told.learned, False),
        *((CPV / len(telling), cpv_weights(code), True) for code in telling),
    )
    for weight, scores, whole in sources:
        for code, score in scores.items():
            inside[code] = inside.get(code, 0.0) + weight * score
            if whole or code == taxonomy().group_of(code):
                between[code] = between.get(code, 0.0) + weight * score
    confidence = shares(between, inside, NOTHING)
    worth = 1.0 if codes or _first(_group_mass(confidence)) in told.backed else HUNCH
    return {code: worth * share for code, share in confidence.items()}


def _first(mass: Mapping[str, float]) -> str:
    """The likeliest group."""
    return max(mass, key=lambda group: (mass[group], group))


def _ranked_groups(mass: Mapping[str, float]) -> tuple[str, ...]:
    return tuple(taxonomy().label(code) for code in sorted(mass, key=lambda code: (-mass[code], code)))


def _ranked_sectors(confidence: Mapping[str, float], groups: Mapping[str, float]) -> tuple[str, ...]:
    """A sector that nothing names comes after those named, by how likely its group is."""
    names = taxonomy()
    own = dict.fromkeys(names.sorted_sectors, 0.0)
    for code, p in confidence.items():
        own[names.sector_of(code)] += p
    group = [groups[code] for code in names.sorted_sectors.values()]
    order = np.lexsort((-np.array(group), -np.array(list(own.values()))))
    slugs = tuple(own)
    return tuple(slugs[place] for place in order.tolist())


def _group_mass(confidence: Mapping[str, float]) -> dict[str, float]:
    names = taxonomy()
    mass = dict.fromkeys((group.code for group in names.groups), 0.0)
    for code, p in confidence.items():
        mass[names.group_of(code)] += p
    return mass
