"""Recognises generic e-mail addresses (« contact@ », « accueil.arras@ »), which are an establishment's and not a person's."""

from collections.abc import Callable

from importers.emit import plain_words

# First words of generic addresses; an address with any other may be a person's.
_BOXES = frozenset(
    {
        *("accueil", "administration", "admin", "agence", "association", "atelier", "boutique", "commande"),
        *("commandes", "commercial", "contact", "devis", "direction", "ea", "ei", "entreprise", "esat"),
        *("etablissement", "info", "infos", "information", "informations", "magasin", "production", "relation"),
        *("secretariat", "service", "siege"),
    }
)


def is_box(email: str, is_place: Callable[[str], bool] | None = None) -> bool:
    """Return True if an e-mail address is generic. With `is_place` (True for names of places), only places, numbers, generic words and words of the domain
    may follow the first word: « direction.martin@ » is then refused."""
    local, _, domain = email.partition("@")
    words = plain_words(local)
    if not words or words[0] not in _BOXES:
        return False
    known = _BOXES | set(plain_words(domain))
    rest = " ".join(word for word in words if word not in known and not word.isdigit())
    return is_place is None or not rest or is_place(rest)
