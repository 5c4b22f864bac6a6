"""Explanation of a supplier's rank in a list or of why it is refused, and its rank under each other choice of lever (reservation or clause) or kind."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from matcher.domain.french import enumeration, ordinal, typeset
from matcher.domain.match import OtherChoice, WhyNot
from matcher.need.fields import ASKED_LEVERS
from matcher.ranking.ask import LotOnShelf, Signal
from matcher.ranking.bands import lay_out_bands
from matcher.ranking.engine import rank
from matcher.ranking.gates import GATES, Gate
from matcher.ranking.signals import SIGNALS
from matcher.reference.levers import lever


def explain_absence(
    ask: LotOnShelf,
    key: str,
    weights: Mapping[str, int] | None = None,
    gates: Sequence[Gate] = GATES,
    signals: Sequence[Signal] = SIGNALS,
) -> WhyNot | None:
    """Return the rank or refusal of a supplier (id or SIRET) for a lot, and under each other choice; None where the catalogue lacks it. The lot is
    ranked again for each choice, seven times in all: call it for one supplier, not for a list."""
    ranking, row = rank(ask, weights, gates, signals), ask.shelf.find(key)
    answer = ranking.why_not(key)
    if answer is None or row is None:
        return None
    (match,) = lay_out_bands(ranking).matches(np.array([row]))
    lot = ask.reading.lot
    # No kind where kinds are required, no lever, and each other lever.
    others = [("sans type demandé", replace(ask.reading, lot=replace(lot, kinds=())))] if lot.kinds else []
    for code in ("", *ASKED_LEVERS):
        if code == ask.reading.lever:
            continue
        label = "sans article ni clause"
        if code:
            chosen = lever(code)
            label = f"avec une clause ({chosen.article})" if chosen.open_to_all else f"avec l’article {chosen.article}"
        others.append((label, replace(ask.reading, lot=replace(lot, levier=code), reserved_by="")))
    choices = []
    for label, reading in others:
        absence = rank(LotOnShelf(reading, ask.shelf, ask.on), weights, gates, signals).why_not(key)
        if absence is not None:
            choices.append(OtherChoice(reading.lot.levier, reading.lot.kinds, label, absence.rank, absence.refused))
    choices.sort(key=lambda choice: (choice.rank is None, choice.rank or 0))
    return replace(answer, match=match, choices=tuple(choices))


def standing_sentences(answer: WhyNot) -> tuple[str, ...]:
    """Return the rank or refusal of a supplier, then its rank under each other choice, as French sentences."""
    if answer.refused:
        sentences = [f"{answer.name} n’est pas dans la liste : {' ; '.join(answer.refused)}."]
    else:
        sentences = [f"{answer.name} est {ordinal(answer.rank or 0)} de la liste."]
    ranks = dict.fromkeys(choice.rank for choice in answer.choices if choice.rank not in (None, answer.rank))
    if ranks:
        outcomes = []
        for place in ranks:
            labels = [choice.label for choice in answer.choices if choice.rank == place]
            outcomes.append(f"{enumeration(labels, 'ou')}, il serait {ordinal(place or 0)}")
        sentences.append(f"{' ; '.join(outcomes)}.")
    elif answer.refused and answer.choices:
        sentences.append("Aucun autre choix de levier ou de type ne l’y mettrait.")
    return tuple(typeset((sentence[:1].upper() + sentence[1:]).replace("'", "’")) for sentence in sentences)
