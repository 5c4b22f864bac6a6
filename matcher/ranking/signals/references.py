"""Signal (criterion of the score) of references: has the supplier already won public contracts like this lot (a buyer's need)?

Each past contract is compared with the lot by activity, as in the signal of activity (same trade 1, a linked one by its probability). It counts for
less with age, and half where won under another SIRET of the organisation. Only contracts strictly before the lot count (none if the lot has no
date), and never the lot itself (same buyer with the same title or reference). Contracts of other trades count as unknown; finding none proves
nothing, since few are published under the SIRET that does the work.
"""

import numpy as np

from matcher.domain.french import count
from matcher.domain.reading import Lot
from matcher.ranking.ask import LotOnShelf, Saying, Signal, all_unknown
from matcher.ranking.shelf.awards import UNREAD, Awards, Bools, siren_number, words_number
from matcher.ranking.shelf.sphere import Floats, Rows
from matcher.ranking.signals.activity import activity_fit
from matcher.reference.trades.links import ALWAYS, doing_too

PRIOR = 0.3
# Least value that is a reason for (just above the prior); none is a reason against.
TELLS = PRIOR + 0.01
ALL = slice(None)
# Factor for a contract won under another SIRET of the organisation, perhaps by another team.
WEAK = 0.5
# A contract counts fully for three years, then falls linearly to half over five more.
FULL_DAYS, HALVED_DAYS, OLD = 3 * 365.0, 8 * 365.0, 0.5


def _like(ask: LotOnShelf, span: slice, near: Floats) -> Floats:
    """Return, for each contract of `span`, the value in `near` (A,) of its activity; 0 where it is not understood, NaN where not comparable."""
    activity = ask.shelf.awards.activity[span]
    like = np.where(activity == UNREAD, 0.0, near[activity]).astype(np.float32)
    like[~comparable(ask, span)] = np.nan
    return like


def comparable(ask: LotOnShelf, span: slice) -> Bools:
    """Return which contracts of `span` can be compared with the lot: notified before it, and not the lot itself; none without a date."""
    awards, lot = ask.shelf.awards, ask.reading.lot
    days = awards.day[span]
    if lot.date is None:
        return np.zeros(len(days), dtype=bool)
    return np.asarray((days > 0) & (days < lot.date.toordinal()) & ~_itself(awards, span, lot))


def _itself(awards: Awards, span: slice, lot: Lot) -> Bools:
    """Return which contracts may be the lot itself: same buyer and reference, or same title unless the buyers differ."""
    buyer, number, objet = siren_number(lot.acheteur_siret), words_number(lot.lot_id), words_number(lot.objet)
    theirs = awards.buyer[span]
    same_number = (awards.number[span] == number) & (theirs == buyer) & (number != 0) & (buyer != 0)
    other_buyer = (theirs != buyer) & (theirs != 0) & (buyer != 0)
    return np.asarray(same_number | ((awards.objet[span] == objet) & (objet != 0) & ~other_buyer))


def _worth(ask: LotOnShelf, span: slice) -> Floats:
    """Return the value of each contract of `span`: activity × age × establishment; NaN where not comparable."""
    awards, on = ask.shelf.awards, ask.reading.lot.date
    age = (on.toordinal() if on else 0) - awards.day[span]
    fresh = np.clip(1.0 - (1.0 - OLD) * (age - FULL_DAYS) / (HALVED_DAYS - FULL_DAYS), OLD, 1.0)
    return np.asarray(
        _like(ask, span, ask.once(activity_fit)) * fresh * np.where(awards.own[span], 1.0, WEAK), dtype=np.float32
    )


def winner_rows(ask: LotOnShelf, code: str) -> Rows:
    """Return the rows of suppliers that won, under their own SIRET, a contract for this activity or one that always includes it, before the lot."""
    if not len(ask.shelf.awards.rows):
        return ask.shelf.awards.rows
    awards = ask.shelf.awards
    return np.unique(awards.rows[(_like(ask, ALL, doing_too(code)) >= np.float32(ALWAYS)) & awards.own])


def values(ask: LotOnShelf) -> Floats:
    """Return (n,) the best value over a supplier's contracts, at least the prior; NaN where it has no comparable one."""
    if not (ask.trades or ask.reading.mode) or not len(ask.shelf.awards.rows):
        return all_unknown(ask)
    worth = _worth(ask, ALL)
    compared = ~np.isnan(worth)
    if not compared.any():
        return all_unknown(ask)
    worths = np.full(len(ask.shelf), np.nan, dtype=np.float32)
    np.fmax.at(worths, ask.shelf.awards.rows[compared], np.maximum(worth[compared], np.float32(PRIOR)))
    return worths


def say(ask: LotOnShelf, row: int, value: float | None) -> Saying:
    """Return the French texts: the contract that counted, or how many are of other trades; else what is missing."""
    if value is None:
        # Finding none proves nothing, so it is asked, unless no contracts were imported at all.
        if not len(ask.shelf.awards.rows):
            missing = "aucun marché public importé : les références ne sont pas connues"
        elif ask.reading.lot.date is None:
            missing = "date du lot non donnée : les marchés passés ne sont pas comparés"
        elif not (ask.trades or ask.reading.mode):
            missing = "activité du lot non comprise"
        else:
            none = "aucun marché retrouvé sous ce SIRET, ce qui ne dit pas qu’il n’y en a pas"
            return Saying(none, "aucun marché retrouvé sous ce SIRET", "quels marchés comparables a-t-il réalisés")
        return Saying(missing, missing)
    span = ask.shelf.awards.of(row)
    worth = _compare_contracts(ask, span)
    best = int(worth.argmax())
    own = bool(ask.shelf.awards.own[span][best])
    if worth[best] <= 0:
        counted = count(int((worth >= 0).sum()), "marché retrouvé", "marchés retrouvés")
        return Saying(f"{counted}, sans lien établi avec ce besoin", f"{counted}, sans lien établi avec ce besoin")
    sentence = f"a tenu {ask.shelf.awards.sentences[span.start + best]}"
    short = sentence if own else f"son organisation (même SIREN) {sentence} : indice faible"
    spoken = f"il {sentence}" if own else short
    if _like(ask, span, ask.once(activity_fit))[best] >= np.float32(ALWAYS):
        return Saying(short, spoken)
    return Saying(f"marché voisin : {short}", f"{spoken} (marché voisin)")


def counted_award(ask: LotOnShelf, row: int) -> int:
    """Return the index in `shelf.awards` of the supplier's contract that counted; it must have a comparable one."""
    span = ask.shelf.awards.of(row)
    return int(span.start) + int(_compare_contracts(ask, span).argmax())


def _compare_contracts(ask: LotOnShelf, span: slice) -> Floats:
    """Return the value of each contract of `span`, -1 where not comparable."""
    return np.asarray(np.nan_to_num(_worth(ask, span), nan=-1.0))


TOLD = (
    "Les marchés publics déjà remportés pour le même métier, avant ce lot. Les anciens comptent moins, ceux d’un "
    "autre établissement de la même organisation moitié moins. N’en retrouver aucun ne dit rien."
)
SIGNAL = Signal(
    key="references",
    label="Références",
    told=TOLD,
    prior=PRIOR,
    values=values,
    say=say,
    mail="Quels marchés comparables avez-vous réalisés ces trois dernières années ?",
    field="references",
    speaks_for=TELLS,
)
