"""Calibrates the social clause of a contract: estimates hours of insertion (work for people far from employment) lot by lot, drops lots under the floors,
adds up the contract, with its legal position and the local facilitators; for the calibration command and page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from matcher.decisions.asked import DecisionRefused
from matcher.decisions.calibrated import CalibratedHours, ToldOfLot, by_tens, calibrate_lot, calibrated_as_told
from matcher.decisions.clause.facilitators import Facilitator, facilitators_of
from matcher.decisions.clause.questions import ClauseFloors
from matcher.decisions.opinion.law import (
    NOTHING_TOLD,
    LegalPosition,
    ToldByBuyer,
    legal_position,
    lots_of_procedure,
    works_asked,
)
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

# Hours paid in a full-time year, 35 h × 52, the usual count for insertion contracts; 1,607 hours are worked.
PAID_HOURS = 1_820.0
# Hours of one person: half a full-time year, the hypothesis of most insertion contracts.
HOURS_EACH = HOURS_PER_ETP / 2
# Most lots of one contract: beyond, nobody reads the sheet.
MOST_LOTS = 12
# Minimum percentages of hours under the charter of the NPNRU (urban renewal programme): works and engineering, upkeep of neighbourhoods.
CHARTER_WORKS, CHARTER_UPKEEP = 5.0, 10.0
CHARTER = "charte nationale d’insertion du NPNRU (ANRU)"
_ENGINEERING_CPV = "71"


@dataclass(frozen=True, slots=True)
class LotHours:
    """A lot and its hours. `no_clause`: French reason why no clause is proposed, else empty. `number`: rank of the lot in the request, shared by the parts of a lot
    of several trades."""

    number: int
    name: str
    calibrated: CalibratedHours
    no_clause: str

    @property
    def of_a_year(self) -> bool:
        """Return whether its hours are per year, the duration being unknown."""
        return self.calibrated.told.hours is None and self.calibrated.reading.one_year

    @property
    def hours_to_write(self) -> float | None:
        """Hours to write in the clause: the buyer's, else the low estimate rounded to tens; None without a clause, or while the estimate is unsure."""
        insertion = self.calibrated.insertion
        if self.calibrated.told.hours is not None or insertion is None:
            return self.hours_to_plan
        return None if self.no_clause or self.calibrated.unsure else by_tens(insertion.low)

    @property
    def hours_to_plan(self) -> float | None:
        """Hours that a clause plan counts (the likeliest); None without a clause, or if unknown."""
        return None if self.no_clause else self.calibrated.planned_hours


@dataclass(frozen=True, slots=True)
class ClauseHours:
    """Hours of a whole contract over its `months` (those of its longest lot), and its legal position. `insertion`: sum over the lots with a clause, each
    rounded to tens; None if one of them is unknown, or without any."""

    lots: tuple[LotHours, ...]
    insertion: Range | None
    months: float | None
    law: LegalPosition

    @property
    def clause_lots(self) -> tuple[LotHours, ...]:
        """The lots for which a clause is proposed."""
        return tuple(lot for lot in self.lots if not lot.no_clause)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Result of a calibration: hours, places, French doubts on the places (`unknown_places`), facilitators there, state of the catalogue and day."""

    hours: ClauseHours
    floors: ClauseFloors
    places: tuple[Place, ...]
    unknown_places: tuple[str, ...]
    facilitators: tuple[Facilitator, ...]
    catalogue_version: int
    catalogue_suppliers: int
    on: date


def compute_calibration(
    shelf: Shelf,
    lots: Sequence[tuple[Need, ToldOfLot]],
    on: date,
    *,
    buyer_facts: ToldByBuyer = NOTHING_TOLD,
    floors: ClauseFloors | None = None,
    charter: bool = False,
    known: Sequence[Facilitator] = (),
) -> Calibration:
    """Calibrate a contract of one or several lots, each with the buyer's figures; with `charter`, at least the percentages of the NPNRU charter. Hours that
    a text already requires count as given. The legal position is that of the largest lot, with the estimated value of the whole contract. Raises
    DecisionRefused, for instance if a lot's given hours exceed its work."""
    if not lots or len(lots) > MOST_LOTS:
        raise DecisionRefused(f"Donnez entre un et {MOST_LOTS} lots.")
    read, unknown = _read_lots(lots, on)
    counted = [
        (lot.number, lot.name, _calibrate_named_lot(lot.reading, lot.told, charter=charter))
        for lot in _by_trade(_with_shared_amounts(read, buyer_facts))
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
    lot_hours: Sequence[tuple[int, str, CalibratedHours]], law: LegalPosition, floors: ClauseFloors
) -> ClauseHours:
    """Add up the hours of lots (number, name, hours) into those of the contract."""
    named = tuple(LotHours(at, name, hours, _no_clause(hours, floors)) for at, name, hours in lot_hours)
    estimates = [lot.calibrated.insertion for lot in named if not lot.no_clause]
    known = [insertion for insertion in estimates if insertion is not None]
    months = [hours.reading.months for *_, hours in lot_hours if hours.reading.months is not None]
    whole = (
        Range(*(sum(by_tens(getattr(insertion, end)) for insertion in known) for end in ("low", "likely", "high")))
        if known and len(known) == len(estimates)
        else None
    )
    return ClauseHours(named, whole, max(months, default=None), law)


def posts(hours: float, months: float = 12.0) -> Span:
    """Convert hours over some months (at least one) to full-time posts: low by hours paid a year, high by hours worked."""
    years = max(months, 1.0) / 12
    return Span(hours / years / PAID_HOURS, hours / years / HOURS_PER_ETP)


def _no_clause(hours: CalibratedHours, floors: ClauseFloors) -> str:
    """Return the French reason why no clause is proposed for a lot, else ""."""
    if hours.family is not None and hours.family.no_clause:
        return hours.family.no_clause
    euros = hours.reading.euros
    if floors.euros is not None and euros is not None and euros < floors.euros:
        return f"pas de clause d’insertion : sous le plancher de {unit(floors.euros, '€ HT')} que vous avez donné"
    if hours.insertion is None or hours.told.hours is not None:
        return ""
    # The hours to write are the low estimate; while they are unsure the likeliest is compared, so that the missing figures are asked.
    written = by_tens(hours.insertion.likely if hours.unsure else hours.insertion.low)
    if written < floors.hours:
        return f"pas de clause d’insertion : environ {unit(written, 'heures')} à écrire, sous le plancher de {unit(floors.hours, 'heures')}"
    return ""


_ReadLot = tuple[Need, Reading, ToldOfLot]


def _read_lots(lots: Sequence[tuple[Need, ToldOfLot]], on: date) -> tuple[list[_ReadLot], tuple[str, ...]]:
    """Read the needs; return the lots read and the French doubts on their given places. Raises DecisionRefused for a share under 1 % (a fraction was
    meant), for an hourly cost under the minimum wage, or if none of a lot's places is known."""
    read = []
    for need, lot_facts in lots:
        reading = as_of(understand(need), on)
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
        read.append((need, reading, lot_facts))
    doubts: dict[str, None] = {}
    for need, reading, _ in read:
        if need.lot.lieux:
            sentences = [doubt.says for doubt in reading.doubts if doubt.kind in ABOUT_PLACE]
            if not reading.places:
                raise DecisionRefused(" ".join(sentences) or "Ce lieu n’est pas reconnu.", need.lot.objet, field="lieu")
            doubts |= dict.fromkeys(sentences)
    return read, tuple(doubts)


class _NamedLot(NamedTuple):
    """A lot with its number, its name, and the buyer's figures (`told`)."""

    number: int
    name: str
    reading: Reading
    told: ToldOfLot


def _with_shared_amounts(read: Sequence[_ReadLot], buyer_facts: ToldByBuyer) -> Sequence[_NamedLot]:
    """Return the lots; those without an amount get equal shares of the contract's whole value minus the known amounts."""
    lots = [
        _NamedLot(at, title_of(need.lot.objet) if need.lot.objet else " ".join(need.lot.cpv), reading, figures)
        for at, (need, reading, figures) in enumerate(read, start=1)
    ]
    unpriced_lots = [lot for lot in lots if lot.reading.euros is None]
    remaining_euros = (buyer_facts.whole or 0.0) - sum(lot.reading.euros or 0.0 for lot in lots)
    if len(lots) < 2 or not unpriced_lots or remaining_euros <= 0:
        return lots
    source = f"part égale de l’ensemble, entre {number(len(unpriced_lots))} lots : une hypothèse"
    return [
        lot._replace(
            reading=_with_amount(lot.reading, remaining_euros / len(unpriced_lots)),
            told=replace(lot.told, shared=source),
        )
        if lot.reading.euros is None
        else lot
        for lot in lots
    ]


def _by_trade(lots: Sequence[_NamedLot]) -> Iterator[_NamedLot]:
    """Split each lot into one per family of trades that its text names, its amount shared equally."""
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
            part = reading if reading.euros is None else _with_amount(reading, reading.euros / len(read.families))
            lot_facts = replace(lot_facts, family=family, shared=source)
            yield lot._replace(name=f"{lot.name} : {family.name}", reading=part, told=lot_facts)


def _with_amount(reading: Reading, euros: float) -> Reading:
    return replace(reading, lot=replace(reading.lot, montant=euros))


def _law(
    readings: Sequence[Reading], hours: Sequence[CalibratedHours], on: date, buyer_facts: ToldByBuyer
) -> LegalPosition:
    """Return the legal position of the largest lot, with the buyer's value of the whole contract, else the sum of the lots. Its family, if sure, decides
    whether these are works."""
    buyer_facts = replace(buyer_facts, procedure=lots_of_procedure(readings))
    largest = max(hours, key=lambda lot: lot.reading.euros or 0.0)
    if largest.family is not None and (largest.told.family or largest.read.sure):
        buyer_facts = replace(buyer_facts, works=largest.family.works)
    return legal_position(max(readings, key=lambda reading: reading.euros or 0.0), on, buyer_facts)


def _calibrate_named_lot(reading: Reading, lot_facts: ToldOfLot, *, charter: bool) -> CalibratedHours:
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
