"""Result types of a ranking: a supplier matched with a lot (score, band, contribution of each signal to the score), or a refusal with its reason.

Band: level of evidence that the supplier does the trade (known, pointed to by a clue, to be called, other trade).
"""

from dataclasses import dataclass
from enum import StrEnum

import msgspec

from matcher.domain.kinds import SupplierKind


class Stance(StrEnum):
    """Direction of a contribution: for the supplier, against it, unknown, or neither."""

    FOR = "pour"
    AGAINST = "contre"
    UNKNOWN = "non connu"
    SILENT = "sans avis"


class Band(StrEnum):
    """Section of a ranked list, by how surely its suppliers do the trade asked for; the surest first."""

    CONNU = "connu"
    INDICE = "indice"
    A_APPELER = "a_appeler"
    AUTRE = "autre"


@dataclass(frozen=True, slots=True)
class BandCounts:
    """Numbers of organisations by band. `plus_loin`: known for the trade but beyond reach; `personnel`: could only second staff (None in a list
    stored before this was counted); `titulaires`: in the first three bands and already worked for the buyer, None where the buyer is unknown;
    `non_eligibles`: left out only by the article that reserves the lot, None where it is not reserved, or in an older list."""

    connu: int
    indice: int
    a_appeler: int
    autre: int
    plus_loin: int
    personnel: int | None = None
    titulaires: int | None = None
    non_eligibles: int | None = None

    @property
    def placed(self) -> tuple[int, int, int]:
        """Counts of the bands connu, indice and a_appeler, whose organisations have a place in the list."""
        return self.connu, self.indice, self.a_appeler


# A list has hundreds of contributions: msgspec Structs are ten times faster to create than dataclasses; they have no reference cycles, hence
# `gc=False`.
class Contribution(msgspec.Struct, frozen=True, gc=False):
    """Part of one signal (criterion) in a score: `points` = weight × value (× the signal's prior where the value is None, unknown).

    `says` is its short sentence, `spoken` the form for a longer sentence (empty where another contribution has it already), `question` what to ask
    the supplier by telephone (empty where useless), `quotes` the record's words that prove it, `field` the record's field, `source` its source and
    date (« FINESS, janv. 2021 »). A list stored by version 0.1 has only the first six fields: `spoken` is None.
    """

    signal: str
    label: str
    value: float | None
    weight: int
    points: float
    says: str
    stance: Stance = Stance.SILENT
    spoken: str | None = None
    question: str = ""
    quotes: str = ""
    field: str = ""
    source: str = ""


class Match(msgspec.Struct, frozen=True, gc=False):
    """One supplier matched with a lot. `rank` is None where a gate (eliminating criterion) refuses it, for the reason `refused`; `score` in [0,
    100] is the sum of the points, `coverage` in [0, 1] the share of weight whose value is known; `credible`: known for the trade and within reach.

    `place` is its place in its `band`, from 1, counting organisations once; None where it is beyond reach or `folded` under another site of its
    organisation, whose id that is. `known_for` are the codes of the requested activities that it is known for. A list stored by version 0.1 has no
    band.
    """

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
    band: Band | None = None
    place: int | None = None
    folded: str = ""
    known_for: tuple[str, ...] = ()
    refused: str = ""

    @property
    def scored(self) -> bool:
        """Return whether the score may be shown: where the trade is unknown, only the order is."""
        return self.band is not Band.A_APPELER

    @property
    def told_score(self) -> float | None:
        """Score where it may be shown, else None."""
        return self.score if self.scored else None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Suppliers refused by one gate: how many, and the reason in French."""

    gate: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class OtherChoice:
    """Effect on a supplier of another choice of lever (legal means: reservation or clause) or kinds: its rank, or the refusals that remain (`rank`
    is then None).

    `label` is the choice in French: « avec l’article L2113-14 ».
    """

    levier: str
    kinds: tuple[str, ...]
    label: str
    rank: int | None
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Answer to "why is this supplier not in my list?": refused by gates, ranked too low, or unknown.

    `choices` are the buyer's other choices, best rank first.
    """

    id: str
    name: str
    rank: int | None
    refused: tuple[str, ...]
    match: Match | None
    choices: tuple[OtherChoice, ...] = ()
