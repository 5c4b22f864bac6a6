"""The list of « social and other specific services » annexed to French procurement law, to decide whether a lot is one of them
(data/reference/services_specifiques.csv)."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from matcher.reference.tables import rows
from matcher.reference.trades.cpv import normalise_cpv


@dataclass(frozen=True, slots=True)
class ListedService:
    """A line of the list: whole CPV codes from `first` to `last`, and activities of the taxonomy that it surely covers. `reservable`: article
    L2113-15 may reserve it; `to_check`: not verified at its source."""

    first: str
    last: str
    label: str
    activities: frozenset[str]
    reservable: bool
    source: str
    to_check: bool


@lru_cache(maxsize=1)
def listed_services() -> tuple[ListedService, ...]:
    """Return the list, reservable lines first, since wider lines may contain them."""
    lines = (
        ListedService(
            first,
            last or first,
            row["libelle"],
            frozenset(row["activites"].split()),
            row["l2113_15"] == "oui",
            row["source"],
            row["a_verifier"] == "oui",
        )
        for row in rows("services_specifiques")
        for first, _, last in [row["cpv"].partition("-")]
    )
    return tuple(sorted(lines, key=lambda line: not line.reservable))


def listed_service(cpv: Iterable[str], activity: str) -> ListedService | None:
    """Return the line that covers a lot: by its first readable CPV, else by its activity; None for none. Codes are compared whole: a code below one
    that is listed is not listed with it (directive 2014/24/UE, recital 119)."""
    codes = [code for raw in cpv if (code := normalise_cpv(raw)[0])]
    if codes:
        return next((line for line in listed_services() if line.first <= codes[0] <= line.last), None)
    return next((line for line in listed_services() if activity in line.activities), None)
