"""Modalities of a social clause's hours (modalites.csv), its publics (publics.csv), and side needs of a work site (besoins_connexes.csv)."""

from dataclasses import dataclass
from functools import lru_cache

from matcher.domain.kinds import SupplierKind
from matcher.reference.tables import rows
from matcher.reference.trades.activities import taxonomy

HIRING = "embauche"


@dataclass(frozen=True, slots=True)
class Modality:
    """One way to carry out hours: by suppliers of these `kinds`, none where it is by no supplier but by `who`. `share`: of the hours of
    a region, by `source`; `limit`: what the law limits it to, or asks for first; empty where nothing of the kind is known. `of_a_branch`: its
    suppliers lend people of their branch, one known for another is no help; `least_hours`: fewer are not worth a contract."""

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
        """Return whether its suppliers do a part of the contract themselves, which is declared to the buyer."""
        return self.code.startswith("soustraitance")

    @property
    def lends_staff(self) -> bool:
        """Return True where its suppliers second people to the winner."""
        return bool(self.kinds) and not self.subcontracts

    @property
    def of_any_trade(self) -> bool:
        """Return True where its suppliers second people of any trade; those of a GEIQ are of its branch."""
        return self.lends_staff and SupplierKind.GEIQ not in self.kinds


@dataclass(frozen=True, slots=True)
class Public:
    """Public of a social clause; `written` are words that name it in a sheet, in lower case and without accents."""

    code: str
    label: str
    written: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SideNeed:
    """Need of a work site beside its works: an activity of the taxonomy, and why."""

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
    """Return (code, label) of every type of works that has side needs, by label."""
    codes = {row["travaux"] for row in rows("besoins_connexes")}
    return tuple(sorted(((code, taxonomy().label(code)) for code in codes), key=lambda its: its[1]))


def side_needs(activity: str) -> tuple[SideNeed, ...]:
    """Return what works of an activity need beside them: its own lines and those of its group; none where the table has none."""
    group = taxonomy().group_of(activity)
    return tuple(
        SideNeed(row["besoin"], row["activite"], row["raison"])
        for row in rows("besoins_connexes")
        if row["travaux"] in (activity, group)
    )
