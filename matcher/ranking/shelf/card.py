"""Cards of suppliers: the fields a list shows, one short text each, so that only the rows shown become objects."""

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

# How many of the last cards shown stay objects: a list, and those of the lots around it.
KEPT = 8192
# How many of the last clues read stay objects: suppliers share most of theirs (a NAF code, a sector), and a list reads thousands.
KEPT_CLUES = 8192


@dataclass(frozen=True, slots=True)
class Card:
    """A supplier as the reasons name it, its fields as those of `Supplier`; `organisation` its SIREN, else its id, `city` the commune of its first site,
    `naf` its class, `clues` those of its record to its activities, strongest first."""

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
    """Return the text of a supplier's card: a JSON array."""
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
        [(clue.code, clue.strength, clue.evidence, clue.wording, int(clue.besides) + 2 * clue.sure) for clue in clues],
    )
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def read_card(text: str) -> Card:
    """Return the card that `card_text` wrote."""
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
    """The cards of a shelf by row; each is read when it is asked for."""

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
    """The commune of the first site under its official name, else as its source writes it; empty where unknown."""
    if not supplier.sites:
        return ""
    site = supplier.sites[0]
    town = commune(site.insee)
    return town.name if town else site.city
