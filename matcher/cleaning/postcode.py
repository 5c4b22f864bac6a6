"""Cleaning of postal codes, and separation of a town's name from its CEDEX (the delivery code of business mail: « LILLE CEDEX 4 »)."""

import re
from typing import NamedTuple

from matcher.cleaning import Cleaned

POST_CODE_UNREADABLE = "code postal illisible"
POST_CODE_ZERO_RESTORED = "code postal : zéro initial rétabli"

_PREFIX = re.compile(r"^(?:F|FR)\s*-?\s*(?=\d)", re.IGNORECASE)
_CEDEX = re.compile(r"[\s,(-]*\bCEDEX\b[\s)]*(\d{0,2})[\s)]*$", re.IGNORECASE)
_LEADING_CODE = re.compile(r"^(\d{5})\s+")
# FINESS truncates a town at 26 characters, even inside « CEDEX » (extract of January 2021).
_CUT_AT = 26
_CUT_CEDEX = re.compile(r"\s+C(?:E(?:D(?:E)?)?)?$")


class City(NamedTuple):
    """A town without its CEDEX, and the CEDEX (« CEDEX 4 », or empty)."""

    name: str
    cedex: str


def clean_post_code(raw: str) -> Cleaned[str]:
    """Return five digits: « 12 345 » gives `12345`, « 2404 » gives `02404` with a flag."""
    compact = re.sub(r"\s+", "", _CEDEX.sub("", _PREFIX.sub("", raw.strip()))).removesuffix(".0")
    if not compact:
        return Cleaned(None)
    if not re.fullmatch(r"[0-9]{4,5}", compact) or int(compact) < 1000:
        return Cleaned(None, POST_CODE_UNREADABLE)
    if len(compact) == 4:
        return Cleaned("0" + compact, POST_CODE_ZERO_RESTORED)
    return Cleaned(compact)


def split_cedex(raw: str) -> City:
    """Split a cell into town and CEDEX, truncated or not; a leading postal code is dropped."""
    text = _LEADING_CODE.sub("", " ".join(raw.split()))
    if match := _CEDEX.search(text):
        return City(text[: match.start()].strip(), f"CEDEX {match[1]}".strip())
    if len(text) == _CUT_AT and (match := _CUT_CEDEX.search(text)):
        return City(text[: match.start()], "CEDEX")
    return City(text, "")


def post_code_before(raw: str) -> str:
    """Return the postal code before the town in a cell (« 80200 Péronne »), empty where there is none."""
    match = _LEADING_CODE.match(" ".join(raw.split()))
    return match[1] if match else ""
