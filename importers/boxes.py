"""Boxes of establishments: the addresses of mail that are a place's, and no person's."""

from collections.abc import Callable

from importers.emit import plain_words

# Any other may be a person's.
_BOXES = frozenset(
    {
        "accueil",
        "administration",
        "admin",
        "agence",
        "association",
        "atelier",
        "boutique",
        "commande",
        "commandes",
        "commercial",
        "contact",
        "devis",
        "direction",
        "ea",
        "ei",
        "entreprise",
        "esat",
        "etablissement",
        "info",
        "infos",
        "information",
        "informations",
        "magasin",
        "production",
        "relation",
        "secretariat",
        "service",
        "siege",
    }
)


def is_box(email: str, is_place: Callable[[str], bool] | None = None) -> bool:
    """Return whether an address is that of a place rather than a person: « contact@ », « accueil.arras@ ». With `is_place`, true of the names
    of places, nothing else may follow the first word but numbers, words of boxes or of the domain: « direction.martin@ » is then none.
    """
    local, _, domain = email.partition("@")
    words = plain_words(local)
    if not words or words[0] not in _BOXES:
        return False
    known = _BOXES | set(plain_words(domain))
    rest = " ".join(word for word in words if word not in known and not word.isdigit())
    return is_place is None or not rest or is_place(rest)
