"""Stores the past public contracts of the suppliers as arrays, for the signals of references (contracts won like the lot) and incumbents (same buyer)."""

from array import array
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from matcher.cleaning.names import name_key
from matcher.domain.french import day
from matcher.domain.supplier import Reference, Supplier
from matcher.mapped import Strings, StringsMaker
from matcher.ranking.shelf.sphere import Rows
from matcher.reference.trades.activities import taxonomy

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

UNREAD = -1
_SIREN_LENGTH = 9
_LONGEST = 90  # characters of an object that a sentence quotes


@dataclass(frozen=True, eq=False)
class Awards:
    """k past contracts, grouped by supplier: `rows` (k,) the supplier of each, ascending.

    `activity` (k,): index in the taxonomy, UNREAD where not understood; `day` (k,): ordinal day of notification, 0 where unknown; `buyer` (k,):
    the buyer's SIREN as a number, 0 where unknown; `number` and `objet` (k,): hashes of the buyer's reference and of the contract's title; `own`
    (k,): won under the supplier's own SIRET; `sentences`: French description of each.
    """

    rows: Rows
    activity: Ints
    day: Ints
    buyer: Ints
    number: Ints
    objet: Ints
    own: Bools
    sentences: Strings

    def of(self, row: int) -> slice:
        """Return the slice of one supplier's contracts."""
        return slice(*np.searchsorted(self.rows, (row, row + 1)).tolist())


class AwardsMaker:
    """Builds `Awards` from suppliers added in order of row."""

    def __init__(self) -> None:
        self._columns = {name: array("q") for name in ("rows", "activity", "day", "buyer", "number", "objet", "own")}
        self._sentences = StringsMaker()

    def add(self, row: int, supplier: Supplier) -> None:
        """Add the contracts of a supplier."""
        index = taxonomy().index
        for won in supplier.references:
            values = {
                "rows": row,
                "activity": index.get(won.activity, UNREAD),
                "day": won.notified.toordinal() if won.notified else 0,
                "buyer": siren_number(won.buyer),
                "number": words_number(won.number),
                "objet": words_number(won.objet),
                "own": won.own,
            }
            for name, value in values.items():
                self._columns[name].append(value)
            self._sentences.add(_contract_words(won))

    def make(self) -> Awards:
        """Return the contracts of all suppliers added."""
        columns = {name: np.array(values, dtype=np.int64) for name, values in self._columns.items()}
        return Awards(
            rows=columns["rows"].astype(np.intp),
            activity=columns["activity"],
            day=columns["day"],
            buyer=columns["buyer"],
            number=columns["number"],
            objet=columns["objet"],
            own=columns["own"].astype(bool),
            sentences=self._sentences.made(),
        )


def siren_number(siret: str) -> int:
    """Return the SIREN of a buyer's SIRET or SIREN, separators allowed, as a number; 0 where it is unknown or unreadable."""
    digits = "".join(siret.split())[:_SIREN_LENGTH]
    return int(digits) if len(digits) == _SIREN_LENGTH and digits.isascii() and digits.isdigit() else 0


def words_number(text: str) -> int:
    """Return a 64-bit hash of a text, insensitive to case, accents and punctuation; 0 without words."""
    words = name_key(text)
    return int.from_bytes(blake2b(words.encode(), digest_size=8).digest(), signed=True) if words else 0


def _contract_words(won: Reference) -> str:
    objet = won.objet if len(won.objet) <= _LONGEST else f"{won.objet[: _LONGEST - 1].rstrip()}…"
    around = (day(won.notified) if won.notified else "", won.buyer_name)
    quoted = objet.replace("'", "’")
    return f"« {quoted} » ({', '.join(filter(None, around))})".removesuffix(" ()")
