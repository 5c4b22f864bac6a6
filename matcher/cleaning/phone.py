"""Telephone numbers of metropolitan and overseas France."""

import re
from functools import cache

import phonenumbers

from matcher.cleaning.cleaned import Cleaned

PHONE_UNREADABLE = "téléphone illisible"
PHONE_ZERO_RESTORED = "téléphone : zéro initial rétabli"
PHONE_SEVERAL = "plusieurs téléphones : le premier est retenu"

# Overseas numbers are written in national form too, and each has its own numbering plan.
_REGIONS = ("FR", "GP", "MQ", "GF", "RE", "YT", "PM", "NC", "PF", "WF")
_FRANCE = 33
_BETWEEN = re.compile(r"\s*(?:[/;,|\n]|\bou\b|\bet\b)\s*")


def clean_phone(raw: str) -> Cleaned[str]:
    """Return the first telephone number of `raw` in E.164 (`+33320000000`), with a lost leading zero restored."""
    text = " ".join(raw.split())
    if not re.search(r"\d", text):
        return Cleaned(None)
    if whole := _e164(text):
        return Cleaned(whole, PHONE_ZERO_RESTORED if re.match(r"[1-9]", text) else "")
    for part in _BETWEEN.split(raw):
        if first := _e164(part):
            return Cleaned(first, PHONE_SEVERAL)
    return Cleaned(None, PHONE_UNREADABLE)


@cache
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


def shown_phone(number: str) -> str:
    """Return a cleaned number as it is dialled: « 03 20 00 00 00 », « +262 262 00 00 00 »; anything else as it is."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    national = parsed.country_code == _FRANCE
    form = phonenumbers.PhoneNumberFormat.NATIONAL if national else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, form)
