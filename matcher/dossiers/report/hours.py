"""Hours of insertion that were done: the one place where a report asks for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matcher.dossiers.dossier import Dossier


@dataclass(frozen=True, slots=True)
class HoursDone:
    """Hours done over a period, all in all and by modality of the clause (its code); `dossiers` is how many of them tell any."""

    hours: float
    by_modality: Mapping[str, float]
    dossiers: int


def hours_done(_dossiers: Sequence[Dossier], _years: Sequence[int]) -> HoursDone | None:
    """Return the hours done in some years, None where they are not followed: nothing in a dossier tells them yet."""
    return None
