"""Cadences: output of one full-time equivalent by trade and unit, to convert quantities into jobs (cadences.csv); reads units in texts
(unites.csv)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from matcher.cleaning.words import words
from matcher.reference.tables import rows
from matcher.reference.trades.activities import taxonomy

ANY = "*"
HOURS = "heure"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of quantity; `label` is its word after a number."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Cadence:
    """Output of one full-time equivalent in a unit, for a year, or for a day if the unit is « par jour »."""

    activity: str
    unit: str
    per_etp: float
    source: str


@lru_cache(maxsize=1)
def _units() -> Mapping[str, Unit]:
    return {row["ecrit"]: Unit(row["unite"], row["libelle"]) for row in rows("unites")}


@lru_cache(maxsize=1)
def _cadences() -> Mapping[tuple[str, str], Cadence]:
    return {
        (row["activite"], row["unite"]): Cadence(row["activite"], row["unite"], float(row["par_etp"]), row["source"])
        for row in rows("cadences")
    }


def unit_written(text: str) -> Unit | None:
    """Return the unit that a text begins with, by its longest known spelling: « kg par jour, en pointe » → kg_jour. None for no unit."""
    written = words(text)
    for length in range(len(written), 0, -1):
        if unit := _units().get(" ".join(written[:length])):
            return unit
    return None


def cadence(activity: str, unit: str) -> Cadence | None:
    """Return the cadence of an activity in a unit: its own, else its group's, else that of any trade; None where unknown."""
    group = taxonomy().group_of(activity) if activity else ANY
    for code in (activity, group, ANY):
        if output := _cadences().get((code, unit)):
            return output
    return None


def units_of(activity: str) -> tuple[str, ...]:
    """Return the labels of the units that an activity can be counted in, hours first, each once."""
    known = {unit.code: unit.label for unit in _units().values()}
    return (known[HOURS], *(label for code, label in sorted(known.items()) if cadence(activity, code)))
