"""The hours of insertion that a text says are to be done, for whoever must plan them. Nothing is guessed: of two numbers none is kept."""

import re

from matcher.cleaning.words import flat
from matcher.reading.notice import sentences

# Fewer are the hours of a day or of a week.
_LEAST = 30.0
_NUMBER = r"(?<![\w,.-])(?P<number>\d{1,3}(?:[ .]\d{3})+|\d{2,7})(?:,\d+)?"
_HOURS = r" ?(?:h|heures?)\b"
_PUBLIC = r"(?:d'|l'|en )insertion\b|(?:personnes?|publics?|demandeurs?) (?:eloigne|en (?:difficulte|insertion|parcours)|d'emploi|prioritaire)"
_CLAUSE = r"(?:\bclauses? (?:sociales?|d'insertion)|\bheures? (?:de travail )?d'insertion|\b(?:volume|action|effort|obligation)s? (?:horaire )?d'insertion)"
_PATTERNS = (
    # « 500 heures de travail réservées à des personnes en insertion », but not the first of « 5 000 heures, dont 500 d’insertion »
    re.compile(rf"{_NUMBER}{_HOURS}(?: (?!dont\b|soit\b)[\w'-]+){{0,8}}? (?:{_PUBLIC})"),
    # « clause sociale d’insertion de 500 heures », « heures d’insertion à réaliser : 500 »
    re.compile(rf"{_CLAUSE}[^.;:\d]{{0,60}}:? ?(?:de |est de )?{_NUMBER}{_HOURS}"),
    re.compile(rf"\bheures? (?:de travail )?d'insertion[^.;:\d]{{0,40}}: ?{_NUMBER}(?! ?%)"),
)
_YEARLY = re.compile(r"^[^.;,]{0,40}?(?:\b(?:par|chaque) an(?:nee)?\b|/ ?an\b|\bannuel)")


def insertion_hours(text: str, months: float | None = None) -> float | None:
    """Return the hours of insertion that a text says, over the whole contract; None where it says none, or several numbers.

    `months` is how long the contract lasts: hours said for a year are for that long, and unknown where it is None.
    """
    found = {hours for said in sentences(text) for hours in _said(flat(said), months)}
    return found.pop() if len(found) == 1 else None


def _said(level: str, months: float | None) -> set[float | None]:
    said: set[float | None] = set()
    for pattern in _PATTERNS:
        for match in pattern.finditer(level):
            hours = float(re.sub(r"[ .]", "", match["number"]))
            if hours < _LEAST:
                continue
            yearly = _YEARLY.search(level[match.end("number") :])
            said.add(hours if not yearly else hours * months / 12 if months else None)
    return said
