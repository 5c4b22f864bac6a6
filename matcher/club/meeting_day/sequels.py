"""Sequel of a meeting some weeks later, as each side gives it, and when it is asked."""

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


class ContractNature(StrEnum):
    """Nature of what was signed."""

    PUBLIC = "marché public"
    FRAMEWORK = "accord-cadre"
    ORDER = "commande"
    SUBCONTRACT = "sous-traitance"
    STAFF = "mise à disposition de personnel"


@dataclass(frozen=True, slots=True)
class ContractTerms:
    """Terms of a contract that was signed, None where not given: `amount` in euros without tax, `hours` of insertion, `jobs` of people."""

    amount: float | None = None
    nature: ContractNature | None = None
    hours: float | None = None
    jobs: int | None = None

    @property
    def figures(self) -> tuple[float | None, ...]:
        """Its figures, in the order in which they are asked."""
        return (self.amount, self.hours, self.jobs)


UNSAID = ContractTerms()


@dataclass(frozen=True, slots=True)
class Sequel:
    """Word of `by`, a participant (key) or the organiser, on what the meeting of a buyer and a supplier (keys) has led to; `terms` are those of
    a contract alone."""

    by: int
    buyer: int
    supplier: int
    step: SequelStep
    terms: ContractTerms = UNSAID

    @property
    def pair(self) -> frozenset[int]:
        """Both who met, in no order."""
        return frozenset((self.buyer, self.supplier))


def step_of(sequels: Iterable[Sequel]) -> SequelStep | None:
    """Return the step that counts for one meeting: the organiser's word, else the furthest; None without any."""
    sequel_steps = {one.by: one.step for one in sequels}
    return sequel_steps.get(ORGANISER) or max(sequel_steps.values(), key=_FURTHER.index, default=None)


def terms_of(sequels: Iterable[Sequel]) -> ContractTerms:
    """Return the terms that count of one contract: of each the organiser's, else the lower of both sides', which is sure."""
    by = {one.by: one.terms for one in sequels if one.step is SequelStep.CONTRACT}
    own, sides = by.pop(ORGANISER, UNSAID), tuple(by.values())

    def lower(mine: float | None, others: Iterable[float | None]) -> float | None:
        return min((value for value in others if value is not None), default=None) if mine is None else mine

    jobs = lower(own.jobs, (one.jobs for one in sides))
    return ContractTerms(
        lower(own.amount, (one.amount for one in sides)),
        own.nature or next((one.nature for one in sides if one.nature), None),
        lower(own.hours, (one.hours for one in sides)),
        None if jobs is None else int(jobs),
    )


def asked_from(day: date | None) -> date | None:
    """Return the day from which sequels are asked; None where the event has no day."""
    return day + ASKED_AFTER if day else None
