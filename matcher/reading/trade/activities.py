"""Reads the trades (activities) that a need asks for, from its words by the model of `model.py` and from its CPV codes, with what to ask in doubt."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from matcher.cleaning.words import stems
from matcher.domain.reading import SUPPOSED, ActivityGuess, DoubtKind, ReadingDoubt
from matcher.reading.trade.doubt import (
    LEAST_CONFIDENCE,
    contradiction,
    doubts_about,
    guesses_of,
    least_sure,
    likeliest,
    names_nothing,
    options_of,
    sure_of,
)
from matcher.reading.trade.model import NOTHING, TextRead, TradeModel, current_model
from matcher.reading.trade.spelling import respell
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.cpv import cpv_weights, normalise_cpv
from matcher.reference.trades.links import twins_of

# Share of CPV codes that are those of the work bought, by hand on past contracts: the others are wrong, or vague.
CPV_RIGHT = 0.8
# Words of a lever alone are a trade from this confidence on: « marché d’insertion » has .39, usual reservations .25 at most.
BELIEVED = 1 / 3


@dataclass(frozen=True, slots=True)
class UnderstoodTrade:
    """Activities by confidence; the marché's groups and sectors, all of them, likeliest first; doubts; whether it is sure of the trade, and
    where it is not the codes to choose among; the words that the model read, empty where there were none."""

    activities: tuple[ActivityGuess, ...]
    groups: tuple[str, ...]
    sectors: tuple[str, ...]
    doubts: tuple[ReadingDoubt, ...]
    sure: bool
    options: tuple[str, ...]
    text: str


def read_activities(objet: str, cpv: Sequence[str] = (), core: str | None = None) -> UnderstoodTrade:
    """Read what a lot is about from its object and CPV codes. Never raises; what does not fit is a doubt.

    `core` is the object without what names a lever: it is read instead of the object. Where nothing is left of it, the words of the lever are
    believed from `BELIEVED` on, codes apart (« lot réservé EI ACI » asks for no trade, « marché d’insertion » may).
    """
    codes, code_doubts = _usable_codes(cpv)
    texts = [text for text in dict.fromkeys(((core or "").strip(), objet.strip())) if stems(text)]
    if not texts:
        return _combine(current_model(), "", codes, code_doubts, empty=not objet.strip())
    lever_alone = core is not None and not stems(core)
    if lever_alone and _confidence(_combine(current_model(), texts[0], (), ())) < BELIEVED:
        return _combine(current_model(), "", codes, code_doubts)
    first = _combine(current_model(), texts[0], codes, code_doubts)
    if first.sure or len(texts) == 1:
        return first
    # What names a lever may be the trade itself: « prestations d’insertion professionnelle ».
    whole = _combine(current_model(), texts[1], codes, code_doubts)
    agrees = whole.sure and first.activities[:1] and whole.activities[0].code == first.activities[0].code
    return first if _confidence(first) >= SUPPOSED and not agrees else whole


def _usable_codes(cpv: Sequence[str]) -> tuple[tuple[str, ...], tuple[ReadingDoubt, ...]]:
    codes: tuple[str, ...] = ()
    doubts: tuple[ReadingDoubt, ...] = ()
    for code, doubt in map(normalise_cpv, cpv):
        codes += (code,) if code else ()
        doubts += (ReadingDoubt(DoubtKind.TRADE, doubt),) if doubt else ()
    return codes, doubts


def _confidence(trade: UnderstoodTrade) -> float:
    return trade.activities[0].confidence if trade.activities else 0.0


def sum_trades(trades: Sequence[UnderstoodTrade]) -> tuple[ActivityGuess, ...]:
    """Return the activities of several lots together: the first of each, that of most lots first, then the others that are likely enough in
    the mean of the lots. Each of `trades` has an activity."""
    shares: dict[str, float] = {}
    for guess in chain.from_iterable(trade.activities for trade in trades):
        shares[guess.code] = shares.get(guess.code, 0.0) + guess.confidence / len(trades)
    first_counts = Counter(trade.activities[0].code for trade in trades)
    firsts = sorted(first_counts, key=lambda code: (-first_counts[code], -shares[code], code))
    besides = sorted(shares.keys() - firsts, key=lambda code: (-shares[code], code))
    return tuple(
        ActivityGuess(code, taxonomy().label(code), round(shares[code], 4), named=code in firsts)
        for code in (*firsts, *(code for code in besides if shares[code] >= LEAST_CONFIDENCE))
    )


@lru_cache(maxsize=64)  # one need is read for its list, for each offer of it, and for the pages that it leads to
def _combine(
    model: TradeModel, text: str, codes: tuple[str, ...], code_doubts: tuple[ReadingDoubt, ...], *, empty: bool = False
) -> UnderstoodTrade:
    """Return what a text, empty where there are no words, and codes state together."""
    if not text and not codes:
        doubts = [*code_doubts, *doubts_about((), (), sure=False, empty=empty, nothing=1.0)]
        even = {code: share for code, share in _even_shares(model).items() if code != NOTHING}
        return UnderstoodTrade((), *_rank_groups(even), tuple(doubts), False, (), text)
    text, respelt = respell(text, model)
    words = model.read(text) if text else TextRead(_even_shares(model), NOTHING, {}, 1.0)
    shares = _with_cpv(words.shares, codes)
    named = _asked_beside(shares, words.beside)
    confidence = shares_asked(shares, words.beside)
    activities = {code: share for code, share in confidence.items() if code != NOTHING}
    # A code says what the words do not: with one, a word alone, or words never seen, are enough.
    is_named = bool(codes) or not names_nothing(text)
    sure = max(activities.values()) >= SUPPOSED
    if text:
        sure = is_named and sure_of(shares, words.beside, 1.0 if codes else words.known - respelt, least_sure(text))
    options = () if sure else options_of(activities)
    guesses = guesses_of(activities, named, options)
    doubts = [
        *code_doubts,
        *doubts_about(guesses, options, sure=sure, empty=False, nothing=confidence[NOTHING]),
        *(contradiction(words.shares, codes) if text else ()),
    ]
    return UnderstoodTrade(guesses, *_rank_groups(activities), tuple(doubts), sure, options, text)


def _even_shares(model: TradeModel) -> Mapping[str, float]:
    return dict.fromkeys(model.outcomes, 1.0 / len(model.outcomes))


def _with_cpv(shares: Mapping[str, float], codes: Sequence[str]) -> Mapping[str, float]:
    """Return the shares by words and codes together: a code is right `CPV_RIGHT` of the time, and then the trade is among those that it gives."""
    shares_by_cpv = [code_shares for code in codes if (code_shares := _leaf_shares(code))]
    if not shares_by_cpv:
        return shares
    wrong = (1.0 - CPV_RIGHT) / len(shares)
    by_code: dict[str, float] = {}
    for code, part in chain.from_iterable(code_shares.items() for code_shares in shares_by_cpv):
        by_code[code] = by_code.get(code, 0.0) + part
    right = CPV_RIGHT / len(shares_by_cpv)
    joint = {code: share * (right * by_code.get(code, 0.0) + wrong) for code, share in shares.items()}
    total = sum(joint.values())
    return {code: share / total for code, share in joint.items()}


@lru_cache(maxsize=4096)  # a year of contracts has some two thousand codes
def _leaf_shares(cpv: str) -> Mapping[str, float]:
    """Return the weights of a CPV code by leaf: that of a group is shared among its leaves."""
    names = taxonomy()
    shares: dict[str, float] = {}
    for target, weight in cpv_weights(cpv).items():
        leaves = [target] if "." in target else [leaf.code for leaf in names.leaves if leaf.group == target]
        for code in leaves:
            shares[code] = shares.get(code, 0.0) + weight / len(leaves)
    return shares


def shares_asked(shares: Mapping[str, float], beside: Mapping[str, float]) -> Mapping[str, float]:
    """Return the part of each outcome in all that is asked: the first gives of its share to each activity asked `beside` it, as much as that
    is likely and as far as it stays the first.

    From a chance of one in nine on, an activity asked beside has a tenth or more wherever the first has nine tenths.
    """
    first = likeliest(shares)
    others = {code: chance for code, chance in beside.items() if code != first}
    if first == NOTHING or not others:
        return shares
    part = shares[first] / (1.0 + sum(others.values()))
    gains = {code: max(0.0, min(part - shares[code], part * chance)) for code, chance in others.items()}
    total_gain = sum(gains.values())
    # The greatest of the parts of these gains after which the first is no less than any other.
    lead = {code: shares[first] - share for code, share in shares.items() if code != first}
    whole = min([1.0, *(lead[code] / (total_gain + gains.get(code, 0.0)) for code in lead if total_gain)])
    gained = {code: shares[code] + whole * gain for code, gain in gains.items()}
    return {**shares, **gained, first: shares[first] - whole * total_gain}


def _asked_beside(shares: Mapping[str, float], beside: Iterable[str]) -> frozenset[str]:
    """Return the activities asked for outright where there are several: the first, those `beside` it, and twins of these."""
    first = likeliest(shares)
    if first == NOTHING:
        return frozenset()
    codes = {first, *beside}
    every = codes.union(*(twins_of(code) for code in codes))
    return frozenset(every) if len(every) > 1 else frozenset()


@dataclass(frozen=True, slots=True)
class _Columns:
    """Places of the sectors under which activities are sought, and of their groups, among the marché's groups, sorted by code, and sectors,
    sorted by slug."""

    groups: NDArray[np.intp]
    sectors: NDArray[np.intp]


@lru_cache(maxsize=8)
def _columns(activities: tuple[str, ...]) -> _Columns:
    names = taxonomy()
    groups, sectors = _sorted_groups(), tuple(names.sorted_sectors)
    sought = [names.leaf(code).need_sector for code in activities]
    return _Columns(
        np.array([groups.index(names.sorted_sectors[slug]) for slug in sought], np.intp),
        np.array([sectors.index(slug) for slug in sought], np.intp),
    )


@lru_cache(maxsize=1)
def _sorted_groups() -> tuple[str, ...]:
    return tuple(sorted(group.code for group in taxonomy().groups))


def _rank_groups(confidence: Mapping[str, float]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the labels of all groups and the slugs of all sectors, likeliest first; of two sectors alike, the one whose group is likelier."""
    names, groups = taxonomy(), _sorted_groups()
    columns, shares = _columns(tuple(confidence)), np.fromiter(confidence.values(), np.float64, len(confidence))
    group_mass = np.bincount(columns.groups, shares, len(groups))
    sector_mass = np.bincount(columns.sectors, shares, len(names.sorted_sectors))
    of_group = group_mass[[groups.index(code) for code in names.sorted_sectors.values()]]
    slugs = tuple(names.sorted_sectors)
    return (
        tuple(names.label(groups[place]) for place in np.argsort(-group_mass, kind="stable").tolist()),
        tuple(slugs[place] for place in np.lexsort((-of_group, -sector_mass)).tolist()),
    )
