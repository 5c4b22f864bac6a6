"""Entrance of a meeting day: short badge codes with a check sign, and the journal changes that check a participant in or undo it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from matcher.club.meeting_day.meeting_day import DayChange, MeetingDay
from matcher.club.meeting_day.schedule import clock
from matcher.journal.change import ChangeRefused

# Alphabet of codes: signs that are not confused when read or heard; no vowels, which would make words. Its size is prime, so that the check
# sign detects any misread sign and any swap of neighbours.
SIGNS = "23456789CDFHJKMNPRTVWXY"
_BASE, _LEAST = len(SIGNS), 3
_VALUES: Mapping[str, int] = {sign: value for value, sign in enumerate(SIGNS)}
# Multiplicative scrambling (modulo `_CODES`), so that consecutive keys get dissimilar codes; `_BACK` is its inverse.
_CODES: int = _BASE**_LEAST
_SPREAD = 7_919
_BACK = pow(_SPREAD, -1, _CODES)


def badge_code(event_id: int, key: int) -> str:
    """Return the code of a participant, « K3-F8 », always the same; refused by other events, but by those whose number differs by a multiple of 23."""
    number = key - key % _CODES + key * _SPREAD % _CODES
    values: list[int] = []
    while number or len(values) < _LEAST:
        number, value = divmod(number, _BASE)
        values.append(value)
    written = "".join(SIGNS[value] for value in (*reversed(values), _check(event_id, values)))
    return f"{written[:2]}-{written[2:]}"


def is_code(text: str) -> bool:
    """Return whether a text has the form of a code, valid or not."""
    return len(signs := _signs(text)) > _LEAST and all(sign in _VALUES for sign in signs)


def key_of(event_id: int, text: str) -> int | None:
    """Return the participant (key) of a code; None where the check sign fails: a code misread, or of an event that it excludes."""
    if not is_code(text):
        return None
    *values, check = (_VALUES[sign] for sign in _signs(text))
    if check != _check(event_id, values[::-1]):
        return None
    number = 0
    for value in values:
        number = number * _BASE + value
    return number - number % _CODES + number * _BACK % _CODES


def _signs(text: str) -> str:
    return "".join(text.upper().replace("-", " ").split())


def _check(event_id: int, values: list[int]) -> int:
    """Return the value of the check sign; `values` are those of the other signs, from the last to the first."""
    return -(event_id + sum(place * value for place, value in enumerate(values, start=2))) % _BASE


@dataclass(frozen=True, slots=True)
class CheckIn(DayChange, action="accueillir"):
    """Check a participant in at this minute of the day; None where it is noted on another day."""

    key: int
    minute: int | None = None

    def apply(self, event: MeetingDay, at: datetime, author: str) -> MeetingDay:
        if not 1 <= self.key <= event.taken:
            raise ChangeRefused(f"L’événement n’a pas de participant n° {self.key}.")
        event.checked_in[self.key] = self.minute
        return event

    def says(self, event: MeetingDay) -> str:
        when = "" if self.minute is None else f" à {clock(self.minute)}"
        return f"accueille {event.name_of(self.key)}{when}"


@dataclass(frozen=True, slots=True)
class UndoCheckIn(DayChange, action="retirer l’accueil"):
    """Undo the check-in of a participant."""

    key: int

    def apply(self, event: MeetingDay, at: datetime, author: str) -> MeetingDay:
        lines = {event.seat_of(self.key), *event.others_of.get(event.seat_of(self.key), ())}
        return replace(event, checked_in={key: at for key, at in event.checked_in.items() if key not in lines})

    def says(self, event: MeetingDay) -> str:
        return f"retire l’accueil de {event.name_of(self.key)}"
