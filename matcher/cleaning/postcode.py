"""Cleaning of postal codes and of addresses (types of street in full), and separation of a town's name from its CEDEX (the delivery code of business
mail: « LILLE CEDEX 4 »)."""

import re
from typing import NamedTuple

from matcher.cleaning import Cleaned
from matcher.cleaning.names import name_key, tidy

POST_CODE_UNREADABLE = "code postal illisible"
POST_CODE_ZERO_RESTORED = "code postal : zéro initial rétabli"

_PREFIX = re.compile(r"^(?:F|FR)\s*-?\s*(?=\d)", re.IGNORECASE)
_CEDEX = re.compile(r"[\s,(-]*\bCEDEX\b[\s)]*(\d{0,2})[\s)]*$", re.IGNORECASE)
_LEADING_CODE = re.compile(r"^(\d{5})\s+")
# FINESS truncates a town at 26 characters, even inside « CEDEX » (extract of January 2021).
_CUT_AT = 26
_CUT_CEDEX = re.compile(r"\s+C(?:E(?:D(?:E)?)?)?$")


class City(NamedTuple):
    """A town without its CEDEX, and the CEDEX (« CEDEX 4 », or empty)."""

    name: str
    cedex: str


def clean_post_code(raw: str) -> Cleaned[str]:
    """Return five digits: « 12 345 » gives `12345`, « 2404 » gives `02404` with a flag."""
    compact = re.sub(r"\s+", "", _CEDEX.sub("", _PREFIX.sub("", raw.strip()))).removesuffix(".0")
    if not compact:
        return Cleaned(None)
    if not re.fullmatch(r"[0-9]{4,5}", compact) or int(compact) < 1000:
        return Cleaned(None, POST_CODE_UNREADABLE)
    if len(compact) == 4:
        return Cleaned("0" + compact, POST_CODE_ZERO_RESTORED)
    return Cleaned(compact)


def split_cedex(raw: str) -> City:
    """Split a cell into town and CEDEX, truncated or not; a leading postal code is dropped."""
    text = _LEADING_CODE.sub("", " ".join(raw.split()))
    if match := _CEDEX.search(text):
        return City(text[: match.start()].strip(), f"CEDEX {match[1]}".strip())
    if len(text) == _CUT_AT and (match := _CUT_CEDEX.search(text)):
        return City(text[: match.start()], "CEDEX")
    return City(text, "")


def post_code_before(raw: str) -> str:
    """Return the postal code before the town in a cell (« 80200 Péronne »), empty where there is none."""
    match = _LEADING_CODE.match(" ".join(raw.split()))
    return match[1] if match else ""


# Type of street in full, by its abbreviation in FINESS (register of health establishments) or at La Poste.
STREET_TYPES = {
    "ALL": "allée", "AV": "avenue", "AVE": "avenue", "BD": "boulevard", "BLD": "boulevard", "BVD": "boulevard", "CHE": "chemin",
    "CHEM": "chemin", "CRS": "cours", "DOM": "domaine", "ESP": "esplanade", "FG": "faubourg", "HAM": "hameau", "IMP": "impasse",
    "LD": "lieu-dit", "LOT": "lotissement", "MTE": "montée", "PAS": "passage", "PL": "place", "PROM": "promenade", "PTE": "porte",
    "QU": "quai", "QUA": "quartier", "R": "rue", "RLE": "ruelle", "RPT": "rond-point", "RTE": "route", "SQ": "square", "TRA": "traverse",
    "VOI": "voie", "ZA": "zone d’activités", "ZI": "zone industrielle",
}  # fmt: skip
_REPEATS = {"B": "bis", "T": "ter", "Q": "quater", "C": "quinquies"}
_LEAD = re.compile(r"^(?P<number>\d{1,5})?\s*(?P<repeat>[BTQC])?(?:[\s,]+|$)(?=\S)")
_NOT_KEY = re.compile(r"\b(?:(?:bp|cs|tsa)\s*\d+|cedex(?:\s*\d+)?)\b")


def join_address(*lines: str) -> str:
    """Return the non-empty lines joined by commas, without repeated ones."""
    parts: dict[str, str] = {}
    for line in lines:
        if spelled := spell_street_type(tidy(line).strip(" ,")):
            parts.setdefault(name_key(spelled), spelled)
    return ", ".join(parts.values())


def spell_street_type(line: str) -> str:
    """Return the line with its type of street in full: « 12 B R DES LILAS » gives « 12 bis RUE DES LILAS »."""
    number, repeat, rest = "", "", line
    if (lead := _LEAD.match(line)) and lead["number"]:
        number, repeat, rest = lead["number"], lead["repeat"] or "", line[lead.end() :]
    first, _, tail = rest.partition(" ")
    street_type = STREET_TYPES.get(first.rstrip(".").upper())
    # A lone lower-case « r » without a number is not « rue »: « r et d ».
    if not street_type or not tail or (first == "r" and not number):
        return line
    spelled = street_type.upper() if rest.isupper() else street_type
    return " ".join(part for part in (number, _REPEATS.get(repeat, ""), spelled, tail) if part)


def address_key(address: str) -> str:
    """Return a key equal for two spellings of one address: ignores BP, CS, TSA (postal boxes) and CEDEX; empty if nothing else is left."""
    lines = (name_key(spell_street_type(line.strip())) for line in address.split(","))
    return " ".join(_NOT_KEY.sub(" ", " ".join(lines)).split())
