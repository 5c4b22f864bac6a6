"""Suite 2: is a lot's activity understood? On the open half, and on contracts labelled by hand, which nothing is learned from."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from matcher.cleaning.markup import plain_text
from matcher.evaluation.contracts import marches
from matcher.evaluation.suites import Labelled
from matcher.paths import shipped_path
from matcher.reading.reader import read_need
from matcher.reading.trade.activities import UnderstoodTrade
from matcher.reference.tables import read_rows
from matcher.reference.trades.activities import taxonomy

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


def object_digest(objet: str) -> str:
    """Return what stands for an object in the table of those labelled by hand, so that the object itself is not copied."""
    return hashlib.sha256(objet.strip().encode()).hexdigest()[:16]


@lru_cache(maxsize=1)
def by_hand() -> dict[str, dict[str, str]]:
    """Return the rows of data/evaluation/lectures.csv by digest."""
    return {row["empreinte"]: row for row in read_rows(shipped_path("data/evaluation/lectures.csv"))}


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
    for marche in marches(contracts):
        objet, cpv = str(marche.get("objet") or ""), str(marche.get("codeCPV") or "")
        if row := by_hand().get(object_digest(objet)):
            case = Case(objet, cpv, row["groupe"], frozenset(row["autres_groupes"].split()), row["secteur"])
            draws.setdefault(row["tirage"], {})[object_digest(objet)] = case
    return {draw: list(its.values()) for draw, its in sorted(draws.items())}


def reading_figures(cases: Sequence[Case], *, with_cpv: bool = False) -> dict[str, float]:
    """group@1/@3 and sector@1/@5 as the shared scorer computes them, of the cases that have a group, or a sector."""
    reader = _reader(with_cpv)
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


def sureness(cases: Sequence[Case]) -> dict[str, float]:
    """Return the share of the readings that are sure, and the share whose group is right, or defensible, among these and among the others."""
    reader = _reader(with_cpv=False)
    right: dict[bool, list[bool]] = {True: [], False: []}
    for case in cases:
        understood = reader(case)
        right[understood.sure].append(_is_right(case, understood))
    return {
        "sûres": round(len(right[True]) / len(cases), 4) if cases else float("nan"),
        "justes si sûres": round(sum(right[True]) / len(right[True]), 4) if right[True] else float("nan"),
        "justes si douteuses": round(sum(right[False]) / len(right[False]), 4) if right[False] else float("nan"),
    }


def reliability(cases: Sequence[Case]) -> list[ConfidenceBand]:
    """Return, by band of confidence in the likeliest group, how often it is the right one or one that could be defended."""
    reader = _reader(with_cpv=False)
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


def _reader(with_cpv: bool) -> Callable[[Case], UnderstoodTrade]:
    def reader(case: Case) -> UnderstoodTrade:
        cpv = (case.cpv,) if with_cpv and case.cpv else ()
        return read_need(plain_text(case.objet), cpv)[1]

    return reader
