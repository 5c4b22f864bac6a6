"""Updates a past cost to today by a price index (ICHT-IME, BT01, TP01), from the monthly values that a team noted; no series is shipped."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean

from matcher.domain.french import number

HOURLY_INDEX = "ICHT-IME"
INDICES = {
    HOURLY_INDEX: "coût horaire du travail, industries mécaniques et électriques",
    "BT01": "bâtiment, tous corps d’état",
    "TP01": "travaux publics, index général",
}
# Indices are published months later: a value counts as current if it is at most a year old.
FRESH_MONTHS = 12
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True, slots=True, order=True)
class IndexValue:
    """Value of an index for a month (`month` is its first day), and its source."""

    name: str
    month: date
    value: float
    source: str

    @property
    def figure(self) -> str:
        """« 140,2 (09/2026) »."""
        return f"{number(self.value, 2)} ({self.month:%m/%Y})"


@dataclass(frozen=True, slots=True)
class CostUpdate:
    """Factor (`times`) by which a cost has grown, up to which month, and the values behind it, in French (`says`)."""

    times: float
    month: date
    says: str

    def fresh(self, on: date) -> bool:
        """Return whether its month is at most a year before a day."""
        return 12 * (on.year - self.month.year) + on.month - self.month.month <= FRESH_MONTHS


def latest_year(text: str) -> int | None:
    """Return the latest year in a text such as « vers 2012 » or « 2004-2016 » (the most cautious one); None for none."""
    return max(map(int, _YEAR.findall(text)), default=None)


def cost_update(values: Sequence[IndexValue], name: str, year: int) -> CostUpdate | None:
    """Return the growth of an index from a year (mean of its known months) to its last known month; None where either is unknown."""
    known = sorted(its for its in values if its.name == name)
    first = [its for its in known if its.month.year == year]
    if not first or known[-1].month.year <= year:
        return None
    last, start = known[-1], fmean(its.value for its in first)
    began = first[0].figure if len(first) == 1 else f"{number(start, 2)} (moyenne {year})"
    sources = " ; ".join(dict.fromkeys(its.source for its in (first[0], last)))
    return CostUpdate(last.value / start, last.month, f"indice {name} {began} → {last.figure}, {sources}")
