"""Hours of the day and hours of presence, as people and spreadsheets write them."""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from matcher.cleaning import Cleaned
from matcher.cleaning.words import flat

HOUR_UNREADABLE = "heure illisible"
HOUR_ABOUT = "heure approximative"
# Its hours are read, and something beside them is not: « arrivée 10 h (train) ».
HOUR_AND_MORE = "heure lue, le reste non"
DAY_MINUTES = 24 * 60
NOON = 12 * 60
# A day that ends by then has no afternoon; whoever comes then comes after a morning.
AFTERNOON = 14 * 60

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

# The grammar of presence, in a text that `flat` has levelled. A moment is an hour, or the break of the day.
_SOME_HOUR = r"(?:[0-9]{1,2} ?(?:heures?(?! ?[0-9])|h|:) ?(?:[0-9]{2}(?![0-9]))?(?: ?mi?n\b)?|midi\b)"
_SOME_BREAK = (
    r"(?:\b(?:la |le )?(?:pause|dejeuner|repas)(?:[ -](?:cafe|dejeuner|meridienne|(?:de|du) (?:midi|dejeuner)))?\b)"
)
_MOMENT = rf"(?:{_SOME_HOUR}|{_SOME_BREAK})"
_AT = r"(?: ?(?:\b(?:a|au|vers|des|pour|avant|apres|environ)\b|:))* ?"
_TO = r" ?(?:-+>?|/|>|→|\ba\b|\bet\b|\bjusqu'a\b) ?"
_FIRST = rf"(?:\b{_SOME_HOUR}|\b[0-9]{{1,2}}(?={_TO}[0-9]{{1,2}} ?h))"
_NOT_THERE = r"(?:absente?s?|indisponibles?|indispos?|pas(?: (?:presente?s?|disponibles?|dispos?|libres?|la))?)"
_EXCEPT = r"(?:sauf|hormis|excepte|hors)"
_AWAY = rf"(?:\bne (?:peut|sera|vient) )?\b(?:{_EXCEPT} )?(?:{_NOT_THERE}|{_EXCEPT})"
_HALF = (
    r"(?:(?:\b(?:le|en|dans la|pour le|toute la|tout le)\b|\b(?:pour )?l') ?)*\b(?:matin(?:ee)?|apres[ -]?midi|aprem)\b"
)
# Each rule in its turn takes away what it reads: « pas avant 10 h » is an arrival, « absent à partir de 11 h » a departure, and they are
# looked for before the words that mean the contrary.
_RULES = tuple(
    re.compile(rule)
    for rule in (
        rf"(?P<away>{_AWAY} )(?P<halves>{_HALF}(?: ?(?:,|/|et|ni|\+) ?{_HALF})*)",
        rf"(?P<halves>{_HALF}(?: ?(?:,|/|et|ni|\+) ?{_HALF})*)",
        rf"{_AWAY}(?: ?:)? (?:(?:de|entre) )?(?P<leaves>{_FIRST}){_TO}(?P<returns>{_SOME_HOUR})",
        rf"(?:\b(?:de|entre) )?(?P<start>{_FIRST}){_TO}(?P<end>{_SOME_HOUR})",
        rf"{_AWAY} (?:avant|jusqu'(?:a|au)?){_AT}(?P<arrival>{_MOMENT})",
        rf"{_AWAY} (?:apres|des|a partir de|a compter de){_AT}(?P<departure>{_MOMENT})",
        rf"\b(?:arriv\w+|a partir de|a compter de|des|apres){_AT}(?P<arrival>{_MOMENT})",
        rf"\b(?:(?:doi[st] |devrai?s? )?(?:part(?:ir|irai?|ira|ent)?|quitt\w+)|depart|jusqu'(?:a|au)?|avant){_AT}(?P<departure>{_MOMENT})",
    )
)
_TELLING = re.compile(rf"{_SOME_HOUR}|\bmatin|\bapres[ -]?midi|\baprem\b|{_SOME_BREAK}")
# What may stand around hours and adds nothing to them.
_BESIDES = re.compile(
    r"\b(?:oui|ok|presente?s?|presence|disponibles?|disponibilites?|dispos?|libres?|seulement|uniquement|confirmee?s?|vient|viendra|viendrai|sera|serai|est|suis"
    r"|la|je|j'|nous|il|elle|on|dois|doit|dois|devrai|devra|peux|peut|pourrai|pourra|si possible|et|mais|vers|environ|max(?:imum)?|au plus tard|pile)\b|[-,;:.()/+]"
)
_NEARLY = re.compile(r"\b(?:vers|environ|si possible)\b")
# What stands in brackets is a note, « (train) », unless it has a word of the grammar: « (sauf 10 h) ».
_NOTE = re.compile(r" ?\([^()]*\)")
_UNTAKEN = re.compile(
    rf"[0-9]|{_TELLING.pattern}|\b(?:{_NOT_THERE}|{_EXCEPT}|ne|ni|ou|sur|fin|debut|milieu|deux|trois|arriv\w*|part(?:ir\w*|ent)?|depart|quitt\w*"
    r"|avant|apres|des|jusqu\w*|entre|demi\w*|quart)\b"
)
_CLOCK = re.compile(_SOME_HOUR.removesuffix(r"|midi\b)") + ")")
_BREAK = "pause"
MORNING, NO_MORNING, BEFORE_BREAK, AFTER_BREAK = "matin", "après-midi", "avant la pause", "après la pause"


class Presence(NamedTuple):
    """Minutes since midnight from which and until which somebody is there; None from the start, or to the end. `away` are the minutes
    between which it is not; `words` those whose hours depend on the day: `MORNING`, `AFTER_BREAK`…
    """

    arrival: int | None = None
    departure: int | None = None
    away: tuple[tuple[int, int], ...] = ()
    words: tuple[str, ...] = ()


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
    match = _HOUR.fullmatch(text)
    if match is None and _ALONE.fullmatch(text):
        return _within(int(text), 0)
    return _within(int(match["h"]), int(match["m"] or 0)) if match else Cleaned(None, HOUR_UNREADABLE)


def _within(hours: int, minutes: int) -> Cleaned[int]:
    fits = hours < 24 and minutes < 60
    return Cleaned(hours * 60 + minutes) if fits else Cleaned(None, HOUR_UNREADABLE)


def clean_presence(raw: str) -> Cleaned[Presence]:
    """Return the hours that a text gives, None where it gives none.

    What contradicts itself, or is more than the rules read, is None and flagged; so are hours of which the sense is guessed, or that a
    note in brackets stands beside, but they are read. Somebody away in the morning and in the afternoon has no hours.
    """
    written = " ".join(flat(raw).split())
    if not _TELLING.search(written):
        return Cleaned(None)
    text = _NOTE.sub(_kept_note, written)
    statements, rest = _told(text)
    if not statements:
        return _alone(rest)
    if _BESIDES.sub(" ", rest).strip() or any(None in values for _, values in statements):
        return Cleaned(None, HOUR_UNREADABLE)
    if ("halves", (False, False)) in statements:
        return Cleaned(None)
    presence = _stay(statements)
    if presence is None:
        return Cleaned(None, HOUR_UNREADABLE)
    return Cleaned(presence, HOUR_ABOUT if _NEARLY.search(text) else HOUR_AND_MORE if text != written else "")


def _kept_note(note: re.Match[str]) -> str:
    """Return what stands in brackets where it is about the hours, else nothing."""
    says = _UNTAKEN.search(note[0]) or not _BESIDES.sub(" ", note[0]).strip()
    return note[0] if says else " "


def _alone(text: str) -> Cleaned[Presence]:
    """An hour alone, under the hours of presence, is taken for that of the arrival, to be confirmed: « 9:45 »."""
    hours = _CLOCK.findall(text)
    hour = clean_hour(hours[0]).value if len(hours) == 1 else None
    if hour is None or _BESIDES.sub(" ", _CLOCK.sub(" ", text)).strip():
        return Cleaned(None, HOUR_UNREADABLE)
    return Cleaned(Presence(hour), HOUR_ABOUT)


_Told = list[tuple[str, tuple[Any, ...]]]


def _told(text: str) -> tuple[_Told, str]:
    """Return what the rules read in a text (of what, and its values: None for an hour that is none), and what they leave of it."""
    statements: _Told = []
    for rule in _RULES:
        for match in rule.finditer(text):
            parts = match.groupdict()
            if "halves" in parts:
                half = parts["halves"]
                morning, afternoon = "matin" in half, "midi" in half or "aprem" in half
                away = bool(parts.get("away"))
                statements.append(("halves", (morning != away, afternoon != away)))
            elif "leaves" in parts:
                statements.append(("away", (_moment(match["leaves"]), _moment(match["returns"]))))
            elif "start" in parts:
                statements.append(("stay", (_moment(match["start"]), _moment(match["end"]))))
            else:
                statements += [(name, (_moment(moment),)) for name, moment in parts.items()]
        text = rule.sub(" ", text)
    return statements, text


def _moment(written: str) -> int | str | None:
    """The minute of an hour, None where it is none, or `_BREAK`."""
    return _BREAK if re.fullmatch(_SOME_BREAK, written.strip()) else clean_hour(written).value


def _stay(mention: _Told) -> Presence | None:
    """Return what was read as one stay with its absences; None where it contradicts itself."""
    stays, away = sorted(_values(mention, "stay")), sorted(_values(mention, "away"))
    ends = {of: {hour for (hour,) in _values(mention, of)} for of in ("arrival", "departure")}
    words = _day_words(mention, ends)
    arrivals, departures = (hours - {_BREAK} for hours in ends.values())
    if stays:
        arrivals, departures = arrivals | {stays[0][0]}, departures | {stays[-1][1]}
        away = sorted([*away, *((end, start) for (_, end), (start, _) in pairwise(stays))])
    if max(len(arrivals), len(departures)) > 1 or any(start >= end for start, end in (*stays, *away)):
        return None
    presence = Presence(next(iter(arrivals), None), next(iter(departures), None), tuple(away), words)
    return None if _contradicted(presence) else presence


def _values(mention: _Told, of: str) -> set[tuple[Any, ...]]:
    """All that was read of something."""
    return {values for rule, values in mention if rule == of}


def _day_words(mention: _Told, ends: Mapping[str, set[Any]]) -> tuple[str, ...]:
    """The words of a stay whose hours depend on the day; of both halves of a day there are none."""
    halves = {morning for morning, afternoon in _values(mention, "halves") if morning != afternoon}
    words = {MORNING if half else NO_MORNING for half in halves} if len(halves) == 1 else set()
    breaks = {AFTER_BREAK: "arrival", BEFORE_BREAK: "departure"}
    return tuple(sorted(words | {word for word, of in breaks.items() if _BREAK in ends[of]}))


def _contradicted(presence: Presence) -> bool:
    """Return whether somebody leaves before coming, or comes after the morning that it is there for."""
    start, end = presence.arrival or 0, DAY_MINUTES if presence.departure is None else presence.departure
    return (
        start >= end
        or (MORNING in presence.words and start >= AFTERNOON)
        or (NO_MORNING in presence.words and end <= NOON)
    )
