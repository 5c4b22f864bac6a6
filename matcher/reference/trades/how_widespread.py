"""Share of suppliers of a kind that do each trade: a table of the trade, with its reasons, shown as a hypothesis.

`usages` tells which kinds usually answer a need; this tells how many of a kind do that very trade. Painting is usually done by ACI,
and three ACI in four do not paint.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from matcher.domain.kinds import SupplierKind
from matcher.reference.tables import rows
from matcher.reference.trades.activities import taxonomy

ANY, OTHER_KINDS = "*", "autre"


@lru_cache(maxsize=1)
def _table() -> Mapping[str, Mapping[SupplierKind, float]]:
    return {
        row["cible"]: {kind: float(row.get(kind.lower(), row[OTHER_KINDS])) for kind in SupplierKind}
        for row in rows("metiers_exerces")
    }


def doing(guesses: Sequence[tuple[str, float]]) -> Mapping[SupplierKind, float]:
    """Return, for every kind, which share of its suppliers does these activities, in [0, 1].

    `guesses` are (activity or group code, confidence): the shares are weighted by the confidences. An activity without a line has
    that of its group; nothing guessed, the line for any need.
    """
    weighted = [(_line(code), confidence) for code, confidence in guesses] or [(_table()[ANY], 1.0)]
    total = sum(confidence for _, confidence in weighted)
    return {kind: sum(line[kind] * confidence for line, confidence in weighted) / total for kind in SupplierKind}


def _line(code: str) -> Mapping[SupplierKind, float]:
    table = _table()
    return table.get(code) or table.get(taxonomy().group_of(code)) or table[ANY]
