"""A candidate for a lot, with the computation that is its explanation; or a refusal with its reason."""

from dataclasses import dataclass
from enum import StrEnum

import msgspec

from matcher.domain.kinds import SupplierKind


class Stance(StrEnum):
    """Which way a contribution speaks of a supplier: a known one may speak neither way."""

    FOR = "pour"
    AGAINST = "contre"
    UNKNOWN = "non connu"
    SILENT = "sans avis"


class Band(StrEnum):
    """Part of a list, by how surely its suppliers are known for the trade that is asked; the surest first."""

    CONNU = "connu"
    INDICE = "indice"
    A_APPELER = "a_appeler"
    AUTRE = "autre"


@dataclass(frozen=True, slots=True)
class BandCounts:
    """Organisations that each band of a list holds; `plus_loin` are those known for the trade, beyond reach, `personnel` those that could
    only second staff for it (None in a list frozen before they were counted), `titulaires` those of the first three bands that have already worked for the buyer, None where the buyer is not
    known; `non_eligibles` those whom the article of the lot alone leaves out of them, None where it reserves to nobody, or in a list frozen before they were counted."""

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
        """Organisations that have a place in the list, by band: connu, indice, a_appeler."""
        return self.connu, self.indice, self.a_appeler


# A list has hundreds of contributions: structures of msgspec are made in a tenth of the time of a dataclass. They are in no circle, and the
# look for rubbish leaves them out.
class Contribution(msgspec.Struct, frozen=True, gc=False):
    """Part of one signal in a score: `points` = weight × value (× the signal's prior where the value is None, unknown).

    `says` is its short sentence, `spoken` the same as a longer sentence holds it (empty where another contribution has it already),
    `question` what to ask the supplier by telephone, empty where a call would be of no use, `quotes` the record's own words that it rests
    on, `field` the field of the record, `source` that of its data and its date (« FINESS, janv. 2021 »), empty where that was not read. A list
    frozen by version 0.1 has the first six fields alone: `spoken` is None.
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
    """One supplier set against a lot; `rank` is None where a gate refuses it. `score` in [0, 100] is the sum of the points; `coverage` in [0, 1] the share of weight known;
    `credible` whether one can count on it: known for the trade, and within reach. `place` is its place in its `band`, from 1, organisations
    counted once; None where it is beyond reach or `folded` under another site of its organisation, whose id that is. `known_for` are the
    codes of the activities asked that it is known for; `refused` the reason of a gate's refusal, empty where none refuses it. A list frozen by version 0.1 has no band.
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
        """Return whether its score means more than its order: of whom the trade is unknown, only the order is shown."""
        return self.band is not Band.A_APPELER

    @property
    def told_score(self) -> float | None:
        """Its score where it may be shown, else None: a page, a file and paper show the same."""
        return self.score if self.scored else None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Suppliers refused by a gate: how many, and why, in French."""

    gate: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class OtherChoice:
    """Effect of another choice of lever or kinds on a supplier: its rank, or what would still refuse it (`rank` is None then).

    `label` is the choice in French: « avec l’article L2113-14 ».
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
