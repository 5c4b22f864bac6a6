"""Ranking suite on work seen done, as customers, suppliers and the press tell it.

Each line of `data/evaluation/realisations.csv` is a need and its place, written from a public page before the supplier was looked up, and
the digests of the suppliers that the page can mean. Lines that no supplier of the shelf answers are left out.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from hashlib import sha256

from matcher.evaluation.suites import LabelledLot
from matcher.need.fields import need_from
from matcher.paths import shipped
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.shelf.shelf import Shelf
from matcher.reading.reader import read
from matcher.reference.tables import read_rows

TABLE = "data/evaluation/realisations.csv"
# Digits of a digest that are kept: enough for no two of some million suppliers to share them.
DIGITS = 16


def digest(key: str) -> str:
    """Return what the table knows a supplier's id by."""
    return sha256(key.encode()).hexdigest()[:DIGITS]


def told(shelf: Shelf, today: date) -> Mapping[str, list[LabelledLot]]:
    """Return these needs laid on a shelf, by the half (« ouverte », « gardée ») that their supplier falls in."""
    named: dict[str, set[str]] = defaultdict(set)
    for key in shelf.ids:
        named[digest(key)].add(key)
    halves: dict[str, list[LabelledLot]] = {}
    for number, row in enumerate(read_rows(shipped(TABLE)), start=1):
        of = row["fournisseurs"].split()
        winners = frozenset[str]().union(*(named.get(its, set()) for its in of))
        if winners:
            lot = need_from({"lot_id": f"{number}", "objet": row["besoin"], "lieu": row["lieu"]}).lot
            halves.setdefault(row["moitie"], []).append(
                LabelledLot(LotOnShelf(read(lot), shelf, today), winners, min(of))
            )
    return halves
