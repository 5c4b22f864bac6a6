"""The verdict on a name: the clues of each thing that it may be, added up, against two thresholds."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from matcher.reading.place.candidates import Kind, PlaceCandidate, meant
from matcher.reading.place.clues import CLUES, NEVER, PlaceClue
from matcher.reference.geography.communes import Commune

# From here a name is a place by itself: « de » before a town of 5,000, of which no other bears the name. From there on it is doubtful: a
# list can make it sure, a person too. Under it is another word.
SURE, DOUBTFUL = 45.0, -45.0
_AREAS = (Kind.COUNTY, Kind.LAND)
# Groups and usages are no items of the lists of communes.
_LISTED = (Kind.TOWN, *_AREAS)
_BY_KIND = {kind: tuple(clue for clue in CLUES if kind in clue.kinds) for kind in Kind}


@dataclass(frozen=True, slots=True)
class WeighedCandidate:
    """A candidate, the clues that hold of it, and their sum in decibans."""

    candidate: PlaceCandidate
    clues: tuple[PlaceClue, ...]
    sum: float

    @property
    def outright(self) -> bool:
        """Tell whether the sentence itself says that the name is a place."""
        return self.candidate.kind in (Kind.GROUP, Kind.USUAL) or any(clue.outright for clue in self.clues)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Verdict on a name: the candidates that are not dropped, the likeliest first."""

    weighed: tuple[WeighedCandidate, ...]

    @property
    def best(self) -> WeighedCandidate:
        """The likeliest."""
        return self.weighed[0]

    @property
    def sure(self) -> bool:
        """Tell whether it is a place by itself; else it is doubtful."""
        return self.best.sum >= SURE

    @property
    def homonyms(self) -> tuple[Commune, ...]:
        """The communes that the name may mean, the likeliest first: one where it stands alone, or where the lot's own département chose."""
        its = self.best.candidate
        if its.kind is not Kind.TOWN:
            return ()
        found = [(one.candidate.bearer, one.sum) for one in self.weighed if one.candidate.bearer]
        if its.here or len(found) == 1:
            return (found[0][0].town,)
        return tuple(bearer.town for bearer in meant([replace(bearer, prior=total) for bearer, total in found]))

    @property
    def other(self) -> str:
        """In a field of places, the code of another thing of that name: the area of a commune, the commune of an area, another group."""
        its = self.best.candidate
        if not its.known.field or (self.best.outright and its.kind is not Kind.GROUP):
            return ""
        kinds = {Kind.TOWN: _AREAS, Kind.COUNTY: (Kind.TOWN,), Kind.LAND: (Kind.TOWN,), Kind.GROUP: (Kind.GROUP,)}
        found = (
            one.candidate
            for one in self.weighed[1:]
            if one.sum >= SURE and one.candidate.kind in kinds.get(its.kind, ())
        )
        return next((one.codes[0] for one in found if not (one.bearer and one.bearer.begun)), "")


def weigh(candidate: PlaceCandidate) -> WeighedCandidate | None:
    """Weigh one candidate by every clue of its kind; None where one forbids it, or where all of them leave another word."""
    held, total = [], 0.0
    for clue in _BY_KIND[candidate.kind]:
        if value := clue.holds(candidate):
            if clue.weight == NEVER:
                return None
            held.append(clue)
            total += clue.weight * value
    least = DOUBTFUL if candidate.kind in _LISTED else SURE
    return WeighedCandidate(candidate, tuple(held), total) if total >= least else None


def verdict_on(candidates: Iterable[PlaceCandidate]) -> Verdict | None:
    """Return the verdict on a name from what it may be; None where all of it is dropped."""
    kept = sorted(filter(None, map(weigh, candidates)), key=lambda its: -its.sum)
    return Verdict(tuple(kept)) if kept else None
