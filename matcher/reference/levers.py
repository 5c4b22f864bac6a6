"""The levers: legal means to buy a lot from inclusive suppliers, e.g. a reserving article or a social clause (data/reference/leviers.csv)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from matcher.domain.kinds import Family, SupplierKind
from matcher.reference.tables import rows

_ALL = "toutes"


@dataclass(frozen=True, slots=True)
class Lever:
    """One lever. `families`: those that may answer (SIAE, STPA…); `open_to_all`: every supplier may, nothing is reserved.

    `article`: of the code de la commande publique, if any; `sentence`: French text to paste in the notice. `duty`: article that makes it
    compulsory above the European thresholds, from the day `owed_from`; empty and None if none. `unlisted`: French text for a catalogue without
    suppliers of its families.
    """

    code: str
    label: str
    families: frozenset[Family]
    open_to_all: bool
    article: str
    source: str
    valid_from: date | None
    sentence: str
    duty: str
    owed_from: date | None
    unlisted: str

    def is_duty(self, on: date) -> bool:
        """Return whether the lever is compulsory above the European thresholds on a day."""
        return self.owed_from is not None and self.owed_from <= on


@lru_cache(maxsize=1)
def _table() -> Mapping[str, Lever]:
    return {
        row["code"]: Lever(
            code=row["code"],
            label=row["libelle"],
            families=frozenset(Family(name) for name in row["familles"].split() if name != _ALL),
            open_to_all=row["familles"] == _ALL,
            article=row["article"],
            source=row["source"],
            valid_from=date.fromisoformat(row["valable_depuis"]) if row["valable_depuis"] else None,
            sentence=row["phrase"],
            duty=row["obligation"],
            owed_from=date.fromisoformat(row["obligatoire_depuis"]) if row["obligatoire_depuis"] else None,
            unlisted=row["sans_annuaire"],
        )
        for row in rows("leviers")
    }


def levers() -> tuple[Lever, ...]:
    """Return every lever, in the order of the table: reserved lots first."""
    return tuple(_table().values())


def lever(code: str) -> Lever:
    """Return a lever by its code (12, 13, 13-1, 14, 15, clause, critere, miqp, pmsmp). Raises KeyError for an unknown one."""
    return _table()[code]


@lru_cache(maxsize=32)
def eligible_kinds(code: str) -> frozenset[SupplierKind]:
    """Return the kinds of supplier that can answer under a lever; none for an empty code, or for a lever without suppliers."""
    if not code:
        return frozenset()
    chosen = lever(code)
    return frozenset(kind for kind in SupplierKind if chosen.open_to_all or kind.family in chosen.families)


def reserving_articles(kinds: Iterable[SupplierKind]) -> list[str]:
    """Return the articles by which a lot can be reserved to a supplier of these kinds, in the order of the table."""
    return [one.article for one in levers() if one.families and not one.open_to_all and eligible(one.code, kinds)]


def eligible(code: str, kinds: Iterable[SupplierKind]) -> bool:
    """Return whether a supplier of these kinds can answer under a lever. Raises KeyError for an unknown code."""
    return not eligible_kinds(code).isdisjoint(kinds)
