"""Extracts from a contract's text the insertion hours (work reserved for people far from employment) that its social clause requires, or their
share of all hours. Where two numbers differ, neither is returned."""

import re

from matcher.cleaning.words import flat
from matcher.reading.notice import sentences

# Least number taken as hours of a contract: fewer are hours of a day or a week.
_LEAST = 30.0
_NUMBER = r"(?<![\w,.-])(?P<number>\d{1,3}(?:[ .]\d{3})+|\d{2,7})(?:,\d+)?"
_HOURS = r" ?(?:h|heures?)\b"
_PUBLIC = r"(?:[dl][' ]|en )insertion\b|(?:personnes?|publics?|demandeurs?) (?:eloigne|en (?:difficulte|insertion|parcours)|d'emploi|prioritaire)"
_CLAUSE = r"(?:\bclauses? (?:sociales?|d[' ]insertion)|\bheures? (?:de travail )?d[' ]insertion|\b(?:volume|action|effort|obligation)s? (?:horaire )?d'insertion)"
_PATTERNS = (
    # « 500 heures de travail réservées à des personnes en insertion », but not the first of « 5 000 heures, dont 500 d’insertion »
    re.compile(rf"{_NUMBER}{_HOURS}(?: (?!dont\b|soit\b)[\w'-]+){{0,8}}? (?:{_PUBLIC})"),
    # « clause sociale d’insertion de 500 heures », « heures d’insertion à réaliser : 500 »
    re.compile(rf"{_CLAUSE}[^.;:\d]{{0,60}}:? ?(?:de |est de )?{_NUMBER}{_HOURS}"),
    re.compile(rf"\bheures? (?:de travail )?d'insertion[^.;:\d]{{0,40}}: ?{_NUMBER}(?! ?%)"),
    # In short: « 1820h insertion », « 820 heures de clause », « insertion : 820 h » (not « entreprise d’insertion 820 h »), « clause de 1 820 h » (not « de fonctionnement »)
    re.compile(rf"{_NUMBER}{_HOURS} ?\(?(?:insertion\b|(?:de |en )clauses?\b)"),
    re.compile(rf"(?<!d[' ])\binsertion ?:? ?{_NUMBER}{_HOURS}"),
    re.compile(rf"\bclauses? ?:? ?(?:de )?{_NUMBER}{_HOURS}(?! (?:de |d'))"),
)
# The name of a lot between the words of a clause and its hours: « heures d’insertion : lot 1, 820 heures ».
_LOT_NAME = re.compile(r"\blots? (?:n ?[o°º]?s? ?)?\d{1,3}\b ?[,:]? ?")
_YEARLY = re.compile(r"^[^.;,]{0,40}?(?:\b(?:par|chaque) an(?:nee)?\b|/ ?an\b|\bannuel)")
# « 5 % », « 5 à 10 % », followed by « des heures », or next to the words of a clause.
_SHARE = r"(?<![\w,.-])(?:(?P<low>\d{1,2}(?:,\d)?) ?(?:%|pour cent)? ?(?:a|et|-) ?)?(?P<high>\d{1,2}(?:,\d)?) ?(?:%|pour cent)"
_OF_HOURS = r" (?:des heures|d'heures|du (?:nombre |volume )?(?:total |horaire )?(?:d'heures|des heures|du temps de travail)|du volume horaire|du temps (?:total )?de travail)"
_SHARES = (
    re.compile(rf"{_SHARE}{_OF_HOURS}"),
    re.compile(rf"{_SHARE} d'insertion\b"),
    re.compile(
        rf"{_CLAUSE}(?: d'insertion)? ?(?:: |(?:est |sera )?(?:fixee |portee )?(?:de |a hauteur de |a )(?:au moins )?)?{_SHARE}(?= ?(?:[.,;:)]|$|de l'insertion))"
    ),
)
# « Le personnel en place est repris », « reprise obligatoire du personnel »; a line that also denies it states nothing.
_STAFF = r"(?:personnels?|salarie(?:e?s)?|effectifs?|agents? en place)\b"
_TRANSFER = re.compile(
    rf"\b{_STAFF}(?:(?! (?:n'|ne |pas |sans ))[^.;]){{0,60}} (?:est|sont|sera|seront|etre) (?:\w+ ){{0,2}}repris(?:es?)?\b"
    rf"|\breprise (?:obligatoire |integrale )?(?:du |des ){_STAFF}"
)
_NO_TRANSFER = re.compile(
    r"\b(?:pas|sans|aucune?|non|ni)\b[^.;]{0,30}\brepris|\brepris[^.;]{0,60}\b(?:sans objet|non|neant|aucune?|pas)\b"
)
_FOR_INSERTION = re.compile(rf"{_CLAUSE}|{_PUBLIC}|\binsertion\b")


def insertion_share(text: str) -> tuple[float, float] | None:
    """Return the share of hours reserved for insertion, in percent, as (low, high); None where the text states none, or several."""
    shares = {
        (_percent(match["low"] or match["high"]), _percent(match["high"]))
        for sentence in map(flat, sentences(text))
        if _FOR_INSERTION.search(sentence)
        for pattern in _SHARES
        for match in pattern.finditer(sentence)
    }
    low, high = shares.pop() if len(shares) == 1 else (0.0, 0.0)
    return (low, high) if 0 < low <= high else None


def takes_staff_over(text: str) -> bool:
    """Return whether a contract's text states that the staff in place is transferred to its holder."""
    lines = list(map(flat, sentences(text)))
    return any(_TRANSFER.search(line) and not _NO_TRANSFER.search(line) for line in lines)


def _percent(written: str) -> float:
    return float(written.replace(",", "."))


def insertion_hours(text: str, months: float | None = None) -> float | None:
    """Return the insertion hours required over the whole contract; None where the text states none, or several numbers. `months`: duration of the
    contract, by which yearly hours are multiplied; unknown where None."""
    hours_found: set[float | None] = set()
    for sentence in sentences(text):
        normalised = _LOT_NAME.sub("", flat(sentence))
        for match in (match for pattern in _PATTERNS for match in pattern.finditer(normalised)):
            hours = float(re.sub(r"[ .]", "", match["number"]))
            if hours < _LEAST:
                continue
            yearly = _YEARLY.search(normalised[match.end("number") :])
            hours_found.add(hours if not yearly else hours * months / 12 if months else None)
    return hours_found.pop() if len(hours_found) == 1 else None
