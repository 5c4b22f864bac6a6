"""Follow-up (« suite ») of a buyer–supplier meeting weeks later (quote, contract and its terms) as each side reports it; which report counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

# Time after the event before participants are asked, so that quotes can be written; the links sent to them to answer stay valid longer than this.
ASKED_AFTER = timedelta(weeks=4)
# Author of a report by the organiser; keys of participants start at 1.
ORGANISER = 0


class SequelStep(StrEnum):
    """Step that a meeting has led to, some weeks later: NOT_YET may still lead to more, NONE is abandoned; without a report there is no step (None)."""

    NOT_YET = "rien encore"
    QUOTE = "devis remis"
    CONTRACT = "marché signé"
    NONE = "sans suite"


# Steps that prove that the meeting took place and led somewhere.
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
    """Follow-up as reported by `by`, a participant (key) or `ORGANISER`, on what the meeting of a buyer and a supplier (keys) has led to; `terms` only for a
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
    step_by_author = {one.by: one.step for one in sequels}
    return step_by_author.get(ORGANISER) or max(step_by_author.values(), key=_FURTHER.index, default=None)


def terms_of(sequels: Iterable[Sequel]) -> ContractTerms:
    """Return the terms that count for one contract: each figure from the organiser, else the lowest reported, the amount
    that both sides agree was at least reached."""
    terms_by_author = {one.by: one.terms for one in sequels if one.step is SequelStep.CONTRACT}
    organiser, sides = terms_by_author.pop(ORGANISER, UNSAID), tuple(terms_by_author.values())

    def organiser_else_lowest(organiser_value: float | None, side_values: Iterable[float | None]) -> float | None:
        if organiser_value is not None:
            return organiser_value
        return min((value for value in side_values if value is not None), default=None)

    jobs = organiser_else_lowest(organiser.jobs, (one.jobs for one in sides))
    return ContractTerms(
        organiser_else_lowest(organiser.amount, (one.amount for one in sides)),
        organiser.nature or next((one.nature for one in sides if one.nature), None),
        organiser_else_lowest(organiser.hours, (one.hours for one in sides)),
        None if jobs is None else int(jobs),
    )


def asked_from(day: date | None) -> date | None:
    """Return the day from which participants are asked for the follow-up; None where the event has no day."""
    return day + ASKED_AFTER if day else None
