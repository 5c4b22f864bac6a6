"""Computes how many months a published lot lasts, renewals included, from its notice's fields, with a doubt on too long framework agreements. Pure."""

import re
from collections.abc import Mapping

from importers.notices.importer import LotWritten
from matcher.cleaning.dates import clean_date
from matcher.cleaning.markup import plain_text
from matcher.cleaning.numbers import clean_number
from matcher.cleaning.words import fold
from matcher.need.title import cut_title
from matcher.reading.durations import read_duration

_DAYS_A_MONTH = 365.25 / 12
_LONGEST_MONTHS = 600.0
# Longest description of the renewals that is read, in characters.
_LONGEST_WORDS = 400
# Article L2125-1: at most four years (eight for an « entité adjudicatrice »), unless justified; in months.
_FRAMEWORK_MONTHS = 48
_LONG_FRAMEWORK = (
    "accord-cadre de {} mois (terme « {} mois »{}), au-delà des quatre ans de l’article L2125-1 (huit pour une entité adjudicatrice) : "
    "le terme compte-t-il les reconductions ?"
)
_UNITS: Mapping[str, float] = {
    "month": 1, "months": 1, "mon": 1, "mois": 1, "year": 12, "years": 12, "ann": 12, "an": 12, "ans": 12, "annee": 12, "annees": 12,
    "quarter": 3, "week": 7 / _DAYS_A_MONTH, "weeks": 7 / _DAYS_A_MONTH, "wee": 7 / _DAYS_A_MONTH, "semaine": 7 / _DAYS_A_MONTH,
    "semaines": 7 / _DAYS_A_MONTH, "day": 1 / _DAYS_A_MONTH, "days": 1 / _DAYS_A_MONTH, "jour": 1 / _DAYS_A_MONTH, "jours": 1 / _DAYS_A_MONTH,
}  # fmt: skip
_TIMES = re.compile(r"(\d+)\s*(?:;|$)")


def lot_months(written: LotWritten) -> tuple[float | None, float | None, list[str]]:
    """Return (months with renewals, months of the renewals, doubts): the written duration, else the time between the start and end dates, with its renewals.

    Months are None where unknown; doubts are French sentences."""
    count, unit = clean_number(written.duration).value, fold(written.duration_unit).strip()
    starts, ends = clean_date(written.starts).value, clean_date(written.ends).value
    if count and (unit in _UNITS or not unit):
        months = round(count * _UNITS.get(unit, 1), 1)
    elif starts and ends and ends > starts:
        months = round((ends - starts).days / _DAYS_A_MONTH, 1)
    else:
        unread = f"{written.duration} {written.duration_unit}".strip()
        return None, None, [f"durée non comprise : « {unread} »"] if count else []
    if not 0 < months <= _LONGEST_MONTHS:
        return None, None, [f"durée invraisemblable, non reprise : « {written.duration} {written.duration_unit} »"]
    renewed = _with_renewals(months, written.renewals.strip())
    return _of_framework(months, written.renewals.strip(), *renewed) if written.framework else renewed


def _of_framework(
    term: float, written: str, months: float, renewals: float | None, doubts: list[str]
) -> tuple[float, float | None, list[str]]:
    """Return the same for a framework agreement, with a doubt above four years; a `term` of four years or more is taken to include its renewals, as
    platforms write it."""
    if months <= _FRAMEWORK_MONTHS:
        return months, renewals, doubts
    renewals_said = f", reconductions « {written[:120]} »" if written else ""
    doubt = _LONG_FRAMEWORK.format(f"{months:g}", f"{term:g}", renewals_said)
    if renewals and term >= _FRAMEWORK_MONTHS:
        months, renewals = term, None
    return months, renewals, [*doubts, doubt]


def _with_renewals(months: float, renewals: str) -> tuple[float, float | None, list[str]]:
    """Return (months with renewals, months of the renewals, doubts); `renewals`, a count or words, is put in a sentence for the reader of durations."""
    if not renewals or renewals == "0":
        return months, 0.0 if renewals else None, []
    if not months.is_integer():
        return months, None, [f"reconductions non comptées : « {renewals[:120]} »"]
    lasting = f"Durée du marché : {months:.0f} mois"
    times = _TIMES.match(renewals)
    texts = (
        (f"{lasting}, reconductible {times[1]} fois",)
        if times
        else (lasting, f"Reconduction : {cut_title(plain_text(renewals).strip(), _LONGEST_WORDS)}")
    )
    duration_read, doubts = read_duration(texts)
    if duration_read is None:
        return months, None, [f"reconductions non comptées : « {renewals[:120]} »"]
    return duration_read.months, duration_read.renewals_months, list(doubts)
