"""Workforce of suppliers: the typical one of each kind, as a log-normal distribution with its source, for suppliers whose own is unknown (tailles.csv);
and the ranges of numbers of employees of the business register (tranches_effectifs.csv)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import erf, log, sqrt

from matcher.cleaning import Cleaned
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
def _sizes() -> Mapping[SupplierKind, Size]:
    return {
        SupplierKind(row["genre"]): Size(float(row["mediane_etp"]), float(row["dispersion"]), row["source"])
        for row in rows("tailles")
    }


def kind_size(kind: SupplierKind) -> Size:
    """Return the distribution of a kind."""
    return _sizes()[kind]


@lru_cache(maxsize=1024)  # a lot asks the same few kinds for hundreds of suppliers
def share_with(kinds: tuple[SupplierKind, ...], etp: float) -> float:
    """Return the probability that a supplier of these kinds has at least `etp` full-time equivalents: the greatest over its kinds; 0 for none."""
    return max((kind_size(kind).at_least(etp) for kind in kinds), default=0.0)


# Ranges of numbers of employees, by their codes in Sirene, the French business register.
BAND_UNKNOWN = "tranche d’effectif inconnue"
_SAYS_NOTHING = frozenset({"", "[ND]", "NULL"})


@dataclass(frozen=True, slots=True)
class HeadcountBand:
    """One range of employees; `least` and `most` are None where it has no such bound."""

    code: str
    least: int | None
    most: int | None
    label: str


@lru_cache(maxsize=1)
def _bands() -> Mapping[str, HeadcountBand]:
    return {
        row["code"]: HeadcountBand(
            row["code"],
            int(row["moins"]) if row["moins"] else None,
            int(row["plus"]) if row["plus"] else None,
            row["libelle"],
        )
        for row in rows("tranches_effectifs")
    }


def band(code: str) -> HeadcountBand | None:
    """Return the range of a code, None for an empty or unknown one."""
    return _bands().get(code)


def clean_headcount(raw: str) -> Cleaned[str]:
    """Return the normalised code of a range; a leading zero lost in a spreadsheet is restored (« 3 » is 03)."""
    code = raw.strip().upper()
    if code in _SAYS_NOTHING:
        return Cleaned(None)
    if len(code) == 1 and code.isdigit():
        code = f"0{code}"
    return Cleaned(code) if code in _bands() else Cleaned(None, BAND_UNKNOWN)
