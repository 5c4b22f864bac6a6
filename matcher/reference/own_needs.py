"""Recognises, by name, suppliers run by a local authority or a charity for its own needs, which seldom bid, services of a commune, and obsolete labels
(« atelier protégé »), with their present equivalent (besoins_propres.csv, labels_anciens.csv)."""

import re
from collections.abc import Iterable
from functools import lru_cache

from matcher.cleaning.words import stems, words
from matcher.reference.geography.place_names import place_key, split_article
from matcher.reference.tables import rows

_SERVICES = frozenset(("centre communal d’action sociale", "commune"))
_COMMUNE = re.compile(
    r"(?:COM|COMMUNE|VILLE|MAIRIE|CCAS|C C A S) (?:(?:DE LA|DE L|DE|D|DU|DES) )?(?:(?:LE|LA|LES|L) )?(.+)"
)


def works_for_itself(name: str) -> bool:
    """Return whether a supplier's name contains, as consecutive words, a line of `besoins_propres.csv`."""
    return _holds(stems(name), _names())


def serves_commune(name: str, town: str) -> bool:
    """Return whether a supplier in a town is the commune itself (« COM D ABBEVILLE ») or a service of it (« CCAS »), by its name."""
    match, (_, town_key) = _COMMUNE.match(place_key(name)), split_article(place_key(town))
    return bool(match and f"{match[1]} ".startswith(f"{town_key} ")) or _holds(stems(name), _names(_SERVICES))


def _holds(words: tuple[str, ...], names: Iterable[tuple[str, ...]]) -> bool:
    return any(words[at : at + len(known)] == known for known in names for at in range(len(words)))


@lru_cache(maxsize=2)
def _names(reasons: frozenset[str] = frozenset()) -> frozenset[tuple[str, ...]]:
    """Return the stemmed names of the table, only those of these reasons if any are given."""
    return frozenset(stems(row["nom"]) for row in rows("besoins_propres") if not reasons or row["raison"] in reasons)


def old_label(name: str) -> str:
    """Return the present equivalent of an obsolete label in a name, « atelier protégé : entreprise adaptée depuis 2005 »; empty for none."""
    name_words = words(name)
    for label_words, became in _labels():
        if any(name_words[at : at + len(label_words)] == label_words for at in range(len(name_words))):
            return became
    return ""


@lru_cache(maxsize=1)
def _labels() -> tuple[tuple[tuple[str, ...], str], ...]:
    return tuple(
        (words(written), f"{row['libelle']} : {row['devenu']} depuis {row['fin']}")
        for row in rows("labels_anciens")
        for written in (row["libelle"], row["aussi"])
    )
