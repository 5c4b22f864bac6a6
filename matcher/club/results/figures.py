"""Figures of a day for elected people, each with its basis: needs met, contracts signed, hours of insertion; what nobody gave is not zero."""

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
    """Sum of a figure over contracts, and how many `contracts` give it; `total` is None where none does."""

    total: float | None
    contracts: int

    @staticmethod
    def of(values: Iterable[float | None]) -> "ToldSum":
        """Return the sum of those that are known."""
        known = [value for value in values if value is not None]
        return ToldSum(sum(known) if known else None, len(known))


@dataclass(frozen=True, slots=True)
class Usefulness:
    """Marks of usefulness that one side gives to meetings: their mean, None where it gives none, and of how many meetings."""

    mean: float | None
    meetings: int

    @staticmethod
    def of(marks: Iterable[int | None]) -> "Usefulness":
        """Return the mean of the marks that are given."""
        known = [mark for mark in marks if mark is not None]
        return Usefulness(round(sum(known) / len(known), 1) if known else None, len(known))


@dataclass(frozen=True, slots=True)
class SignedContract:
    """A contract that a meeting led to: its terms, and in French whose word that is."""

    words: MeetingWords
    terms: ContractTerms
    by: str


@dataclass(frozen=True, slots=True)
class DayFigures:
    """Figures of a day. Of its `needs` whose trade is understood, `met` met a structure of their trade, None where there is no timetable; that of
    `unread` others is not. Of its `buyers` who met somebody, `told` have a meeting whose sequel is known."""

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
        """Euros without tax of its contracts."""
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
        contracts=tuple(SignedContract(one, one.terms, _by(event, one)) for one in words if one.terms is not None),
        buyers=len({one.booking.buyer for one in words}),
        told=len({one.booking.buyer for one in words if one.step is not None}),
        useful_to_buyers=Usefulness.of(one.useful_to_buyer for one in words),
        useful_to_suppliers=Usefulness.of(one.useful_to_supplier for one in words),
    )


def figures_of(setting: Setting) -> DayFigures:
    """Return the figures of an event laid out: what a later edition is set beside."""
    return count_figures(setting.event, counted_meetings(setting), counted_needs(setting))


def figures_before(engine: Engine, owner: OrganisationId, event: MeetingDay, *, today: date) -> DayFigures | None:
    """Return the figures of the edition before an event; None where there is none, or no longer."""
    former = load_day(engine, owner, event.former) if event.former else None
    return None if former is None or former.deleted else figures_of(setting_of(engine, owner, former, today=today))


def _by(event: MeetingDay, words: MeetingWords) -> str:
    """Return in French by whose word a contract is signed, with the name of the organiser's person who wrote it."""
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
    """Return how many needs those met are counted on."""
    unread = f" ; {count(figures.unread, 'autre, de métier non compris', 'autres, de métier non compris')}"
    return typeset(f"sur {count(figures.needs, 'besoin')}{unread if figures.unread else ''}")


def answers_basis(figures: DayFigures) -> str:
    """Return how many buyers answered of those who met somebody."""
    return typeset(
        f"{number(figures.told)} sur {count(figures.buyers, 'acheteur')} dont quelqu’un dit la suite ; les autres, non connu"
    )


def contracts_basis(figures: DayFigures, figure: ToldSum) -> str:
    """Return how many contracts a figure is known of."""
    if not figures.contracts:
        return "aucun marché signé n’est dit"
    return typeset(
        f"dit de {number(figure.contracts)} sur {count(len(figures.contracts), 'marché signé', 'marchés signés')}"
    )


def usefulness_basis(usefulness: Usefulness) -> str:
    """Return how many marks a mean is of."""
    return typeset(f"moyenne, de 1 à 5, de {count(usefulness.meetings, 'rendez-vous noté', 'rendez-vous notés')}")
