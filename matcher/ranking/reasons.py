"""Reasons shown for a candidate, judged here alone: for it, against it, and to be asked, by its contributions.

The list, « Pourquoi », `explain`, exports, messages, advice and the Club read these; nobody else looks at a value to call it a reason.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from matcher.domain.french import enumeration, typeset
from matcher.domain.match import Band, Contribution, Match, Stance

MOST_REASONS, MOST_AGAINST, MOST_UNKNOWN, MOST_QUESTIONS = 3, 2, 2, 2
NOTHING = "rien de ce qui est connu de lui ne le désigne pour ce besoin"
# Signals that tell the trade; and those that a list shows in columns of their own, or that say too little for one.
TRADE = "activity"
TELLS_TRADE, NOT_LISTED = (TRADE, "references"), ("kind", "proximity", "wording", "freshness")
# Asked of whom nothing else is to be asked.
ALWAYS = "est-il disponible aux dates du lot"


@dataclass(frozen=True, slots=True)
class Bar:
    """Points out of 100: `sure` come from what is known, `unsure` is the weight of what is not; the rest is lost.

    Were the unknown all bad the score would be `least`, all good `most`.
    """

    sure: float
    unsure: float

    @property
    def least(self) -> float:
        """The score if the news is bad."""
        return self.sure

    @property
    def most(self) -> float:
        """The score if the news is good."""
        return self.sure + self.unsure


def bar(match: Match) -> Bar:
    """Return the bar of a candidate."""
    known = sum(c.points for c in match.contributions if c.value is not None)
    unknown = sum(c.weight for c in match.contributions if c.value is None)
    return Bar(round(known, 2), float(unknown))


def strengths(match: Match) -> list[Contribution]:
    """Return what speaks for the supplier, by the points it gives."""
    return _sorted(_of(match, Stance.FOR), lambda c: (-c.points, c.signal))


def listed_evidence(match: Match) -> list[Contribution]:
    """Return the evidence that a list shows of a supplier beside its kind and its distance: that of its trade first, a faint clue too; of who is known for
    something else, that other trade, else the kind of who works for itself."""
    if match.band is Band.AUTRE:
        known = [c for c in match.contributions if c.value is not None]
        return [c for c in known if c.signal in TELLS_TRADE] or [c for c in known if c.signal == "kind"]
    faint = [c for c in _of(match, Stance.SILENT) if c.signal in TELLS_TRADE]
    shown = [c for c in (*strengths(match), *faint) if c.signal not in NOT_LISTED]
    return sorted(shown, key=lambda c: c.signal not in TELLS_TRADE)


def against(match: Match) -> list[Contribution]:
    """Return what speaks against the supplier, by the points it costs."""
    return _sorted(_of(match, Stance.AGAINST), lambda c: (c.points - c.weight, c.signal))


def unknowns(match: Match) -> list[Contribution]:
    """Return what is not known and may be asked by telephone, weightiest first. What the lot or the directories lack is no question."""
    return [c for c in _to_ask(match) if c.stance is Stance.UNKNOWN]


def telephone_questions(match: Match) -> list[str]:
    """Return what to ask the supplier by telephone, weightiest first: its unknowns, and what is only guessed. Never empty."""
    return [c.question for c in _to_ask(match)] or [ALWAYS]


def question_left(match: Match, contribution: Contribution) -> str:
    """Return what one contribution leaves to ask, empty where nothing: whoever is known for the trade is not asked whether it does it."""
    return "" if match.band is Band.CONNU and contribution.signal == TRADE else contribution.question


def _to_ask(match: Match) -> list[Contribution]:
    """Return what may be asked by telephone, weightiest first."""
    return _sorted([c for c in match.contributions if question_left(match, c)], lambda c: (-c.weight, c.signal))


def explanation(match: Match) -> tuple[str, ...]:
    """Return a candidate in two or three sentences to be read aloud: why this one, what tempers it, what to ask by telephone."""
    why = _joined(strengths(match), MOST_REASONS) or NOTHING
    sentences = [_sentence(f"{match.name} : {why}.")]
    tempering = (_joined(against(match), MOST_AGAINST), _joined(unknowns(match), MOST_UNKNOWN))
    if any(tempering):
        sentences.append(_often_said(f"À nuancer : {' ; '.join(filter(None, tempering))}."))
    sentences.append(
        _often_said(f"À vérifier par téléphone : {enumeration(telephone_questions(match)[:MOST_QUESTIONS])} ?")
    )
    return tuple(sentences)


def _sentence(text: str) -> str:
    return typeset(text.replace("'", "’"))


# What tempers a candidate and what to ask it are the same sentences for most.
_often_said = lru_cache(maxsize=4096)(_sentence)


def _of(match: Match, stance: Stance) -> list[Contribution]:
    return [c for c in match.contributions if c.stance is stance]


def _sorted(parts: list[Contribution], key: Callable[[Contribution], tuple[float, str]]) -> list[Contribution]:
    return sorted(parts, key=key) if len(parts) > 1 else parts


def _joined(parts: list[Contribution], most: int) -> str:
    return " ; ".join([c.spoken for c in parts if c.spoken][:most]) if parts else ""
