"""CPV 2008 (EU nomenclature of public contracts): normalises codes as people write them, gives official labels and likely activities."""

import csv
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from matcher.reference.tables import rows
from matcher.settings import cpv_file

DIGITS = 8
_SHORTEST_PREFIX = 2
# A code of seven digits that has lost its leading zero in a spreadsheet (division 03 or 09).
_LOST_ZERO = re.compile(r"([39]\d{6})(?:-\d)?")
_CODE = re.compile(r"(\d{8})(?:-?\d)?")
# Spaces, dots inside the code, « CPV » in front; a dash of any length before the check digit.
_DRESS = re.compile(r"\s+|(?<=\d)\.(?=\d)|^(?:code)?\s*cpv\W*", re.IGNORECASE)
_DASH = re.compile(r"[‐-―−]")
# A number as a spreadsheet writes it: « 45000000.0 ».
_NUMBER = re.compile(r"\d{7,9}\.0+")
_PREFIX = re.compile(r"\d{2,7}")


def normalise_cpv(raw: str) -> tuple[str | None, str | None]:
    """Return (code of eight digits or None, French doubt or None); (None, None) for an empty text.

    The check digit (not verified), spaces and dots are dropped, a lost leading zero is restored, a prefix is padded with zeros on the right. A
    code outside the groups of the nomenclature is rejected.
    """
    text = re.sub(r"\.0+$", "", raw.strip()) if _NUMBER.fullmatch(raw.strip()) else raw.strip()
    text = _DASH.sub("-", _DRESS.sub("", text))
    if not raw.strip():
        return None, None
    if (lost := _LOST_ZERO.fullmatch(text)) and _exists(code := f"0{lost[1]}"):
        return code, f"Code CPV « {raw.strip()} » lu « {code} » : un zéro manquait devant."
    if whole := _CODE.fullmatch(text):
        return (whole[1], None) if _exists(whole[1]) else _reject_code(raw)
    if _PREFIX.fullmatch(text) and _exists(text.ljust(DIGITS, "0")):
        code = text.ljust(DIGITS, "0")
        return code, f"Code CPV « {raw.strip()} » incomplet, lu « {code} »."
    return _reject_code(raw)


def cpv_label(code: str) -> str:
    """Return the official French label of a code, or of its nearest known parent; empty for none."""
    labels = _labels()
    for length in range(DIGITS, _SHORTEST_PREFIX - 1, -1):
        if label := labels.get(code[:length].ljust(DIGITS, "0")):
            return label
    return ""


def cpv_labels() -> Mapping[str, str]:
    """Return the official French label of every known code: the shipped ones, and those of the user's own file."""
    return _labels()


def cpv_weights(code: str) -> Mapping[str, float]:
    """Return the weight, in ]0, 1], of each activity or group of a code, by its longest prefix in the table; may be empty. A low weight means that
    the code is weak evidence of the trade."""
    table = _weights()
    for length in range(len(code), _SHORTEST_PREFIX - 1, -1):
        if weights := table.get(code[:length]):
            return weights
    return {}


def load_cpv(path: Path) -> dict[str, str]:
    """Read the official file (columns CODE and FR, a comma between) as labels by code of eight digits. Raises ValueError, in French, where a column
    is missing."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = csv.DictReader(file)
        missing = {"CODE", "FR"} - set(table.fieldnames or ())
        if missing:
            raise ValueError(f"« {path.name} » : colonne absente : {', '.join(sorted(missing))}.")
        return {row["CODE"][:DIGITS]: row["FR"] for row in table}


def _exists(code: str) -> bool:
    """Return whether a code is a whole division, or its first three digits are an existing group."""
    whole = code == code[:_SHORTEST_PREFIX].ljust(DIGITS, "0")
    return (whole or code[_SHORTEST_PREFIX] != "0") and code[: _SHORTEST_PREFIX + 1].ljust(DIGITS, "0") in _labels()


def _reject_code(raw: str) -> tuple[None, str]:
    return None, f"Code CPV « {raw.strip()} » illisible : il n’est pas utilisé."


@lru_cache(maxsize=1)
def _labels() -> Mapping[str, str]:
    labels = {row["code"]: row["libelle"] for row in rows("cpv")}
    official = cpv_file()
    return labels | load_cpv(official) if official.is_file() else labels


@lru_cache(maxsize=1)
def _weights() -> Mapping[str, Mapping[str, float]]:
    table: dict[str, dict[str, float]] = {}
    for row in rows("cpv_activites"):
        table.setdefault(row["prefixe"], {})[row["cible"]] = float(row["poids"])
    return table
