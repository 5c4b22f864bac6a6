"""Typical workforce of each kind of supplier, as a log-normal distribution with its source, for suppliers whose own is unknown (tailles.csv)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import erf, log, sqrt

from matcher.domain.kinds import SupplierKind
from matcher.reference.tables import rows


@dataclass(frozen=True, slots=True)
class Size:
    """Workforce of a kind: `median` in full-time equivalents; `spread`: standard deviation of logarithms."""

    median: float
    spread: float
    source: str

    def at_least(self, etp: float) -> float:
        """Return the share of suppliers of the kind, in [0, 1], with at least `etp` full-time equivalents."""
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
    """Return the distribution of a kind."""
    return _table()[kind]


@lru_cache(maxsize=1024)  # a lot asks the same few kinds for hundreds of suppliers
def share_with(kinds: tuple[SupplierKind, ...], etp: float) -> float:
    """Return the probability that a supplier of these kinds has at least `etp` full-time equivalents: the greatest over its kinds; 0 for none."""
    return max((kind_size(kind).at_least(etp) for kind in kinds), default=0.0)
