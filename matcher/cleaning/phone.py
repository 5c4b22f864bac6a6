"""Parsing of French telephone numbers, metropolitan and overseas, into E.164 form: one or several in a cell, with or without e-mail addresses."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import phonenumbers

from matcher.cleaning import Cleaned, Spelling
from matcher.cleaning.web import EMAIL

PHONE_UNREADABLE = "téléphone illisible"
PHONE_ZERO_RESTORED = "téléphone : zéro initial rétabli"
PHONE_SEVERAL = "plusieurs téléphones : le premier est retenu"
PHONES_KEPT = "plusieurs téléphones : tous sont gardés, le premier d’abord"
PHONES_PARTLY = "plusieurs téléphones : l’un d’eux est illisible"
CONTACT_UNREADABLE = "ni courriel ni téléphone lisible"
CONTACT_PARTLY = "ce qui n’est ni courriel ni téléphone n’est pas repris"

# Regions tried in turn: overseas numbers are written in national form too, each with its own numbering plan.
_REGIONS = ("FR", "GP", "MQ", "GF", "RE", "YT", "PM", "NC", "PF", "WF")
_FRANCE = 33
# Country codes of metropolitan and overseas France, whose national form is a zero and nine digits.
_FRENCH = ("33", "262", "508", "590", "594", "596")
_NATIONAL = 9
_LEAST_DIGITS, _MOST_DIGITS = 9, 17  # « 0033 (0) » before nine; E.164 allows fifteen after « 00 »
_DIGITS = re.compile(r"\d+")
_GAP = re.compile(r"[\W_]{1,3}")
_CELL = re.compile(r"\s*\d+(?:[.,]0+)?\s*")
# Words that introduce or separate numbers and addresses.
_LABELS = re.compile(
    r"\b(?:t[ée]l(?:[ée]phone)?|portable|mobile|fixe|standard|mail|e-?mail|courriel|m[ée]l|ou|et)\b", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_BETWEEN = re.compile(r"\s*(?:[/;,|\n]|\bou\b|\bet\b)\s*")


class Contacts(NamedTuple):
    """E-mail addresses and telephones (E.164) of a cell, each once, in order."""

    emails: tuple[str, ...]
    phones: tuple[str, ...]


def clean_contacts(raw: str) -> Cleaned[Contacts]:
    """Return the e-mail addresses and the telephones of a cell that mixes them (« a@exemple.fr / 03 53 01 20 11 »)."""
    rest = EMAIL.sub(" ; ", raw)
    phones = clean_phones(rest.strip(" ;,/|-:\n"))
    contacts = Contacts(tuple(dict.fromkeys(map(str.lower, EMAIL.findall(raw)))), phones.value or ())
    if not any(contacts):
        return Cleaned(None, CONTACT_UNREADABLE if raw.strip() else "")
    return Cleaned(contacts, CONTACT_PARTLY if _WORD.search(_LABELS.sub(" ", rest)) else phones.flag)


def clean_phone(raw: str) -> Cleaned[str]:
    """Return the first telephone number of `raw` in E.164 (`+33320000000`); a lost leading zero is restored."""
    results = clean_phones(raw)
    if results.value is None:
        return Cleaned(None, results.flag)
    return Cleaned(results.value[0], PHONE_SEVERAL if results.flag in (PHONES_KEPT, PHONES_PARTLY) else results.flag)


def clean_phones(raw: str) -> Cleaned[tuple[str, ...]]:
    """Return all telephone numbers of `raw` in E.164, each once, in order."""
    text = " ".join(raw.split())
    if not re.search(r"\d", text):
        return Cleaned(None)
    if whole := _e164(text):
        return Cleaned((whole,), PHONE_ZERO_RESTORED if re.match(r"[1-9]", text) else "")
    parts = [_e164(part) for part in _BETWEEN.split(raw) if re.search(r"\d", part)]
    results = tuple(dict.fromkeys(filter(None, parts)))
    if not results:
        return Cleaned(None, PHONE_UNREADABLE)
    if not all(parts):
        return Cleaned(results, PHONES_PARTLY)
    return Cleaned(results, PHONES_KEPT if len(results) > 1 else "")


def phones_in(text: str) -> Iterator[Spelling]:
    """Yield the passages that may be telephone numbers, in E.164: any separators, « 00 », « 33 », « (0) », full-width digits. Nine digits in one
    piece are a SIREN or a FINESS number; only in a cell of their own are they a telephone that lost its zero."""
    groups = list(_DIGITS.finditer(text))
    alone = _CELL.fullmatch(text) is not None
    for first, group in enumerate(groups):
        digits = ""
        for last in range(first, len(groups)):
            if last > first and not _GAP.fullmatch(text, groups[last - 1].end(), groups[last].start()):
                break
            digits += "".join(str(unicodedata.digit(sign)) for sign in groups[last][0])
            if len(digits) > _MOST_DIGITS:
                break
            if len(digits) >= _LEAST_DIGITS:
                start, end = group.start(), groups[last].end()
                while start and text[start - 1] in "+＋(":
                    start -= 1
                if text.count("(", start, end) > text.count(")", start, end) and text[end : end + 1] == ")":
                    end += 1
                lone = len(digits) == _NATIONAL and (alone or len(group[0]) == 1)
                yield from (Spelling(number, start, end) for number in _readings(digits, lost_zero=lone))


@lru_cache(maxsize=16_384)
def _e164(text: str) -> str:
    text = text.removesuffix(".0")
    for region in _REGIONS:
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number) and not number.extension:
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return ""


@lru_cache(maxsize=4_096)
def shown_phone(number: str) -> str:
    """Return a cleaned number as it is dialled: « 03 20 00 00 00 », « +262 262 00 00 00 »; other text unchanged."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    national = parsed.country_code == _FRANCE
    form = phonenumbers.PhoneNumberFormat.NATIONAL if national else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, form)


def _readings(digits: str, *, lost_zero: bool) -> Iterator[str]:
    """All E.164 numbers that these digits may be."""
    if lost_zero or (len(digits) == _NATIONAL + 1 and digits[0] == "0"):
        yield from (f"+{code}{digits[-_NATIONAL:]}" for code in _FRENCH)
    if len(digits) > _NATIONAL:
        international = digits.removeprefix("00")
        yield f"+{international}"
        for length in (1, 2, 3):  # a country code, then the zero that is dialled only inside the country
            if international[length : length + 1] == "0":
                yield f"+{international[:length]}{international[length + 1 :]}"
    elif len(digits) == _NATIONAL and not lost_zero:
        yield f"+{digits}"  # a country with short numbers
