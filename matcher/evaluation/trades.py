"""Trades of suppliers that public texts tell, set against what the record lets infer: how often each kind of evidence is right."""

from collections.abc import Mapping, Sequence
from typing import Any

from matcher.ranking.shelf.shelf import Shelf
from matcher.reference.trades.activities import taxonomy


def precision_of_evidence(suite: Sequence[Mapping[str, Any]], shelf: Shelf) -> dict[str, dict[str, float]]:
    """Per kind of evidence: clues to trades, and the share that the text of the supplier tells too, by trade and by group.

    A text does not tell all that a supplier does, so that a share is the least it can be. A gold group accepts any trade of it.
    """
    names = taxonomy()
    told: dict[str, list[tuple[bool, bool]]] = {}
    for line in suite:
        row = shelf.find(str(line["supplier"]))
        gold = frozenset(map(str, line["activities"]))
        groups = {names.group_of(code) for code in gold if code in names.index}
        for clue in shelf.suppliers[row].clues if row is not None else ():
            group = names.group_of(clue.code)
            right = clue.code in gold or group in gold, group in groups
            told.setdefault(f"{clue.evidence}{', sûre' if clue.sure else ''}", []).append(right)
    return {
        key: {
            "indices": len(its),
            "le métier": sum(leaf for leaf, _ in its) / len(its),
            "sa famille": sum(group for _, group in its) / len(its),
        }
        for key, its in sorted(told.items())
    }
