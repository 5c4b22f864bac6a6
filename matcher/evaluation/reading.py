"""Evaluation suite 2: accuracy and calibration of the activity read in a lot, on the open half and on hand-labelled contracts never used for training."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from matcher.cleaning.markup import plain_text
from matcher.evaluation.contracts import marches
from matcher.evaluation.suites import SuiteLot, share_true
from matcher.paths import shipped_path
from matcher.reading.reader import read_need
from matcher.reading.trade.activities import UnderstoodTrade
from matcher.reference.tables import read_rows
from matcher.reference.trades.activities import taxonomy

BANDS = (0.2, 0.35, 0.5, 0.7, 0.9, 1.0)


@dataclass(frozen=True, slots=True)
class Case:
    """An object with its CPV, the right group of activities, other groups that could be defended, its sector; CPV and sector may be empty."""

    objet: str
    cpv: str
    group: str
    others: frozenset[str]
    sector: str


@dataclass(frozen=True, slots=True)
class ConfidenceBand:
    """Readings whose confidence is in one interval, `most` its upper bound: their number, mean confidence and share right."""

    most: float
    count: int
    confidence: float
    right: float


def object_digest(objet: str) -> str:
    """Return the digest that stands for an object in the table of hand labels, so that the object itself is not copied there."""
    return hashlib.sha256(objet.strip().encode()).hexdigest()[:16]


@lru_cache(maxsize=1)
def by_hand() -> dict[str, dict[str, str]]:
    """Return the hand labels, rows of data/evaluation/lectures.csv, by digest of the object."""
    return {row["empreinte"]: row for row in read_rows(shipped_path("data/evaluation/lectures.csv"))}


def open_half(suite: Sequence[SuiteLot]) -> list[Case]:
    """Return the lots of the suite's file as cases."""
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
    """Return the hand-labelled contracts of a DECP file as cases, by name of their draw; a contract that fits no group has an empty group."""
    draws: dict[str, dict[str, Case]] = {}
    for marche in marches(contracts):
        objet, cpv = str(marche.get("objet") or ""), str(marche.get("codeCPV") or "")
        if row := by_hand().get(object_digest(objet)):
            case = Case(objet, cpv, row["groupe"], frozenset(row["autres_groupes"].split()), row["secteur"])
            draws.setdefault(row["tirage"], {})[object_digest(objet)] = case
    return {draw: list(its.values()) for draw, its in sorted(draws.items())}


def reading_figures(cases: Sequence[Case], *, with_cpv: bool = False) -> dict[str, float]:
    """Return group@1/@3 and sector@1/@5 over the cases that have a group, or a sector."""
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
    return {name: round(share_true(hits), 4) for name, hits in shares.items()}


def sureness(cases: Sequence[Case]) -> dict[str, float]:
    """Return the share of sure readings, and the share whose group is right or defensible among the sure and among the doubtful."""
    reader = _reader(with_cpv=False)
    right: dict[bool, list[bool]] = {True: [], False: []}
    for case in cases:
        understood = reader(case)
        right[understood.sure].append(_is_right(case, understood))
    return {
        "sûres": round(len(right[True]) / len(cases), 4) if cases else float("nan"),
        "justes si sûres": round(share_true(right[True]), 4),
        "justes si douteuses": round(share_true(right[False]), 4),
    }


def reliability(cases: Sequence[Case]) -> list[ConfidenceBand]:
    """Return, by interval of confidence in the likeliest group, how often that group is right or defensible."""
    reader = _reader(with_cpv=False)
    bands: dict[float, list[tuple[float, bool]]] = {most: [] for most in BANDS}
    for case in cases:
        understood = reader(case)
        _, confidence = _likeliest(understood)
        most = next(most for most in BANDS if confidence <= most + 1e-9)
        bands[most].append((confidence, _is_right(case, understood)))
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
