"""Statistics by kind of supplier (EI, ACI, ESAT…) and trade: how usually a kind answers a need, and which share of its suppliers do the trade.

Two expert tables, shown as hypotheses. They differ: painting is usually done by ACI, yet three ACI in four do not paint.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from matcher.domain.kinds import SupplierKind
from matcher.reference.tables import rows
from matcher.reference.trades.activities import taxonomy

ANY, OTHER_KINDS = "*", "autre"
# Value of a kind that `usages.csv` does not list for an activity.
RARE = 0.05

_Table = Mapping[str, Mapping[SupplierKind, float]]


def doing(guesses: Sequence[tuple[str, float]]) -> Mapping[SupplierKind, float]:
    """Return, for every kind, the share of its suppliers that do these activities, in [0, 1] (`metiers_exerces.csv`).

    `guesses`: (activity or group code, confidence); shares are averaged with the confidences as weights. An activity without a line takes its
    group's; without guesses, the line of any need is used.
    """
    table = _shares_doing()
    weighted = [(_line(table, code), confidence) for code, confidence in guesses] or [(table[ANY], 1.0)]
    total = sum(confidence for _, confidence in weighted)
    return {kind: sum(line[kind] * confidence for line, confidence in weighted) / total for kind in SupplierKind}


def usual_kinds(guesses: Sequence[tuple[str, float]]) -> Mapping[SupplierKind, float]:
    """Return, for every kind, how usually it answers needs of these activities, in [0, 1] (`usages.csv`). `guesses`: (activity or group code,
    confidence); the rest of confidence, up to 1, goes to the line of any need."""
    table = _usages()
    shares = [(_line(table, code), confidence) for code, confidence in guesses]
    shares.append((table[ANY], max(0.0, 1.0 - sum(confidence for _, confidence in guesses))))
    total = sum(confidence for _, confidence in shares)
    return {
        kind: sum(line.get(kind, RARE) * confidence for line, confidence in shares) / total for kind in SupplierKind
    }


def _line(table: _Table, code: str) -> Mapping[SupplierKind, float]:
    return table.get(code) or table.get(taxonomy().group_of(code)) or table[ANY]


@lru_cache(maxsize=1)
def _shares_doing() -> _Table:
    return {
        row["cible"]: {kind: float(row.get(kind.lower(), row[OTHER_KINDS])) for kind in SupplierKind}
        for row in rows("metiers_exerces")
    }


@lru_cache(maxsize=1)
def _usages() -> _Table:
    table: dict[str, dict[SupplierKind, float]] = {}
    for row in rows("usages"):
        table.setdefault(row["cible"], {})[SupplierKind(row["genre"])] = float(row["part"])
    return table
