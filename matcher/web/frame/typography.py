"""French typography of the Jinja templates: an extension that puts no-break spaces in their source, and filters for numbers, dates and phones."""

import re
from collections.abc import Callable

from jinja2.ext import Extension

from matcher.cleaning.phone import shown_phone
from matcher.club.meeting_day.schedule import absences_said, clock
from matcher.club.results.view import alphabetical
from matcher.domain.french import count, day, moment, number, ordinal, percent, short_month, typeset, unit, weekday
from matcher.domain.kinds import SupplierKind

_AT_TERMINAL = "(au terminal"
_SAID_AT_TERMINAL = re.compile(rf"\s*{re.escape(_AT_TERMINAL)}\s:[^)]*\)")


class FrenchSpaces(Extension):
    """Jinja extension that replaces plain spaces around « : ; ! ? » and inside guillemets by no-break spaces."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Return the source of a template with its no-break spaces."""
        return typeset(source)


def without_terminal_hints(value: object) -> object:
    """Return a value without its hints for the terminal only, « (au terminal : --mapping) »; the `finalize` of Jinja."""
    if not isinstance(value, str) or _AT_TERMINAL not in value:
        return value
    return type(value)(_SAID_AT_TERMINAL.sub("", value))


def css_text(text: str) -> str:
    """Return a text as a quoted CSS string, special characters escaped by their code."""
    return '"' + "".join(c if c.isalnum() or c == " " else f"\\{ord(c):x} " for c in text) + '"'


FILTERS: dict[str, Callable[..., object]] = {
    "number": number,
    "unit": unit,
    "day": lambda value: day(value) if value else "date non connue",
    "weekday": weekday,
    "short_month": short_month,
    "absences": absences_said,
    "clock": clock,
    "phone": shown_phone,
    "moment": moment,
    "count": count,
    "ordinal": ordinal,
    "percent": percent,
    # Empty where a code is unknown here: a decision of another version is then shown as text.
    "kinds": lambda codes: [SupplierKind(code) for code in codes] if set(codes) <= set(SupplierKind) else [],
    "typeset": typeset,
    # The first letter in capital: « déclare « … » » gives « Déclare « … » ».
    "sentence": lambda text: typeset(text[:1].upper() + text[1:]),
    "alphabetical": alphabetical,
}
