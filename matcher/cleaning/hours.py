"""Hours of the day and lengths of time, as people and spreadsheets write them."""

import re

from matcher.cleaning.cleaned import Cleaned

HOUR_UNREADABLE = "heure illisible"
HOUR_ABOUT = "heure approximative"
DAY_MINUTES = 24 * 60

_HOUR = re.compile(
    r"(?P<h>\d{1,2})\s*(?:h(?:eures?)?|:)\s*(?P<m>\d{2})?(?:\s*:\s*\d{2}(?:\.0+)?)?(?:\s*min\.?)?", re.IGNORECASE
)
_ALONE = re.compile(r"\d{1,2}")
# What people write around an hour: the column already says whether it is an arrival or a departure.
_AROUND = re.compile(
    r"^(?:à partir de|a partir de|après|apres|dès|des|jusqu['’ ]?[àa]|avant|de|à|a)\s+|\s+(?:maximum|max\.?|au plus tard|pile)$",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"^(?:vers|environ|autour de)\s+|\s+environ$", re.IGNORECASE)
_SHARE = re.compile(r"0[.,]\d+")  # a spreadsheet's own way: the share of the day that has gone by
_DATED = re.compile(r"(?:1899-12-3[01]|1900-01-0[01])[T ]")


def clean_hour(raw: str) -> Cleaned[int]:
    """Return minutes since midnight: « 9 h 30 », « 9h », « 09:30 », « 9 », « midi », « jusqu’à 11 h », or a spreadsheet's 0,39583.

    « vers 10 h » is 10 h, flagged as approximate.
    """
    text = _AROUND.sub("", _DATED.sub("", " ".join(raw.split())))
    if (exact := _ABOUT.sub("", text)) != text:
        value = clean_hour(exact).value
        return Cleaned(value, HOUR_UNREADABLE if value is None else HOUR_ABOUT)
    if not text:
        return Cleaned(None)
    if text.lower() == "midi":
        return Cleaned(12 * 60)
    if _SHARE.fullmatch(text):
        return Cleaned(round(float(text.replace(",", ".")) * DAY_MINUTES))
    found = _HOUR.fullmatch(text)
    if found is None and _ALONE.fullmatch(text):
        return _within(int(text), 0)
    return _within(int(found["h"]), int(found["m"] or 0)) if found else Cleaned(None, HOUR_UNREADABLE)


def _within(hours: int, minutes: int) -> Cleaned[int]:
    fits = hours < 24 and minutes < 60
    return Cleaned(hours * 60 + minutes) if fits else Cleaned(None, HOUR_UNREADABLE)
