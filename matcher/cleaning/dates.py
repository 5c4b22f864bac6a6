"""Parsing of dates, months and starts of periods as exports and spreadsheets write them: « 2026-12-01 », « mars 2026 », « févr.-26 », « T2 2027 »."""

import re
from collections.abc import Iterable
from datetime import date

from matcher.cleaning import Cleaned
from matcher.cleaning.names import name_key

DATE_UNREADABLE = "date illisible"
YEAR_UNTOLD = "année non dite"

_ISO = re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})(?:-(?P<d>\d{1,2}))?(?:[T Z+].*)?", re.ASCII)
_FRENCH = re.compile(r"(?:(?P<d>\d{1,2})[/.-])?(?P<m>\d{1,2})[/.-](?P<y>\d{4})(?: .*)?", re.ASCII)
_COMPACT = re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})", re.ASCII)
_WORDS = re.compile(r"(?:(?P<d>\d{1,2})(?:er)? )?(?P<m>[a-z]+) (?P<y>\d{4})", re.ASCII)
# Months as spreadsheets show them: « mars-26 », « févr. 2026 ».
_SHORT = re.compile(r"(?P<m>[a-z]{3,}) (?P<y>\d{2}|\d{4})", re.ASCII)
# A year, and the part of a year when a contract begins, as in purchasing plans: « T2 », « 1er semestre », « début mars ».
_YEAR = re.compile(r"\b20\d{2}\b", re.ASCII)
_PART = re.compile(
    r"(?P<letter>[tqs]) ?(?P<nth>[1-4])|(?P<rank>[1-4]) ?(?:er|re|e|eme|nd|nde)? (?P<name>trimestre|semestre)|(?P<months>[a-z]{3,}(?: [a-z]{3,})?)",
    re.ASCII,
)
_AROUND_PART = re.compile(r"\b(?:debut|courant|des|en|a|partir|au|d|du|de|le|l|annee|mois)\b", re.ASCII)
# A full date, whose year is ignored by `year_told`.
_DAY_WRITTEN = re.compile(r"\b\d{1,2}[/.-]\d{1,2}[/.-]\d{4}\b|\b\d{1,2}(?:er)? [^\W\d]{3,9}\.? \d{4}\b")
_QUARTER, _HALF = 3, 6
_CENTURY = 99  # a year of two digits is of this one
_MONTHS = {
    "janvier": 1, "fevrier": 2, "mars": 3, "avril": 4, "mai": 5, "juin": 6, "juillet": 7, "aout": 8, "septembre": 9, "octobre": 10, "novembre": 11,
    "decembre": 12,
}  # fmt: skip


def clean_date(raw: str) -> Cleaned[date]:
    """Return a date from ISO, French, compact or worded forms; the first of the month where no day is given."""
    text = raw.strip()
    if not text:
        return Cleaned(None)
    match = _ISO.fullmatch(text) or _FRENCH.fullmatch(text) or _COMPACT.fullmatch(text)
    match = match or _WORDS.fullmatch(name_key(text))
    if match is None:
        return Cleaned(None, DATE_UNREADABLE)
    month = _MONTHS.get(match["m"]) or (int(match["m"]) if match["m"].isdigit() else 0)
    try:
        return Cleaned(date(int(match["y"]), month, int(match["d"] or 1)))
    except ValueError:
        return Cleaned(None, DATE_UNREADABLE)


def clean_month(raw: str) -> Cleaned[date]:
    """Return the first day of the month of a date, or of a month: « 03/2026 », « mars 2026 », « févr.-26 »."""
    day = clean_date(raw)
    if day.value is not None:
        return Cleaned(day.value.replace(day=1))
    match = _SHORT.fullmatch(name_key(raw))
    month = _month(match["m"]) if match else None
    if match is None or month is None:
        return day
    year = int(match["y"])
    return Cleaned(date(year if year > _CENTURY else 2000 + year, month, 1))


def clean_start(raw: str) -> Cleaned[date]:
    """Return the first day of a written period: a day, a month, a quarter, a half-year or a year (« 2027 », « T2 2027 », « début mars 2027 »);
    flagged YEAR_UNTOLD where a part of a year is given without the year (« T1 », « mars »)."""
    day, month = clean_date(raw), clean_month(raw)
    if day.value is not None or month.value is not None:
        return day if day.value is not None else month
    key = name_key(raw)
    years = set(_YEAR.findall(key))
    part = " ".join(_AROUND_PART.sub(" ", _YEAR.sub(" ", key)).split())
    first = _first_month(part)
    if first is None or len(years) > 1 or not (years or part):
        return day
    return Cleaned(date(int(years.pop()), first, 1)) if years else Cleaned(None, YEAR_UNTOLD)


def year_told(texts: Iterable[str]) -> int | None:
    """Return the only year in these texts (« Programme d’achats 2027 »), full dates ignored; None where there are none or several."""
    years = {year for text in texts for year in _YEAR.findall(_DAY_WRITTEN.sub(" ", text.replace("_", " ")))}
    return int(years.pop()) if len(years) == 1 else None


def _first_month(part: str) -> int | None:
    """The first month of a part of a year (1 for an empty text), None where it is not one."""
    if not part:
        return 1
    match = _PART.fullmatch(part)
    if match is None:
        return None
    if match["months"]:
        months = [_month(word) for word in match["months"].split()]
        return None if None in months else months[0]
    length = _HALF if match["letter"] == "s" or match["name"] == "semestre" else _QUARTER
    first = 1 + length * (int(match["nth"] or match["rank"]) - 1)
    return first if first <= max(_MONTHS.values()) else None


def _month(word: str) -> int | None:
    """The number of the only month that begins with a word: « sept », « févr »; None for « jui », which fits two."""
    numbers = [number for name, number in _MONTHS.items() if name.startswith(word)]
    return numbers[0] if len(numbers) == 1 else None
