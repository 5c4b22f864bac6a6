"""Cleaning of postal addresses: lines joined, abbreviated types of street written in full (« AV » → « avenue »), and a key to compare addresses."""

import re

from matcher.cleaning.names import name_key, tidy

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
