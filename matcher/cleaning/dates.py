"""Dates as exports write them."""

import re
from datetime import date

from matcher.cleaning import Cleaned
from matcher.cleaning.names import name_key

DATE_UNREADABLE = "date illisible"

_ISO = re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})(?:-(?P<d>\d{1,2}))?(?:[T Z+].*)?", re.ASCII)
_FRENCH = re.compile(r"(?:(?P<d>\d{1,2})[/.-])?(?P<m>\d{1,2})[/.-](?P<y>\d{4})(?: .*)?", re.ASCII)
_COMPACT = re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})", re.ASCII)
_WORDS = re.compile(r"(?:(?P<d>\d{1,2})(?:er)? )?(?P<m>[a-z]+) (?P<y>\d{4})", re.ASCII)
# « mars-26 », « févr. 2026 »: as spreadsheets show a month.
_SHORT = re.compile(r"(?P<m>[a-z]{3,}) (?P<y>\d{2}|\d{4})", re.ASCII)
# « 2027 », « T2 2027 », « 1er semestre 2027 »: as programmes of purchases write when a contract begins.
_PART = re.compile(
    r"(?:(?:(?P<t>t)|s)(?P<n>[1-4])|(?P<o>[1-4])(?:er|e|eme|nd) (?:(?P<q>trimestre)|semestre))? ?(?P<y>20\d{2})",
    re.ASCII,
)
_QUARTER, _HALF = 3, 6
_CENTURY = 99  # a year of two digits is of this one
_MONTHS = {
    name: number
    for number, name in enumerate(
        [
            "janvier",
            "fevrier",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "aout",
            "septembre",
            "octobre",
            "novembre",
            "decembre",
        ],
        start=1,
    )
}


def clean_date(raw: str) -> Cleaned[date]:
    """Return a date from ISO, French, compact or worded forms; the first of the month where no day is written."""
    text = raw.strip()
    if not text:
        return Cleaned(None)
    match = (
        _ISO.fullmatch(text) or _FRENCH.fullmatch(text) or _COMPACT.fullmatch(text) or _WORDS.fullmatch(name_key(text))
    )
    if match is None:
        return Cleaned(None, DATE_UNREADABLE)
    month = _MONTHS.get(match["m"]) or (int(match["m"]) if match["m"].isdigit() else 0)
    try:
        return Cleaned(date(int(match["y"]), month, int(match["d"] or 1)))
    except ValueError:
        return Cleaned(None, DATE_UNREADABLE)


def clean_month(raw: str) -> Cleaned[date]:
    """Return the first day of the month that a date is in, or that is written alone: « 03/2026 », « mars 2026 », « févr.-26 »."""
    day = clean_date(raw)
    if day.value is not None:
        return Cleaned(day.value.replace(day=1))
    match = _SHORT.fullmatch(name_key(raw))
    named = [number for name, number in _MONTHS.items() if match and name.startswith(match["m"])]
    if match is None or len(named) != 1:
        return day
    year = int(match["y"])
    return Cleaned(date(year if year > _CENTURY else 2000 + year, named[0], 1))


def clean_start(raw: str) -> Cleaned[date]:
    """Return the first day of what is written: a day, a month, a quarter, a half-year or a year (« 2027 », « T2 2027 »)."""
    month = clean_month(raw)
    day = clean_date(raw)
    if day.value is not None or month.value is not None:
        return day if day.value is not None else month
    match = _PART.fullmatch(name_key(raw))
    if match is None:
        return day
    months = _QUARTER if match["t"] or match["q"] else _HALF
    first = 1 + months * (int(match["n"] or match["o"] or 1) - 1)
    return Cleaned(date(int(match["y"]), first, 1)) if first <= max(_MONTHS.values()) else day
