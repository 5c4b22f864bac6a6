"""Sequel of a meeting some weeks later, as each side tells it, and when it is asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

# Time for a quote to be written, after the event; the participants' links last longer.
ASKED_AFTER = timedelta(weeks=4)
# Who tells where it is neither side: the organiser. Keys of participants start at 1.
ORGANISER = 0


class SequelStep(StrEnum):
    """Step that a meeting has led to, some weeks later."""

    NOT_YET = "rien encore"
    QUOTE = "devis remis"
    CONTRACT = "marché signé"
    NONE = "sans suite"


# Steps that say that the two have met and gone on.
TAKEN_UP = frozenset({SequelStep.QUOTE, SequelStep.CONTRACT})
# The further a step, the later it stands: what two sides say apart counts as the furthest of both.
_FURTHER = (SequelStep.NONE, SequelStep.NOT_YET, SequelStep.QUOTE, SequelStep.CONTRACT)


@dataclass(frozen=True, slots=True)
class Sequel:
    """Word of `by`, a participant (key) or the organiser, on what the meeting of a buyer and a supplier (keys) has led to."""

    by: int
    buyer: int
    supplier: int
    step: SequelStep

    @property
    def pair(self) -> frozenset[int]:
        """Both who met, in no order."""
        return frozenset((self.buyer, self.supplier))


def step_of(told: Iterable[Sequel]) -> SequelStep | None:
    """Return the step that counts of what is told of one meeting: the organiser's word, else the furthest; None where nobody tells."""
    said = {one.by: one.step for one in told}
    return said.get(ORGANISER) or max(said.values(), key=_FURTHER.index, default=None)


def asked_from(day: date | None) -> date | None:
    """Return the day from which sequels are asked; None where the event has no day."""
    return day + ASKED_AFTER if day else None
