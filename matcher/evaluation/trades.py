"""Trades of suppliers that public texts tell, set against what is inferred from the record, and what is read in these texts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import nan
from typing import Any

from matcher.ranking.shelf.shelf import Shelf
from matcher.reading.trade.offers import offers
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


def found_in_texts(suite: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, float]]:
    """Per part of the suite that has texts: the share of the trades and families told by hand that the reader finds (rappel), and of those
    that it finds the share told (justesse), which is the least it can be. A gold group accepts any trade of it."""
    group = taxonomy().group_of
    counts: dict[str, Counter[str]] = {}
    for line in suite:
        if not line.get("text"):
            continue
        gold, read = set(map(str, line["activities"])), {offer.code for offer in offers(str(line["text"]))}
        families, read_families = set(map(group, gold)), set(map(group, read))
        counts.setdefault(str(line["part"]), Counter()).update(
            suppliers=1,
            gold=len(gold),
            found=len(gold & (read | read_families)),
            read=len(read),
            right=sum(code in gold or group(code) in gold for code in read),
            families=len(families),
            read_families=len(read_families),
            right_families=len(families & read_families),
        )
    return {
        part: {
            "fournisseurs": its["suppliers"],
            "métier, rappel": _share(its["found"], its["gold"]),
            "métier, justesse": _share(its["right"], its["read"]),
            "famille, rappel": _share(its["right_families"], its["families"]),
            "famille, justesse": _share(its["right_families"], its["read_families"]),
        }
        for part, its in sorted(counts.items())
    }


def _share(part: int, whole: int) -> float:
    return part / whole if whole else nan
