"""Matrix of lots and structures as arrays, and what is counted from it: the lots that are covered, by whom alone, and the gaps."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matcher.decisions.assumptions import Assumptions
from matcher.decisions.candidates import Candidate
from matcher.decisions.groupement.compute import LotPart, find_groupements
from matcher.decisions.sizing import suffices
from matcher.domain.kinds import SupplierKind

# Members of a groupement at most, and those that are proposed for a lot: a network reads one, and another if that one declines.
MEMBERS, PROPOSED = 4, 2


class LotStanding(StrEnum):
    """Standing of a structure before a lot; the first three are within its reach."""

    KNOWN = "connu"
    HINT = "indice"
    TO_CALL = "à appeler"
    OTHER = "connu pour autre chose"
    FAR = "trop loin"
    REFUSED = "écarté"
    UNREAD = "lot non lu"


STANDINGS = tuple(LotStanding)
WITHIN_REACH = STANDINGS[:3]
_KNOWN = STANDINGS.index(LotStanding.KNOWN)


@dataclass(frozen=True, slots=True)
class Answering:
    """Answers that known structures may give to one lot, by their ids, best first: those that may carry it `alone`, then sets that do
    `together`; `short` where all of the known together have not the people that it takes."""

    alone: tuple[str, ...] = ()
    together: tuple[tuple[str, ...], ...] = ()
    short: bool = False


@dataclass(frozen=True, slots=True)
class CoveredLot:
    """A lot as it was read: `trade` and `territory` are labels, `territories` those of each of its places, `etp` its size in full-time equivalents a year,
    None where not known. `unread` is the reason, in French, for which it is compared with nobody, empty where it is compared; `doubts` what else is to be
    made clear."""

    label: str
    title: str
    where: str
    trade: str
    territory: str
    places: tuple[str, ...]
    etp: float | None
    unread: str = ""
    doubts: tuple[str, ...] = ()
    answering: Answering = Answering()
    territories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ComparedStructure:
    """A structure of the network; `workers` and `turnover` are None, `capacity` (in its own words) is empty where not known."""

    id: str
    name: str
    organisation: str
    kinds: tuple[SupplierKind, ...]
    city: str
    workers: float | None
    turnover: float | None
    capacity: str
    located: bool


@dataclass(frozen=True, slots=True)
class CoverCount:
    """Lots of one trade or territory: how many were read, have at least one known structure, and have one alone; `nobody` are the places
    in the matrix of those that have none, `known` the structures known for most of them, first."""

    label: str
    lots: int
    covered: int
    single: int
    nobody: tuple[int, ...]
    known: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class CoverMatrix:
    """`standing` (lots, structures) is the place in `STANDINGS` of each pair, `km` its distance, NaN where it cannot be measured, `reason` the place of its
    reason in `reasons`, -1 where it has none."""

    lots: tuple[CoveredLot, ...]
    structures: tuple[ComparedStructure, ...]
    standing: NDArray[np.int8]
    km: NDArray[np.float32]
    reason: NDArray[np.int32]
    reasons: tuple[str, ...]

    @cached_property
    def organisation(self) -> NDArray[np.intp]:
        """(structures,) the number of the organisation of each: two establishments of one count once."""
        _, numbers = np.unique([one.organisation for one in self.structures], return_inverse=True)
        return np.asarray(numbers, dtype=np.intp)

    @cached_property
    def is_known(self) -> NDArray[np.bool_]:
        """(lots, structures) True where a structure is known for the lot and comes."""
        return np.asarray(self.standing == _KNOWN)

    @cached_property
    def known_organisations(self) -> NDArray[np.intp]:
        """(lots,) how many organisations are known for each lot."""
        return np.asarray(self._organisations(self.is_known).sum(axis=1), dtype=np.intp)

    @cached_property
    def indispensable(self) -> NDArray[np.bool_]:
        """(lots, structures) True where the organisation of a structure is the only one known for the lot."""
        return np.asarray(self.is_known & (self.known_organisations == 1)[:, None])

    @property
    def compared_lots(self) -> list[int]:
        """The places of the lots that were read."""
        return [at for at, lot in enumerate(self.lots) if not lot.unread]

    def count(self, lot: int, standing: LotStanding) -> int:
        """Return how many organisations stand so before a lot."""
        return int(self._organisations(self.standing[lot : lot + 1] == STANDINGS.index(standing)).sum())

    def of(self, lot: int, *standings: LotStanding) -> list[int]:
        """Return the columns of those who stand so before a lot: the surest first, then the nearest."""
        return _ordered(self.standing[lot], self.km[lot], standings)

    def lots_of(self, structure: int, *standings: LotStanding) -> list[int]:
        """Return the lots before which a structure stands so: the surest first, then the nearest."""
        return _ordered(self.standing[:, structure], self.km[:, structure], standings)

    def at(self, lot: int, structure: int) -> LotStanding:
        """Return where a structure stands before a lot."""
        return STANDINGS[int(self.standing[lot, structure])]

    def distance(self, lot: int, structure: int) -> float | None:
        """Return kilometres, None where they cannot be measured."""
        km = float(self.km[lot, structure])
        return None if np.isnan(km) else round(km, 1)

    def nearest(self, lot: int) -> float | None:
        """Return the kilometres to the nearest structure, None where none can be measured."""
        known = self.km[lot][~np.isnan(self.km[lot])]
        return float(known.min()) if len(known) else None

    def why(self, lot: int, structure: int) -> str:
        """Return the reason of a pair in French, empty where it has none."""
        at = int(self.reason[lot, structure])
        return "" if at < 0 else self.reasons[at]

    def _organisations(self, pairs: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """(lots, organisations) True where one of an organisation's structures is such a pair."""
        covers = np.zeros((len(pairs), int(self.organisation.max(initial=-1)) + 1), dtype=bool)
        rows, columns = np.nonzero(pairs)
        covers[rows, self.organisation[columns]] = True
        return covers


def cover(matrix: CoverMatrix, labels_of: Callable[[CoveredLot], Sequence[str]]) -> tuple[CoverCount, ...]:
    """Return the lots that were read grouped by label, those with most covered lots first; a lot of several labels counts under each."""
    grouped: dict[str, list[int]] = {}
    for at in matrix.compared_lots:
        for label in labels_of(matrix.lots[at]):
            grouped.setdefault(label, []).append(at)
    counts: list[CoverCount] = []
    for label, rows in grouped.items():
        known, times = matrix.known_organisations[rows], matrix.is_known[rows].sum(axis=0)
        nobody = tuple(at for at, many in zip(rows, known, strict=True) if not many)
        most_first = tuple(int(at) for at in np.argsort(-times, kind="stable") if times[at])
        covered, single = int((known > 0).sum()), int((known == 1).sum())
        counts.append(CoverCount(label, len(rows), covered, single, nobody, most_first))
    return tuple(sorted(counts, key=lambda count: (-count.covered, -count.lots, count.label)))


def trade_labels(lot: CoveredLot) -> tuple[str, ...]:
    """Return the label that a lot counts under by trade."""
    return (lot.trade,)


def territory_labels(lot: CoveredLot) -> tuple[str, ...]:
    """Return the labels that a lot counts under by territory."""
    return lot.territories or (lot.territory,)


def likely_answers(parts: Sequence[LotPart], assumed: Assumptions) -> Answering:
    """Return who may answer a lot of these parts among their candidates, who are all known for theirs.

    A lot of one part, too large for each of them, is shared by the fewest whose people add up to it.
    """
    if len(parts) == 1:
        return _carrying(parts[0], assumed)
    groupements = find_groupements(parts, assumed, most=PROPOSED, members=MEMBERS)
    return Answering(
        alone=tuple(its.members[0].shares[0].by.id for its in groupements.alone),
        together=tuple(
            tuple(one.id for member in its.members for one in member.establishments) for its in groupements.groupements
        ),
    )


def _carrying(part: LotPart, assumed: Assumptions) -> Answering:
    """Return who may carry one part: an organisation by the first of its establishments that has the people, else by its largest."""
    theirs: dict[str, list[Candidate]] = {}
    for candidate in part.candidates:
        theirs.setdefault(candidate.organisation, []).append(candidate)
    able = ([one for one in its if suffices(one, part.etp, assumed).likely > 0] for its in theirs.values())
    alone = tuple(its[0].id for its in able if its)
    if alone or part.etp is None or not theirs:
        return Answering(alone)
    largest = [max(its, key=lambda one: one.workers or 0.0) for its in theirs.values()]
    shared = _shared(largest, part.etp, assumed)
    return Answering(together=(shared,) if shared else (), short=not shared)


def _shared(known: Sequence[Candidate], etp: float, assumed: Assumptions) -> tuple[str, ...]:
    """The fewest of candidates of as many organisations whose people add up to a size, none where all of them have not enough."""
    largest = sorted(known, key=lambda one: (-(one.workers or 0.0), one.id))
    carried = np.cumsum([(one.workers or 0.0) * assumed.share for one in largest])
    fewest = int(np.searchsorted(carried, etp)) + 1
    return tuple(one.id for one in largest[:fewest]) if fewest <= len(largest) else ()


def _ordered(row: NDArray[np.int8], km: NDArray[np.float32], standings: Sequence[LotStanding]) -> list[int]:
    """The places of a line or a column that hold one of these, the surest first, then the nearest."""
    columns_kept = np.flatnonzero(np.isin(row, [STANDINGS.index(one) for one in standings]))
    order = np.lexsort(
        (columns_kept, np.where(np.isnan(km[columns_kept]), np.inf, km[columns_kept]), row[columns_kept])
    )
    return [int(at) for at in columns_kept[order]]
