"""Hours of insertion that the dossiers note in some years: the one place where a report asks for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from matcher.dossiers.dossier import Dossier
from matcher.dossiers.insertion.hours import HoursKind, added, in_table_order


@dataclass(frozen=True, slots=True)
class NotedHours:
    """Hours of one kind over a period, all in all and by modality of the clause (its code); `dossiers` is how many of them note any."""

    hours: float
    by_modality: Mapping[str, float]
    dossiers: int


def hours_followed(dossiers: Sequence[Dossier], years: Sequence[int]) -> Mapping[HoursKind, NotedHours]:
    """Return the hours of the months of some years, by kind; a kind that no dossier notes is not there: it is not followed."""
    return {kind: its for kind in HoursKind if (its := _noted(dossiers, years, kind))}


def _noted(dossiers: Sequence[Dossier], years: Sequence[int], kind: HoursKind) -> NotedHours | None:
    noted = [
        (dossier.id, one.modality, hours)
        for dossier in dossiers
        for one in dossier.insertion.months
        if one.month.year in years and (hours := one.of(kind)) is not None
    ]
    if not noted:
        return None
    by_modality = {
        code: added(hours for _, modality, hours in noted if modality == code) or 0.0
        for code in in_table_order(modality for _, modality, _ in noted)
    }
    return NotedHours(fsum(hours for _, _, hours in noted), by_modality, len({number for number, _, _ in noted}))
