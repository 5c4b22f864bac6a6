"""Signal (criterion of the score) of incumbents: has the supplier, or its organisation (SIREN), already won a contract from this buyer?

Only contracts strictly before the lot count; none where the lot has no date or buyer. Weight 0 unless the buyer asks for its incumbents
first (`--titulaires`), since sourcing looks for newcomers too.
"""

import numpy as np

from matcher.ranking.ask import LotOnShelf, Saying, Signal, all_unknown
from matcher.ranking.shelf.awards import Bools, siren_number
from matcher.ranking.shelf.sphere import Floats
from matcher.ranking.signals import references
from matcher.ranking.signals.references import ALL, comparable


def values(ask: LotOnShelf) -> Floats:
    """Return (n,) 1 where a contract with this buyer is known, NaN (unknown) elsewhere."""
    theirs = _with_buyer(ask, ALL)
    if not theirs.any():
        return all_unknown(ask)
    worths = np.full(len(ask.shelf), np.nan, dtype=np.float32)
    worths[ask.shelf.awards.rows[theirs]] = 1.0
    return worths


def _with_buyer(ask: LotOnShelf, span: slice) -> Bools:
    """Return which contracts of `span` this buyer awarded before the lot."""
    buyer = siren_number(ask.reading.buyer)
    return np.asarray(comparable(ask, span) & (buyer != 0) & (ask.shelf.awards.buyer[span] == buyer))


def say(ask: LotOnShelf, row: int, value: float | None) -> Saying:
    """Return the French texts with the last contract with this buyer."""
    if value is None:
        return Saying("aucun marché retrouvé avec cet acheteur", "aucun marché retrouvé avec cet acheteur")
    last = latest(ask, row)
    sentence = f"a déjà travaillé pour vous : {ask.shelf.awards.sentences[last]}"
    if ask.shelf.awards.own[last]:
        return Saying(sentence, f"il {sentence}")
    sentence = f"son organisation (même SIREN) {sentence}"
    return Saying(sentence, sentence)


def latest(ask: LotOnShelf, row: int) -> int:
    """Return the index in `shelf.awards` of a supplier's last contract with this buyer; it must have one."""
    span = ask.shelf.awards.of(row)
    return int(span.start) + int(np.where(_with_buyer(ask, span), ask.shelf.awards.day[span], -1).argmax())


TOLD = (
    "Un marché déjà remporté auprès du même acheteur, avant ce lot. C’est montré sans changer l’ordre, sauf si vous "
    "demandez vos titulaires d’abord : un sourcing cherche aussi de nouveaux venus."
)
SIGNAL = Signal(
    key="incumbent",
    label="Titulaire",
    told=TOLD,
    prior=0.0,
    values=values,
    say=say,
    mail=references.SIGNAL.mail,
    field="references",
    speaks_for=1.0,
)
