"""Numbers that spreadsheets have spoilt: spaces, dots, a float's `.0`, an exponent."""

import re

_FLOAT = re.compile(r"(\d+)[.,]0+")
_EXPONENT = re.compile(r"(\d)(?:[.,](\d+))?[eE]\+?(\d{1,2})")
_SEPARATORS = re.compile(r"[\s.\-_’']+")


def digits_of(raw: str) -> str | None:
    """Return the digits of an identifier without separators, empty where `raw` is, None where it holds anything else.

    A number with an exponent is read only where its mantissa holds every digit: `4.1E+13` has lost eleven.
    """
    text = raw.strip()
    if match := _FLOAT.fullmatch(text):
        return match[1] if match[1].isascii() else None
    if match := _EXPONENT.fullmatch(text):
        digits = match[1] + (match[2] or "")
        return digits if len(digits) == int(match[3]) + 1 else None
    compact = _SEPARATORS.sub("", text)
    return compact if not compact or (compact.isascii() and compact.isdigit()) else None


def is_rounded(raw: str) -> bool:
    """Whether a spreadsheet has made a rounded number of an identifier: an exponent, and digits lost."""
    return _EXPONENT.fullmatch(raw.strip()) is not None and digits_of(raw) is None
