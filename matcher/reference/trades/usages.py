"""Kinds of suppliers that usually answer each need: a small table of the trade, with its reasons, shown as a hypothesis."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from matcher.domain.kinds import SupplierKind
from matcher.reference.tables import rows
from matcher.reference.trades.activities import taxonomy

ANY = "*"
# A kind that the table does not name for an activity hardly ever answers it.
RARE = 0.05


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[SupplierKind, float]]:
    table: dict[str, dict[SupplierKind, float]] = {}
    for row in rows("usages"):
        table.setdefault(row["cible"], {})[SupplierKind(row["genre"])] = float(row["part"])
    return table


def usual_kinds(guesses: Sequence[tuple[str, float]]) -> Mapping[SupplierKind, float]:
    """Return, for every kind, how usually it answers these activities, in [0, 1].

    `guesses` are (activity or group code, confidence); what their confidences leave of 1 goes to the line for any need.
    """
    table = _table()
    shares = [(_line(code), confidence) for code, confidence in guesses]
    shares.append((table[ANY], max(0.0, 1.0 - sum(confidence for _, confidence in guesses))))
    total = sum(confidence for _, confidence in shares)
    return {
        kind: sum(line.get(kind, RARE) * confidence for line, confidence in shares) / total for kind in SupplierKind
    }


def _line(code: str) -> Mapping[SupplierKind, float]:
    table = _table()
    return table.get(code) or table.get(taxonomy().group_of(code)) or table[ANY]
