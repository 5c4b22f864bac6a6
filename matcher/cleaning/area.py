"""Parsing of a supplier's declared area of intervention (« Nord et Pas-de-Calais », « 50 km ») into place codes; unclear parts are left out."""

import re
from collections.abc import Mapping

from matcher.cleaning.names import name_key

_COUNTRY = frozenset(
    {
        "france", "france entiere", "france metropolitaine", "national", "nationale", "toute la france", "territoire national",
        "ensemble du territoire national",
    }
)  # fmt: skip
_BETWEEN = re.compile(r"[;,|/•\n]|\bet\b|\s[-–]\s")
_LEAD = re.compile(
    r"^(?:ex |ancienne )?(?:(?:departements?|regions?|tout|toute|ensemble)\b ?)*"
    r"(?:(?:de la|de l|du|des|de|le|la|les|l|d) )?(?:(?:departements?|regions?) )?"
)
_RADIUS = re.compile(
    r"(?:(?:rayon|perimetre) (?:de |d environ )?(\d{1,3}) ?km.*|(\d{1,3}) ?km(?: (?:autour|alentour|a la ronde).*)?)"
)
_DEPARTEMENT = re.compile(r"(?:0[1-9]|[1-8]\d|9[0-5]|2[ab]|97[1-6])")


def clean_area(raw: str, places: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return place codes (`pays:FR`, `reg:32`, `dep:62`, `km:50`) for the parts of a declared area that are certain. `places` maps the `name_key` of
    régions and départements to their codes (a former région to those of its départements)."""
    codes: dict[str, None] = {}
    whole = name_key(raw)
    for part in (whole, *(name_key(part) for part in _BETWEEN.split(raw))):
        part_codes = _codes(part, places)
        codes.update(dict.fromkeys(part_codes))
        if part_codes and part == whole:
            break
    return tuple(codes)


def _codes(part: str, places: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    bare = _LEAD.sub("", part)
    if part in _COUNTRY or bare in _COUNTRY:
        return ("pays:FR",)
    if codes := places.get(part) or places.get(bare):
        return codes
    if match := _RADIUS.search(part) if "rayon" in part or "perimetre" in part else _RADIUS.fullmatch(part):
        return (f"km:{int(match[1] or match[2])}",)
    if _DEPARTEMENT.fullmatch(bare):
        return (f"dep:{bare.upper()}",)
    return ()
