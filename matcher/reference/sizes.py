"""Workforce of a kind of supplier: orders of magnitude with their sources, for those whose own is not known."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import erf, log, sqrt

from matcher.domain.kinds import SupplierKind
from matcher.reference.tables import rows


@dataclass(frozen=True, slots=True)
class Size:
    """The workforce of a kind: half of its suppliers have `median` full-time equivalents or more; their logarithms spread by `spread`."""

    median: float
    spread: float
    source: str

    def at_least(self, etp: float) -> float:
        """Return which share of the kind, in [0, 1], has `etp` full-time equivalents or more."""
        if etp <= 0:
            return 1.0
        return 0.5 * (1.0 - erf(log(etp / self.median) / self.spread / sqrt(2)))


@lru_cache(maxsize=1)
def _table() -> Mapping[SupplierKind, Size]:
    return {
        SupplierKind(row["genre"]): Size(float(row["mediane_etp"]), float(row["dispersion"]), row["source"])
        for row in rows("tailles")
    }


def kind_size(kind: SupplierKind) -> Size:
    """Return what is known of the sizes of a kind."""
    return _table()[kind]


@lru_cache(maxsize=1024)  # of one lot, the same few kinds are asked of hundreds of suppliers
def share_with(kinds: tuple[SupplierKind, ...], etp: float) -> float:
    """Return the share, in [0, 1], of such suppliers that have `etp` or more: that of the largest kind they hold; 0 for none."""
    return max((kind_size(kind).at_least(etp) for kind in kinds), default=0.0)
