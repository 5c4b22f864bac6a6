"""Last sign of life of a supplier: the newest of what is dated, a directory's update, an answer, a contract won. Pure."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from matcher.catalogue.identity.records import REGISTERS
from matcher.catalogue.identity.trust import TEAM, short_title
from matcher.domain.supplier import Supplier

NONE_DATED = "aucun signe daté"


class SignOfLife(NamedTuple):
    """A dated sign that a supplier works: its day, what it is in French, the key of its source."""

    day: date
    what: str
    source: str


def last_sign(supplier: Supplier) -> SignOfLife | None:
    """Return the newest sign of a supplier, None where none is dated.

    A register that finds a number open and what the team writes are no sign of the supplier itself, nor is a contract of another
    establishment. Of one day, a contract says most.
    """
    return max(_signs(supplier), key=lambda sign: sign.day, default=None)


def _signs(supplier: Supplier) -> Iterator[SignOfLife]:
    for won in supplier.references:
        if won.own and won.notified:
            of = f" de {won.buyer_name}" if won.buyer_name else ""
            yield SignOfLife(won.notified, f"marché{of}", won.source)
    for origin in supplier.origins:
        if origin.date and origin.source != TEAM and origin.source not in REGISTERS:
            yield SignOfLife(origin.date, f"fiche à jour, {short_title(origin.source)}", origin.source)
