"""Ranges of numbers of employees, by their codes in Sirene, the French business register (data/reference/tranches_effectifs.csv)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from matcher.cleaning import Cleaned
from matcher.reference.tables import rows

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
def _table() -> Mapping[str, HeadcountBand]:
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
    return _table().get(code)


def clean_headcount(raw: str) -> Cleaned[str]:
    """Return the normalised code of a range; a leading zero lost in a spreadsheet is restored (« 3 » is 03)."""
    code = raw.strip().upper()
    if code in _SAYS_NOTHING:
        return Cleaned(None)
    if len(code) == 1 and code.isdigit():
        code = f"0{code}"
    return Cleaned(code) if code in _table() else Cleaned(None, BAND_UNKNOWN)
