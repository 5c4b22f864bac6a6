"""Cards: the fields of a supplier that a list shows, stored as one JSON text each on the shelf (the catalogue's suppliers as arrays), so that only
displayed rows become objects."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import overload

from matcher.domain.kinds import SupplierKind
from matcher.domain.supplier import Evidence, RefusedActivity, Supplier
from matcher.mapped import Strings
from matcher.ranking.shelf.activity_clues import Clue
from matcher.reference.geography.communes import commune

# Size of the cache of decoded cards.
KEPT = 8192
# Size of the cache of decoded clues, most of which many suppliers share.
KEPT_CLUES = 8192


@dataclass(frozen=True, slots=True)
class Card:
    """A supplier as displayed, with fields as those of `Supplier`; `organisation`: its SIREN, else its id; `city`: commune of its first site;
    `naf`: NAF class; `clues`: evidence of its activities, strongest first."""

    id: str
    name: str
    siret: str
    organisation: str
    kinds: tuple[SupplierKind, ...]
    city: str
    area_codes: tuple[str, ...]
    refused_activities: tuple[RefusedActivity, ...]
    workers: float | None
    headcount: str
    closed_reason: str
    successor: str
    naf: str
    clues: tuple[Clue, ...]


def card_text(supplier: Supplier, clues: Sequence[Clue]) -> str:
    """Return a supplier's card, encoded as a JSON array."""
    fields = (
        *(
            supplier.id,
            supplier.name,
            supplier.siret,
            supplier.siret[:9] or supplier.siren or supplier.id,
            supplier.kinds,
            _town(supplier),
            supplier.area_codes,
        ),
        [
            (said.code, said.wording, said.date.isoformat() if said.date else "", said.source)
            for said in supplier.refused_activities
        ],
        *(supplier.workers, supplier.headcount, supplier.closed_reason, supplier.successor, supplier.naf),
        [
            (clue.code, clue.strength, clue.evidence, clue.wording, int(clue.among_others) + 2 * clue.sure)
            for clue in clues
        ],
    )
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def read_card(text: str) -> Card:
    """Decode the text written by `card_text`."""
    key, name, siret, organisation, kinds, city, areas, refused, workers, headcount, reason, successor, naf, clues = (
        json.loads(text)
    )
    return Card(
        id=key,
        name=name,
        siret=siret,
        organisation=organisation,
        kinds=tuple(SupplierKind(kind) for kind in kinds),
        city=city,
        area_codes=tuple(areas),
        refused_activities=tuple(
            RefusedActivity(code, wording, date.fromisoformat(day) if day else None, source)
            for code, wording, day, source in refused
        ),
        workers=workers,
        headcount=headcount,
        closed_reason=reason,
        successor=successor,
        naf=naf,
        clues=tuple(_clue(*its) for its in clues),
    )


@lru_cache(maxsize=KEPT_CLUES)
def _clue(code: str, strength: float, how: str, wording: str, marks: int) -> Clue:
    return Clue(code, strength, Evidence(how), wording, bool(marks & 1), bool(marks & 2))


class Cards(Sequence[Card]):
    """The cards of a shelf by row, decoded on demand."""

    def __init__(self, texts: Strings) -> None:
        self.texts = texts
        self._read = lru_cache(maxsize=KEPT)(lambda row: read_card(texts[row]))

    def __len__(self) -> int:
        return len(self.texts)

    @overload
    def __getitem__(self, row: int) -> Card: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[Card]: ...
    def __getitem__(self, row: int | slice) -> Card | Sequence[Card]:
        if isinstance(row, slice):
            return [self[i] for i in range(*row.indices(len(self)))]
        return self._read(row)


def _town(supplier: Supplier) -> str:
    """Return the official name of the commune of the first site, else as its source writes it; empty where unknown."""
    if not supplier.sites:
        return ""
    site = supplier.sites[0]
    town = commune(site.insee)
    return town.name if town else site.city
