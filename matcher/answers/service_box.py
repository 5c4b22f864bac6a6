"""Boxes of service that a fact may hold: of every word of such an address it is known that no person bears it. Pure."""

from importers.boxes import is_box
from matcher.reference.geography.communes import communes_named

# Smaller communes bear names of persons: Marie has 109 inhabitants.
_LEAST_PEOPLE = 1_000


def is_service_box(email: str) -> bool:
    """Return whether an address is a place's and surely no person's: « contact@ », « accueil.arras@ », not « direction.martin@ »."""
    return is_box(email, _is_town)


def _is_town(name: str) -> bool:
    return any((one.population or 0) >= _LEAST_PEOPLE for one in communes_named(name))
