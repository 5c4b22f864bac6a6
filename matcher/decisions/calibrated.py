"""Estimates the hours of insertion that a lot's social clause could require (work for people far from employment), from its amount and labour costs of its
trade; each factor has its source, and what is missing becomes a question to the buyer."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from operator import attrgetter

from matcher.decisions.asked import DecisionRefused
from matcher.decisions.sizing import Range
from matcher.domain.french import number, unit
from matcher.domain.reading import Reading
from matcher.reading.insertion_hours import insertion_hours, insertion_share, takes_staff_over
from matcher.reference.calibration import COSTS, HOURS_PER_ETP, FamilyRead, Span, WorkFamily, likely_families
from matcher.reference.price_index import latest_year

YOURS, YOUR_TEXT = "votre chiffre", "votre texte"
# Least half-width of a figure's range, as a share of its middle, by the reliability that the table gives it.
_HALF_WIDTHS = {"faible": 0.4, "moyenne": 0.2}
# If staff is transferred from the previous contractor, a clause requires a large share (in percent) of the newly filled posts, not of all hours.
SHARE_OF_POSTS = Span(50.0, 100.0)
# One month of full-time work, under which nobody can be hired: a hypothesis that the buyer can change.
LEAST_HOURS = float(round(HOURS_PER_ETP / 12))


class CalibrationWay(StrEnum):
    """Method of estimating the hours of work of a lot, from the most to the least reliable."""

    POSTS = "postes à pourvoir"
    SHARE = "part de main-d’œuvre et coût horaire"
    PRICE = "prix facturé de l’heure"
    TURNOVER = "chiffre d’affaires par ETP, plus grossier"


class CalibrationQuestion(StrEnum):
    """Question to the buyer for a missing figure, or one that would make the estimate more reliable."""

    FAMILY = "De quelle famille de métiers est-ce ?"
    SHARED = "Comment le montant se partage-t-il ? Donnez un lot à chaque métier, avec son montant."
    AMOUNT = "Quel est son montant hors taxes, sur toute la durée ?"
    MONTHS = "Combien de mois dure-t-il ?"
    PERCENTAGE = "Quel pourcentage des heures voulez-vous demander ?"
    SHARE = (
        "Quelle part du prix paie le travail ? Demandez-la à deux entreprises, ou donnez le prix facturé d’une heure."
    )
    HOURLY = "Que coûte une heure de travail, charges comprises ?"
    SURER_SHARE = "Quelle part du prix paie le travail ? Avec elle et le coût d’une heure, le calcul est plus sûr."
    TRANSFERRED = "Le personnel est-il repris d’un titulaire à l’autre ? Alors seuls comptent les postes à pourvoir."
    COST_TODAY = (
        "Que coûte le travail aujourd’hui ? Donnez votre chiffre, ou notez l’indice du coût dans la table de calage."
    )
    POSTS = "Combien de postes, en équivalents temps plein, seront à pourvoir pendant le marché ?"


@dataclass(frozen=True, slots=True)
class ToldOfLot:
    """Figures of a lot given by the buyer, None if not given. `percentage`: of hours, in percent; `share`: labour share of the price, in percent; `hourly`,
    `price`: cost and price of an hour, in euros; `posts`: newly filled posts, in full-time equivalents; `hours`: hours that the clause already requires;
    `shared`: in French, how the amount was derived from that of several lots, empty if it is the lot's own."""

    percentage: Span | None = None
    percentage_source: str = YOURS
    share: float | None = None
    hourly: float | None = None
    price: float | None = None
    transferred: bool | None = None
    posts: float | None = None
    hours: float | None = None
    family: WorkFamily | None = None
    shared: str = ""


@dataclass(frozen=True, slots=True)
class Factor:
    """One figure of the calculation with its source, year and reliability (`sureness`), each empty if unknown. `old`: French warning on a cost of another
    year that no index updates, else empty."""

    label: str
    value: Span
    unit: str
    source: str
    year: str = ""
    sureness: str = ""
    old: str = ""


@dataclass(frozen=True, slots=True)
class CalibratedHours:
    """Estimate for one lot over its whole duration: hours of `work` in all and hours of `insertion`, None if they cannot be computed; `asks`: the questions
    whose answers are missing; `read`: the families of trades that its text may mean."""

    reading: Reading
    told: ToldOfLot
    family: WorkFamily | None
    way: CalibrationWay | None
    factors: tuple[Factor, ...]
    work: Range | None
    insertion: Range | None
    asks: tuple[CalibrationQuestion, ...]
    read: FamilyRead

    @property
    def planned_hours(self) -> float | None:
        """Hours to plan with: the buyer's, else the likeliest, rounded to tens; None if they cannot be computed."""
        if self.told.hours is not None or self.insertion is None:
            return self.told.hours
        return by_tens(self.insertion.likely)

    @property
    def unsure(self) -> tuple[str, ...]:
        """French reasons why the estimated hours should not be written in the contract yet; empty if there is none or the buyer gave the hours."""
        if self.told.hours is not None:
            return ()
        reasons = _UNSURE | (_STAFF_TAKEN_OVER if takes_staff_over(self.reading.lot.objet) else {})
        return (
            *(reason for question, reason in reasons.items() if question in self.asks),
            *dict.fromkeys(factor.old for factor in self.factors if factor.old),
        )

    @property
    def other_families(self) -> tuple[WorkFamily, ...]:
        """The other families that its text may mean; empty if its amount is already shared between them."""
        if self.told.shared and self.told.family:
            return ()
        return tuple(family for family in self.read.families if family != self.family)

    @property
    def family_by(self) -> str:
        """Source of its family, in French; empty without a family."""
        if self.family is None:
            return ""
        if self.told.family is not None:
            return self.read.by if self.told.shared else "votre choix"
        return f"{self.read.by}{'' if self.read.sure else ', à confirmer'}"

    @property
    def gives_work(self) -> bool:
        """Return whether a clause can require hours in this family of trades, whatever the amount."""
        return self.family is None or self.family.gives_work

    @property
    def required(self) -> tuple[float, str] | None:
        """Hours of insertion that the lot's text requires, and over which time in French: its whole duration, a year if that is unknown; None if it gives
        none."""
        text = self.reading.lot.objet
        if (hours := insertion_hours(text, self.reading.months)) is not None:
            return hours, "sur toute la durée"
        return None if (yearly := insertion_hours(text, 12.0)) is None else (yearly, "par an")

    @property
    def beyond(self) -> bool:
        """Return whether the hours already required exceed all the work of the lot."""
        return self.told.hours is not None and self.work is not None and self.told.hours > self.work.high


_UNSURE = {
    CalibrationQuestion.FAMILY: "famille de métiers à confirmer",
    CalibrationQuestion.TRANSFERRED: "reprise du personnel à dire",
    CalibrationQuestion.SHARED: "montant à partager entre ses métiers",
}
_STAFF_TAKEN_OVER = {
    CalibrationQuestion.TRANSFERRED: "personnel repris, selon votre texte : seuls comptent les postes à pourvoir"
}
NOTHING_SAID = ToldOfLot()


def calibrate_lot(
    reading: Reading, lot_facts: ToldOfLot = NOTHING_SAID, year: float = HOURS_PER_ETP, on: date | None = None
) -> CalibratedHours:
    """Estimate the hours of a lot: amount before tax × labour share × percentage ÷ hourly cost. Without a labour share: amount × percentage ÷ price of an
    hour, else ÷ turnover of a full-time equivalent. If staff is transferred: a large share of the newly filled posts × a `year` of hours. The percentage is
    the buyer's, else the text's, else the usual one. A cost is out of date by comparison with the day of the lot, else `on`; without a day, always."""
    read = likely_families(reading)
    family = lot_facts.family or next(iter(read.families), None)
    if lot_facts.percentage is None and (share := insertion_share(reading.lot.objet)):
        lot_facts = replace(lot_facts, percentage=Span(*share), percentage_source=YOUR_TEXT)
    if family is not None and not family.gives_work:
        return CalibratedHours(reading, lot_facts, family, None, (), None, None, (), read)
    way, counted, work = _work(reading, lot_facts, family, year, reading.lot.date or on)
    percentage = _percentage(lot_facts, family)
    insertion = None if work is None or percentage is None else _multiply_range(work, percentage.value, 1 / 100)
    asks = []
    if lot_facts.hours is None:
        if lot_facts.family is None and read.families and not read.sure:
            asks.append(CalibrationQuestion.FAMILY)
        if lot_facts.shared:
            asks.append(CalibrationQuestion.SHARED)
    asks += _questions(reading, lot_facts, family, way, percentage)
    if any(map(attrgetter("old"), counted)):
        asks.append(CalibrationQuestion.COST_TODAY)
    return CalibratedHours(
        reading=reading,
        told=lot_facts,
        family=family,
        way=way,
        factors=(*counted, *filter(None, (percentage,))),
        work=work,
        insertion=insertion,
        asks=tuple(asks),
        read=read,
    )


def calibrated_as_told(
    reading: Reading, lot_facts: ToldOfLot = NOTHING_SAID, on: date | None = None
) -> CalibratedHours:
    """Like `calibrate_lot`, with the hours that the lot's text already requires taken as the buyer's. Raises DecisionRefused if they exceed its work."""
    if lot_facts.hours is None:
        lot_facts = replace(lot_facts, hours=insertion_hours(reading.lot.objet, reading.months))
    calibrated_hours = calibrate_lot(reading, lot_facts, on=on)
    if calibrated_hours.beyond and calibrated_hours.work is not None:
        raise DecisionRefused(
            f"« {reading.lot.objet} » : {unit(lot_facts.hours or 0.0, 'heures')} d’insertion, pour {unit(calibrated_hours.work.high, 'heures')} de travail au plus : "
            "vérifiez les heures, le montant et la durée.",
            reading.lot.objet,
            field="heures",
        )
    return calibrated_hours


def by_tens(hours: float) -> float:
    """Round hours to the nearest ten, at least ten."""
    return max(10.0 * round(hours / 10), 10.0)


def between(estimate: Range) -> str:
    """Return a range of hours rounded to tens: « 840 à 2 000 heures »."""
    low, high = by_tens(estimate.low), by_tens(estimate.high)
    return unit(high, "heures") if low == high else f"{number(low)} à {unit(high, 'heures')}"


def _work(
    reading: Reading, lot_facts: ToldOfLot, family: WorkFamily | None, year: float, on: date | None
) -> tuple[CalibrationWay | None, tuple[Factor, ...], Range | None]:
    """Return the most reliable method whose factors are all known, its factors, and the hours of work (None if the amount is unknown)."""
    if lot_facts.transferred:
        if lot_facts.posts is None:
            return None, (), None
        posts = Factor("Postes à pourvoir", Span(lot_facts.posts, lot_facts.posts), "ETP", YOURS)
        work = None if reading.months is None else _multiply_range(_exact(year * reading.years), posts.value)
        return CalibrationWay.POSTS, (posts,), work
    amount: tuple[Factor, ...] = ()
    if reading.euros is not None:
        label = f"Montant hors taxes{' d’un an' if reading.one_year else ''}"
        amount = (Factor(label, Span(reading.euros, reading.euros), "€", lot_facts.shared or "le marché"),)
    for way, factors in _ways(lot_facts, family, on):
        if all(factors):
            known = tuple(filter(None, factors))
            if reading.euros is None:
                return way, (*amount, *known), None
            spent = _exact(reading.euros * year if way is CalibrationWay.TURNOVER else reading.euros)
            if way is CalibrationWay.SHARE:
                spent = _multiply_range(spent, known[0].value, 1 / 100)
            hourly = known[-1].value
            return (
                way,
                (*amount, *known),
                Range(spent.low / hourly.high, spent.likely / hourly.middle, spent.high / hourly.low),
            )
    return None, amount, None


def _ways(
    lot_facts: ToldOfLot, family: WorkFamily | None, on: date | None
) -> Iterator[tuple[CalibrationWay, tuple[Factor | None, ...]]]:
    """Yield the methods from an amount, the most reliable first, with their factors (None if unknown): the buyer's figure, else the table's."""
    share = _factor("Part de main-d’œuvre", "%", lot_facts.share, family, "share")
    hourly = _factor("Coût d’une heure", "€", lot_facts.hourly, family, "hourly", on)
    price = _factor("Prix facturé d’une heure", "€", lot_facts.price, family, "price", on)
    ways = [(CalibrationWay.SHARE, (share, hourly)), (CalibrationWay.PRICE, (price,))]
    yield from reversed(ways) if lot_facts.price is not None and lot_facts.share is None else ways
    yield CalibrationWay.TURNOVER, (_factor("Montant que fait un ETP en un an", "€", None, family, "turnover", on),)


def _factor(
    label: str, unit_label: str, own_value: float | None, family: WorkFamily | None, figure: str, on: date | None = None
) -> Factor | None:
    """Return the buyer's figure, else the family's attribute `figure` in the calibration table; a cost is updated to the last month of its price index."""
    if own_value is not None:
        return Factor(label, Span(own_value, own_value), unit_label, YOURS)
    known: Span | None = getattr(family, figure, None)
    if family is None or known is None:
        return None
    source, year, sureness = family.source_of(figure), family.year_of(figure), family.sureness_of(figure)
    value = known
    if figure != "clause":  # widened to the least width for its reliability
        width = known.middle * next((share for word, share in _HALF_WIDTHS.items() if sureness.startswith(word)), 0.0)
        value = Span(min(known.low, known.middle - width), max(known.high, known.middle + width))
    if figure not in COSTS:
        return Factor(label, value, unit_label, source, year, sureness)
    if update := family.update_of(figure):
        value = Span(value.low * update.times, value.high * update.times)
        source, year = f"{source} ; {update.says}", f"{year}, réindexé {update.month:%m/%Y}"
    return Factor(label, value, unit_label, source, year, sureness, _out_of_date(family, figure, on))


_COSTS_SAID = {"hourly": "coût", "price": "prix de l’heure", "turnover": "chiffre d’affaires par ETP"}


def _out_of_date(family: WorkFamily, figure: str, on: date | None) -> str:
    """Return « coût de 2012, à réévaluer » for a cost neither of the year of `on` nor updated to it by an index; else ""."""
    update, year = family.update_of(figure), latest_year(family.year_of(figure))
    if on is not None and (update.fresh(on) if update else year is not None and year >= on.year):
        return ""
    of = f"de {update.month.year if update else year}" if year else "sans date"
    return f"{_COSTS_SAID[figure]} {of}, à réévaluer"


def _percentage(lot_facts: ToldOfLot, family: WorkFamily | None) -> Factor | None:
    label = "Pourcentage des heures"
    if lot_facts.transferred:
        if lot_facts.percentage is not None and lot_facts.percentage_source == YOURS:
            return Factor(f"{label} de ces postes", lot_facts.percentage, "%", YOURS)
        return Factor("Part de ces postes", SHARE_OF_POSTS, "%", "hypothèse : une large part des postes à pourvoir")
    if lot_facts.percentage is not None:
        return Factor(label, lot_facts.percentage, "%", lot_facts.percentage_source)
    return _factor(label, "%", None, family, "clause")


def _questions(
    reading: Reading,
    lot_facts: ToldOfLot,
    family: WorkFamily | None,
    way: CalibrationWay | None,
    percentage: Factor | None,
) -> Iterator[CalibrationQuestion]:
    if lot_facts.transferred is None and family is not None and family.transferred:
        yield CalibrationQuestion.TRANSFERRED
    if lot_facts.transferred and lot_facts.posts is None:
        yield CalibrationQuestion.POSTS
    if not lot_facts.transferred:
        yield from _price_questions(reading, lot_facts, family, way)
    if reading.months is None:
        text = reading.lot.objet  # hours that it requires per year also need the duration
        of_a_year = insertion_hours(text) is None and insertion_hours(text, 12.0) is not None
        if lot_facts.transferred or reading.by_year or of_a_year:
            yield CalibrationQuestion.MONTHS
    if percentage is None:
        yield CalibrationQuestion.PERCENTAGE


def _price_questions(
    reading: Reading, lot_facts: ToldOfLot, family: WorkFamily | None, way: CalibrationWay | None
) -> Iterator[CalibrationQuestion]:
    """Yield the questions on the figures missing to use the most reliable method."""
    if reading.euros is None:
        yield CalibrationQuestion.AMOUNT
    if way is CalibrationWay.SHARE or (way is CalibrationWay.PRICE and lot_facts.price is not None):
        return
    if lot_facts.share is not None or (family is not None and family.share is not None):
        yield CalibrationQuestion.HOURLY
    else:
        yield CalibrationQuestion.SHARE if way is None else CalibrationQuestion.SURER_SHARE


def _exact(value: float) -> Range:
    return Range(value, value, value)


def _multiply_range(estimate: Range, by: Span, scale: float = 1.0) -> Range:
    return Range(estimate.low * by.low * scale, estimate.likely * by.middle * scale, estimate.high * by.high * scale)
