"""Fields that the cells of a column look like, where its name tells nothing."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from importers.row import Row

# Of the filled cells of a column, how many must look like one field.
_SHARE = 0.8
_KIND_LABEL = re.compile(
    r"(EI|ACI|AI|ETTI|EITI|EA|EATT|ESAT|GEIQ|SEP|TIH|ESS)|(entreprises?|ateliers?|association|[ée]tablissement|groupement)"
    r"\b.*(adapt[ée]e|insertion|interm[ée]diaire|par le travail|employeurs).*|.*\((EI|ACI|AI|ETTI|EITI|EA|EATT|ESAT|GEIQ)\)",
    re.IGNORECASE,
)
_CONTENT = (
    ("siret", re.compile(r"\d{14}|\d[.,]\d+E\+?1[23]", re.IGNORECASE)),
    ("email", re.compile(r"[^@\s]+@[^@\s]+\.\w+")),
    ("website", re.compile(r"(https?://|www\.)\S+")),
    ("naf", re.compile(r"\d{2}\.?\d{2}[A-Z]")),
    ("post_code", re.compile(r"\d{5}")),
    ("phone", re.compile(r"(\+33|0)\d{9}")),
)
_SPACES = re.compile(r"\s+")


def likely_contents(columns: Sequence[str], rows: Iterable[Row]) -> dict[str, str]:
    """Return the field of a supplier that each of these columns looks like, for those that look like one; the first column to look like it."""
    filled: Counter[str] = Counter()
    hits: Counter[tuple[str, str]] = Counter()
    for row in rows if columns else ():
        for column in columns:
            if value := row.take(column):
                filled[column] += 1
                squeezed = _SPACES.sub("", value)
                hits.update((column, key) for key, pattern in _CONTENT if pattern.fullmatch(squeezed))
                hits[column, "kind"] += bool(_KIND_LABEL.fullmatch(value))
    likely: dict[str, str] = {}
    for column in columns:
        for key in (*(key for key, _ in _CONTENT), "kind"):
            if filled[column] and hits[column, key] >= _SHARE * filled[column] and key not in likely.values():
                likely[column] = key
                break
    return likely
