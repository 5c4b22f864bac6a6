"""Partitions of a batch: lots in order, some at a time, each partition a piece of work that is done whole or not at all."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

import msgspec

from matcher.domain.need import Need
from matcher.rows import chunks

_NEEDS = msgspec.json.Decoder(list[Need])


@dataclass(frozen=True, slots=True)
class Partition:
    """Some lots of a batch: its `number` from 1, how many `lots` it has, the `first` and the `last` of them, and all of them as JSON (`given`)."""

    number: int
    lots: int
    first: str
    last: str
    given: bytes

    def needs(self) -> list[Need]:
        """Return its lots."""
        return _NEEDS.decode(self.given)

    def __str__(self) -> str:
        many = f"lots {self.first} à {self.last}" if self.lots > 1 else f"lot {self.first}"
        return f"partition {self.number}, {many}"


def partitions(needs: Iterable[Need], size: int) -> Iterator[Partition]:
    """Yield the partitions of lots, `size` lots each but for the last."""
    for number, part in enumerate(chunks(needs, size), start=1):
        first, last = part[0].lot.lot_id, part[-1].lot.lot_id
        yield Partition(number, len(part), first, last, msgspec.json.encode(part))


def digest_of_lots(parts: Iterable[Partition]) -> str:
    """Return a digest of all the lots of partitions, and of where each begins."""
    digest = sha256()
    for part in parts:
        digest.update(sha256(part.given).digest())
    return digest.hexdigest()
