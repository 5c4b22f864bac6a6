"""NAF rév. 2, the sub-classes and their labels (data/reference/naf.csv)."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from matcher.paths import shipped
from matcher.reference.tables import rows

_CODE = re.compile(r"(\d{2})\.?(\d{2})([A-Z])")


@dataclass(frozen=True, slots=True)
class Naf:
    """One sub-class: dotted code ("81.30Z"), French label, division ("81") and its label."""

    code: str
    label: str
    division: str
    division_label: str


def naf(code: str) -> Naf | None:
    """Return the sub-class of a code written with or without its dot, None where there is none."""
    return _table().get(naf_code(code))


def naf_code(code: str) -> str:
    """Return the dotted form of a code ("8130z" gives "81.30Z"), empty where it has not the shape of one."""
    shape = _CODE.fullmatch(code.strip().upper())
    return f"{shape[1]}.{shape[2]}{shape[3]}" if shape else ""


@lru_cache(maxsize=1)
def _table() -> dict[str, Naf]:
    with shipped("data/reference/naf.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: Naf(row["code"], row["libelle"], row["division"], row["libelle_division"])
            for row in csv.DictReader(file, delimiter=";")
        }


def naf_label(code: str) -> str:
    """Return the French label of a sub-class, empty where the code is unknown."""
    found = naf(code)
    return found.label if found else ""


def naf_said(code: str) -> str:
    """Return a code with its label: « 81.30Z, services d’aménagement paysager »; the code as it is where it is unknown."""
    found = naf(code)
    return f"{found.code}, {found.label[0].lower()}{found.label[1:]}".replace("'", "’") if found else code


def naf_activities(code: str) -> Mapping[str, float]:
    """Return what a sub-class tells of a supplier's activity: force in ]0, 1] by activity or group code.

    The longest line that begins the code speaks, so that every sub-class has at least the word of its division. Empty for an unknown
    code, and for those that say nothing here (8899B, 8810C, 9499Z…).
    """
    return _activities().get(_line(code), {})


def naf_tells_against(code: str) -> bool:
    """Return whether a sub-class tells what its holder sells well enough to doubt that it does something else.

    It does not where the table marks it `neutre`: who runs a nursery, trains adults or holds shares has workshops of any trade.
    """
    line = _line(code)
    return bool(line) and line not in _neutral()


def naf_is_trade(code: str, activity: str) -> bool:
    """Return whether holding this sub-class is doing this activity (`naf_metiers.csv`, each line with its reason)."""
    return (naf_code(code), activity) in _trades()


@lru_cache(maxsize=1)
def _trades() -> frozenset[tuple[str, str]]:
    return frozenset((row["code"], row["activite"]) for row in rows("naf_metiers"))


def _line(code: str) -> str:
    """The longest line of the table that begins a code, empty where the code is unknown."""
    dotted = naf_code(code)
    if naf(dotted) is None:
        return ""
    return next((dotted[:length] for length in range(len(dotted), 0, -1) if dotted[:length] in _activities()), "")


@lru_cache(maxsize=1)
def _activities() -> Mapping[str, Mapping[str, float]]:
    table: dict[str, dict[str, float]] = {}
    for row in rows("naf_activites"):
        told = table.setdefault(row["code"], {})
        if row["cible"]:
            told[row["cible"]] = float(row["force"])
    return table


@lru_cache(maxsize=1)
def _neutral() -> frozenset[str]:
    return frozenset(row["code"] for row in rows("naf_activites") if row["neutre"] == "oui")
