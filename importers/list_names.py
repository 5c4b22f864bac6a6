"""The name of a list, from that of its file: dates, versions and copies set aside, so that next month's file is the same list."""

import re

from importers.emit import plain_words

NAMELESS = "liste"

_YEAR = r"(?:19|20)\d\d"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH_NAME = (
    r"(?:janvier|janv|fevrier|fevr|fev|mars|avril|avr|mai|juin|juillet|juil|aout|septembre|sept|octobre|oct|novembre|nov"
    r"|decembre|dec)"
)
_VERSION = r"(?:v\d+(?: \d+)*|version(?: \d+)*|vf|def|final|finale|definitif|definitive|corrige|corrigee|maj|mise a jour|copie|copy)"
# Of a name in plain words, which are apart by one space. A number alone stays: « esat 62 » is not « esat 59 ».
_SET_ASIDE = re.compile(
    rf"\b(?:"
    rf"{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2]){_YEAR}"
    rf"|(?:{_DAY} )?(?:{_MONTH}|{_MONTH_NAME}) {_YEAR}|{_YEAR}(?: (?:t[1-4]|{_MONTH}(?: {_DAY})?|{_MONTH_NAME}))?"
    rf"|{_YEAR}(?:0[1-9]|1[0-2])"
    rf")\b|^(?:copie|copy) (?:de|of)\b|\b(?:{_VERSION}|{_MONTH_NAME})$"
)
_COPY = re.compile(r"\s*\(\d+\)\s*$")


def list_name(stem: str) -> str:
    """Return the name of a list in plain words joined by hyphens, from a file's name without its suffix, or a given name."""
    name = " ".join(plain_words(_COPY.sub("", stem)))
    while (shorter := " ".join(_SET_ASIDE.sub(" ", name).split())) != name:
        name = shorter
    return name.replace(" ", "-") or NAMELESS
