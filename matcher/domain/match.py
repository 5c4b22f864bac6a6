"""A candidate for a lot, with the computation that is its explanation; or a refusal with its reason."""

from dataclasses import dataclass

from matcher.domain.kinds import SupplierKind


@dataclass(frozen=True, slots=True)
class Contribution:
    """Part of one signal in a score: `points` = weight × value (× the signal's prior where the value is None, unknown)."""

    signal: str
    label: str
    value: float | None
    weight: int
    points: float
    says: str


@dataclass(frozen=True, slots=True)
class Match:
    """One supplier set against a lot; `rank` is None where a gate refuses it. `score` in [0, 100] is the sum of the points; `coverage` in [0, 1] the share of weight known;
    `credible` tells whom one need not call first: known to do it, and within reach."""

    rank: int | None
    id: str
    siret: str
    name: str
    kinds: tuple[SupplierKind, ...]
    city: str
    score: float
    coverage: float
    distance_km: float | None
    credible: bool
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Suppliers refused by a gate: how many, and why, in French."""

    gate: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class OtherChoice:
    """Effect of another choice of lever or kinds on a supplier: its rank, or what would still refuse it (`rank` is None then).

    `label` is how the choice is said: « avec l’article L2113-14 ».
    """

    levier: str
    kinds: tuple[str, ...]
    label: str
    rank: int | None
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WhyNot:
    """The answer to "why is this supplier not in my list?": refused by gates, or ranked too low, or unknown.

    `choices` are the other choices that the buyer has, those that put it highest first.
    """

    id: str
    name: str
    rank: int | None
    refused: tuple[str, ...]
    match: Match | None
    choices: tuple[OtherChoice, ...] = ()
