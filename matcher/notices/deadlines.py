"""Parses the deadline for offers from a notice's field or text: ISO or French dates, with or without an hour and a time zone.

French publishers write offsets that Paris does not have that day (« Z », « +01:00 » in summer): the hour is Paris time all the same, as their
own pages show (of six real notices, four). An offset that Paris never has (« +04:00 ») is that of an overseas buyer, and is used as written.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from matcher.cleaning import Cleaned
from matcher.cleaning.dates import clean_date
from matcher.domain.notice import Deadline

DEADLINE_UNREADABLE = "date limite illisible"
ZONE_SUPPOSED = "date limite sans fuseau horaire : prise à l’heure de Paris"
ZONE_DOUBTED = "date limite au fuseau {}, que Paris n’a pas ce jour-là : l’heure écrite est prise à Paris"
HOUR_SUPPOSED = "date limite sans heure : prise à la fin du jour"

PARIS = ZoneInfo("Europe/Paris")
SEVERAL = "plusieurs dates limites dans le texte : aucune n’est reprise"
# « Date limite de réception des offres ou des demandes de participation : » and what follows on its line, or on the next.
_LAST_MOMENT = re.compile(
    r"(?:date|heure)s? limites? (?:de|pour la) (?:réception|remise|dépôt|réponse)[^\n:\d]{0,80}:?\s*(?P<when>\d(?:(?!\bdate\b)[^\n;]){0,60})",
    re.IGNORECASE,
)
_ABOUT_OFFERS = re.compile(r"\b(?:limites?|réception|remise|dépôt)\b", re.IGNORECASE)
_WEEKDAY = r"(?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche),? )?"
# « reportée », « prolongé », « est désormais fixée », « lire »: the new deadline follows.
_MOVED = re.compile(
    r"\b(?:report|repouss|prolong|recul|décal|avanc|fix|modifi)[^\W\d]*|\b(?:remplacée?s? par|désormais|devient|lire)\b",
    re.IGNORECASE,
)
# Words before the former deadline: « du 15 septembre », « et non le », « au lieu du », « remplace ».
_FORMER = re.compile(r"\b(?:du|non|lieu|remplace|initiale?(?:ment)?|prévue?s?|ancien(?:ne)?)\b", re.IGNORECASE)
# A single line break does not end a sentence: « au lieu de : …, ⏎ lire : … ».
_SENTENCE_ENDS = re.compile(r"(?<=[.!?])\s+|\n\s*\n")
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
# The day comes first; « 2026-12-15+01:00 » has a zone and no hour.
_A_DAY = r"(?P<day>\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{1,2}(?:er)? [^\W\d]+ \d{4}|\d{8}(?!\d))"
_DAY, _DATE = re.compile(rf"\s*{_WEEKDAY}{_A_DAY}"), re.compile(rf"\b{_A_DAY}")
_HOUR = re.compile(
    r"(?:(?<!\d)T|à|avant|\s|,|-)*(?P<hour>\d{1,2})\s*(?:heures?|[:hH]\s*(?P<minute>\d{2})?(?:[:m]\s*(?P<second>\d{2})(?:[.,]\d+)?)?)(?:s|min)?"
)
_ZONE = re.compile(
    r"\s*\(?(?:(?P<utc>Z|UTC|GMT)(?![+-])|(?:UTC|GMT)?(?P<sign>[+-])(?P<h>\d{1,2}):?(?P<m>\d{2})?|(?P<paris>(?:heure de )?paris))\)?",
    re.IGNORECASE,
)
_DAY_LONG, _SIXTY = timedelta(days=1), 60
_FARTHEST = timedelta(hours=14)  # largest UTC offset in use
# Offsets that French software writes for Paris, in season or not.
_MEANT_PARIS = tuple(timedelta(hours=hours) for hours in (0, 1, 2))


def clean_deadline(raw: str, hour: str = "", *, french: bool = True) -> Cleaned[Deadline]:
    """Return the deadline written in `raw`, with `hour` if that is a separate field; 24:00 is the next midnight. Past dates are accepted. Without a zone,
    Paris time, flagged; so is, for a `french` buyer, an offset that Paris has in another season, or UTC. Without an hour, the end of the day, flagged."""
    if not raw.strip():
        return Cleaned(None)
    day, rest = _day(raw)
    if day is None:
        return Cleaned(None, DEADLINE_UNREADABLE)
    zone, rest = _zone(rest)
    match = _HOUR.match(rest) or _HOUR.match(hour.strip())
    clock = _clock(match) if match or not (rest.strip() or hour.strip()) else None
    if clock is None:
        return Cleaned(None, DEADLINE_UNREADABLE)
    if match is not None:
        zone = _zone(match.string[match.end() :])[0] or zone
    at = datetime.combine(day, time(), zone or PARIS) + clock
    about_zone = _about_zone(at, zone, french=french)
    flags = (HOUR_SUPPOSED if match is None else "", about_zone)
    at = at.replace(tzinfo=PARIS) if about_zone else at
    return Cleaned(Deadline(at, supposed=bool(about_zone)), " ; ".join(filter(None, flags)))


def deadline_in(text: str) -> Cleaned[Deadline]:
    """Return the deadline in a notice's text if it has only one, else None, flagged; a date with an hour is preferred to dates without."""
    read = [clean_deadline(match["when"]) for match in _LAST_MOMENT.finditer(text)]
    readable = [deadline for deadline in read if deadline.value]
    timed = [deadline for deadline in readable if HOUR_SUPPOSED not in deadline.flag]
    moments = {deadline.value: deadline for deadline in timed or readable}
    return moments.popitem()[1] if len(moments) == 1 else Cleaned(None, SEVERAL if moments else "")


def postponed_in(text: str) -> Cleaned[Deadline]:
    """Return the new deadline that a correction gives in words: « La date limite de réception des offres, prévue le …, est reportée au mardi 22 septembre
    2026 avant 12h00 »; None, flagged, if it gives several."""
    moments: dict[Deadline, Cleaned[Deadline]] = {}
    for sentence in filter(_ABOUT_OFFERS.search, _SENTENCE_ENDS.split(text)):
        moved = list(_MOVED.finditer(sentence))
        at = moved[-1].end() if moved else len(sentence)
        while day := _DATE.search(sentence, at):
            hour = _HOUR.match(sentence, day.end())
            end = hour.end() if hour else day.end()
            deadline = clean_deadline(sentence[day.start() : end])
            if deadline.value and not _FORMER.search(sentence, at, day.start()):
                moments[deadline.value] = deadline
            at = end
    return moments.popitem()[1] if len(moments) == 1 else Cleaned(None, SEVERAL if moments else "")


def _about_zone(at: datetime, zone: tzinfo | None, *, french: bool) -> str:
    """Return the flag by which the hour is taken as Paris time in spite of its zone; empty if the zone is used as written."""
    if zone is None:
        return ZONE_SUPPOSED
    paris, offset = at.replace(tzinfo=PARIS), at.utcoffset()
    # Two offsets are right in the repeated hour when summer time ends.
    right = {paris.utcoffset(), paris.replace(fold=1).utcoffset()}
    doubted = french and offset in _MEANT_PARIS and offset not in right
    return ZONE_DOUBTED.format(at.isoformat()[-6:]) if doubted else ""


def _day(text: str) -> tuple[date | None, str]:
    """Return (date at the beginning of a text, rest of the text); None without a date between 1990 and 2100."""
    match = _DAY.match(text)
    day = clean_date(match["day"]).value if match else None
    if match is None or day is None or not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        return None, text
    return day, text[match.end() :]


def _clock(match: re.Match[str] | None) -> timedelta | None:
    """Return the time since midnight, the whole day without an hour; None for an impossible hour (« 25:00 »)."""
    if match is None:
        return _DAY_LONG
    hours, minutes, seconds = (int(match[part] or 0) for part in ("hour", "minute", "second"))
    since = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return since if since <= _DAY_LONG and max(minutes, seconds) < _SIXTY else None


def _zone(text: str) -> tuple[tzinfo | None, str]:
    """Return (time zone at the beginning of a text, rest of the text); None without one, or for an offset that does not exist."""
    match = _ZONE.match(text)
    if match is None:
        return None, text
    rest = text[match.end() :]
    if match["utc"]:
        return UTC, rest
    if match["paris"]:
        return PARIS, rest
    offset = timedelta(hours=int(match["h"]), minutes=int(match["m"] or 0))
    if offset > _FARTHEST:
        return None, text
    return timezone(offset if match["sign"] == "+" else -offset), rest
