"""Last sign of life of a supplier: the newest of what is dated, a directory's update, an answer, a contract won. Pure."""

from collections.abc import Iterable

from matcher.catalogue.identity.records import REGISTERS
from matcher.catalogue.identity.trust import TEAM, short_title
from matcher.domain.age import SignOfLife
from matcher.domain.supplier import Origin, Reference

NONE_DATED = "aucun signe daté"


def last_sign(references: Iterable[Reference], origins: Iterable[Origin]) -> SignOfLife | None:
    """Return the newest sign of a supplier that won these contracts and that these records list, None where none is dated.

    A register that finds a number open and what the team writes are no sign of the supplier itself, nor is a contract of another
    establishment. Of one day, a contract comes first.
    """
    signs = []
    for won in references:
        if won.own and won.notified:
            of = f" de {won.buyer_name}" if won.buyer_name else ""
            signs.append(SignOfLife(won.notified, f"marché{of}", won.source))
    signs += (
        SignOfLife(origin.date, f"fiche mise à jour, {short_title(origin.source)}", origin.source)
        for origin in origins
        if origin.date and origin.source != TEAM and origin.source not in REGISTERS
    )
    return max(signs, key=lambda sign: sign.day, default=None)
