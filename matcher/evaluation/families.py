"""Suite of families: of past contracts whose CPV is hidden, are those that are put together of one CPV class (its first four digits)?

Contracts are drawn by 500, of buyers drawn whole, as a programme is, or one by one among all. Beside: grouping by the likeliest activity read, alone. The constants of `likeness` were chosen on draws of other seeds,
of the same buyers.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from matcher.decisions.purchases.families.compute import WrittenNeed
from matcher.decisions.purchases.families.likeness import CPV_CLASS, ComparedNeed, compare_need, group_needs
from matcher.evaluation.contracts import contracts, cpv
from matcher.reference.trades.cpv import normalise_cpv

SIZE = 500
DRAWS = 20
SEED = 17


@dataclass(frozen=True, slots=True)
class ClassedContract:
    """A past contract: what is written of it, its CPV class, the SIREN of its buyer."""

    objet: str
    cpv_class: str
    buyer: str


@dataclass(frozen=True, slots=True)
class PairCounts:
    """Pairs of contracts: of one group and of one class at once, of one group, of one class."""

    both: int
    grouped: int
    classed: int

    @property
    def precision(self) -> float:
        """The part of the pairs of a group that are of one class; 1 where nothing is grouped."""
        return self.both / self.grouped if self.grouped else 1.0

    @property
    def recall(self) -> float:
        """The part of the pairs of a class that are of one group; 1 where no two are of a class."""
        return self.both / self.classed if self.classed else 1.0


def family_figures(path: Path) -> dict[str, dict[str, float]]:
    """Return precision and recall over the pairs of all draws, their means by draw, and the part of the draws where both reach the goal
    (.8 and .3). Raises LotsError where the file is not one of contracts."""
    contracts = classed_contracts(path)
    draws = {
        "d’acheteurs entiers": [of_whole_buyers(contracts, seed) for seed in range(DRAWS)],
        "tirés un à un": [
            Random(f"{SEED} {seed}").sample(contracts, min(SIZE, len(contracts)))  # noqa: S311  # a draw to repeat
            for seed in range(DRAWS)
        ],
    }
    figures = {}
    for how, parts in draws.items():
        read = [[compare_need(its.objet) for its in part] for part in parts]
        both = list(zip(parts, read, strict=True))
        figures[f"familles, {how}"] = _figures(
            [count_pairs(contract_families(part, needs), part) for part, needs in both]
        )
        figures[f"activité lue seule, {how}"] = _figures(
            [count_pairs(activities_of(needs), part) for part, needs in both]
        )
    return figures


def classed_contracts(path: Path) -> list[ClassedContract]:
    """Return the contracts of a file that have an object and a CPV, in the order of their ids."""
    return [
        ClassedContract(objet, code[:CPV_CLASS], str((its.get("acheteur") or {}).get("id") or "")[:9])
        for its in contracts(path)
        if (objet := str(its.get("objet") or "").strip()) and (code := normalise_cpv(cpv(its))[0])
    ]


def of_whole_buyers(contracts: Sequence[ClassedContract], seed: int) -> list[ClassedContract]:
    """Return the contracts of buyers drawn one after the other, until there are `SIZE`."""
    of: dict[str, list[ClassedContract]] = {}
    for contract in contracts:
        of.setdefault(contract.buyer, []).append(contract)
    buyers = sorted(of)
    Random(f"{SEED} {seed}").shuffle(buyers)  # noqa: S311  # a draw to repeat
    return [its for buyer in buyers for its in of[buyer]][:SIZE]


def contract_families(part: Sequence[ClassedContract], needs: Sequence[ComparedNeed]) -> list[Hashable]:
    """Return the family of each contract: those written alike are one need, as in a sheet."""
    keys = [WrittenNeed(its.objet, "").key or f"? {rank}" for rank, its in enumerate(part)]
    first = dict(zip(reversed(keys), reversed(needs), strict=True))
    alone = sorted(first)
    groups = dict(zip(alone, group_needs([first[key] for key in alone], [""] * len(alone)), strict=True))
    return [groups[key] for key in keys]


def activities_of(needs: Sequence[ComparedNeed]) -> list[Hashable]:
    """Return the likeliest activity of each need; one of which none is read is alone."""
    return [its.activities[0][0] if its.activities else rank for rank, its in enumerate(needs)]


def count_pairs(groups: Sequence[Hashable], part: Sequence[ClassedContract]) -> PairCounts:
    """Count the pairs of contracts by group and by class."""
    classes = [its.cpv_class for its in part]
    return PairCounts(_pairs(zip(groups, classes, strict=True)), _pairs(groups), _pairs(classes))


def _pairs(keys: Iterable[Hashable]) -> int:
    return sum(times * (times - 1) // 2 for times in Counter(keys).values())


def _figures(draws: Sequence[PairCounts]) -> dict[str, float]:
    whole = PairCounts(*(sum(getattr(its, name) for its in draws) for name in ("both", "grouped", "classed")))
    return {
        "précision": whole.precision,
        "rappel": whole.recall,
        "précision, par tirage": sum(its.precision for its in draws) / len(draws),
        "rappel, par tirage": sum(its.recall for its in draws) / len(draws),
        "tirages au but": sum(its.precision >= 0.8 and its.recall >= 0.3 for its in draws) / len(draws),
    }
