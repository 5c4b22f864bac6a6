"""Hours for insertion that the clause of a lot could ask for, from its amount and what work costs in its trade; each factor with its source."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from matcher.decisions.asked import DecisionRefused
from matcher.decisions.sizing import Range
from matcher.domain.french import number, unit
from matcher.domain.reading import Reading
from matcher.reading.insertion_hours import insertion_hours, insertion_share
from matcher.reference.calibration import COSTS, HOURS_PER_ETP, FamilyRead, Span, WorkFamily, likely_families
from matcher.reference.price_index import latest_year

YOURS, YOUR_TEXT = "votre chiffre", "votre texte"
# A figure is as wide as its sources are weak: least half-width, as a share of its middle, by what the table says of its sureness.
_HALF_WIDTHS = {"faible": 0.4, "moyenne": 0.2}
# Where staff is transferred a clause asks for a large share of the posts newly filled, not for the usual percentage of all hours.
SHARE_OF_POSTS = Span(50.0, 100.0)
# Under a month of full-time work nobody can be hired: a hypothesis, which a buyer moves.
LEAST_HOURS = float(round(HOURS_PER_ETP / 12))


class CalibrationWay(StrEnum):
    """Way in which the hours of work of a lot are counted, from the surest to the roughest."""

    POSTS = "postes à pourvoir"
    SHARE = "part de main-d’œuvre et coût horaire"
    PRICE = "prix facturé de l’heure"
    TURNOVER = "chiffre d’affaires par ETP, plus grossier"


class CalibrationQuestion(StrEnum):
    """Question that a buyer is asked where no source answers, or where the answer would make the hours surer."""

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
    """Figures that a buyer gives of a lot, None where none is given: percents of hours and of the price, euros an hour, posts newly filled in full-time
    equivalents; `hours` are those that its clause already asks for. `percentage_source` is where the percentage comes from, `shared` how its amount was
    shared out, in French, empty where it is its own."""

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
    """One figure of the calculation, with where it comes from, of which year and how sure it is; empty where that is not known. `old`, in French, is not
    empty for a cost of another year, which no index brings to today."""

    label: str
    value: Span
    unit: str
    source: str
    year: str = ""
    sureness: str = ""
    old: str = ""


@dataclass(frozen=True, slots=True)
class CalibratedHours:
    """Hours of one lot over its whole duration: those of `work` in all, and those for `insertion`; None where they cannot be worked out, for which `asks`
    gives the questions. `read` are the families that its text may mean. `gives_work` is False where no hour can be asked of such a contract, whatever its
    amount."""

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
        """Hours to plan with: those that the buyer gives, else the likeliest by tens; None where they cannot be worked out."""
        if self.told.hours is not None or self.insertion is None:
            return self.told.hours
        return by_tens(self.insertion.likely)

    @property
    def unsure(self) -> tuple[str, ...]:
        """Reasons in French not to write its hours as they are counted; none where they may be, or where the buyer gives them."""
        if self.told.hours is not None:
            return ()
        return (
            *(reason for question, reason in _UNSURE.items() if question in self.asks),
            *dict.fromkeys(factor.old for factor in self.factors if factor.old),
        )

    @property
    def other_families(self) -> tuple[WorkFamily, ...]:
        """The families that its text may mean instead; none where its amount is shared between them."""
        if self.told.shared and self.told.family:
            return ()
        return tuple(family for family in self.read.families if family != self.family)

    @property
    def family_by(self) -> str:
        """Source of its family, in French, empty where it has none."""
        if self.family is None:
            return ""
        if self.told.family is not None:
            return self.read.by if self.told.shared else "votre choix"
        return f"{self.read.by}{'' if self.read.sure else ', à confirmer'}"

    @property
    def gives_work(self) -> bool:
        """Return whether hours can be asked of such a contract."""
        return self.family is None or self.family.gives_work

    @property
    def beyond(self) -> bool:
        """Return whether the clause already asks for more hours than the lot has work."""
        return self.told.hours is not None and self.work is not None and self.told.hours > self.work.high


_UNSURE = {
    CalibrationQuestion.FAMILY: "famille de métiers à confirmer",
    CalibrationQuestion.TRANSFERRED: "reprise du personnel à dire",
    CalibrationQuestion.SHARED: "montant à partager entre ses métiers",
}
NOTHING_SAID = ToldOfLot()


def calibrate_lot(
    reading: Reading, lot_facts: ToldOfLot = NOTHING_SAID, year: float = HOURS_PER_ETP, on: date | None = None
) -> CalibratedHours:
    """Return the hours of a lot: amount before tax × labour share × percentage ÷ hourly cost. Where no source has the share, amount ÷ the price of an hour,
    else ÷ what a full-time equivalent turns over; where staff is transferred, a large share of the posts newly filled × a `year` of hours. The percentage is
    that of the buyer, else that of the text, else the usual one. Costs are as old as on the day of the lot, else `on`; of no day, none is of its year."""
    read = likely_families(reading)
    family = lot_facts.family or next(iter(read.families), None)
    if lot_facts.percentage is None and (share := insertion_share(reading.lot.objet)):
        lot_facts = replace(lot_facts, percentage=Span(*share), percentage_source=YOUR_TEXT)
    if family is not None and not family.gives_work:
        return CalibratedHours(reading, lot_facts, family, None, (), None, None, (), read)
    way, counted, work = _work(reading, lot_facts, family, year, reading.lot.date or on)
    percentage = _percentage(lot_facts, family)
    insertion = None if work is None or percentage is None else _times(work, percentage.value, 1 / 100)
    asks = [*_asks_first(lot_facts, read), *_asks(reading, lot_facts, family, way, percentage)]
    if any(factor.old for factor in counted):
        asks.append(CalibrationQuestion.COST_TODAY)
    return CalibratedHours(
        reading=reading,
        told=lot_facts,
        family=family,
        way=way,
        factors=(*counted, *((percentage,) if percentage else ())),
        work=work,
        insertion=insertion,
        asks=tuple(asks),
        read=read,
    )


def calibrated_as_told(
    reading: Reading, lot_facts: ToldOfLot = NOTHING_SAID, on: date | None = None
) -> CalibratedHours:
    """Return the hours of a lot, those that its text asks for counted as given by the buyer. Raises DecisionRefused where they are more than it has work."""
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
    """Return hours as an order of magnitude."""
    return max(10.0 * round(hours / 10), 10.0)


def between(estimate: Range) -> str:
    """Return hours as an order of magnitude: « 840 à 2 000 heures »."""
    low, high = by_tens(estimate.low), by_tens(estimate.high)
    return unit(high, "heures") if low == high else f"{number(low)} à {unit(high, 'heures')}"


def _work(
    reading: Reading, lot_facts: ToldOfLot, family: WorkFamily | None, year: float, on: date | None
) -> tuple[CalibrationWay | None, tuple[Factor, ...], Range | None]:
    """The way taken, its factors, and the hours of work; a way whose amount is not known has no hours."""
    if lot_facts.transferred:
        if lot_facts.posts is None:
            return None, (), None
        posts = Factor("Postes à pourvoir", Span(lot_facts.posts, lot_facts.posts), "ETP", YOURS)
        work = None if reading.months is None else _times(_one(year * reading.years), posts.value)
        return CalibrationWay.POSTS, (posts,), work
    amount: tuple[Factor, ...] = ()
    if reading.euros is not None:
        label = f"Montant hors taxes{' d’un an' if reading.one_year else ''}"
        amount = (Factor(label, Span(reading.euros, reading.euros), "€", lot_facts.shared or "le marché"),)
    for way, factors in _ways(lot_facts, family, on):
        if all(factors):
            known = tuple(filter(None, factors))
            return way, (*amount, *known), _divided(reading.euros, way, known, year)
    return None, amount, None


def _ways(
    lot_facts: ToldOfLot, family: WorkFamily | None, on: date | None
) -> Iterator[tuple[CalibrationWay, tuple[Factor | None, ...]]]:
    """Each way, the surest first, with its factors: a figure of the buyer comes before that of the table."""
    share = _factor("Part de main-d’œuvre", "%", lot_facts.share, family, "share")
    hourly = _factor("Coût d’une heure", "€", lot_facts.hourly, family, "hourly", on)
    price = _factor("Prix facturé d’une heure", "€", lot_facts.price, family, "price", on)
    ways = [(CalibrationWay.SHARE, (share, hourly)), (CalibrationWay.PRICE, (price,))]
    yield from reversed(ways) if lot_facts.price is not None and lot_facts.share is None else ways
    yield CalibrationWay.TURNOVER, (_factor("Montant que fait un ETP en un an", "€", None, family, "turnover", on),)


def _divided(euros: float | None, way: CalibrationWay, known: tuple[Factor, ...], year: float) -> Range | None:
    if euros is None:
        return None
    match way:
        case CalibrationWay.SHARE:
            share, hourly = known
            return _over(_times(_one(euros), share.value, 1 / 100), hourly.value)
        case CalibrationWay.TURNOVER:
            return _over(_one(euros * year), known[0].value)
        case _:
            return _over(_one(euros), known[0].value)


def _factor(
    label: str, unit: str, own_value: float | None, family: WorkFamily | None, figure: str, on: date | None = None
) -> Factor | None:
    """Return the figure that a buyer gives, else that of the table, by its name there; a cost as of the last month of its index."""
    if own_value is not None:
        return Factor(label, Span(own_value, own_value), unit, YOURS)
    known: Span | None = getattr(family, figure, None)
    if family is None or known is None:
        return None
    source, year, sureness = family.source_of(figure), family.year_of(figure), family.sureness_of(figure)
    value = known
    if figure != "clause":  # at least as wide as its sureness asks for
        width = known.middle * next((share for word, share in _HALF_WIDTHS.items() if sureness.startswith(word)), 0.0)
        value = Span(min(known.low, known.middle - width), max(known.high, known.middle + width))
    if figure not in COSTS:
        return Factor(label, value, unit, source, year, sureness)
    if update := family.update_of(figure):
        value = Span(value.low * update.times, value.high * update.times)
        source, year = f"{source} ; {update.says}", f"{year}, réindexé {update.month:%m/%Y}"
    return Factor(label, value, unit, source, year, sureness, _old(family, figure, on))


_COSTS_SAID = {"hourly": "coût", "price": "prix de l’heure", "turnover": "chiffre d’affaires par ETP"}


def _old(family: WorkFamily, figure: str, on: date | None) -> str:
    """Return « coût de 2012, à réévaluer » for a cost that is not of the year of a day, nor brought to it by an index; else ""."""
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


def _asks_first(lot_facts: ToldOfLot, read: FamilyRead) -> Iterator[CalibrationQuestion]:
    """Yield the questions before all others: the family, and its part of the amount. Hours that a text already asks for need neither."""
    if lot_facts.hours is not None:
        return
    if lot_facts.family is None and read.families and not read.sure:
        yield CalibrationQuestion.FAMILY
    if lot_facts.shared:
        yield CalibrationQuestion.SHARED


def _asks(
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
        yield from _asks_of_price(reading, lot_facts, family, way)
    if reading.months is None:
        text = reading.lot.objet  # it may ask for hours of a year, so that the whole depends on the duration
        of_a_year = insertion_hours(text) is None and insertion_hours(text, 12.0) is not None
        if lot_facts.transferred or reading.by_year or of_a_year:
            yield CalibrationQuestion.MONTHS
    if percentage is None:
        yield CalibrationQuestion.PERCENTAGE


def _asks_of_price(
    reading: Reading, lot_facts: ToldOfLot, family: WorkFamily | None, way: CalibrationWay | None
) -> Iterator[CalibrationQuestion]:
    """Yield what lacks to count work from the amount, by the surest way."""
    if reading.euros is None:
        yield CalibrationQuestion.AMOUNT
    if way is CalibrationWay.SHARE or (way is CalibrationWay.PRICE and lot_facts.price is not None):
        return
    if lot_facts.share is not None or (family is not None and family.share is not None):
        yield CalibrationQuestion.HOURLY
    else:
        yield CalibrationQuestion.SHARE if way is None else CalibrationQuestion.SURER_SHARE


def _one(figure: float) -> Range:
    return Range(figure, figure, figure)


def _times(estimate: Range, by: Span, scale: float = 1.0) -> Range:
    return Range(estimate.low * by.low * scale, estimate.likely * by.middle * scale, estimate.high * by.high * scale)


def _over(estimate: Range, by: Span) -> Range:
    return Range(estimate.low / by.high, estimate.likely / by.middle, estimate.high / by.low)
