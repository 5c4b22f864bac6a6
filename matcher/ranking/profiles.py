"""The one visible list of weights: integers that sum to 100 per profile, by the key of the signal."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from matcher.ranking.ask import LotOnShelf

# The signals, in the order of the columns below. A signal that is not listed does not count.
_SIGNALS = ("activity", "proximity", "kind", "references", "wording", "capacity", "freshness")


@dataclass(frozen=True, slots=True)
class Profile:
    """Weights of a sort of need; `label` is French, for those who read the sum."""

    key: str
    label: str
    weights: Mapping[str, int]


def _profile(key: str, label: str, *weights: int) -> Profile:
    return Profile(key, label, MappingProxyType(dict(zip(_SIGNALS, weights, strict=True))))


# Set by hand from what the trade says first (who is near, who does it, who is eligible); docs/scoring.md tells how they were compared.
#                                                                                act prx knd ref wrd cap frs
RESERVATION = _profile("reservation", "services et travaux, lot réservé ou non", 30, 37, 25, 4, 2, 1, 1)
SUBCONTRACTING = _profile("sous-traitance", "sous-traitance d’une clause", 34, 36, 15, 6, 2, 6, 1)
SECONDMENT = _profile("mise-a-disposition", "mise à disposition de personnel", 40, 32, 21, 3, 2, 1, 1)
SUPPLIES = _profile("fournitures", "fournitures", 36, 32, 24, 4, 2, 1, 1)

PROFILES = (RESERVATION, SUBCONTRACTING, SECONDMENT, SUPPLIES)
DEFAULT: Mapping[str, int] = RESERVATION.weights


def profile_of(ask: LotOnShelf) -> Profile:
    """Return the profile of a lot: staff seconded, then goods, then a clause to carry out, else services and works."""
    if ask.reading.mode:
        return SECONDMENT
    if ask.goods:
        return SUPPLIES
    return SUBCONTRACTING if ask.reading.lot.levier == "clause" else RESERVATION
