"""French formatting of numbers, units, dates, counts and lists, and no-break spaces, shared by terminal, pages and files."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from math import ceil, floor

NARROW = "\u202f"  # narrow no-break space: inside thousands, before ; ! ?
NO_BREAK = "\u00a0"  # no-break space: before : % € km ETP and inside « »
UNKNOWN = "non connu"
_EXCLAMATION = re.compile(r" (?=!(?!=))")
# Alternatives after a common space, for speed.
_NO_BREAK_PLACE = re.compile(r" (?:(?<=« )|(?=»)|(?=:(?:\s|$))|(?<=\d )(?=(?:%|€|km|ETP|mois|ans?)(?!\w)))")
_WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
_SHORT_MONTHS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juill.", "août", "sept.", "oct.", "nov.", "déc.")


def number(value: float, decimals: int = 0) -> str:
    """1234.5 → « 1 234,5 » with a narrow no-break space; no trailing zeros after the comma, and no « −0 »."""
    text = f"{value:z,.{decimals}f}"
    whole, _, part = text.partition(".")
    part = part.rstrip("0")
    return whole.replace(",", NARROW).replace("-", "−") + (f",{part}" if part else "")


def unit(value: float, name: str, decimals: int = 0) -> str:
    """A number and its unit, kept on one line: « 12 km », « 90 % »."""
    return f"{number(value, decimals)}{NO_BREAK}{name}"


def percent(chance: float, decimals: int = 0) -> str:
    """A probability or a share as a percentage, never 0 or 100 % unless exact."""
    least, share = 10**-decimals, 100 * chance
    if 0 < share < least:
        return f"moins de {unit(least, '%', decimals)}"
    return unit(min(floor(share / least + 0.5) * least, 100 - least) if chance < 1 else share, "%", decimals)


def day(value: date) -> str:
    """2026-12-01 → « 1ᵉʳ décembre 2026 »."""
    first = "1ᵉʳ" if value.day == 1 else str(value.day)
    return f"{first} {_MONTHS[value.month - 1]} {value.year}"


def short_month(value: date) -> str:
    """2026-10-05 → « oct. 2026 »."""
    return f"{_SHORT_MONTHS[value.month - 1]} {value.year}"


def short_day(value: date) -> str:
    """2026-12-03 → « 3 déc. », without the year."""
    first = "1ᵉʳ" if value.day == 1 else str(value.day)
    return f"{first}{NO_BREAK}{_SHORT_MONTHS[value.month - 1]}"


def of_month(value: date) -> str:
    """2021-03-08 → « de mars 2021 », and « d’avril 2021 »."""
    name = _MONTHS[value.month - 1]
    return f"{'d’' if name[0] in 'ao' else 'de '}{name} {value.year}"


def weekday(value: date) -> str:
    """A date with its weekday: « jeudi 3 décembre 2026 »."""
    return f"{_WEEKDAYS[value.weekday()]} {day(value)}"


def moment(value: datetime, zone: tzinfo | None = None) -> str:
    """A time (UTC if it has no zone) → « 16 novembre 2026, 14 h 32 » in `zone`, by default this computer's."""
    here = in_zone(value, zone)
    return f"{day(here)}, {here.hour}{NO_BREAK}h{NO_BREAK}{here.minute:02d}"


def in_zone(value: datetime, zone: tzinfo | None = None) -> datetime:
    """Convert a time (UTC if it has no zone) to `zone`, by default this computer's."""
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(zone)


def count(value: int, singular: str, plural: str | None = None) -> str:
    """« 0 candidat », « 1 candidat », « 2 candidats »: the plural starts at two in French."""
    word = singular if value < 2 else (plural or f"{singular}s")
    return f"{number(value)} {word}"


def minutes(wait: timedelta) -> str:
    """A duration rounded up to minutes: « 3 minutes »."""
    return count(ceil(wait / timedelta(minutes=1)), "minute")


def ordinal(value: int) -> str:
    """1 → « 1ᵉʳ », 3 → « 3ᵉ »."""
    return "1ᵉʳ" if value == 1 else f"{number(value)}ᵉ"


def enumeration(items: Sequence[str], last: str = "et") -> str:
    """« a », « a et b », « a, b et c »."""
    return f" {last} ".join(filter(None, (", ".join(items[:-1]), *items[-1:])))


def typeset(text: str) -> str:
    """Replace plain spaces with no-break spaces where French requires them: before « : ; ! ? % € », inside guillemets, before units."""
    text = text.replace(" ;", f"{NARROW};").replace(" ?", f"{NARROW}?")
    return _NO_BREAK_PLACE.sub(NO_BREAK, _EXCLAMATION.sub(NARROW, text) if " !" in text else text)


def with_apostrophes(name: str) -> str:
    """A name with typographic apostrophes: « Communauté d’agglomération d’Hénin-Carvin »."""
    return name.replace("'", "’")


def capitalised(sentence: str) -> str:
    """Return a sentence with its first letter as a capital; the others as they are."""
    return f"{sentence[:1].upper()}{sentence[1:]}"


def in_groups(digits: str) -> str:
    """A SIRET or SIREN in groups of digits with no-break spaces: « 775 625 544 00082 »; other text unchanged."""
    if len(digits) not in (9, 14) or not digits.isdigit():
        return digits
    return NARROW.join(part for part in (digits[:3], digits[3:6], digits[6:9], digits[9:]) if part)
