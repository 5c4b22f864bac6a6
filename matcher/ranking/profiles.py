"""The one visible list of weights: integers that sum to 100 per profile, by the key of the signal."""

from collections.abc import Mapping
from types import MappingProxyType

# Set by hand from what the trade says first (who is near, who does it, who is eligible); docs/scoring.md tells how they
# were compared. A signal that is not listed does not count.
DEFAULT: Mapping[str, int] = MappingProxyType(
    {"activity": 30, "proximity": 37, "kind": 25, "references": 4, "wording": 2, "capacity": 1, "freshness": 1}
)
