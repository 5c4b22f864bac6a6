"""Buyer that a text names: the commune that a lot is bought for (« pour la commune d’Abbeville »)."""

import re
from collections.abc import Iterable

from matcher.domain.place import Place
from matcher.reference.geography.communes import Commune, communes_named, whole_city

_BODY = r"(?:commune|ville|mairie|municipalité|ccas|centre communal d[’' ]action sociale)"
_BUYS = re.compile(
    rf"(?:\b(?:pour|compte de|compte du|profit de|profit du)\s+(?:la |le )?|^\W*(?:la |le )?){_BODY}\s+"
    r"(?:de la |de l[’']|des |du |de |d[’'])?(?P<name>[^\n,;:.()]+)",
    re.IGNORECASE | re.MULTILINE,
)
_MOST_WORDS = 6


def buyer_named(text: str, places: Iterable[Place]) -> str:
    """Return the SIREN of the commune that a text says it buys for, empty where it names none, or one of several of its name and none
    of `places`, where the lot is done."""
    offered = list(_BUYS.finditer(text))
    codes = {whole_city(code) or code for place in places for code in place.communes} if offered else set[str]()
    for said in offered:
        towns = _towns(said["name"])
        here = [town for town in towns if town.code in codes] or list(towns)
        if len(here) == 1:
            return here[0].siren
    return ""


def _towns(text: str) -> tuple[Commune, ...]:
    """The communes that a text begins with, by the longest name."""
    words = text.split()[:_MOST_WORDS]
    found = (communes_named(" ".join(words[:count])) for count in range(len(words), 0, -1))
    return next(filter(None, found), ())
