"""Computes the workload of a lot in full-time equivalents (ETP) a year, from ETP, hours, a quantity or an amount, with the hypothesis in French."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite

from matcher.cleaning.numbers import clean_measure, clean_number
from matcher.decisions.assumptions import Assumptions
from matcher.decisions.question import DecisionQuestion, text
from matcher.domain.french import enumeration, number, unit
from matcher.domain.reading import AmountRead, DurationRead, Reading
from matcher.reading.quantities import read_quantities
from matcher.reference.calibration import family_of
from matcher.reference.trades.cadences import HOURS, cadence, unit_written, units_of

# Largest plausible lot: beyond, the unit is mistaken.
MOST_ETP = 20_000.0
# The same limit in euros a year, at the turnover per ETP of the most mechanised trade.
MOST_YEARLY = MOST_ETP * 300_000.0
A_YEAR, THE_CONTRACT = "par an", "sur la durée du marché"
MONTHS_OF_YEAR = 12.0


class NeedRefused(Exception):
    """Raised for an unusable size; the message is French and gives the form to write."""


@dataclass(frozen=True, kw_only=True)
class LotSize(DecisionQuestion):
    """Size of a lot as typed; the first that is filled counts, else the size is computed from the amount."""

    etp: str = text(
        "etp",
        "En ETP par an",
        "Taille du lot, en équivalents temps plein par an.",
        metavar="NOMBRE",
        most=50,
        unit="ETP",
        example="6,5",
    )
    hours: str = text(
        "heures",
        "En heures, sur toute la durée",
        "Heures de travail sur toute la durée du lot.",
        metavar="NOMBRE",
        most=50,
        unit="h",
    )
    quantity: str = text(
        "quantite",
        "En quantité, par exemple « 12 000 m² »",
        "Quantité et son unité : « 12 000 m² », « 600 kg par jour », « 104 passages »… convertie en ETP par une table de cadences.",
        most=200,
        example="12 000 m²",
    )


@dataclass(frozen=True, slots=True)
class Workload:
    """Workload of a lot: `etp`, the people at work at once, in full-time equivalents, None if unknown; `says`: source and hypothesis in French; `yearly`:
    amount a year in euros before tax, None if not given. `over`: how long they work, in French: « par an », « pendant 4 mois » under a year, or « sur la
    durée du marché » if it is unknown."""

    etp: float | None
    says: str
    yearly: float | None = None
    over: str = A_YEAR


def workload_of(
    reading: Reading, assumed: Assumptions, *, etp: str = "", hours: str = "", quantity: str = ""
) -> Workload:
    """Return the workload of a lot from the first figure given: `etp` a year, `hours` over the whole duration, `quantity` with its unit (« 12 000 m² »,
    « 600 kg par jour »), else the amount of the lot, else the quantity that its text gives. Raises NeedRefused."""
    yearly = reading.yearly
    if yearly is not None and yearly > MOST_YEARLY:
        raise NeedRefused(f"« {unit(yearly, '€')} » par an : vérifiez le nombre et son unité.")
    if etp:
        return Workload(_plausible(_positive(etp, "le nombre d’ETP", "6,5", "etp"), etp), "taille donnée", yearly)
    if hours:
        return _of_hours(
            _positive(hours, "le nombre d’heures", "3 200", "h", "heure", "heures"), hours, reading, assumed
        )
    if quantity:
        return _of_quantity(quantity, reading, assumed, yearly)
    if yearly is None:
        return _of_text(reading, assumed, None, "taille du lot non connue : ni montant, ni heures, ni quantité")
    family = family_of(reading)
    parts: Iterable[AmountRead | DurationRead] = filter(None, (reading.amount, reading.duration))
    quotes = [f"« {part.words} »" for part in parts]
    source = f" (lu dans le texte : {enumeration(quotes)})" if quotes else ""
    over = _over(reading)
    counted = f"{_amount_counted(reading, yearly, over)}{source}"
    if assumed.euros_per_etp is not None:
        return Workload(
            _plausible(yearly / assumed.euros_per_etp, unit(yearly, "€")),
            f"d’après {counted}, à {unit(assumed.euros_per_etp, '€')} par ETP, votre hypothèse",
            yearly,
            over,
        )
    each = family.euros_per_etp if family else None
    if family is None or each is None:
        trade = f"« {family.name} »" if family else "ce métier"
        unknown = f"ce qu’un ETP réalise par an pour {trade} est à caler, sa taille n’est pas connue"
        return _of_text(reading, assumed, yearly, unknown)
    low, high = number(round(each.low, -2)), unit(round(each.high, -2), "€")
    each_words = high if each.low == each.high else f"{low} à {high}"
    return Workload(
        _plausible(yearly / each.middle, unit(yearly, "€")),
        f"d’après {counted}, à {each_words} par ETP pour « {family.name} », une hypothèse de la table de calage ({family.etp_year})",
        yearly,
        over,
    )


def _amount_counted(reading: Reading, yearly: float, over: str) -> str:
    """Return in French the amount from which people are counted: of a year, or that of the whole contract, with its months under a year."""
    if over == A_YEAR:
        return f"{unit(yearly, '€ HT')} par an"
    whole = unit(reading.euros or 0.0, "€ HT")
    return f"{whole} sur toute la durée" if reading.months is None else f"{whole} en {unit(reading.months, 'mois', 1)}"


def _over(reading: Reading) -> str:
    """Return how long the people of a lot work, in French, as `Workload.over` has it."""
    if reading.months is None:
        return A_YEAR if reading.one_year else THE_CONTRACT
    return A_YEAR if reading.months >= MONTHS_OF_YEAR else f"pendant {unit(reading.months, 'mois', 1)}"


def _of_hours(hours: float, written: str, reading: Reading, assumed: Assumptions) -> Workload:
    if reading.duration is not None:
        over = f"en {unit(reading.duration.months, 'mois', 1)} (lu dans le texte : « {reading.duration.words} »)"
    else:
        over = f"en {unit(reading.lot.duree, 'mois')}" if reading.lot.duree else "sur toute la durée (non donnée)"
    size = _plausible(hours / reading.years / assumed.hours_per_etp, written)
    return Workload(
        size,
        f"d’après {number(hours)} heures {over}, à {unit(assumed.hours_per_etp, 'heures')} par ETP et par an",
        reading.yearly,
        _over(reading) if reading.months else THE_CONTRACT,
    )


def _of_text(reading: Reading, assumed: Assumptions, yearly: float | None, unknown: str) -> Workload:
    """Return the workload by the only quantity of the text that has a cadence in the lot's trade; `unknown` without one. Hours of a text may be those
    of a clause."""
    activity = reading.activities[0].code if reading.activities else ""
    written = [
        quantity
        for quantity, counted in read_quantities(reading.lot.objet)
        if counted.code != HOURS and cadence(activity, counted.code)
    ]
    if len(written) == 1:
        return _of_quantity(written[0], reading, assumed, yearly, source=" (lu dans le texte)")
    several = f" ; plusieurs quantités dans le texte, {enumeration([f'« {its} »' for its in written])}"
    return Workload(None, f"{unknown}{several if written else ''}", yearly)


def _of_quantity(
    written: str, reading: Reading, assumed: Assumptions, yearly: float | None, *, source: str = ""
) -> Workload:
    value = _positive(written, "la quantité", "12 000 m²")
    unit_start = next((at for at, sign in enumerate(written) if sign.isalpha()), len(written))
    counted = unit_written(written[unit_start:])
    activity = reading.activities[0].code if reading.activities else ""
    if counted is None:
        raise NeedRefused(
            f"« {written} » : l’unité n’est pas connue. Unités de ce métier : {enumeration(units_of(activity), 'ou')}."
        )
    if counted.code == HOURS:
        return _of_hours(value, written, reading, assumed)
    known = cadence(activity, counted.code)
    if known is None:
        raise NeedRefused(
            f"« {written} » : nous ne savons pas combien d’ETP cela demande pour ce métier. Unités connues : {enumeration(units_of(activity), 'ou')}."
        )
    return Workload(
        _plausible(value / known.per_etp, written),
        f"d’après {unit(value, counted.label)}{source}, à {number(known.per_etp)} par ETP, une hypothèse : {known.source}",
        yearly,
    )


def _positive(written: str, what: str, example: str, *units: str) -> float:
    value, flag = clean_measure(written, *units) if units else clean_number(written)
    if value is None or flag or not isfinite(value) or value <= 0:
        raise NeedRefused(f"« {written} » : {what} doit être un nombre positif, par exemple {example}.")
    return value


def _plausible(etp: float, written: str) -> float:
    if etp > MOST_ETP:
        raise NeedRefused(f"« {written} » fait {unit(etp, 'ETP')} par an : vérifiez le nombre et son unité.")
    return etp
