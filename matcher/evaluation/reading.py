"""Suite 2: is a lot's activity understood? On the open half, which the lexicon was written beside, and on contracts kept from it.

Three sorts of witnesses. The open half is fitted. Contracts labelled by hand, in draws of which some were gone through and some not, are
never learned from.
Contracts labelled by their CPV, drawn with a seed, are many: the words are learned again without them, the lexicon is not; a CPV is
often wrong or vague, so that a careful reader would not reach 1 there either. docs/evaluation.md says what each has seen.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from matcher.cleaning.markup import plain_text
from matcher.domain.grouping import grouped
from matcher.evaluation.learning import PastContract, by_hand, digest, every_object, examples, learn
from matcher.evaluation.suites import Labelled
from matcher.reading.reader import read_need
from matcher.reading.trade.activities import SHIPPED, Sources, UnderstoodTrade
from matcher.reading.trade.learned import Weights
from matcher.reference.trades.activities import taxonomy

SEED = 7
HELD_OUT = 75  # contracts kept from learning, of each group, and at most a third of it
BANDS = (0.2, 0.35, 0.5, 0.7, 0.9, 1.0)


@dataclass(frozen=True, slots=True)
class Case:
    """An object, its CPV or an empty text, the group that it is about, others one could defend, its sector or an empty text."""

    objet: str
    cpv: str
    group: str
    others: frozenset[str]
    sector: str


@dataclass(frozen=True, slots=True)
class ConfidenceBand:
    """The readings whose likeliest group has a confidence up to `most`: how many, their mean confidence, the share that is right."""

    most: float
    count: int
    confidence: float
    right: float


def open_half(suite: Sequence[Labelled]) -> list[Case]:
    """Return the cases of the suite's file."""
    code = {group.label: group.code for group in taxonomy().groups}
    return [
        Case(
            lot.labels["objet"],
            lot.labels.get("cpv") or "",
            code[lot.labels["group"]],
            frozenset(code[group] for group in lot.labels.get("alt_groups", ())),
            lot.labels["sector"] or "",
        )
        for lot in suite
    ]


def labelled_by_hand(contracts: Path) -> dict[str, list[Case]]:
    """Return the contracts of a DECP file that data/evaluation labels, by draw; those that fit no group have an empty one."""
    draws: dict[str, dict[str, Case]] = {}
    for objet, cpv in every_object(contracts):
        if row := by_hand().get(digest(objet)):
            case = Case(objet, cpv, row["groupe"], frozenset(row["autres_groupes"].split()), row["secteur"])
            draws.setdefault(row["tirage"], {})[digest(objet)] = case
    return {draw: list(its.values()) for draw, its in sorted(draws.items())}


def held_out(contracts: Path, seed: int = SEED) -> tuple[list[Case], Weights]:
    """Return contracts drawn with a seed, labelled by their CPV, and the weights learned from all the others."""
    groups = grouped((taxonomy().group_of(example.code), example) for example in examples(contracts))
    draw = Random(seed)  # noqa: S311  # a draw to repeat
    kept: list[PastContract] = []
    learned: list[PastContract] = []
    for group in sorted(groups):
        draw.shuffle(groups[group])
        size = min(HELD_OUT, len(groups[group]) // 3)
        kept += groups[group][:size]
        learned += groups[group][size:]
    weights: dict[str, dict[str, float]] = {}
    for (term, target), weight in learn(learned).items():
        weights.setdefault(term, {})[target] = round(weight, 2)
    return [_case(example) for example in kept], weights


def figures(cases: Sequence[Case], sources: Sources = SHIPPED, *, with_cpv: bool = False) -> dict[str, float]:
    """group@1/@3 and sector@1/@5 as the shared scorer computes them, of the cases that have a group, or a sector."""
    reader = _reader(sources, with_cpv)
    grouped = [(case, reader(case)) for case in cases if case.group]
    sectored = [(case, understood) for case, understood in grouped if case.sector]
    label = taxonomy().label
    shares = {
        "group@1": [label(case.group) in understood.groups[:1] for case, understood in grouped],
        "group@3": [label(case.group) in understood.groups[:3] for case, understood in grouped],
        "sector@1": [case.sector in understood.sectors[:1] for case, understood in sectored],
        "sector@5": [case.sector in understood.sectors[:5] for case, understood in sectored],
    }
    return {name: round(sum(hits) / len(hits), 4) if hits else float("nan") for name, hits in shares.items()}


def sureness(cases: Sequence[Case], sources: Sources = SHIPPED) -> dict[str, float]:
    """Return the share of the readings that are sure, and the share whose group is right, or defensible, among these and among the others."""
    reader = _reader(sources, with_cpv=False)
    right: dict[bool, list[bool]] = {True: [], False: []}
    for case in cases:
        understood = reader(case)
        right[understood.sure].append(_is_right(case, understood))
    return {
        "sûres": round(len(right[True]) / len(cases), 4) if cases else float("nan"),
        "justes si sûres": round(sum(right[True]) / len(right[True]), 4) if right[True] else float("nan"),
        "justes si douteuses": round(sum(right[False]) / len(right[False]), 4) if right[False] else float("nan"),
    }


def reliability(cases: Sequence[Case], sources: Sources = SHIPPED) -> list[ConfidenceBand]:
    """Return, by band of confidence in the likeliest group, how often it is the right one or one that could be defended."""
    reader = _reader(sources, with_cpv=False)
    bands: dict[float, list[tuple[float, bool]]] = {most: [] for most in BANDS}
    for case in cases:
        understood = reader(case)
        _, confidence = _likeliest(understood)
        bands[next(most for most in BANDS if confidence <= most + 1e-9)].append(
            (confidence, _is_right(case, understood))
        )
    return [
        ConfidenceBand(most, len(its), sum(c for c, _ in its) / len(its), sum(r for _, r in its) / len(its))
        for most, its in bands.items()
        if its
    ]


def _is_right(case: Case, understood: UnderstoodTrade) -> bool:
    group, _ = _likeliest(understood)
    return bool(group) and group in {case.group, *case.others}


def _likeliest(understood: UnderstoodTrade) -> tuple[str, float]:
    mass: dict[str, float] = {}
    for guess in understood.activities:
        group = taxonomy().group_of(guess.code)
        mass[group] = mass.get(group, 0.0) + guess.confidence
    group = max(mass, key=lambda code: (mass[code], code), default="")
    return group, min(mass.get(group, 0.0), 1.0)


def _reader(sources: Sources, with_cpv: bool) -> Callable[[Case], UnderstoodTrade]:
    def reader(case: Case) -> UnderstoodTrade:
        cpv = (case.cpv,) if with_cpv and case.cpv else ()
        return read_need(plain_text(case.objet), cpv, sources)[1]

    return reader


def _case(example: PastContract) -> Case:
    names = taxonomy()
    sector = names.sector_of(example.code) if "." in example.code else ""
    return Case(example.objet, "", names.group_of(example.code), frozenset(), sector)
