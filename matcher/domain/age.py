"""Types and French phrases for the age of data: date of each source's data, and last sign of life (latest dated trace of activity) of a supplier."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from matcher.domain.french import count, of_month, short_month

YOUNG_DAYS, YEAR_DAYS = 365, 365.25
# Suffix of a source without a date.
UNDATED = ", sans date"


class SignOfLife(NamedTuple):
    """A dated trace of a supplier's activity: day, French description, source key."""

    day: date
    what: str
    source: str


@dataclass(frozen=True, slots=True)
class DatedSource:
    """An imported source: key, French name, day of its data (None where unknown), day of its import."""

    key: str
    title: str
    data_date: date | None
    imported: date

    @property
    def date_words(self) -> str:
        """Date of its data, in French."""
        return data_dated(self.data_date)


class SupplierSources(NamedTuple):
    """French source and date (« FINESS, janv. 2021 ») of a supplier's fields, by name, and of its activities, by wording."""

    fields: Mapping[str, str] = MappingProxyType({})
    wordings: Mapping[str, str] = MappingProxyType({})

    def of(self, field: str, quotes: str = "") -> str:
        """Return the source of quoted words, else of a field; empty where it has none."""
        return (quotes and self.wordings.get(quotes)) or self.fields.get(field, "")


# Function from supplier ids to their sources; suppliers not in the catalogue are left out.
SourcesOf = Callable[[Collection[str]], Mapping[str, SupplierSources]]


def source_dated(title: str, day: date | None) -> str:
    """Return a source and the month of its data: « FINESS, janv. 2021 », « Les emplois, sans date »."""
    return f"{title}, {short_month(day)}" if day else f"{title}{UNDATED}"


def data_dated(data_date: date | None) -> str:
    """Return the date of data in French: « données de mars 2021 »."""
    return f"données {of_month(data_date)}" if data_date else "date des données inconnue"


def ages_said(sources: Sequence[DatedSource], today: date) -> str:
    """Return the ages of the data in French: « 5 sources sur 9 ont moins d’un an, la plus ancienne a 6 ans ; date inconnue pour 2 ». Empty without sources."""
    if not sources:
        return ""
    days = [(today - source.data_date).days for source in sources if source.data_date]
    young = sum(age < YOUNG_DAYS for age in days)
    verb = "ont" if young > 1 else "a"
    sentence = f"{count(young, 'source')} sur {len(sources)} {verb} moins d’un an" if days else ""
    if young < len(days):
        sentence += f", la plus ancienne a {count(int(max(days) / YEAR_DAYS) or 1, 'an')}"
    unknown = len(sources) - len(days)
    return " ; ".join(filter(None, (sentence, f"date inconnue pour {unknown}" if unknown else "")))
