"""Award of a contract told in lines of « label : value », as FNSimple writes it: winners, amount, day and duration of each lot."""

import re
from collections.abc import Iterator

from importers.notices.importer import LotWritten, WinnerWritten, each_once

# « Lot n° 2 : vitrerie », « LOT 2 - Vitrerie », alone at the head of what is said of a lot.
_LOT = re.compile(
    r"^[ \t]*lot(?:[ \t]+n[ \t]?[o°º]?)?[ \t]*:?[ \t]*(?P<number>\d{1,3}\w?)\b[ \t]*[-–—:.]*[ \t]*(?P<title>[^\n]*)$",
    re.IGNORECASE | re.MULTILINE,
)
_LINE = re.compile(r"^[ \t]*(?P<label>[^:\n]{3,60}?)[ \t]*:[ \t]*(?P<value>[^\n]*\S)", re.MULTILINE)
_WINNER = re.compile(r"\b(?:titulaires?|attributaires?|mandataires?|co-?traitants?)\b", re.IGNORECASE)
_AMOUNT = re.compile(r"\b(?:montant|valeur|prix)\b(?!.*\b(?:estim|pénalit|sous-traitan))", re.IGNORECASE)
_DAY = re.compile(r"\bdate\b.*\b(?:attribution|conclusion|signature)\b", re.IGNORECASE)
_DURATION = re.compile(r"\bdurée\b", re.IGNORECASE)
_SUM = re.compile(r"\d[\d\s.,\u00a0\u202f]*(?:€|euros?|eur)(?:\s*(?:HT|TTC|hors taxes?))?", re.IGNORECASE)
_DATE = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}-\d{2}-\d{2}|\d{1,2}(?:er)? [^\W\d]+ \d{4}")
_TERM = re.compile(r"(?P<count>\d{1,3})\s*(?P<unit>mois|ans?|années?|jours?|semaines?)\b", re.IGNORECASE)
# Fourteen digits or nearly, however they are spaced: one that is no SIRET is said so later.
_SIRET = re.compile(r"\bSIRET\b\D{0,12}(?P<number>\d(?:[\s.\u00a0\u202f]?\d){8,15})", re.IGNORECASE)
_UNITS = {"m": "MONTH", "a": "YEAR", "j": "DAY", "s": "WEEK"}
_ENDED = re.compile(r"\b(?:sans suite|infructueu[xs]e?)\b", re.IGNORECASE)


def awarded_lots(text: str) -> Iterator[LotWritten]:
    """Yield what a text says of each lot that it names by its number, else of the whole, numbered « »; nothing where it says nothing of an award.

    A winner is its SIRET as written: a name may be a person's, and stands among addresses.
    """
    heads = list(_LOT.finditer(text))
    if not heads:
        yield from _of(text, "", "")
    ends = [*(head.start() for head in heads[1:]), len(text)]
    for head, end in zip(heads, ends, strict=False):
        yield from _of(text[head.end() : end], head["number"], head["title"].strip())


def _of(text: str, number: str, title: str) -> Iterator[LotWritten]:
    lines = [(line["label"], line["value"]) for line in _LINE.finditer(text)]
    winners = [
        WinnerWritten(re.sub(r"\D", "", told["number"]))
        for label, value in lines
        if _WINNER.search(label)
        for told in _SIRET.finditer(value)
    ]
    term = _first(lines, _DURATION, _TERM)
    lot = LotWritten(
        number,
        title=title,
        awarded=_first(lines, _AMOUNT, _SUM),
        awarded_on=_first(lines, _DAY, _DATE),
        duration=re.sub(r"\D", "", term),
        duration_unit=_UNITS[re.sub(r"[\d\s]", "", term)[0].lower()] if term else "",
        winners=each_once(winners),
        without_winner=_ENDED.search(text) is not None and not winners,
    )
    if lot != LotWritten(number, title):
        yield lot


def _first(lines: list[tuple[str, str]], label: re.Pattern[str], value: re.Pattern[str]) -> str:
    """Return the first value of its form under a label, empty where there is none."""
    told = (value.search(words) for name, words in lines if label.search(name))
    return next((each[0].strip() for each in told if each), "")
