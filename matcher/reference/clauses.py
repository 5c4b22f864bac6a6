"""Reference tables on social clauses: ways to fulfil the insertion hours (modalites.csv), target publics (publics.csv), and needs of a building
site that inclusive suppliers can meet besides the works (besoins_connexes.csv)."""

from dataclasses import dataclass
from functools import lru_cache

from matcher.domain.kinds import SupplierKind
from matcher.reference.tables import rows
from matcher.reference.trades.activities import taxonomy

HIRING = "embauche"


@dataclass(frozen=True, slots=True)
class Modality:
    """One way to fulfil insertion hours: by suppliers of these `kinds`, or without a supplier by `who`. `share`: its share of a region's hours, by
    `source`; `limit`: legal limit or condition, if known. `of_a_branch`: its suppliers second people of one branch only; `least_hours`: fewer are
    not worth a contract."""

    code: str
    label: str
    kinds: frozenset[SupplierKind]
    share: float
    source: str
    limit: str = ""
    who: str = ""
    of_a_branch: bool = False
    least_hours: float = 0.0

    @property
    def subcontracts(self) -> bool:
        """Return whether its suppliers are subcontractors, who carry out a part of the contract and are declared to the buyer."""
        return self.code.startswith("soustraitance")

    @property
    def lends_staff(self) -> bool:
        """Return whether its suppliers second people to the contract winner."""
        return bool(self.kinds) and not self.subcontracts

    @property
    def of_any_trade(self) -> bool:
        """Return whether its suppliers second people of any trade (a GEIQ only of its branch)."""
        return self.lends_staff and SupplierKind.GEIQ not in self.kinds


@dataclass(frozen=True, slots=True)
class Public:
    """Target public of a social clause; `written`: words that name it in a spreadsheet, in lower case and without accents."""

    code: str
    label: str
    written: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SideNeed:
    """Need of a building site besides the works: an activity of the taxonomy, and why."""

    label: str
    activity: str
    reason: str


@lru_cache(maxsize=1)
def modalities() -> tuple[Modality, ...]:
    """Return every modality, the most used first."""
    listed = (
        Modality(
            row["code"],
            row["libelle"],
            frozenset(SupplierKind(kind) for kind in row["genres"].split()),
            float(row["part"]),
            row["source"],
            row["limite"],
            row["qui"],
            row["branche"] == "oui",
            float(row["plancher"]),
        )
        for row in rows("modalites")
    )
    return tuple(sorted(listed, key=lambda its: (-its.share, its.code)))


@lru_cache(maxsize=1)
def publics() -> tuple[Public, ...]:
    """Return every public, by code."""
    return tuple(Public(row["code"], row["libelle"], tuple(row["ecrits"].split(", "))) for row in rows("publics"))


@lru_cache(maxsize=1)
def works_types() -> tuple[tuple[str, str], ...]:
    """Return (code, label) of every type of works with side needs, sorted by label."""
    codes = {row["travaux"] for row in rows("besoins_connexes")}
    return tuple(sorted(((code, taxonomy().label(code)) for code in codes), key=lambda its: its[1]))


def side_needs(activity: str) -> tuple[SideNeed, ...]:
    """Return the side needs of works of an activity: those of the activity and of its group."""
    group = taxonomy().group_of(activity)
    return tuple(
        SideNeed(row["besoin"], row["activite"], row["raison"])
        for row in rows("besoins_connexes")
        if row["travaux"] in (activity, group)
    )
