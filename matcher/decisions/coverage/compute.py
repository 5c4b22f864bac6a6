"""Lots × structures matrix (numpy) of a network's coverage: lots covered, lots that depend on one organisation, gaps, sets able to answer a lot."""

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

# Most members of a groupement (joint bid), and groupements proposed per lot: a network reads one, and another if that one declines.
MEMBERS, PROPOSED = 4, 2


class LotStanding(StrEnum):
    """Relation of a structure to a lot (known for its trade, clue only, too far…); the first three are within reach."""

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
    """Possible answers to one lot by known structures, as ids, best first: `alone`, structures able to carry it; `together`, sets able to; `short`: all known
    structures together have too small a workforce."""

    alone: tuple[str, ...] = ()
    together: tuple[tuple[str, ...], ...] = ()
    short: bool = False


@dataclass(frozen=True, slots=True)
class CoveredLot:
    """A lot as understood. `trade`, `territory`: labels; `territories`: label of each place; `etp`: full-time equivalents a year, None if unknown; `unread`:
    French reason why it is not compared, else empty; `doubts`: other points to clarify."""

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
    """A structure of the network; `capacity` is in its own words. Unknown values are None or empty."""

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
    """Statistics on the lots of one trade or territory: number of `lots`, `covered` by at least one known organisation, by a `single` one. `nobody`: rows of
    lots without any; `known`: columns of known structures, from the one known for most lots."""

    label: str
    lots: int
    covered: int
    single: int
    nobody: tuple[int, ...]
    known: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class CoverMatrix:
    """Arrays of shape (lots, structures): `standing`, index in `STANDINGS`; `km`, distance, NaN if unknown; `reason`, index in `reasons`, -1 for none."""

    lots: tuple[CoveredLot, ...]
    structures: tuple[ComparedStructure, ...]
    standing: NDArray[np.int8]
    km: NDArray[np.float32]
    reason: NDArray[np.int32]
    reasons: tuple[str, ...]

    @cached_property
    def organisation(self) -> NDArray[np.intp]:
        """(structures,) organisation number of each structure: establishments of one organisation count once."""
        _, numbers = np.unique([one.organisation for one in self.structures], return_inverse=True)
        return np.asarray(numbers, dtype=np.intp)

    @cached_property
    def is_known(self) -> NDArray[np.bool_]:
        """(lots, structures) True where a structure is known for the lot's trade and within reach."""
        return np.asarray(self.standing == _KNOWN)

    @cached_property
    def known_organisations(self) -> NDArray[np.intp]:
        """(lots,) number of organisations known for each lot."""
        return np.asarray(self._organisations(self.is_known).sum(axis=1), dtype=np.intp)

    @cached_property
    def indispensable(self) -> NDArray[np.bool_]:
        """(lots, structures) True where the organisation of a structure is the only one known for the lot."""
        return np.asarray(self.is_known & (self.known_organisations == 1)[:, None])

    @property
    def compared_lots(self) -> list[int]:
        """Row numbers of the lots that were understood."""
        return [at for at, lot in enumerate(self.lots) if not lot.unread]

    def count(self, lot: int, standing: LotStanding) -> int:
        """Return the number of organisations with this standing for a lot."""
        return int(self._organisations(self.standing[lot : lot + 1] == STANDINGS.index(standing)).sum())

    def of(self, lot: int, *standings: LotStanding) -> list[int]:
        """Return the columns of the structures with these standings for a lot, the surest, then the nearest first."""
        return _order_by_standing(self.standing[lot], self.km[lot], standings)

    def lots_of(self, structure: int, *standings: LotStanding) -> list[int]:
        """Return the rows of the lots for which a structure has these standings, the surest, then the nearest first."""
        return _order_by_standing(self.standing[:, structure], self.km[:, structure], standings)

    def at(self, lot: int, structure: int) -> LotStanding:
        """Return the standing of a structure for a lot."""
        return STANDINGS[int(self.standing[lot, structure])]

    def distance(self, lot: int, structure: int) -> float | None:
        """Return the distance in kilometres, None if unknown."""
        km = float(self.km[lot, structure])
        return None if np.isnan(km) else round(km, 1)

    def nearest(self, lot: int) -> float | None:
        """Return the kilometres to the nearest structure, None if all are unknown."""
        known = self.km[lot][~np.isnan(self.km[lot])]
        return float(known.min()) if len(known) else None

    def why(self, lot: int, structure: int) -> str:
        """Return the French reason of a pair's standing, or ""."""
        at = int(self.reason[lot, structure])
        return "" if at < 0 else self.reasons[at]

    def _organisations(self, pairs: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Convert (lots, structures) booleans to (lots, organisations): True if any structure of the organisation is True."""
        covers = np.zeros((len(pairs), int(self.organisation.max(initial=-1)) + 1), dtype=bool)
        rows, columns = np.nonzero(pairs)
        covers[rows, self.organisation[columns]] = True
        return covers


def cover(matrix: CoverMatrix, labels_of: Callable[[CoveredLot], Sequence[str]]) -> tuple[CoverCount, ...]:
    """Return the statistics of lots grouped by label, most covered lots first; a lot with several labels counts under each."""
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
    """Return the grouping label of a lot by trade."""
    return (lot.trade,)


def territory_labels(lot: CoveredLot) -> tuple[str, ...]:
    """Return the grouping labels of a lot by territory."""
    return lot.territories or (lot.territory,)


def likely_answers(parts: Sequence[LotPart], assumed: Assumptions) -> Answering:
    """Return the possible answers to a lot from the candidates of its parts, all known for the trade.

    A lot of one part too large for any organisation goes to the fewest largest ones whose workforces add up to it.
    """
    if len(parts) == 1:
        return _answers_to_part(parts[0], assumed)
    groupements = find_groupements(parts, assumed, most=PROPOSED, members=MEMBERS)
    return Answering(
        alone=tuple(its.members[0].shares[0].by.id for its in groupements.alone),
        together=tuple(
            tuple(one.id for member in its.members for one in member.establishments) for its in groupements.groupements
        ),
    )


def _answers_to_part(part: LotPart, assumed: Assumptions) -> Answering:
    """Return the possible answers to a lot of one part; an organisation answers by its first establishment with enough workforce, else by its largest."""
    theirs: dict[str, list[Candidate]] = {}
    for candidate in part.candidates:
        theirs.setdefault(candidate.organisation, []).append(candidate)
    able = ([one for one in its if suffices(one, part.etp, assumed).likely > 0] for its in theirs.values())
    alone = tuple(its[0].id for its in able if its)
    if alone or part.etp is None or not theirs:
        return Answering(alone)
    largest = [max(its, key=lambda one: one.workers or 0.0) for its in theirs.values()]
    shared = _fewest_together(largest, part.etp, assumed)
    return Answering(together=(shared,) if shared else (), short=not shared)


def _fewest_together(known: Sequence[Candidate], etp: float, assumed: Assumptions) -> tuple[str, ...]:
    """Return the fewest candidates, the largest first, whose available workforces add up to `etp`; empty if all together are too few."""
    largest = sorted(known, key=lambda one: (-(one.workers or 0.0), one.id))
    carried = np.cumsum([(one.workers or 0.0) * assumed.share for one in largest])
    fewest = int(np.searchsorted(carried, etp)) + 1
    return tuple(one.id for one in largest[:fewest]) if fewest <= len(largest) else ()


def _order_by_standing(row: NDArray[np.int8], km: NDArray[np.float32], standings: Sequence[LotStanding]) -> list[int]:
    """Return the indices of a row or column with one of these standings, the surest, then the nearest first."""
    columns_kept = np.flatnonzero(np.isin(row, [STANDINGS.index(one) for one in standings]))
    order = np.lexsort(
        (columns_kept, np.where(np.isnan(km[columns_kept]), np.inf, km[columns_kept]), row[columns_kept])
    )
    return [int(at) for at in columns_kept[order]]
