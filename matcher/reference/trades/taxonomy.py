"""The taxonomy of activities that needs and suppliers are compared by: the twenty groups of the marché de l'inclusion (national directory of
inclusive suppliers, « the marché » below), and their leaves."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from matcher.domain.french import enumeration
from matcher.reference.tables import TableRefused, rows

GOODS = "bien"
NATURES = (GOODS, "service", "travaux")


@dataclass(frozen=True, slots=True)
class Group:
    """A group of activities, with the label and slug that it has on the marché."""

    code: str
    label: str
    slug: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """An activity: `code` is `<group>.<leaf>`, `sector` the slug of its sector on the marché, `need_sector` the one under which a buyer looks for it,
    where the marché lists its trade twice (food is « Agro-Alimentaire » to a buyer); `nature` is « bien », « service » or « travaux »; `reach_km` is
    the distance from which such a need is usually served (it refuses nobody)."""

    code: str
    label: str
    group: str
    sector: str
    nature: str
    reach_km: int
    need_sector: str


@dataclass(frozen=True, slots=True)
class Sector:
    """A sector of the marché; `target` is its leaf, or its group for a sector « Autre »."""

    slug: str
    label: str
    group: str
    target: str


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """Lookups by code. `codes` lists leaves then groups, each sorted; `index` gives the place of a code in it,
    `sorted_sectors` the group of each sector, in the order of their slugs."""

    groups: tuple[Group, ...]
    leaves: tuple[Leaf, ...]
    sectors: tuple[Sector, ...]
    codes: tuple[str, ...]
    index: Mapping[str, int]
    sorted_sectors: Mapping[str, str]
    _groups: Mapping[str, Group]
    _leaves: Mapping[str, Leaf]
    _sectors: Mapping[str, Sector]
    _group_of: Mapping[str, str]

    def group(self, code: str) -> Group:
        """Return a group. Raises KeyError for any other code."""
        return self._groups[code]

    def leaf(self, code: str) -> Leaf:
        """Return a leaf. Raises KeyError for any other code, a group's included."""
        return self._leaves[code]

    def label(self, code: str) -> str:
        """Return the French label of a leaf or group."""
        return (self._leaves.get(code) or self._groups[code]).label

    def group_of(self, code: str) -> str:
        """Return the group's code of a leaf; a group's is itself."""
        return self._group_of[code]

    def nature_of(self, code: str) -> str:
        """Return « bien », « service » or « travaux » for a leaf, empty for a group."""
        leaf = self._leaves.get(code)
        return leaf.nature if leaf else ""

    def reach_of(self, code: str) -> int | None:
        """Return how far a leaf is usually served from, in km; None for a group, or where the table gives none."""
        leaf = self._leaves.get(code)
        return leaf.reach_km if leaf else None

    def sector(self, slug: str) -> Sector:
        """Return a sector of the marché. Raises KeyError for an unknown slug."""
        return self._sectors[slug]


@lru_cache(maxsize=1)
def taxonomy() -> Taxonomy:
    """Return the taxonomy of data/reference, read once. Raises TableRefused for an activity that cannot be used."""
    groups = tuple(Group(row["code"], row["libelle"], row["slug"]) for row in rows("groupes"))
    sectors = tuple(
        Sector(row["slug"], row["libelle"], row["groupe"], row["activite"] or row["groupe"]) for row in rows("secteurs")
    )
    leaves = tuple(_leaf(row, line, groups, sectors) for line, row in enumerate(rows("activites"), 2))
    codes = (*(leaf.code for leaf in leaves), *(group.code for group in groups))
    return Taxonomy(
        groups=groups,
        leaves=leaves,
        sectors=sectors,
        codes=codes,
        index={code: place for place, code in enumerate(codes)},
        sorted_sectors={its.slug: its.group for its in sorted(sectors, key=lambda its: its.slug)},
        _groups={group.code: group for group in groups},
        _leaves={leaf.code: leaf for leaf in leaves},
        _sectors={sector.slug: sector for sector in sectors},
        _group_of={leaf.code: leaf.group for leaf in leaves} | {group.code: group.code for group in groups},
    )


def _leaf(row: Mapping[str, str | None], line: int, groups: Iterable[Group], sectors: Iterable[Sector]) -> Leaf:
    """Return an activity from its line of the table."""
    columns = ("code", "libelle", "groupe", "secteur", "nature", "portee_km", "secteur_des_besoins")
    cells = {name: row.get(name) or "" for name in columns}
    for column, fault in _faults(cells, groups, sectors):
        raise TableRefused(f"« activites.csv », ligne {line}, colonne « {column} » : « {cells[column]} » {fault}")
    code, label, group, sector, nature, reach, need_sector = cells.values()
    return Leaf(code, label, group, sector, nature, int(reach), need_sector or sector)


def _faults(cells: Mapping[str, str], groups: Iterable[Group], sectors: Iterable[Sector]) -> Iterator[tuple[str, str]]:
    """Yield the columns of an activity that cannot be used, each with what to write, in French."""
    group, codes = cells["groupe"], [each.code for each in groups]
    targets = {each.slug: each.target for each in sectors if each.group == group}
    if group not in codes:
        yield "groupe", f"n’est pas un groupe. Écrivez {enumeration(codes, 'ou')}."
    if not re.fullmatch(rf"{re.escape(group)}\.[!-~]+", cells["code"]):
        yield "code", f"n’est pas un code. Écrivez « {group}. », puis un nom sans accent."
    if not cells["libelle"]:
        yield "libelle", "n’est pas un libellé. Écrivez le nom de l’activité."
    if cells["secteur"] not in targets:
        other = next((slug for slug, target in targets.items() if target == group), "")
        yield (
            "secteur",
            f"n’est pas un secteur de ce groupe. Écrivez-en un de « secteurs.csv », ou « {other} » pour une activité que le marché n’a pas.",
        )
    if cells["secteur_des_besoins"] not in ("", *(each.slug for each in sectors)):
        yield (
            "secteur_des_besoins",
            "n’est pas un secteur. Laissez la case vide, ou écrivez un secteur de « secteurs.csv ».",
        )
    if cells["nature"] not in NATURES:
        yield "nature", f"n’est pas une nature. Écrivez {enumeration(NATURES, 'ou')}."
    if not re.fullmatch(r"[1-9][0-9]*", cells["portee_km"]):
        yield (
            "portee_km",
            "n’est pas un nombre de kilomètres. Écrivez un nombre entier : d’où viennent d’ordinaire ceux qui la font.",
        )
