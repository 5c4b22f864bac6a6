"""NAF rév. 2 (French classification of activities of businesses): labels of codes, their cleaning, and the trades that they imply."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from matcher.cleaning import Cleaned
from matcher.reference.tables import rows
from matcher.reference.trades.links import CHANCES, NEVER

NAF_UNREADABLE = "code NAF illisible"

_CODE = re.compile(r"(\d{2})\.?(\d{2})([A-Z])")
_SHAPE = re.compile(r"[0-9]{4}[A-Z]")


@dataclass(frozen=True, slots=True)
class Naf:
    """One sub-class: dotted code ("81.30Z"), French label, division ("81")."""

    code: str
    label: str
    division: str


def naf(code: str) -> Naf | None:
    """Return the sub-class of a code written with or without its dot, None where there is none."""
    return _table().get(naf_code(code))


def naf_code(code: str) -> str:
    """Return the dotted form of a code ("8130z" gives "81.30Z"), empty where it is malformed."""
    shape = _CODE.fullmatch(code.strip().upper())
    return f"{shape[1]}.{shape[2]}{shape[3]}" if shape else ""


@lru_cache(maxsize=1)
def _table() -> dict[str, Naf]:
    return {row["code"]: Naf(row["code"], row["libelle"], row["division"]) for row in rows("naf")}


def naf_label(code: str) -> str:
    """Return the French label of a sub-class, empty where the code is unknown."""
    naf_class = naf(code)
    return naf_class.label if naf_class else ""


@lru_cache(maxsize=1024)
def naf_said(code: str) -> str:
    """Return a code with its label, « 81.30Z, services d’aménagement paysager »; an unknown code unchanged."""
    naf_class = naf(code)
    if naf_class is None:
        return code
    return f"{naf_class.code}, {naf_class.label[0].lower()}{naf_class.label[1:]}".replace("'", "’")


def naf_activities(code: str) -> Mapping[str, float]:
    """Return the probability, in ]0, 1], that an inclusive supplier of a sub-class does each activity (`naf_activites.csv`). Empty for an unknown
    code, and for those that name no trade (88.10C, help by work; 94.99Z, associations)."""
    return _activities().get(naf_code(code), {})


def naf_sells(code: str) -> bool:
    """Return whether organisations of a sub-class sell anything: schools, hospitals or councils do not (`naf_sans_vente.csv`)."""
    return naf_code(code) not in _without_sales()


@lru_cache(maxsize=1)
def _activities() -> Mapping[str, Mapping[str, float]]:
    table: dict[str, dict[str, float]] = {}
    for row in rows("naf_activites"):
        if row["niveau"] != NEVER:
            table.setdefault(row["naf"], {})[row["activite"]] = CHANCES[row["niveau"]]
    return table


@lru_cache(maxsize=1)
def _without_sales() -> frozenset[str]:
    return frozenset(row["naf"] for row in rows("naf_sans_vente"))


def clean_naf(raw: str) -> Cleaned[str]:
    """Return a NAF code without its dot: « 88.99B » and « 8899b » both give `8899B`."""
    compact = re.sub(r"[\s.]+", "", raw).upper()
    if not compact:
        return Cleaned(None)
    return Cleaned(compact) if _SHAPE.fullmatch(compact) else Cleaned(None, NAF_UNREADABLE)
