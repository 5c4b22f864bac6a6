"""Selects the suppliers of a meeting day for one need: known for its trade or for those that it is asked about, credible, came to offer it, worth meeting."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from matcher.domain.reading import Reading
from matcher.ranking.engine import Ranking
from matcher.ranking.gates import REACH
from matcher.ranking.known import known_first, within_reach
from matcher.ranking.signals.activity import SIGNAL as ACTIVITY
from matcher.ranking.signals.proximity import SIGNAL as PROXIMITY
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.links import ALWAYS, doing_too

Bools = NDArray[np.bool_]
NOT_READ = "besoin non compris"


def known_rows(ranking: Ranking) -> Bools:
    """Return (n,) True for suppliers known for the trade of a need, or for a trade that it is asked about; ignoring eligibility and distance."""
    return np.asarray(ranking.ask.once(known_first) | option_rows(ranking))


def option_rows(ranking: Ranking) -> Bools:
    """Return (n,) True for suppliers known for a trade that a need is asked about, as long as nobody has answered; all False for a need understood."""
    rows = np.zeros(len(ranking.ask.shelf), dtype=bool)
    for code in options_of_need(ranking.ask.reading):
        rows |= does_surely(ranking, code)
    return rows


def does_surely(ranking: Ranking, code: str) -> Bools:
    """Return (n,) True for suppliers known, not guessed, to do a trade."""
    shelf = ranking.ask.shelf
    return shelf.does.surely(doing_too(code) >= np.float32(ALWAYS), len(shelf))


def options_of_need(reading: Reading) -> tuple[str, ...]:
    """Return the codes of the trades that a need is asked about; none where it is understood, or where nothing is."""
    return () if reading.understood or not reading.likely else reading.options


def sought_codes(reading: Reading, asked_codes: Iterable[str]) -> set[str]:
    """Return the codes of the trades of a need: those asked for, and those that it is asked about."""
    return {*asked_codes, *options_of_need(reading)}


def shared_trade(ranking: Ranking, row: int) -> str:
    """Return the French name of the trade of a need that a supplier (row) is known for: its first one, else one that it is asked about; empty for none."""
    if ranking.ask.once(known_first)[row]:
        return trade_of(ranking.ask.reading)
    options = (code for code in options_of_need(ranking.ask.reading) if does_surely(ranking, code)[row])
    return next(map(taxonomy().label, options), "")


def trade_of(reading: Reading) -> str:
    """Return the French name of the first trade of a need, `NOT_READ` where it has none."""
    return taxonomy().label(reading.activities[0].code) if reading.activities else NOT_READ


def credible_rows(ranking: Ranking, *, in_reach: bool) -> Bools:
    """Return (n,) True for suppliers whom no gate refuses and who are known for the need's trade and within reach (ignored if `in_reach`)."""
    if not in_reach:
        return np.asarray(ranking.credible | (ranking.admits & option_rows(ranking) & ranking.ask.once(within_reach)))
    return np.asarray(ranking.admits & known_rows(ranking))


def barred_rows(ranking: Ranking) -> Bools:
    """Return (n,) True for suppliers whom a gate other than that of distance refuses."""
    return np.asarray(np.any([out for gate, out in ranking.refused if gate.key != REACH], axis=0))


def came_for(ranking: Ranking, offers: Bools) -> Bools:
    """Return (s,) False where a supplier declares activities and none of them answers the need; evidence from the catalogue does not count."""
    if ranking.ask.reading.mode:  # seconded staff: the kind of structure offers it, without a declaration
        return np.ones(len(offers), dtype=bool)
    related = np.zeros(offers.shape[1], dtype=bool)
    for code in sought_codes(ranking.ask.reading, ranking.ask.asked_codes):
        related |= doing_too(code) >= np.float32(ALWAYS)
    return np.asarray((offers & related).any(axis=1) | ~offers.any(axis=1))


def worth_meeting(ranking: Ranking) -> Bools:
    """Return (n,) True for suppliers whom no gate refuses, who are not known only for trades of other families, and whose trade or nearness
    favours a meeting: neighbours may discover a common interest, and a supplier of the trade may come from far."""
    trade, proximity = ranking.of(ACTIVITY), ranking.of(PROXIMITY)
    speaks = ACTIVITY.favours(trade) | known_rows(ranking) | PROXIMITY.favours(proximity)
    elsewhere = ACTIVITY.disfavours(trade) & ~_of_the_family(ranking) & ~known_rows(ranking)
    return np.asarray(ranking.admits & ~elsewhere & speaks)


def _of_the_family(ranking: Ranking) -> Bools:
    """Return (n,) True for suppliers with evidence of a trade in a group of the need's trades."""
    names = taxonomy()
    groups = {names.group_of(code) for code in sought_codes(ranking.ask.reading, ranking.ask.asked_codes)}
    family = np.array([names.group_of(code) in groups for code in names.codes], dtype=np.float32)
    return np.asarray(ranking.ask.shelf.does.best(family, len(ranking.ask.shelf)) > 0)
