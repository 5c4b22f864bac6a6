"""Values of a column, counted by what they are: so many e-mails and telephones, or which values come back."""

import re
from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType

from importers.formats.excerpt import excerpt

# Distinct values that are kept of a column; those that a page lists, each with how often it comes.
MOST_DISTINCT, _LISTED = 1_000, 4
_SHOWN_TEXT = 40
_SIRET = re.compile(r"(?<!\d)\d{3}\s?\d{3}\s?\d{3}\s?\d{5}(?!\d)")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,253}")
_PHONE = re.compile(r"(?<![\d+])(?:\+33|0)(?:[\s.-]?\d){9}(?!\d)")
_WEBSITE = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_NAF = re.compile(r"\b\d{2}\.?\d{2}\s?[A-Z]\b")
_POST_CODE = re.compile(r"(?<!\d)\d{5}(?!\d)")
# What the cells of a field hold, in the singular and the plural: `_SHAPES` of each field whose values have a form.
_EMAILS, _PHONES = ("courriel", "courriels", _EMAIL), ("téléphone", "téléphones", _PHONE)
_POST_CODES = ("code postal", "codes postaux", _POST_CODE)
_SHAPES: Mapping[str, tuple[tuple[str, str, re.Pattern[str]], ...]] = MappingProxyType(
    {
        "siret": (("SIRET", "SIRET", _SIRET),),
        "email": (_EMAILS,),
        "courriel": (_EMAILS,),
        "phone": (_PHONES,),
        "telephone": (_PHONES,),
        "contact": (_EMAILS, _PHONES),
        "website": (("adresse de site", "adresses de site", _WEBSITE),),
        "naf": (("code NAF", "codes NAF", _NAF),),
        "post_code": (_POST_CODES,),
        "code postal": (_POST_CODES,),
    }
)


class ColumnValues:
    """Values of one column that holds a field, while its cells are read."""

    def __init__(self, field: str) -> None:
        self._shapes = _SHAPES.get(field, ())
        self._shaped = [0] * len(self._shapes)
        self._filled = self._others = 0
        self._distinct: Counter[str] = Counter()

    def take(self, text: str) -> None:
        """Count one cell that is filled."""
        self._filled += 1
        if text in self._distinct or len(self._distinct) <= MOST_DISTINCT:
            self._distinct[text] += 1
        found = [len(pattern.findall(text)) for *_, pattern in self._shapes]
        self._shaped = [all_of + here for all_of, here in zip(self._shaped, found, strict=True)]
        self._others += not any(found)

    @property
    def said(self) -> str:
        """What was counted, in French: « 116 courriels, 97 téléphones », « oui : 60 · non : 57 », « 118 différentes, 2 se répètent »."""
        if not self._filled:
            return ""
        if self._shapes:
            words = [
                f"{number} {many if number > 1 else one}"
                for number, (one, many, _) in zip(self._shaped, self._shapes, strict=True)
                if number
            ]
            other = f"{self._others} autre{'s' if self._others > 1 else ''}" if self._others else ""
            return ", ".join([*words, *filter(None, [other])])
        distinct = len(self._distinct)
        if distinct > MOST_DISTINCT:
            return f"plus de {MOST_DISTINCT} valeurs différentes"
        if distinct == self._filled:
            return f"{distinct} valeurs, toutes différentes" if distinct > 1 else "1 valeur"
        if distinct <= _LISTED:
            return " · ".join(
                f"{excerpt(text, _SHOWN_TEXT)} : {number}" for text, number in self._distinct.most_common()
            )
        again = self._filled - distinct
        return f"{distinct} valeurs différentes, {again} se répète{'nt' if again > 1 else ''}"
