"""Description of a supplier as blocking sees it: telling words, spellings, streets and towns of its names and places."""

from typing import NamedTuple

from matcher.catalogue.identity.compare import Side
from matcher.catalogue.identity.street import street_of
from matcher.reference.geography.communes import whole_city
from matcher.reference.name_words import told, weight

_TELLING = 0.3

Block = tuple[str, str]


class DescribedSide(NamedTuple):
    """A side, the telling words of its names, how each name is spelt in one piece, and the words and boxes of its streets."""

    side: Side
    words: frozenset[str]
    spelt: tuple[str, ...]
    streets: frozenset[str]


def describe(side: Side) -> DescribedSide:
    """Return a side with what is compared first of it."""
    streets = [street_of(record.address) for record in side.places]
    return DescribedSide(
        side,
        words_of(side),
        tuple({"".join(told(name).words): None for name in side.names}),
        frozenset(word for street in streets for word in (*street.words, street.box) if word),
    )


def words_of(side: Side) -> frozenset[str]:
    """Return the words of its names that tell something."""
    return frozenset(word for name in side.names for word in told(name).words if weight(word) >= _TELLING)


def towns_of(side: Side) -> frozenset[Block]:
    """Return the communes and postal codes of its places."""
    insee = {("insee", record.insee) for record in side.places if record.insee}
    return frozenset(insee | {("post_code", record.post_code) for record in side.places if record.post_code})


def towns_around(side: Side) -> frozenset[Block]:
    """Return the blocks of its places, the whole city of an arrondissement and the arrondissements of a city among them."""
    towns = towns_of(side)
    cities = {("insee", city) for family, code in towns if family == "insee" and (city := whole_city(code))}
    return towns | cities | {("city", code) for family, code in towns if family == "insee"}
