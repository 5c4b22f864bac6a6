"""Finds places for works along waterways: the communes named after a river in a text (« -sur-Sambre »), and the canal that a text names."""

import re
from collections.abc import Iterable
from functools import lru_cache

from matcher.reference.geography.communes import Commune, commune_at, commune_names
from matcher.reference.geography.place_names import place_key, plain_capitals
from matcher.reference.geography.territories import epci

_ALONG = re.compile(
    r"\b(?:BERGES?|RIVES?|RIPISYLVES?|VALLEE|BORDS|HALAGE|RIVIERE|COURS D'EAU)\b(?: [A-Z]+){0,2}?"
    r" (?:DE L'|DE LA |DU |DES |DE |D')([A-Z]{3,})\b(?!-)"
)
_CANAL = re.compile(r"\b(CANAL (?:DE L'|DE LA |DU |DES |DE |D'|LATERAL A LA )[A-Z]+(?:[- ](?:DE[- ])?[A-Z]{4,})?)")
_CANAL_ALONE = re.compile(r"\b[Cc]anal [A-ZÉÈ][\w’'-]+(?: [A-ZÉÈ][\w’'-]+)*")  # « canal Seine-Nord Europe »
_MOST, _SHORT = 80, 3  # « les rives du lac »: so short a word, borne by one commune, is no river's name


def river_in(text: str) -> str:
    """Return the key of the river whose banks or valley a text names, if communes bear its name; empty for none."""
    rivers = (match[1] for match in _ALONG.finditer(_straight(text)))
    return next((river for river in rivers if len(_by_river().get(river, ())) > (len(river) <= _SHORT)), "")


def canal_in(text: str) -> str:
    """Return the canal that a text names, as written; empty for none."""
    straight = _straight(text)
    match = (_CANAL.search(straight) if len(straight) == len(text) else None) or _CANAL_ALONE.search(text)
    return text[match.start() : match.end()] if match else ""


def groups_along(river: str, towns: Iterable[Commune]) -> tuple[str, ...]:
    """Return the SIREN of these communes' intercommunalités whose names contain the river's (« Maubeuge Val de Sambre »)."""
    groups = (epci(siren) for siren in dict.fromkeys(town.epci for town in towns))
    return tuple(group.siren for group in groups if group and river in place_key(group.name).split())


def communes_along(river: str, departements: Iterable[str] = ()) -> tuple[Commune, ...]:
    """Return the communes named after a river (« -sur-Sambre »), in the table's order, of these départements if any. These are only some of the
    communes along it; empty where there are too many."""
    departements_kept = frozenset(departements)
    communes = [commune_at(rank) for rank in _by_river().get(river, ())]
    near = tuple(town for town in communes if not departements_kept or town.departement in departements_kept)
    return near if len(near) <= _MOST else ()


@lru_cache(maxsize=1)
def _by_river() -> dict[str, list[int]]:
    rivers: dict[str, set[int]] = {}
    for key, entries in commune_names().items():
        before, link, river = key.rpartition(" SUR ")
        if link and before and " " not in river:
            rivers.setdefault(river, set()).update(rank for _, rank in entries)
    return {river: sorted(ranks) for river, ranks in rivers.items()}


def _straight(text: str) -> str:
    return plain_capitals(text.replace("’", "'"))
