"""The health, social and cultural services that article L2113-15 lists (data/reference/services_l2113_15.csv)."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from matcher.reference.tables import rows
from matcher.reference.trades.cpv import normalise_cpv


@dataclass(frozen=True, slots=True)
class ListedService:
    """A line of the list: `cpv` is a prefix of the codes it covers, `activities` the codes of the taxonomy that it surely holds."""

    cpv: str
    label: str
    activities: frozenset[str]
    source: str


@lru_cache(maxsize=1)
def listed_services() -> tuple[ListedService, ...]:
    """Return the list, in the order of the codes."""
    return tuple(
        ListedService(row["cpv"], row["libelle"], frozenset(row["activites"].split()), row["source"])
        for row in rows("services_l2113_15")
    )


def listed_service(cpv: Iterable[str], activity: str) -> ListedService | None:
    """Return the line that a lot falls under: by its CPV where it has any that can be read, else by its activity; None where none does."""
    codes = [code for raw in cpv if (code := normalise_cpv(raw)[0])]
    if codes:
        return next((line for line in listed_services() if codes[0].startswith(line.cpv)), None)
    return next((line for line in listed_services() if activity in line.activities), None)
