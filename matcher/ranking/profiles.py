"""The one visible list of weights: integers that sum to 100 per profile, by the key of the signal."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from matcher.ranking.ask import LotOnShelf


@dataclass(frozen=True, slots=True)
class Profile:
    """Weights of a sort of need; `label` is French, for those who read the sum."""

    key: str
    label: str
    weights: Mapping[str, int]


# One line a signal, one column a profile; each column sums to 100. A signal that is not listed does not count.
# Set by hand from what the trade says first (who is near, who does it, who is eligible); docs/scoring.md tells how they were compared.
_WEIGHTS = {
    #             reservation  subcontracting  secondment  supplies
    "activity": (30, 34, 40, 36),
    "proximity": (37, 36, 32, 32),
    "kind": (25, 15, 21, 24),
    "references": (4, 6, 3, 4),
    "wording": (2, 2, 2, 2),
    "capacity": (1, 6, 1, 1),
    "freshness": (1, 1, 1, 1),
}


def _profile(column: int, key: str, label: str) -> Profile:
    return Profile(key, label, MappingProxyType({signal: weights[column] for signal, weights in _WEIGHTS.items()}))


RESERVATION = _profile(0, "reservation", "services et travaux, lot réservé ou non")
SUBCONTRACTING = _profile(1, "sous-traitance", "sous-traitance d’une clause")
SECONDMENT = _profile(2, "mise-a-disposition", "mise à disposition de personnel")
SUPPLIES = _profile(3, "fournitures", "fournitures")

PROFILES = (RESERVATION, SUBCONTRACTING, SECONDMENT, SUPPLIES)
DEFAULT: Mapping[str, int] = RESERVATION.weights


def profile_of(ask: LotOnShelf) -> Profile:
    """Return the profile of a lot: staff seconded, then goods, then a clause to carry out, else services and works."""
    if ask.reading.mode:
        return SECONDMENT
    if ask.goods:
        return SUPPLIES
    return SUBCONTRACTING if ask.reading.lot.levier == "clause" else RESERVATION
