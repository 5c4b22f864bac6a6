"""Last sign of life of a supplier: its latest dated trace of activity (a directory's update, an answer, a contract won). Pure."""

from collections.abc import Iterable

from matcher.catalogue.identity.records import REGISTERS
from matcher.catalogue.identity.trust import TEAM, short_title
from matcher.domain.age import SignOfLife
from matcher.domain.supplier import Origin, Reference

NONE_DATED = "aucun signe daté"


def last_sign(references: Iterable[Reference], origins: Iterable[Origin]) -> SignOfLife | None:
    """Return the latest sign among the contracts won and the origins of the records, None where none is dated.

    A register, what the team writes and a contract of another establishment are not signs. Of the same day, a contract has priority.
    """
    signs = []
    for won in references:
        if won.own and won.notified:
            buyer = f" de {won.buyer_name}" if won.buyer_name else ""
            signs.append(SignOfLife(won.notified, f"marché{buyer}", won.source))
    signs += (
        SignOfLife(origin.date, f"fiche mise à jour, {short_title(origin.source)}", origin.source)
        for origin in origins
        if origin.date and origin.source != TEAM and origin.source not in REGISTERS
    )
    return max(signs, key=lambda sign: sign.day, default=None)
