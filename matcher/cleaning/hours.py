"""Parsing of times of day (« 9 h 30 ») and of hours of presence at a meeting day (« de 9 h à 11 h, sauf 10 h »), as people and spreadsheets write
them. Presence is read by an ordered list of regular expressions, each removing what it matches."""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from matcher.cleaning import Cleaned
from matcher.cleaning.words import flat

HOUR_UNREADABLE = "heure illisible"
HOUR_ABOUT = "heure approximative"
# Flag where the hours are read and another part of the text is not: « arrivée 10 h (train) ».
HOUR_AND_MORE = "heure lue, le reste non"
DAY_MINUTES = 24 * 60
NOON = 12 * 60
# A day that ends by then has no afternoon; somebody who arrives from then on misses the morning.
AFTERNOON = 14 * 60

_HOUR = re.compile(
    r"(?P<h>\d{1,2})\s*(?:h(?:eures?)?|:)\s*(?P<m>\d{2})?(?:\s*:\s*\d{2}(?:\.0+)?)?(?:\s*min\.?)?", re.IGNORECASE
)
_ALONE = re.compile(r"\d{1,2}")
# Words around an hour that add nothing, since the column already gives arrival or departure.
_AROUND = re.compile(
    r"^(?:à partir de|a partir de|après|apres|dès|des|jusqu['’ ]?[àa]|avant|de|à|a)\s+|\s+(?:maximum|max\.?|au plus tard|pile)$",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"^(?:vers|environ|autour de)\s+|\s+environ$", re.IGNORECASE)
_SHARE = re.compile(r"0[.,]\d+")  # a spreadsheet's internal form: fraction of the day
_DATED = re.compile(r"(?:1899-12-3[01]|1900-01-0[01])[T ]")

# Patterns of presence, for a text normalised by `flat`. A moment is an hour or the break.
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
# Each rule in turn removes what it matches: negative forms come first, since « pas avant 10 h » is an arrival, and « absent à partir de
# 11 h » a departure.
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
# Words that add nothing to hours.
_FILLER = re.compile(
    r"\b(?:oui|ok|presente?s?|presence|disponibles?|disponibilites?|dispos?|libres?|seulement|uniquement|confirmee?s?|vient|viendra|viendrai|sera|serai|est|suis"
    r"|la|je|j'|nous|il|elle|on|dois|doit|dois|devrai|devra|peux|peut|pourrai|pourra|si possible|et|mais|vers|environ|max(?:imum)?|au plus tard|pile)\b|[-,;:.()/+]"
)
_NEARLY = re.compile(r"\b(?:vers|environ|si possible)\b")
# Text in brackets is a note, « (train) », unless it contains a word of the patterns: « (sauf 10 h) ».
_NOTE = re.compile(r" ?\([^()]*\)")
_MEANINGFUL = re.compile(
    rf"[0-9]|{_TELLING.pattern}|\b(?:{_NOT_THERE}|{_EXCEPT}|ne|ni|ou|sur|fin|debut|milieu|deux|trois|arriv\w*|part(?:ir\w*|ent)?|depart|quitt\w*"
    r"|avant|apres|des|jusqu\w*|entre|demi\w*|quart)\b"
)
_CLOCK = re.compile(_SOME_HOUR.removesuffix(r"|midi\b)") + ")")
_BREAK = "pause"
MORNING, NO_MORNING, BEFORE_BREAK, AFTER_BREAK = "matin", "après-midi", "avant la pause", "après la pause"


class Presence(NamedTuple):
    """Minutes since midnight of arrival and departure; None: from the start, to the end. `away` are (start, end) minutes of absence; `words` are
    the constants whose hours depend on the day's programme: `MORNING`, `AFTER_BREAK`…"""

    arrival: int | None = None
    departure: int | None = None
    away: tuple[tuple[int, int], ...] = ()
    words: tuple[str, ...] = ()


def clean_hour(raw: str) -> Cleaned[int]:
    """Return minutes since midnight: « 9 h 30 », « 9h », « 09:30 », « 9 », « midi », « jusqu’à 11 h », or a spreadsheet's 0,39583. « vers 10 h » is
    10 h, flagged as approximate."""
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
    """Return the hours of presence in a text, None where it has none. A contradictory or only partly understood text gives None and a flag; hours
    that are guessed, or next to a note in brackets, are returned with a flag. Somebody absent both morning and afternoon has no hours."""
    written = " ".join(flat(raw).split())
    if not _TELLING.search(written):
        return Cleaned(None)
    # A note in brackets stays where it is about the hours.
    text = _NOTE.sub(
        lambda note: note[0] if _MEANINGFUL.search(note[0]) or not _FILLER.sub(" ", note[0]).strip() else " ", written
    )
    statements, rest = _apply_rules(text)
    if not statements:
        return _single_hour(rest)
    if _FILLER.sub(" ", rest).strip() or any(None in values for _, values in statements):
        return Cleaned(None, HOUR_UNREADABLE)
    if ("halves", (False, False)) in statements:
        return Cleaned(None)
    presence = _to_presence(statements)
    if presence is None:
        return Cleaned(None, HOUR_UNREADABLE)
    return Cleaned(presence, HOUR_ABOUT if _NEARLY.search(text) else HOUR_AND_MORE if text != written else "")


def _single_hour(text: str) -> Cleaned[Presence]:
    """A single hour in a column of presence is taken as the arrival, flagged for confirmation: « 9:45 »."""
    hours = _CLOCK.findall(text)
    hour = clean_hour(hours[0]).value if len(hours) == 1 else None
    if hour is None or _FILLER.sub(" ", _CLOCK.sub(" ", text)).strip():
        return Cleaned(None, HOUR_UNREADABLE)
    return Cleaned(Presence(hour), HOUR_ABOUT)


_Statements = list[tuple[str, tuple[Any, ...]]]


def _apply_rules(text: str) -> tuple[_Statements, str]:
    """Return what the rules match, as (group name, values; None for an unreadable hour), and the rest of the text."""
    statements: _Statements = []
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
    """The minute of an hour, None where it is unreadable, or `_BREAK`."""
    return _BREAK if re.fullmatch(_SOME_BREAK, written.strip()) else clean_hour(written).value


def _to_presence(statements: _Statements) -> Presence | None:
    """Combine the statements into one presence with absences; None where they are contradictory."""
    stays, away = sorted(_values(statements, "stay")), sorted(_values(statements, "away"))
    ends = {of: {hour for (hour,) in _values(statements, of)} for of in ("arrival", "departure")}
    words = _day_words(statements, ends)
    arrivals, departures = (hours - {_BREAK} for hours in ends.values())
    if stays:
        arrivals, departures = arrivals | {stays[0][0]}, departures | {stays[-1][1]}
        away = sorted([*away, *((end, start) for (_, end), (start, _) in pairwise(stays))])
    if max(len(arrivals), len(departures)) > 1 or any(start >= end for start, end in (*stays, *away)):
        return None
    presence = Presence(next(iter(arrivals), None), next(iter(departures), None), tuple(away), words)
    start, end = min(arrivals, default=0), min(departures, default=DAY_MINUTES)
    no_morning_left = MORNING in words and start >= AFTERNOON
    no_afternoon_left = NO_MORNING in words and end <= NOON
    return None if start >= end or no_morning_left or no_afternoon_left else presence


def _values(statements: _Statements, of: str) -> set[tuple[Any, ...]]:
    """All values of the statements of one name."""
    return {values for rule, values in statements if rule == of}


def _day_words(statements: _Statements, ends: Mapping[str, set[Any]]) -> tuple[str, ...]:
    """The `words` of a presence; both halves of a day give none."""
    halves = {morning for morning, afternoon in _values(statements, "halves") if morning != afternoon}
    words = {MORNING if half else NO_MORNING for half in halves} if len(halves) == 1 else set()
    breaks = {AFTER_BREAK: "arrival", BEFORE_BREAK: "departure"}
    return tuple(sorted(words | {word for word, of in breaks.items() if _BREAK in ends[of]}))
