"""Evaluation suite of families: group past contracts into families of like needs without their CPV, and compare them with the CPV classes (first four digits).

Each draw has 500 contracts, either of whole buyers, the last one cut (as in a purchasing programme), or picked one by one. The baseline groups by likeliest activity. The
constants of `likeness` were tuned on other draws of the same buyers.
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
    """A past contract: its object, its CPV class, the SIREN of its buyer."""

    objet: str
    cpv_class: str
    buyer: str


@dataclass(frozen=True, slots=True)
class PairCounts:
    """Numbers of pairs of contracts: in one group and one class at once, in one group, in one class."""

    both: int
    grouped: int
    classed: int

    @property
    def precision(self) -> float:
        """Return the share of the grouped pairs that are of one class; 1 where nothing is grouped."""
        return self.both / self.grouped if self.grouped else 1.0

    @property
    def recall(self) -> float:
        """Return the share of the pairs of one class that are grouped; 1 where no class has two contracts."""
        return self.both / self.classed if self.classed else 1.0


def family_figures(path: Path) -> dict[str, dict[str, float]]:
    """Return the pairwise precision and recall over all draws, their means by draw, and the share of the draws that reach both goals
    (precision .8, recall .3). Raises LotsError where the file is not a DECP file."""
    classed = classed_contracts(path)
    draws = {
        "d’acheteurs entiers": [of_whole_buyers(classed, seed) for seed in range(DRAWS)],
        "tirés un à un": [
            Random(f"{SEED} {seed}").sample(classed, min(SIZE, len(classed)))  # noqa: S311  # a draw to repeat
            for seed in range(DRAWS)
        ],
    }
    figures = {}
    for how, parts in draws.items():
        read = [[compare_need(its.objet) for its in part] for part in parts]
        both = list(zip(parts, read, strict=True))
        figures[f"familles, {how}"] = _figures([count_pairs(contract_families(*its), its[0]) for its in both])
        figures[f"activité lue seule, {how}"] = _figures([count_pairs(activities_of(its), part) for part, its in both])
    return figures


def classed_contracts(path: Path) -> list[ClassedContract]:
    """Return the contracts of a file that have an object and a CPV, in the order of their ids."""
    return [
        ClassedContract(objet, code[:CPV_CLASS], str((its.get("acheteur") or {}).get("id") or "")[:9])
        for its in contracts(path)
        if (objet := str(its.get("objet") or "").strip()) and (code := normalise_cpv(cpv(its))[0])
    ]


def of_whole_buyers(classed: Sequence[ClassedContract], seed: int) -> list[ClassedContract]:
    """Return the contracts of buyers drawn one after the other, until there are `SIZE` contracts."""
    by_buyer: dict[str, list[ClassedContract]] = {}
    for contract in classed:
        by_buyer.setdefault(contract.buyer, []).append(contract)
    buyers = sorted(by_buyer)
    Random(f"{SEED} {seed}").shuffle(buyers)  # noqa: S311  # a draw to repeat
    return [contract for buyer in buyers for contract in by_buyer[buyer]][:SIZE]


def contract_families(part: Sequence[ClassedContract], needs: Sequence[ComparedNeed]) -> list[Hashable]:
    """Return the family of each contract; contracts with the same words are one need, as in a sheet."""
    keys = [WrittenNeed(its.objet, "").key or f"? {rank}" for rank, its in enumerate(part)]
    first = dict(zip(reversed(keys), reversed(needs), strict=True))
    distinct = sorted(first)
    groups = dict(zip(distinct, group_needs([first[key] for key in distinct], [""] * len(distinct)), strict=True))
    return [groups[key] for key in keys]


def activities_of(needs: Sequence[ComparedNeed]) -> list[Hashable]:
    """Return the likeliest activity of each need; a need without one gets its rank, a group of its own."""
    return [its.activities[0][0] if its.activities else rank for rank, its in enumerate(needs)]


def count_pairs(groups: Sequence[Hashable], part: Sequence[ClassedContract]) -> PairCounts:
    """Count the pairs of contracts that share a group, a class, or both."""
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
