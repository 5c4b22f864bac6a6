"""Simulation of a campaign: the rank of winners once a share of the suppliers has answered which trades it does.

An upper bound, for the trades of a supplier are not known: those that won lots of the suites are taken to answer what these lots ask for, as they are read,
and nobody to answer wrong or to take it back; the others answer their likeliest trade, else one drawn from what those of their kind won: a rival is then as
likely as it was in the suites.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from random import Random

from matcher.domain.kinds import SupplierKind
from matcher.domain.supplier import Activity, Evidence, Supplier
from matcher.evaluation.suites import LabelledLot, ranking_figures, winner_ranks
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.lay_out import build_shelf
from matcher.ranking.shelf.activity_clues import clues
from matcher.reference.trades.activities import taxonomy

# The source of an answer; how often a supplier that does one trade tells a second.
SOURCE, SECOND = "structure", 0.5
# As many draws are made: a figure of one alone moves by five points.
DRAWS = 5


def answered_figures(suppliers: Sequence[Supplier], suite: Sequence[LabelledLot], share: float) -> Mapping[str, float]:
    """Return the figures of a suite where `share` of all the suppliers, so of any territory, has answered: the mean of `DRAWS` draws."""
    won: dict[str, set[str]] = defaultdict(set)  # by SIRET, the trades that the lots it won are first about
    for lot in suite:
        first = next(filter(_is_trade, lot.ask.asked_codes), "")
        for siret in lot.winners if first else ():
            won[siret].add(first)
    drawn: dict[SupplierKind, list[str]] = defaultdict(list)  # those that each kind won, as often as it did
    for supplier in suppliers:
        for kind in supplier.kinds:
            drawn[kind] += won.get(supplier.siret, ())
    for codes in drawn.values():
        codes.sort()
    figures: dict[str, float] = defaultdict(float)
    for draw in range(DRAWS):
        shelf = build_shelf(_answering(suppliers, won, drawn, share, draw))
        lots = [replace(lot, ask=LotOnShelf(lot.ask.reading, shelf, lot.ask.on)) for lot in suite]
        for name, value in ranking_figures(winner_ranks(lots)).items():
            figures[name] += value / DRAWS
    return figures


def _answering(
    suppliers: Iterable[Supplier],
    won: Mapping[str, set[str]],
    drawn: Mapping[SupplierKind, Sequence[str]],
    share: float,
    draw: int,
) -> Iterable[Supplier]:
    """These suppliers, with the answers of those that this draw has answer."""
    for supplier in suppliers:
        chance = Random(f"{draw}:{supplier.id}")  # noqa: S311  # a simulation, not a secret
        if chance.random() >= share:
            yield supplier
            continue
        codes = set(won.get(supplier.siret, ())) or _supposed(supplier, drawn, chance)
        answers = tuple(Activity(code, taxonomy().label(code), Evidence.ANSWER, SOURCE) for code in sorted(codes))
        yield replace(supplier, activities=supplier.activities + answers)


def _supposed(supplier: Supplier, drawn: Mapping[SupplierKind, Sequence[str]], chance: Random) -> set[str]:
    """Its likeliest trade; and, where there is none or by the chance of a second, one of its kind."""
    likely = [clue.code for clue in clues(supplier) if clue.tells_against and _is_trade(clue.code)]
    codes = set(likely[:1])
    others = drawn.get(supplier.kinds[0], ()) if supplier.kinds else ()
    if others and (not codes or chance.random() < SECOND):
        codes.add(chance.choice(others))
    return codes


def _is_trade(code: str) -> bool:
    """Return whether this is a trade, and not a whole group of them."""
    return taxonomy().group_of(code) != code
