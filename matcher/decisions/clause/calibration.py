"""Calibrated hours of insertion of a contract of one or several lots, the floors under which none is proposed, and what they were worked out on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from matcher.decisions.asked import DecisionRefused
from matcher.decisions.calibrated import (
    LEAST_HOURS,
    CalibratedHours,
    ToldOfLot,
    by_tens,
    calibrate_lot,
    calibrated_as_told,
)
from matcher.decisions.clause.facilitators import Facilitator, facilitators_of
from matcher.decisions.opinion.law import NOTHING_TOLD, LegalPosition, ToldByBuyer, legal_position, works_asked
from matcher.decisions.sizing import Range
from matcher.domain.french import number, unit
from matcher.domain.need import Need
from matcher.domain.place import Place
from matcher.domain.reading import ABOUT_PLACE, Reading
from matcher.need.answer import as_of, understand
from matcher.need.title import title_of
from matcher.ranking.shelf.shelf import Shelf
from matcher.reading.insertion_hours import insertion_hours
from matcher.reference.calibration import HOURS_PER_ETP, LEAST_HOURLY, Span, likely_families
from matcher.reference.trades.cpv import normalise_cpv

# Hours paid in a full-time year, 35 h × 52: contracts for insertion are often counted so, and 1,607 are those worked.
PAID_HOURS = 1_820.0
# Half a year of work each: a hypothesis, that of most contracts for insertion.
HOURS_EACH = HOURS_PER_ETP / 2
# Lots of one contract; beyond, nobody reads the sheet.
MOST_LOTS = 12
# The least that the charter of the NPNRU asks of works and engineering, and of the upkeep of neighbourhoods, in percent of hours.
CHARTER_WORKS, CHARTER_UPKEEP = 5.0, 10.0
CHARTER = "charte nationale d’insertion du NPNRU (ANRU)"
_ENGINEERING_CPV = "71"


@dataclass(frozen=True, slots=True)
class ClauseFloors:
    """Floors under which no clause is proposed: `hours` of insertion, and an amount before tax that is a rule of the place, None for none."""

    hours: float = LEAST_HOURS
    euros: float | None = None


@dataclass(frozen=True, slots=True)
class LotHours:
    """A lot and its hours; `none` is the French reason why no clause is proposed for it, empty where one is or where it is not known yet.
    `number` is that of the lot as it was asked: one of several trades makes several."""

    number: int
    name: str
    calibrated: CalibratedHours
    none: str

    @property
    def of_a_year(self) -> bool:
        """Return whether its hours are those of a year, nobody saying of how many."""
        return self.calibrated.told.hours is None and self.calibrated.reading.one_year

    @property
    def hours_to_write(self) -> float | None:
        """Hours to write in the clause: those that the buyer gives, else the fewest by tens; None where no clause is proposed, or known for sure."""
        insertion = self.calibrated.insertion
        if self.calibrated.told.hours is not None or insertion is None:
            return self.hours_to_plan
        return None if self.none or self.calibrated.unsure else by_tens(insertion.low)

    @property
    def hours_to_plan(self) -> float | None:
        """Hours to plan with, as a plan counts them; None where no clause is proposed, or known."""
        return None if self.none else self.calibrated.planned_hours


@dataclass(frozen=True, slots=True)
class ClauseHours:
    """Hours of a whole contract, over its `months` (those of its longest lot), and its position in law. `insertion` adds up, by tens, the lots that have a
    clause; None where one of them is not known, or none has any."""

    lots: tuple[LotHours, ...]
    insertion: Range | None
    months: float | None
    law: LegalPosition

    @property
    def open_lots(self) -> tuple[LotHours, ...]:
        """The lots for which a clause is proposed, or may be."""
        return tuple(lot for lot in self.lots if not lot.none)


@dataclass(frozen=True, slots=True)
class Calibration:
    """A sheet of calibration: the hours of a contract, its places, what is doubtful of them, the facilitators there; on which state of the
    catalogue and which day."""

    hours: ClauseHours
    floors: ClauseFloors
    places: tuple[Place, ...]
    unknown_places: tuple[str, ...]
    facilitators: tuple[Facilitator, ...]
    catalogue_version: int
    catalogue_suppliers: int
    on: date


def calibration(
    shelf: Shelf,
    lots: Sequence[tuple[Need, ToldOfLot]],
    on: date,
    *,
    buyer_facts: ToldByBuyer = NOTHING_TOLD,
    floors: ClauseFloors | None = None,
    charter: bool = False,
    known: Sequence[Facilitator] = (),
) -> Calibration:
    """Return the sheet of a contract of one or several lots, each read, with the figures that a buyer gives of it; under the `charter` of the NPNRU, no less
    than it asks for. The hours that a text already asks for count as given. The law is that of the largest lot, at the estimate of them all. Raises
    DecisionRefused, with the text of the lot where more hours are given than it has work."""
    if not lots or len(lots) > MOST_LOTS:
        raise DecisionRefused(f"Donnez entre un et {MOST_LOTS} lots.")
    read = [(need, as_of(understand(need), on), _checked(figures, need)) for need, figures in lots]
    unknown = _unknown_places(read)
    counted = [
        (lot.number, lot.name, _of_lot(lot.reading, lot.told, charter=charter))
        for lot in _by_trade(_shared(read, buyer_facts))
    ]
    readings, floors = [reading for _, reading, _ in read], floors or ClauseFloors()
    places = tuple({place.key: place for reading in readings for place in reading.places}.values())
    return Calibration(
        hours=contract_hours(counted, _law(readings, [hours for *_, hours in counted], on, buyer_facts), floors),
        floors=floors,
        places=places,
        unknown_places=unknown,
        facilitators=facilitators_of(known, places) if places else (),
        catalogue_version=shelf.version,
        catalogue_suppliers=len(shelf),
        on=on,
    )


def contract_hours(
    lots: Sequence[tuple[int, str, CalibratedHours]], law: LegalPosition, floors: ClauseFloors
) -> ClauseHours:
    """Return the hours of a contract from those of its lots, each with its number and its name."""
    named = tuple(LotHours(at, name, hours, _no_clause(hours, floors)) for at, name, hours in lots)
    estimates = [lot.calibrated.insertion for lot in named if not lot.none]
    known = [insertion for insertion in estimates if insertion is not None]
    months = [hours.reading.months for *_, hours in lots if hours.reading.months is not None]
    whole = (
        Range(*(sum(by_tens(getattr(insertion, end)) for insertion in known) for end in ("low", "likely", "high")))
        if known and len(known) == len(estimates)
        else None
    )
    return ClauseHours(named, whole, max(months, default=None), law)


def posts(hours: float, months: float = 12.0) -> Span:
    """Return the full-time posts that hours make over some months: at least as hours paid, at most as hours worked."""
    years = max(months, 1.0) / 12
    return Span(hours / years / PAID_HOURS, hours / years / HOURS_PER_ETP)


def _no_clause(hours: CalibratedHours, floors: ClauseFloors) -> str:
    """Reason why no clause is proposed for a lot, "" where one is."""
    if not hours.gives_work and hours.family is not None:
        return f"pas de clause d’insertion dans ce métier ({hours.family.name.lower()})"
    euros = hours.reading.euros
    if floors.euros is not None and euros is not None and euros < floors.euros:
        return f"sous le plancher de {unit(floors.euros, '€ HT')} que vous avez donné"
    if hours.insertion is None or hours.told.hours is not None:
        return ""
    # What would be written: the fewest; while they are not sure, the likeliest, so that what lacks is asked.
    written = by_tens(hours.insertion.likely if hours.unsure else hours.insertion.low)
    if written < floors.hours:
        return f"environ {unit(written, 'heures')} à écrire, sous le plancher de {unit(floors.hours, 'heures')}"
    return ""


def _checked(lot_facts: ToldOfLot, need: Need) -> ToldOfLot:
    """Return the figures that a buyer gives of a lot. Raises DecisionRefused for a share written as a part of one, an hour under the least wage."""
    if lot_facts.share is not None and lot_facts.share < 1:
        raise DecisionRefused(
            f"Part de main-d’œuvre de « {number(lot_facts.share, 2)} » % : vouliez-vous dire {unit(100 * lot_facts.share, '%')} ? Écrivez-la en "
            "pourcentage du prix, de 1 à 100.",
            need.lot.objet,
            field="part",
        )
    for field, label, euros in (("cout", "Coût", lot_facts.hourly), ("prix", "Prix", lot_facts.price)):
        if euros is not None and euros < LEAST_HOURLY:
            raise DecisionRefused(
                f"{label} d’une heure de « {number(euros, 2)} » € : c’est moins que le SMIC, {unit(LEAST_HOURLY, '€', 2)} brut de l’heure depuis "
                "novembre 2024, avant toute charge. Que coûte vraiment une heure ?",
                need.lot.objet,
                field=field,
            )
    return lot_facts


_ReadLot = tuple[Need, Reading, ToldOfLot]


def _unknown_places(read: Sequence[_ReadLot]) -> tuple[str, ...]:
    """Return the doubts on the places that are given. Raises DecisionRefused where none of them is known."""
    doubts: dict[str, None] = {}
    for need, reading, _ in read:
        sentences = [doubt.says for doubt in reading.doubts if need.lot.lieux and doubt.kind in ABOUT_PLACE]
        if need.lot.lieux and not reading.places:
            raise DecisionRefused(" ".join(sentences) or "Ce lieu n’est pas reconnu.", need.lot.objet, field="lieu")
        doubts |= dict.fromkeys(sentences)
    return tuple(doubts)


class _NamedLot(NamedTuple):
    """A lot under its number and its name, and the figures that the buyer gives of it."""

    number: int
    name: str
    reading: Reading
    told: ToldOfLot


def _shared(read: Sequence[_ReadLot], buyer_facts: ToldByBuyer) -> Sequence[_NamedLot]:
    """Return the lots, those without an amount with an equal share of what the others leave of the whole."""
    lots = [
        _NamedLot(at, title_of(need.lot.objet) if need.lot.objet else " ".join(need.lot.cpv), reading, figures)
        for at, (need, reading, figures) in enumerate(read, start=1)
    ]
    without = [lot for lot in lots if lot.reading.euros is None]
    left = (buyer_facts.whole or 0.0) - sum(lot.reading.euros or 0.0 for lot in lots)
    if len(lots) < 2 or not without or left <= 0:
        return lots
    source = f"part égale de l’ensemble, entre {number(len(without))} lots : une hypothèse"
    return [
        lot._replace(reading=_worth(lot.reading, left / len(without)), told=replace(lot.told, shared=source))
        if lot.reading.euros is None
        else lot
        for lot in lots
    ]


def _by_trade(lots: Sequence[_NamedLot]) -> Iterator[_NamedLot]:
    """Yield each lot, in as many as the families that its text names: its amount is shared equally between them."""
    for lot in lots:
        read, reading, lot_facts = likely_families(lot.reading), lot.reading, lot.told
        if (
            lot_facts.family
            or not read.several
            or lot_facts.hours
            or insertion_hours(reading.lot.objet, reading.months)
        ):
            yield lot
            continue
        source = f"part égale entre {number(len(read.families))} métiers : une hypothèse"
        for family in read.families:
            part = reading if reading.euros is None else _worth(reading, reading.euros / len(read.families))
            lot_facts = replace(lot_facts, family=family, shared=source)
            yield lot._replace(name=f"{lot.name} : {family.name}", reading=part, told=lot_facts)


def _worth(reading: Reading, euros: float) -> Reading:
    return replace(reading, lot=replace(reading.lot, montant=euros))


def _law(
    readings: Sequence[Reading], hours: Sequence[CalibratedHours], on: date, buyer_facts: ToldByBuyer
) -> LegalPosition:
    """Return the legal position of the largest lot, at the estimate of the whole, else the sum of the lots. Works are those of its family, where
    that is sure."""
    euros = [reading.euros for reading in readings]
    if buyer_facts.whole is None and len(readings) > 1 and None not in euros:
        buyer_facts = replace(buyer_facts, whole=sum(filter(None, euros)))
    largest = max(hours, key=lambda lot: lot.reading.euros or 0.0)
    if largest.family is not None and (largest.told.family or largest.read.sure):
        buyer_facts = replace(buyer_facts, works=largest.family.works)
    return legal_position(max(readings, key=lambda reading: reading.euros or 0.0), on, buyer_facts)


def _of_lot(reading: Reading, lot_facts: ToldOfLot, *, charter: bool) -> CalibratedHours:
    hours = calibrated_as_told(reading, lot_facts)
    if not charter or lot_facts.percentage is not None:
        return hours
    code = next((code for raw in reading.lot.cpv if (code := normalise_cpv(raw)[0])), "")
    least = (
        CHARTER_WORKS
        if (hours.family and hours.family.works) or works_asked(reading) or code.startswith(_ENGINEERING_CPV)
        else CHARTER_UPKEEP
    )
    usual = hours.told.percentage or (hours.family and hours.family.clause) or Span(least, least)
    raised = Span(max(least, usual.low), max(least, usual.high))
    return calibrate_lot(reading, replace(hours.told, percentage=raised, percentage_source=CHARTER))
