"""Parses an award written as lines « label : value » (as in FNSimple, a national form): winners, amount, date and duration of each lot."""

import re
from collections.abc import Iterator
from dataclasses import replace

from importers.notices.importer import LotWritten, WinnerWritten, winners_once

# « Lot n° 2 : vitrerie », « LOT 2 - Vitrerie »: the line that heads a lot.
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
# About fourteen digits, with any spacing; an invalid SIRET is reported later.
_SIRET = re.compile(r"\bSIRET\b\D{0,12}(?P<number>\d(?:[\s.\u00a0\u202f]?\d){8,15})", re.IGNORECASE)
_UNITS = {"m": "MONTH", "a": "YEAR", "j": "DAY", "s": "WEEK"}
_ENDED = re.compile(r"\b(?:sans suite|infructueu[xs]e?)\b", re.IGNORECASE)
_NONE = re.compile(r"\b(?:aucune?|pas d[e’'])\b[^.\n]*$", re.IGNORECASE)
# « Le lot n° 3 a été déclaré sans suite », in a text about the whole contract.
_LOT_ENDED = re.compile(
    r"\blot\s+(?:n\s?[o°º]?\s*)?(?P<number>\d{1,3}\w?)\b[^.\n]{0,80}?(?:sans suite|infructueu[xs]e?)", re.IGNORECASE
)


def awarded_lots(text: str) -> Iterator[LotWritten]:
    """Yield the award of each numbered lot in a text, else of the whole contract, numbered « »; nothing if there is no award.

    A winner is given by its SIRET only: a name may be a person's, and is mixed with addresses."""
    heads = list(_LOT.finditer(text))
    if not heads:
        yield from _of(_LOT_ENDED.sub("", text), "", "")
        yield from (LotWritten(match["number"], without_winner=True) for match in _LOT_ENDED.finditer(text))
    ends = [*(head.start() for head in heads[1:]), len(text)]
    for head, end in zip(heads, ends, strict=False):
        yield from _of(text[head.end() : end], head["number"], head["title"].strip())


def _of(text: str, number: str, title: str) -> Iterator[LotWritten]:
    lines = [(line["label"], line["value"]) for line in _LINE.finditer(text)]
    winners = [
        WinnerWritten(re.sub(r"\D", "", match["number"]))
        for label, value in lines
        if _WINNER.search(label)
        for match in _SIRET.finditer(value)
    ]
    term = _first(lines, _DURATION, _TERM)
    lot = LotWritten(
        number,
        title=title,
        awarded=_first(lines, _AMOUNT, _SUM),
        awarded_on=_first(lines, _DAY, _DATE),
        duration=re.sub(r"\D", "", term),
        duration_unit=_UNITS[re.sub(r"[\d\s]", "", term)[0].lower()] if term else "",
        winners=winners_once(winners),
    )
    if lot == LotWritten(number, title):
        words = f"{title}\n{text}"  # « sans suite », unless « aucun lot infructueux »
        if all(_NONE.search(words, 0, match.start()) for match in _ENDED.finditer(words)):
            return
        lot = replace(lot, without_winner=True)
    yield lot


def _first(lines: list[tuple[str, str]], label: re.Pattern[str], value: re.Pattern[str]) -> str:
    """Return the first match of the pattern `value` in a line with this label, or an empty text."""
    matches = (value.search(words) for name, words in lines if label.search(name))
    return next((match[0].strip() for match in matches if match), "")
