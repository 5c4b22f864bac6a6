"""Age of what is known: the day that the data of each source are of, and the last dated sign that a supplier works."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from matcher.domain.french import count, of_month, short_month

YOUNG_DAYS, YEAR_DAYS = 365, 365.25


class SignOfLife(NamedTuple):
    """A dated sign that a supplier works: its day, what it is in French, the key of its source."""

    day: date
    what: str
    source: str


@dataclass(frozen=True, slots=True)
class DatedSource:
    """A source that was imported: its key, its French name, the day that its data are of (None where nothing tells it), that of its import."""

    key: str
    title: str
    data_date: date | None
    imported: date

    @property
    def dated(self) -> str:
        """Date of its data, in French."""
        return data_dated(self.data_date)


class FieldSource(NamedTuple):
    """Source of a field of a supplier, or of the one of its activities that has this `wording`, in French: « FINESS, janv. 2021 »."""

    field: str
    wording: str
    says: str


# Gives the sources of suppliers' fields by the ids they are asked by; those of the catalogue only.
FieldSources = Callable[[Collection[str]], Mapping[str, Sequence[FieldSource]]]


def source_dated(title: str, day: date | None) -> str:
    """Say a source and the month of its data: « FINESS, janv. 2021 », « Les emplois, sans date »."""
    return f"{title}, {short_month(day) if day else 'sans date'}"


def data_dated(data_date: date | None) -> str:
    """Say the date of data: « données de mars 2021 »."""
    return f"données {of_month(data_date)}" if data_date else "date des données inconnue"


def ages_said(sources: Sequence[DatedSource], today: date) -> str:
    """Say how old the data are: « 5 sources sur 9 ont moins d’un an, la plus ancienne a 6 ans ; date inconnue pour 2 ». Empty without sources."""
    if not sources:
        return ""
    days = [(today - its.data_date).days for its in sources if its.data_date]
    young = sum(age < YOUNG_DAYS for age in days)
    verb = "ont" if young > 1 else "a"
    said = f"{count(young, 'source')} sur {len(sources)} {verb} moins d’un an" if days else ""
    if young < len(days):
        said += f", la plus ancienne a {count(int(max(days) / YEAR_DAYS) or 1, 'an')}"
    unknown = len(sources) - len(days)
    return " ; ".join(filter(None, (said, f"date inconnue pour {unknown}" if unknown else "")))
