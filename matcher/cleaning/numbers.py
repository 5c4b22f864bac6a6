"""Numbers in French prose: head counts, full-time equivalents, amounts."""

import re

from matcher.cleaning.cleaned import Cleaned

NUMBER_UNREADABLE = "nombre illisible"
NUMBER_RANGE = "fourchette : la borne basse est retenue"

_UNKNOWN = frozenset({"", "#n/d", "#n/a", "n/d", "nd", "n/c", "nc", "na", "-", "?", "inconnu", "non communiqué"})
_GROUPED = r"[0-9]{1,3}(?:[ .][0-9]{3})+(?![0-9])"
_NUMBER = re.compile(rf"(?<![\w,.-])(?P<whole>{_GROUPED}|[0-9]{{1,15}})(?:[.,](?P<part>[0-9]{{1,6}}))?(?![0-9])")
_ENGLISH = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?(?![0-9])")
_RANGE = re.compile(r"\s*(?:à|-|–|et|/)\s*[0-9]")
_UNITS = {"k": 1e3, "m": 1e6, "md": 1e9, "million": 1e6, "millions": 1e6, "milliard": 1e9, "milliards": 1e9}
_WITH_TAX = re.compile(r"\b(?:ttc|t\.t\.c|tva comprise)\b", re.IGNORECASE)
_UNIT = re.compile(r"\s*(millions?|milliards?|md|[km])(?=\s*(?:€|eur|d’|d'|de\b|h\.?t\b|ttc\b|$))", re.IGNORECASE)


def clean_number(raw: str) -> Cleaned[float]:
    """Return the first number of a text: « 175 travailleurs, dont 10 à 15 à la légumerie » gives 175, « 11,5 ETP » 11.5.

    Of a range the lower bound is kept, and flagged. « #N/D » and the like are unknown, hence None.
    """
    return _first_number(raw)


def clean_amount(raw: str) -> Cleaned[float]:
    """Return an amount in euros: « 1 200,50 », « 350 k€ », « 1,2 M€ »."""
    return _first_number(raw, units=True)


def with_tax(text: str) -> bool:
    """Tell whether an amount is written as one that holds its tax: « 40 000 € TTC »."""
    return _WITH_TAX.search(text) is not None


def _first_number(raw: str, *, units: bool = False) -> Cleaned[float]:
    text = " ".join(raw.split())
    if text.lower() in _UNKNOWN:
        return Cleaned(None)
    if english := _ENGLISH.fullmatch(text):
        return Cleaned(float(english[0].replace(",", "")))
    match = _NUMBER.search(text)
    if match is None:
        return Cleaned(None, NUMBER_UNREADABLE)
    value = float(re.sub(r"[ .]", "", match["whole"]) + "." + (match["part"] or "0"))
    end = match.end()
    if units and (unit := _UNIT.match(text, end)):
        value *= _UNITS[unit[1].lower()]
        end = unit.end()
    return Cleaned(value, NUMBER_RANGE if _RANGE.match(text, end) else "")


def clean_measure(raw: str, *units: str) -> Cleaned[float]:
    """Return the one number of a text that holds nothing else but one of `units` (lower case): « 12 000 h ».

    « 10^9 », « 1e9 », « 5 k€ », « entre 2 et 3 » are no such number: a guess would be far off.
    """
    text = " ".join(raw.split())
    match = _NUMBER.search(text) if not _ENGLISH.fullmatch(text) else None
    if match is not None and (text[: match.start()].strip() or text[match.end() :].strip().lower() not in ("", *units)):
        return Cleaned(None, NUMBER_UNREADABLE)
    return _first_number(raw)
