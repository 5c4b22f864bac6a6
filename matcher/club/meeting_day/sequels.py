"""Follow-up (« suite ») of a buyer–supplier meeting weeks later (quote, contract and its terms) as each side reports it; which report counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

# Time after the event before participants are asked, so that quotes can be written; their links last longer.
ASKED_AFTER = timedelta(weeks=4)
# Author of a report by the organiser; keys of participants start at 1.
ORGANISER = 0


class SequelStep(StrEnum):
    """Step that a meeting has led to, some weeks later."""

    NOT_YET = "rien encore"
    QUOTE = "devis remis"
    CONTRACT = "marché signé"
    NONE = "sans suite"


# Steps that imply that the meeting took place and had a follow-up.
TAKEN_UP = frozenset({SequelStep.QUOTE, SequelStep.CONTRACT})
# Steps from the least to the furthest; where both sides' reports differ, the furthest counts.
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
    """Terms of a signed contract, None where not given: `amount` in euros before tax, insertion `hours`, number of `jobs`."""

    amount: float | None = None
    nature: ContractNature | None = None
    hours: float | None = None
    jobs: int | None = None

    @property
    def figures(self) -> tuple[float | None, ...]:
        """Figures of the contract, in the order of the form."""
        return (self.amount, self.hours, self.jobs)


UNSAID = ContractTerms()


@dataclass(frozen=True, slots=True)
class Sequel:
    """Report by `by`, a participant (key) or `ORGANISER`, on what the meeting of a buyer and a supplier (keys) has led to; `terms` only for a
    contract."""

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
    """Return the step that counts for one meeting: the organiser's, else the furthest; None without any report."""
    sequel_steps = {one.by: one.step for one in sequels}
    return sequel_steps.get(ORGANISER) or max(sequel_steps.values(), key=_FURTHER.index, default=None)


def terms_of(sequels: Iterable[Sequel]) -> ContractTerms:
    """Return the terms that count for one contract: each figure from the organiser, else the lower of both sides' (the certain part)."""
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
