"""Key figures of a meeting day for elected officials, each with its base in French: needs met, contracts, insertion hours; unknown is not zero."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine

from matcher.club.meeting_day.changes import TellSequel
from matcher.club.meeting_day.meeting_day import MeetingDay
from matcher.club.meeting_day.sequels import ORGANISER, ContractTerms, SequelStep
from matcher.club.meeting_day.store import load_day
from matcher.club.results.needs_met import CountedNeed, counted_needs
from matcher.club.results.report import CountedMeeting, MeetingCounts, count_meetings, counted_meetings
from matcher.club.results.said import MeetingWords
from matcher.club.timetable.planning import setting_of
from matcher.club.timetable.setting import Setting
from matcher.domain.french import count, number, typeset
from matcher.ownership import OrganisationId


@dataclass(frozen=True, slots=True)
class ToldSum:
    """Sum of a figure over the `contracts` (count) that give it; `total` is None where none does."""

    total: float | None
    contracts: int

    @staticmethod
    def of(values: Iterable[float | None]) -> "ToldSum":
        """Return the sum of the values that are not None."""
        known = [value for value in values if value is not None]
        return ToldSum(sum(known) if known else None, len(known))


@dataclass(frozen=True, slots=True)
class Usefulness:
    """Mean of the marks of usefulness (1 to 5) that one side gave to meetings, None without any, and their count."""

    mean: float | None
    meetings: int

    @staticmethod
    def of(marks: Iterable[int | None]) -> "Usefulness":
        """Return the mean of the marks that are not None."""
        known = [mark for mark in marks if mark is not None]
        return Usefulness(round(sum(known) / len(known), 1) if known else None, len(known))


@dataclass(frozen=True, slots=True)
class SignedContract:
    """A contract that a meeting led to: its terms, and in French who reported it."""

    words: MeetingWords
    terms: ContractTerms
    by: str


@dataclass(frozen=True, slots=True)
class DayFigures:
    """Figures of a day. `needs`: needs whose trade is understood, of which `met` met a supplier of their trade (None without a timetable);
    `unread`: needs not understood. `buyers`: buyers with a meeting, of whom `told` have at least one known sequel."""

    needs: int
    met: int | None
    unread: int
    counts: MeetingCounts
    contracts: tuple[SignedContract, ...]
    buyers: int
    told: int
    useful_to_buyers: Usefulness
    useful_to_suppliers: Usefulness

    @property
    def amount(self) -> ToldSum:
        """Amount of its contracts, in euros before tax."""
        return ToldSum.of(one.terms.amount for one in self.contracts)

    @property
    def hours(self) -> ToldSum:
        """Hours of insertion of its contracts."""
        return ToldSum.of(one.terms.hours for one in self.contracts)

    @property
    def jobs(self) -> ToldSum:
        """Jobs of its contracts."""
        return ToldSum.of(one.terms.jobs for one in self.contracts)


def count_figures(event: MeetingDay, meetings: Sequence[CountedMeeting], needs: Sequence[CountedNeed]) -> DayFigures:
    """Return the figures of an event, from its meetings and its needs."""
    met = [one.met for one in needs if one.met is not None]
    read = [one for one in needs if one.is_understood]
    words = [one.words for one in meetings]
    return DayFigures(
        needs=len(read),
        met=sum(met) if event.plan else None,
        unread=len(needs) - len(read),
        counts=count_meetings("", meetings),
        contracts=tuple(
            SignedContract(one, one.terms, _reporters(event, one)) for one in words if one.terms is not None
        ),
        buyers=len({one.booking.buyer for one in words}),
        told=len({one.booking.buyer for one in words if one.step is not None}),
        useful_to_buyers=Usefulness.of(one.useful_to_buyer for one in words),
        useful_to_suppliers=Usefulness.of(one.useful_to_supplier for one in words),
    )


def figures_of(setting: Setting) -> DayFigures:
    """Return the figures of an event, from its planning input (`Setting`)."""
    return count_figures(setting.event, counted_meetings(setting), counted_needs(setting))


def figures_before(engine: Engine, owner: OrganisationId, event: MeetingDay, *, today: date) -> DayFigures | None:
    """Return the figures of the previous edition of an event; None where there is none or it was deleted."""
    former = load_day(engine, owner, event.former) if event.former else None
    return None if former is None or former.deleted else figures_of(setting_of(engine, owner, former, today=today))


def _reporters(event: MeetingDay, words: MeetingWords) -> str:
    """Return in French which sides reported a contract, with the name of the organiser's team member who wrote it."""
    sides = {words.booking.buyer: "l’acheteur", words.booking.supplier: "le fournisseur", ORGANISER: "l’organisateur"}
    sayers = [key for key in sides if words.step_by(key) is SequelStep.CONTRACT]
    lines = [
        line.who
        for line in event.journal
        if isinstance(line.change, TellSequel)
        and line.change.sequel in words.sequels
        and line.change.sequel.by == ORGANISER
    ]
    writer = f" ({lines[-1]})" if lines and ORGANISER in sayers else ""
    return ", ".join(sides[key] for key in sayers) + writer


def needs_basis(figures: DayFigures) -> str:
    """Return in French the base of the figure of needs met."""
    unread = f" ; {count(figures.unread, 'autre, de métier non compris', 'autres, de métier non compris')}"
    return typeset(f"sur {count(figures.needs, 'besoin')}{unread if figures.unread else ''}")


def answers_basis(figures: DayFigures) -> str:
    """Return in French how many buyers answered, of those with a meeting."""
    return typeset(
        f"{number(figures.told)} sur {count(figures.buyers, 'acheteur')} dont quelqu’un dit la suite ; les autres, non connu"
    )


def contracts_basis(figures: DayFigures, figure: ToldSum) -> str:
    """Return in French on how many contracts a figure is based."""
    if not figures.contracts:
        return "aucun marché signé n’est dit"
    return typeset(
        f"dit de {number(figure.contracts)} sur {count(len(figures.contracts), 'marché signé', 'marchés signés')}"
    )


def usefulness_basis(usefulness: Usefulness) -> str:
    """Return in French on how many marks a mean is based."""
    return typeset(f"moyenne, de 1 à 5, de {count(usefulness.meetings, 'rendez-vous noté', 'rendez-vous notés')}")
