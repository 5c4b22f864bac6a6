"""Hours of the day and hours of presence, as people and spreadsheets write them."""

import re
from typing import NamedTuple

from matcher.cleaning import Cleaned
from matcher.cleaning.words import flat

HOUR_UNREADABLE = "heure illisible"
HOUR_ABOUT = "heure approximative"
DAY_MINUTES = 24 * 60
NOON = 12 * 60

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
# What is said of presence, in a text that `flat` has levelled.
_SOME_HOUR = r"(?:[0-9]{1,2} ?(?:heures?(?! ?[0-9])|h|:) ?(?:[0-9]{2}(?![0-9]))?(?: ?min\b)?|midi\b)"
_AT = r"(?: ?(?:\b(?:a|au|vers|des|pour|avant|apres|environ)\b|:))* ?"
_TELLING = re.compile(rf"{_SOME_HOUR}|\bmatin|\bapres[ -]?midi|\baprem\b")
_SPAN = re.compile(
    rf"(?:\b(?:de|entre) )?(?P<arrival>\b{_SOME_HOUR}|\b[0-9]{{1,2}}(?= ?[-a] ?[0-9]{{1,2}} ?h)) ?(?:-+>?|/|>|→|\ba\b|\bet\b|\bjusqu'a\b) ?"
    rf"(?P<departure>{_SOME_HOUR})"
)
_AWAY = r"(?:absente?s?|indisponibles?|pas(?: (?:presente?s?|disponibles?|la))?)"
# « pas avant 10 h » is an arrival, « absent à partir de 11 h » a departure: looked for before the words that mean the contrary.
_AWAY_BEFORE = re.compile(
    rf"(?:\bne (?:peut|sera|vient) )?\b{_AWAY} (?:avant|jusqu'(?:a|au)?){_AT}(?P<arrival>{_SOME_HOUR})"
)
_AWAY_AFTER = re.compile(
    rf"(?:\bne (?:peut|sera|vient) )?\b{_AWAY} (?:apres|des|a partir de|a compter de){_AT}(?P<departure>{_SOME_HOUR})"
)
_ARRIVAL = re.compile(rf"\b(?:arriv\w+|a partir de|a compter de|des|apres){_AT}(?P<arrival>{_SOME_HOUR})")
_DEPARTURE = re.compile(
    rf"\b(?:(?:doit |devra )?(?:part(?:ira?|ent)?|quitt\w+)|depart|jusqu'(?:a|au)?|avant){_AT}(?P<departure>{_SOME_HOUR})"
)
_HALF = (
    r"(?:(?:\b(?:le|en|dans la|pour le|toute la|tout le)\b|\b(?:pour )?l') ?)*\b(?:matin(?:ee)?|apres[ -]?midi|aprem)\b"
)
_HALVES = re.compile(
    rf"(?P<away>\b(?:{_AWAY}|sauf) )?"
    rf"(?P<halves>{_HALF}(?: ?(?:,|/|et|ni|\+) ?{_HALF})*)"
)
# What may stand around hours and says no more of them.
_BESIDES = re.compile(
    r"\b(?:oui|ok|presente?s?|presence|disponibles?|disponibilites?|dispos?|libres?|seulement|uniquement|confirmee?s?|vient|viendra|sera|est|la"
    r"|et|mais|vers|environ|max(?:imum)?|au plus tard|pile)\b|[-,;:.()/]"
)
_NEARLY = re.compile(r"\b(?:vers|environ)\b")


class Presence(NamedTuple):
    """Minutes since midnight from which and until which somebody is there; None from the start, or to the end."""

    arrival: int | None = None
    departure: int | None = None


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
        return Cleaned(NOON)
    if _SHARE.fullmatch(text):
        return Cleaned(round(float(text.replace(",", ".")) * DAY_MINUTES))
    found = _HOUR.fullmatch(text)
    if found is None and _ALONE.fullmatch(text):
        return _within(int(text), 0)
    return _within(int(found["h"]), int(found["m"] or 0)) if found else Cleaned(None, HOUR_UNREADABLE)


def _within(hours: int, minutes: int) -> Cleaned[int]:
    fits = hours < 24 and minutes < 60
    return Cleaned(hours * 60 + minutes) if fits else Cleaned(None, HOUR_UNREADABLE)


def clean_presence(raw: str) -> Cleaned[Presence]:
    """Return the hours that a text says, None where it says none.

    A text is understood whole or not at all: one that says something more, or more than one stay, is None and flagged. Somebody away
    in the morning and in the afternoon has no hours.
    """
    text = " ".join(flat(raw).split())
    if not _TELLING.search(text):
        return Cleaned(None)
    halves = {_half(said) for said in _HALVES.finditer(text)}
    found, rest = _hours_said(_HALVES.sub(" ", text))
    if _BESIDES.sub(" ", rest).strip() or any(None in hours or len(hours) > 1 for hours in found.values()):
        return Cleaned(None, HOUR_UNREADABLE)
    if (False, False) in halves:
        return Cleaned(None)
    arrivals, departures = ([hour for hour in found[name] if hour is not None] for name in ("arrival", "departure"))
    arrival = max([*arrivals, *[NOON] * ((False, True) in halves)], default=None)
    departure = min([*departures, *[NOON] * ((True, False) in halves)], default=None)
    if arrival is not None and departure is not None and departure <= arrival:
        return Cleaned(None, HOUR_UNREADABLE)
    return Cleaned(Presence(arrival, departure), HOUR_ABOUT if _NEARLY.search(text) else "")


def _hours_said(text: str) -> tuple[dict[str, set[int | None]], str]:
    """The hours of arrival and of departure that a text says, None among them where one is none, and what else it says."""
    found: dict[str, set[int | None]] = {"arrival": set(), "departure": set()}
    for pattern in (_SPAN, _AWAY_BEFORE, _AWAY_AFTER, _ARRIVAL, _DEPARTURE):
        for said in pattern.finditer(text):
            for name, hour in said.groupdict().items():
                found[name].add(clean_hour(hour).value)
        text = pattern.sub(" ", text)
    return found, text


def _half(said: re.Match[str]) -> tuple[bool, bool]:
    """Whether somebody is there in the morning, and in the afternoon."""
    morning, afternoon = "matin" in said["halves"], "midi" in said["halves"] or "aprem" in said["halves"]
    return (not morning, not afternoon) if said["away"] else (morning, afternoon)
