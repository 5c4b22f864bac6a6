"""Which suppliers are worth comparing: of one town, telephone, site or SIREN; where a town is missing, of one rare word."""

from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz

from matcher.catalogue.evidence import Side
from matcher.catalogue.street import street_of
from matcher.reference.communes import whole_city
from matcher.reference.name_words import told, weight

_TELLING = 0.3
_RARE = 0.75
_CUT = 4  # letters that a name cut short still has
_ALIKE = 70.0  # of 100: two spellings of one name, letters swapped

Block = tuple[str, str]


class Index:
    """Suppliers by what two descriptions of one have in common. Each is known by its rank in `sides`."""

    def __init__(self, sides: Sequence[Side]) -> None:
        self._words = [_words(side) for side in sides]
        self._spelt = [_spelt(side) for side in sides]
        self._streets = [_streets(side) for side in sides]
        self._towns = [_towns(side) for side in sides]
        self._around = [_around(towns) for towns in self._towns]
        self._numbers = [_numbers(side) for side in sides]
        self._blocks: dict[Block, list[int]] = {}
        for rank in range(len(sides)):
            words = self._rare(rank)
            shelved = (
                self._towns[rank] | _cities(sides[rank]) | self._numbers[rank] | {("word", word) for word in words}
            )
            if not self._towns[rank]:
                shelved |= {("townless", word) for word in words}
            for block in shelved:
                self._blocks.setdefault(block, []).append(rank)

    def worth_comparing(self, rank: int) -> Iterator[int]:
        """Yield, ascending, the ranks before `rank` of suppliers that may be the one at `rank`."""
        family = "townless" if self._towns[rank] else "word"
        sure = self._before(rank, self._numbers[rank] | {(family, word) for word in self._rare(rank)})
        near = self._before(rank, self._around[rank])
        for other in sorted(sure | near):
            if other in sure or self._share_something(rank, other):
                yield other

    def _before(self, rank: int, blocks: frozenset[Block] | set[Block]) -> set[int]:
        return {other for block in blocks for other in self._blocks.get(block, ()) if other < rank}

    def _rare(self, rank: int) -> list[str]:
        return [word for word in self._words[rank] if weight(word) >= _RARE]

    def _share_something(self, one: int, other: int) -> bool:
        """Of one town: a telling word, a street, a spelling; or nothing to go by on one side."""
        if not (
            self._words[one].isdisjoint(self._words[other]) and self._streets[one].isdisjoint(self._streets[other])
        ):
            return True
        if not self._words[one] or not self._words[other]:
            return True
        return any(
            a[:_CUT] == b[:_CUT] or fuzz.ratio(a, b, score_cutoff=_ALIKE)
            for a in self._spelt[one]
            for b in self._spelt[other]
        )


def _words(side: Side) -> frozenset[str]:
    return frozenset(word for name in side.names for word in told(name).words if weight(word) >= _TELLING)


def _spelt(side: Side) -> tuple[str, ...]:
    return tuple({"".join(told(name).words): None for name in side.names})


def _streets(side: Side) -> frozenset[str]:
    streets = [street_of(record.address) for record in side.places]
    return frozenset(word for street in streets for word in (*street.words, street.box) if word)


def _towns(side: Side) -> frozenset[Block]:
    insee = {("insee", record.insee) for record in side.places if record.insee}
    return frozenset(insee | {("post_code", record.post_code) for record in side.places if record.post_code})


def _cities(side: Side) -> frozenset[Block]:
    """The city of an arrondissement: a description that names no arrondissement is looked for in all of them."""
    return frozenset(("city", city) for record in side.places if (city := whole_city(record.insee)))


def _around(towns: frozenset[Block]) -> frozenset[Block]:
    cities = {("insee", city) for family, code in towns if family == "insee" and (city := whole_city(code))}
    return towns | cities | {("city", code) for family, code in towns if family == "insee"}


def _numbers(side: Side) -> frozenset[Block]:
    named = (("siren", side.sirens), ("phone", side.phones), ("website", side.websites))
    return frozenset((name, value) for name, values in named for value in values)
