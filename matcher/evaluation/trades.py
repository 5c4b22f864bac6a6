"""Suites of trades: compare the trades labelled in public texts, contracts and typed needs with those inferred of suppliers or read in needs."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from hashlib import sha256
from math import nan
from typing import Any

from matcher.domain.reading import Reading
from matcher.evaluation.suites import LotToRank, SuiteLot, share_true
from matcher.need.fields import need_from
from matcher.paths import shipped_path
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.shelf.shelf import Shelf
from matcher.reading.reader import read
from matcher.reading.trade.offers import offers
from matcher.reference.tables import read_rows
from matcher.reference.trades.activities import taxonomy

TABLE = "data/evaluation/realisations.csv"
# Length of a digest: enough for a million suppliers not to collide.
DIGITS = 16


def precision_of_evidence(suite: Sequence[Mapping[str, Any]], shelf: Shelf) -> dict[str, dict[str, float]]:
    """Return, per kind of evidence, the number of clues to trades and the share that the supplier's own text confirms, by trade and by group. A share
    is a lower bound, as a text does not name all that a supplier does. A labelled group accepts any of its trades."""
    names = taxonomy()
    rights_by_evidence: dict[str, list[tuple[bool, bool]]] = {}
    for line in suite:
        row = shelf.find(str(line["supplier"]))
        gold = frozenset(map(str, line["activities"]))
        groups = {names.group_of(code) for code in gold if code in names.index}
        for clue in shelf.suppliers[row].clues if row is not None else ():
            group = names.group_of(clue.code)
            right = clue.code in gold or group in gold, group in groups
            rights_by_evidence.setdefault(f"{clue.evidence}{', sûre' if clue.sure else ''}", []).append(right)
    return {
        key: {
            "indices": len(its),
            "le métier": sum(leaf for leaf, _ in its) / len(its),
            "sa famille": sum(group for _, group in its) / len(its),
        }
        for key, its in sorted(rights_by_evidence.items())
    }


def found_in_texts(suite: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, float]]:
    """Return, per part of the suite that has texts, the reader's recall (rappel) and precision (justesse, a lower bound) on the trades and families
    labelled by hand. A labelled group accepts any of its trades."""
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


def supplier_digest(key: str) -> str:
    """Return the digest that stands for a supplier's id in the table."""
    return sha256(key.encode()).hexdigest()[:DIGITS]


def lay_needs(shelf: Shelf, today: date) -> Mapping[str, list[LotToRank]]:
    """Return the needs of `TABLE`, each read and set against a shelf, by half of the suite (« ouverte », « gardée »)."""
    named: dict[str, set[str]] = defaultdict(set)
    for key in shelf.ids:
        named[supplier_digest(key)].add(key)
    halves: dict[str, list[LotToRank]] = {}
    for number, row in enumerate(read_rows(shipped_path(TABLE)), start=1):
        digests = row["fournisseurs"].split()
        winners = frozenset[str]().union(*(named.get(digest, set()) for digest in digests))
        if winners:
            lot = need_from({"lot_id": f"{number}", "objet": row["besoin"], "lieu": row["lieu"]}).lot
            labelled = LotToRank(LotOnShelf(read(lot), shelf, today), winners, min(digests))
            halves.setdefault(row["moitie"], []).append(labelled)
    return halves


def typed_figures(suite: Sequence[SuiteLot]) -> dict[str, float]:
    """Return the figures of typed needs, NaN where nothing is counted. Each label « asked » is a list, main first,
    of lists of codes that are equally right; it is empty where no activity is asked for."""
    readings = [(read(lot.need.lot), list(map(frozenset, lot.labels["asked"]))) for lot in suite]
    readings_asked = [(reading, frozenset[str]().union(*right)) for reading, right in readings if right]
    return {
        "métier@1": share_true([_among(reading, right, 1) for reading, right in readings_asked]),
        "métier@3": share_true([_among(reading, right, 3) for reading, right in readings_asked]),
        "part sûre": share_true([reading.sure for reading, _ in readings_asked]),
        "juste si sûre": share_true([_among(reading, right, 1) for reading, right in readings_asked if reading.sure]),
        "juste ou proposée": share_true(
            [
                _among(reading, right, 1) if reading.sure else not right.isdisjoint(reading.options)
                for reading, right in readings_asked
            ]
        ),
        "les deux d’un double": share_true(
            [not any(map(set(reading.asked).isdisjoint, right)) for reading, right in readings if len(right) > 1]
        ),
        "rien, pas sûre": share_true([not reading.sure for reading, right in readings if not right]),
    }


def _among(reading: Reading, right: Collection[str], first: int) -> bool:
    return any(guess.code in right for guess in reading.activities[:first])
