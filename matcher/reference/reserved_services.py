"""The social and other specific services that article L2113-15 lists (data/reference/services_l2113_15.csv)."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from matcher.reference.tables import rows
from matcher.reference.trades.cpv import normalise_cpv


@dataclass(frozen=True, slots=True)
class ListedService:
    """A line of the list: whole CPV codes, from `first` to `last`, and the activities of the taxonomy that it surely holds."""

    first: str
    last: str
    label: str
    activities: frozenset[str]
    source: str


@lru_cache(maxsize=1)
def listed_services() -> tuple[ListedService, ...]:
    """Return the list, in the order of the codes."""
    return tuple(
        ListedService(first, last or first, row["libelle"], frozenset(row["activites"].split()), row["source"])
        for row in rows("services_l2113_15")
        for first, _, last in [row["cpv"].partition("-")]
    )


def listed_service(cpv: Iterable[str], activity: str) -> ListedService | None:
    """Return the line that a lot falls under: by its CPV where it has any that can be read, else by its activity; None where none does.

    Codes are compared whole: a code below one that is listed is not listed with it.
    """
    codes = [code for raw in cpv if (code := normalise_cpv(raw)[0])]
    if codes:
        return next((line for line in listed_services() if line.first <= codes[0] <= line.last), None)
    return next((line for line in listed_services() if activity in line.activities), None)
