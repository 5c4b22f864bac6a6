"""Parsing of numbers in French text: head counts, full-time equivalents, measures with a unit, hours of work, durations in months."""

import re
from collections.abc import Container

from matcher.cleaning import Cleaned
from matcher.cleaning.words import flat

NUMBER_UNREADABLE = "nombre illisible"
NUMBER_RANGE = "fourchette : la borne basse est retenue"

_UNKNOWN = frozenset(
    {"", "#n/d", "#n/a", "n/d", "nd", "n/c", "nc", "n.c.", "n.c", "n.d.", "na", "-", "?", "inconnu", "non communique"}
)
_GROUPED = r"[0-9]{1,3}(?:[ .][0-9]{3})+(?![0-9])"
_NUMBER = re.compile(rf"(?<![\w,.-])(?P<whole>{_GROUPED}|[0-9]{{1,15}})(?:[.,](?P<part>[0-9]{{1,6}}))?(?![0-9])")
_TOO_LONG = 10  # digits: more than a database column holds
_ANY = range(10 ** (_TOO_LONG - 1))
_ENGLISH = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?(?![0-9])")
_RANGE = re.compile(r"\s*(?:à|-|–|et|/)\s*[0-9]")
# Hours and minutes: « 48h30 », « 48:30 ».
_CLOCK = re.compile(r"(?P<h>[0-9]{1,5})\s*(?:h(?:eures?)?|:)\s*(?P<m>[0-5][0-9])(?::00)?(?:\s*mi?n\.?)?", re.IGNORECASE)
_MINUS = "-−–"
_MONTHS, _YEARS = ("mois",), ("an", "ans", "année", "années", "annee", "annees")


def clean_number(raw: str) -> Cleaned[float]:
    """Return the first number of a text: « 175 travailleurs, dont 10 à 15 à la légumerie » gives 175, « 11,5 ETP » 11.5. Of a range the lower end is
    returned, flagged. « #N/D » and the like give None."""
    text = " ".join(raw.split())
    if is_unknown(text):
        return Cleaned(None)
    if english := _ENGLISH.fullmatch(text):
        return Cleaned(float(english[0].replace(",", "")))
    match = _NUMBER.search(text)
    if match is None:
        return Cleaned(None, NUMBER_UNREADABLE)
    value = float(re.sub(r"[ .]", "", match["whole"]) + "." + (match["part"] or "0"))
    return Cleaned(value, NUMBER_RANGE if _RANGE.match(text, match.end()) else "")


def whole_number(text: str, within: Container[int] = _ANY) -> int | None:
    """Return the integer that a text consists of, if it is in `within`; else None."""
    if not (text.isascii() and text.isdigit() and len(text) < _TOO_LONG):
        return None
    number = int(text)
    return number if number in within else None


def clean_measure(raw: str, *units: str) -> Cleaned[float]:
    """Return the number of a text that has nothing else but one of `units` (lower case): « 12 000 h ». « 10^9 », « 1e9 », « 5 k€ », « entre 2 et 3 »
    are refused: a guess would be far off."""
    text = " ".join(raw.split())
    match = _NUMBER.search(text) if not _ENGLISH.fullmatch(text) else None
    if match is not None and (text[: match.start()].strip() or text[match.end() :].strip().lower() not in ("", *units)):
        return Cleaned(None, NUMBER_UNREADABLE)
    return clean_number(raw)


def clean_work_hours(raw: str) -> Cleaned[float]:
    """Return hours of work, negative after a minus sign: « 1 200 h », « 151,67 », « 48h30 » or « 48:30 » (48.5), « −20 »."""
    text = " ".join(raw.split())
    below = len(text) > 1 and text[0] in _MINUS
    text = text[1:].strip() if below else text
    clock = _CLOCK.fullmatch(text)
    read = clean_measure(text, "h", "heure", "heures")
    value = round(int(clock["h"]) + int(clock["m"]) / 60, 2) if clock else read.value
    return Cleaned(value if value is None or not below else -value, "" if clock else read.flag)


def clean_months(raw: str, *, unit: float = 1.0) -> Cleaned[float]:
    """Return months: « 24 », « 24 mois », « 2 ans »; a number without a word is in units of `unit` months."""
    written, text = clean_measure(raw, *_MONTHS, *_YEARS), raw.strip().lower()
    if written.value is None:
        return written
    return Cleaned(written.value * (1.0 if text.endswith(_MONTHS) else 12.0 if text.endswith(_YEARS) else unit))


def is_unknown(raw: str) -> bool:
    """Return whether a cell is empty, or means unknown: « #N/D », « nc », « non communiqué »."""
    return flat(raw.strip()) in _UNKNOWN
