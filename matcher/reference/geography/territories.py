"""Lookups of French territories (EPCI, arrondissements, départements, régions of today and before 2016) by code, name, NUTS or governing body."""

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

from matcher.reference.geography.communes import (
    commune_by_siren,
    communes_of_arrondissement,
    communes_of_departement,
    communes_of_epci,
    communes_of_post_code,
    current_commune,
)
from matcher.reference.geography.place_names import place_key, split_article
from matcher.reference.tables import rows

_EPCI_KIND = re.compile(
    r"^(COMMUNAUTE DE COMMUNES|COMMUNAUTE D AGGLOMERATION|COMMUNAUTE URBAINE|COMMUNAUTE|METROPOLE"
    r"|AGGLOMERATION|AGGLO|CC|CA|CU)\b"
)
_KIND_AFTER = re.compile(r" (?:AGGLOMERATION|COMMUNAUTE|METROPOLE)$")
_LINK = re.compile(r"^(DE LA|DE L|DES|DU|DE|D|LA|LE|LES|L)\b ?")
_LOCAL_SIREN = re.compile(r"(?:18|19|21|22|23|24|25|26|27|28)(97\d|\d\d)")


@dataclass(frozen=True, slots=True)
class Epci:
    """An intercommunalité (group of communes). `kind` is CC, CA, CU, METRO, MET69 (Lyon) or EPT (inside Grand Paris)."""

    siren: str
    name: str
    kind: str

    @property
    def communes(self) -> tuple[str, ...]:
        """The INSEE codes of its communes."""
        return communes_of_epci(self.siren)


@dataclass(frozen=True, slots=True)
class Arrondissement:
    """A division of a département, named after its main commune; `chef_lieu`: the INSEE code of that commune."""

    code: str
    name: str
    chef_lieu: str

    @property
    def communes(self) -> tuple[str, ...]:
        """The INSEE codes of its communes."""
        return communes_of_arrondissement(self.code)


@dataclass(frozen=True, slots=True)
class Departement:
    """A département, or an overseas collectivity that has the same kind of code; `region` is the code of its région."""

    code: str
    name: str
    region: str
    chef_lieu: str

    @property
    def communes(self) -> tuple[str, ...]:
        """The INSEE codes of its communes."""
        return communes_of_departement(self.code)


@dataclass(frozen=True, slots=True)
class Region:
    """A present région, or one from before 2016 (`former`), with the codes of its départements."""

    code: str
    name: str
    departements: tuple[str, ...]
    former: bool = False

    @property
    def communes(self) -> tuple[str, ...]:
        """The INSEE codes of its communes."""
        return tuple(code for departement in self.departements for code in communes_of_departement(departement))


@dataclass(frozen=True, slots=True)
class Territory:
    """Territory of a public body: place codes such as `insee:59392`, `epci:200043396`, `dep:62`, `reg:32`. `exact` is False where only the
    département is known, from the third and fourth digits of the SIREN."""

    codes: tuple[str, ...]
    exact: bool


@dataclass(frozen=True, slots=True)
class UsualName:
    """Usual name of a place: its place codes, and `sense`: `exact`, `approche` (no official limits), `sigle` (acronym), or `entendu` (it may
    mean something else)."""

    codes: tuple[str, ...]
    sense: str


def epci(siren: str) -> Epci | None:
    """Return the EPCI or EPT that has this SIREN."""
    return _epci().get(siren)


def epci_named(name: str) -> tuple[Epci, ...]:
    """Return the EPCI of that name, with or without its kind ("CC", "communauté d’agglomération", "métropole"…)."""
    key = place_key(name)
    return epci_names().get(key) or epci_names().get(epci_core(key)) or ()


@lru_cache(maxsize=1)
def epci_names() -> dict[str, tuple[Epci, ...]]:
    """Return the EPCI by name key: whole, without the kind at its beginning, and without one at its end too (« Communauté d’agglomération du
    Pays de Saint-Malo Agglomération »)."""
    names: dict[str, dict[str, Epci]] = defaultdict(dict)
    for entry in _epci().values():
        key = place_key(re.sub(r"\(.*?\)", "", entry.name))
        core = epci_core(key)
        for form in (key, core, *([_KIND_AFTER.sub("", key)] if core != key else [])):
            names[form][entry.siren] = entry
    return {key: tuple(entries.values()) for key, entries in names.items()}


def epci_core(key: str) -> str:
    """Return the key of an EPCI without its kind: "COMMUNAUTE D AGGLOMERATION DU BEAUVAISIS" gives "BEAUVAISIS"."""
    stripped = _EPCI_KIND.sub("", key).strip()
    return _LINK.sub("", stripped) or key if stripped != key else key


@lru_cache(maxsize=1)
def arrondissements() -> dict[str, Arrondissement]:
    """Return the arrondissements of the départements by code."""
    return {
        row["code"]: Arrondissement(row["code"], f"Arrondissement {row['nom']}", row["chef_lieu"])
        for row in rows("arrondissements")
    }


@lru_cache(maxsize=1)
def departements() -> dict[str, Departement]:
    """Return the départements by code."""
    return {
        row["code"]: Departement(row["code"], row["nom"], row["region"], row["chef_lieu"])
        for row in rows("departements")
    }


def departement(code: str) -> Departement | None:
    """Return the département of a code as people write it: "62", "2a", "1", "062"."""
    code = code.strip().upper()
    if code.isdigit():
        code = code.zfill(2)
        code = code[1:] if len(code) == 3 and code[0] == "0" else code
    return departements().get(code)


def departement_of(insee: str, post_code: str = "") -> Departement | None:
    """Return the département of a commune by its INSEE code, else of the most populated of a postal code; None where neither is known."""
    town = current_commune(insee) or next(iter(communes_of_post_code(post_code)), None)
    return departement(town.departement) if town else None


def departement_named(name: str) -> Departement | None:
    """Return the département of that name, with or without its article."""
    return departement_names().get(split_article(place_key(name))[1])


@lru_cache(maxsize=1)
def departement_names() -> dict[str, Departement]:
    """Return the départements by key without article."""
    return {split_article(place_key(entry.name))[1]: entry for entry in departements().values()}


@lru_cache(maxsize=1)
def regions() -> dict[str, Region]:
    """Return the régions of today by code."""
    inside = defaultdict(list)
    for entry in departements().values():
        inside[entry.region].append(entry.code)
    return {row["code"]: Region(row["code"], row["nom"], tuple(inside[row["code"]])) for row in rows("regions")}


@lru_cache(maxsize=1)
def former_regions() -> dict[str, Region]:
    """Return the régions from before 2016 by their former code."""
    return {
        row["code"]: Region(row["code"], row["nom"], tuple(row["departements"].split()), former=True)
        for row in rows("regions_anciennes")
    }


def region(code: str) -> Region | None:
    """Return the present région with this code, else the former one."""
    code = code.strip().zfill(2)
    return regions().get(code) or former_regions().get(code)


def region_named(name: str) -> Region | None:
    """Return the région of that name, present else from before 2016 ("Picardie", "ex-Picardie")."""
    key = place_key(name)
    for prefix in ("REGION ", "EX ", "EX REGION ", "ANCIENNE REGION "):
        key = key.removeprefix(prefix)
    return region_names().get(split_article(_LINK.sub("", key))[1])


@lru_cache(maxsize=1)
def region_names() -> dict[str, Region]:
    """Return the régions by key without article; present ones override former ones."""
    entries = [*former_regions().values(), *regions().values()]
    return {split_article(place_key(entry.name))[1]: entry for entry in entries}


@lru_cache(maxsize=1)
def place_aliases() -> dict[str, UsualName]:
    """Return unofficial usual names ("PACA", "MEL", "BASSIN MINIER"), by key."""
    return {row["alias"]: UsualName(tuple(row["lieux"].split()), row["sens"]) for row in rows("lieux_alias")}


def country_named(name: str) -> str:
    """Return the foreign country that a name means, its own or that of a well-known city ("Genève"); empty for another name."""
    return foreign_names().get(place_key(name), "")


@lru_cache(maxsize=1)
def foreign_names() -> dict[str, str]:
    """Return the countries of foreign places by key, except places with the name of a French commune of some size."""
    return {row["nom"]: row["pays"] for row in rows("lieux_etrangers")}


@lru_cache(maxsize=1)
def everyday_words() -> frozenset[str]:
    """Return the keys of communes that are everyday words, first names or rivers ("MARCHE", "GRAND", "ALBERT")."""
    return frozenset(row["nom"] for row in rows("lieux_faux_amis"))


@lru_cache(maxsize=1)
def products_named_after_places() -> frozenset[str]:
    """Return the keys of products named after a place ("SAVON" de Marseille)."""
    return frozenset(row["produit"] for row in rows("lieux_produits"))


def nuts_area(code: str) -> str:
    """Return the place code of a French NUTS code (2013 and 2016 editions), empty for others: NUTS 2 gives a région (from before 2016 where it
    has changed), NUTS 3 a département."""
    return _nuts().get(code.strip().upper(), "")


def territory_of_siren(siren: str) -> Territory | None:
    """Return the territory of the public body with this SIREN, None for a national body or a company.

    Communes, EPCI, régions and single collectivities are listed by SIREN. For other local bodies (SIREN beginning with 18, 19 or 21 to 28), the
    third and fourth digits are the département.
    """
    town = commune_by_siren(siren)
    if town:
        return Territory((f"insee:{town.code}",), exact=True)
    if epci(siren):
        return Territory((f"epci:{siren}",), exact=True)
    if siren in _bodies():
        return Territory(_bodies()[siren], exact=True)
    local = _LOCAL_SIREN.match(siren) if len(siren) == 9 else None
    digits = local[1] if local else ""
    codes = ("2A", "2B") if digits == "20" else (digits,) if digits in departements() else ()
    return Territory(tuple(f"dep:{code}" for code in codes), exact=siren.startswith("22")) if codes else None


@lru_cache(maxsize=1)
def _epci() -> dict[str, Epci]:
    return {row["siren"]: Epci(row["siren"], row["nom"], row["type"]) for row in rows("epci")}


@lru_cache(maxsize=1)
def _bodies() -> dict[str, tuple[str, ...]]:
    return {row["siren"]: tuple(row["lieux"].split()) for row in rows("collectivites")}


@lru_cache(maxsize=1)
def _nuts() -> dict[str, str]:
    """Return place codes by NUTS code; a NUTS 3 code is the NUTS 2 code followed by the rank of the département."""
    codes: dict[str, str] = {}
    for row in rows("regions_anciennes"):
        inside = tuple(row["departements"].split())
        for prefix in (row["nuts_2013"], row["nuts_2016"]):
            codes[prefix] = f"reg:{row['code']}"
            codes.update({f"{prefix}{rank}": f"dep:{code}" for rank, code in enumerate(inside, start=1)})
    for rank, code in enumerate(("971", "972", "973", "974", "976"), start=1):
        codes |= dict.fromkeys((f"FRY{rank}", f"FRY{rank}0", f"FRA{rank}", f"FRA{rank}0"), f"dep:{code}")
    return codes
