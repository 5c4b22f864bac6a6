"""Suite 3: is the same supplier recognised without its numbers, and are two that look alike kept apart."""

from collections.abc import Iterable, Sequence
from math import nan

from matcher.catalogue.identity.records import CleanRecord, traits_of
from matcher.catalogue.identity.same_supplier import group
from matcher.evaluation.rewriting import Rewritten, rewritten

REWRITTEN, TRAPS, SEED = 900, 300, 20


def identity_figures(known: Sequence[CleanRecord], side: Sequence[Rewritten]) -> dict[str, float]:
    """Lay `side` beside `known` records. Returns precision of the automatic links, recall of true pairs and shares in review.

    `recall` counts the true pairs linked among those not left to a person; `review` is the share of true pairs left to one,
    `traps_review` that of traps, `traps_linked` that of traps wrongly linked.
    """
    base = [traits_of(record) for record in known]
    suppliers = set(group(base).ids.values())
    grouping = group([*base, *(traits_of(item.record) for item in side)])
    waiting = grouping.in_review
    right = wrong = review = trap_wrong = trap_review = 0
    for item in side:
        found = grouping.ids[item.record.key]
        linked = found in suppliers
        waits = item.record.key in waiting
        if item.truth is None:
            trap_wrong += linked
            trap_review += waits
        else:
            right += found == item.truth
            wrong += linked and found != item.truth
            review += waits and not linked
    traps = sum(item.truth is None for item in side)
    true = len(side) - traps
    return {
        "précision": _share(right, right + wrong + trap_wrong),
        "rappel": _share(right, true - review),
        "à revoir": _share(review, true),
        "pièges à revoir": _share(trap_review, traps),
        "pièges liés": _share(trap_wrong, traps),
    }


def rewritten_side(known: Sequence[CleanRecord], seed: int = SEED) -> list[Rewritten]:
    """Return the seeded rewritten directory of the suppliers of `known`, traps included."""
    ids = group(traits_of(record) for record in known).ids
    return rewritten([(ids[record.key], record) for record in known], REWRITTEN, TRAPS, seed)


def hidden_side(known: Iterable[CleanRecord], hidden: Iterable[CleanRecord]) -> list[Rewritten]:
    """Return the records of `hidden` whose SIRET is known, with every number taken away: their truth is that SIRET."""
    sirets = {record.siret for record in known if record.siret}
    kept = ("source", "ref", "name", "brand", "kinds", "address", "post_code", "city", "insee", "phone", "website")
    return [
        Rewritten(CleanRecord(**{name: getattr(record, name) for name in kept}), f"siret:{record.siret}")
        for record in hidden
        if record.siret in sirets
    ]


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else nan
