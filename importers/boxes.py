"""Boxes of establishments: the addresses of mail that are a place's, and no person's."""

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


def is_box(email: str) -> bool:
    """Tell whether an address is that of a place rather than a person: « contact@ », « accueil.arras@ »."""
    return next(iter(plain_words(email.partition("@")[0])), "") in _BOXES
