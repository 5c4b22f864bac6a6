"""Selects and words the reasons shown for a ranked supplier, from the contributions of its signals: for it, against it, and unknown (to ask).

The list, « Pourquoi », `explain`, exports, messages, advice and the Club word a value as a reason by these functions alone; its stance (for, against,
unknown) comes with its signal.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache

from matcher.domain.french import enumeration, typeset
from matcher.domain.match import Band, Contribution, Match, Stance

MOST_REASONS, MOST_AGAINST, MOST_UNKNOWN, MOST_QUESTIONS = 3, 2, 2, 2
NOTHING = "rien de ce qui est connu de lui ne le désigne pour ce besoin"
# Key of the signal of the trade; signals that are evidence of the trade; signals that a list does not repeat (own column, or too weak).
TRADE = "activity"
TELLS_TRADE, NOT_LISTED = (TRADE, "references"), ("kind", "proximity", "wording", "freshness")
# Question for a supplier of whom nothing else is unknown.
ALWAYS = "est-il disponible aux dates du lot"


@dataclass(frozen=True, slots=True)
class Bar:
    """The score as a bar out of 100: `sure` points of known values, `unsure` weight of unknown values; the rest is lost. The score would be `least`
    if all unknowns were bad, `most` if all were good."""

    sure: float
    unsure: float

    @property
    def least(self) -> float:
        """The score if all unknowns were bad."""
        return self.sure

    @property
    def most(self) -> float:
        """The score if all unknowns were good."""
        return self.sure + self.unsure


def bar(match: Match) -> Bar:
    """Return the bar of a candidate."""
    known = sum(c.points for c in match.contributions if c.value is not None)
    unknown = sum(c.weight for c in match.contributions if c.value is None)
    return Bar(round(known, 2), float(unknown))


def strengths(match: Match) -> list[Contribution]:
    """Return the reasons for the supplier, by points gained."""
    return _sort_contributions(_of(match, Stance.FOR), lambda c: (-c.points, c.signal))


def listed_evidence(match: Match) -> list[Contribution]:
    """Return the evidence that a list shows besides kind and distance: of the trade first, faint clues included. In the band of other trades:
    that other trade, else the kind (a body that works for itself)."""
    if match.band is Band.AUTRE:
        known = [c for c in match.contributions if c.value is not None]
        return [c for c in known if c.signal in TELLS_TRADE] or [c for c in known if c.signal == "kind"]
    faint = [c for c in _of(match, Stance.SILENT) if c.signal in TELLS_TRADE]
    shown = [c for c in (*strengths(match), *faint) if c.signal not in NOT_LISTED]
    return sorted(shown, key=lambda c: c.signal not in TELLS_TRADE)


def against(match: Match) -> list[Contribution]:
    """Return the reasons against the supplier, by points lost."""
    return _sort_contributions(_of(match, Stance.AGAINST), lambda c: (c.points - c.weight, c.signal))


def unknowns(match: Match, answered: Collection[str] = ()) -> list[Contribution]:
    """Return the unknowns that may be asked by telephone, greatest weight first; not what the lot or the directories lack, nor the signals `answered` since."""
    return [c for c in _to_ask(match) if c.stance is Stance.UNKNOWN and c.signal not in answered]


def telephone_questions(match: Match) -> list[str]:
    """Return the questions to ask by telephone, greatest weight first: unknowns, and what is only guessed. Never empty."""
    return [c.question for c in _to_ask(match)] or [ALWAYS]


def question_left(match: Match, contribution: Contribution) -> str:
    """Return the question that one contribution leaves, empty for none; a supplier known for the trade is not asked about it."""
    return "" if match.band is Band.CONNU and contribution.signal == TRADE else contribution.question


def _to_ask(match: Match) -> list[Contribution]:
    """Return the contributions with a question to ask, greatest weight first."""
    return _sort_contributions(
        [c for c in match.contributions if question_left(match, c)], lambda c: (-c.weight, c.signal)
    )


def explanation(match: Match) -> tuple[str, ...]:
    """Return two or three French sentences on a candidate: reasons for it, reservations, questions to ask by telephone."""
    why = _join_spoken(strengths(match), MOST_REASONS) or NOTHING
    sentences = [_sentence(f"{match.name} : {why}.")]
    tempering = (_join_spoken(against(match), MOST_AGAINST), _join_spoken(unknowns(match), MOST_UNKNOWN))
    if any(tempering):
        sentences.append(_often_said(f"À nuancer : {' ; '.join(filter(None, tempering))}."))
    sentences.append(
        _often_said(f"À vérifier par téléphone : {enumeration(telephone_questions(match)[:MOST_QUESTIONS])} ?")
    )
    return tuple(sentences)


def _sentence(text: str) -> str:
    return typeset(text.replace("'", "’"))


# Cached, since reservations and questions are the same sentences for most candidates.
_often_said = lru_cache(maxsize=4096)(_sentence)


def _of(match: Match, stance: Stance) -> list[Contribution]:
    return [c for c in match.contributions if c.stance is stance]


def _sort_contributions(
    parts: list[Contribution], key: Callable[[Contribution], tuple[float, str]]
) -> list[Contribution]:
    return sorted(parts, key=key) if len(parts) > 1 else parts


def _join_spoken(parts: list[Contribution], most: int) -> str:
    return " ; ".join([c.spoken for c in parts if c.spoken][:most]) if parts else ""
