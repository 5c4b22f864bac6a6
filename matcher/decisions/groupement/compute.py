"""Searches groupements (joint bids): small sets of suppliers that together carry all parts of a lot, with each member's parts, chance, leader and distance.

A beam search over the parts proposes sets of organisations; each part then goes to its likeliest member, and a diverse selection is returned.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import prod
from operator import attrgetter

from matcher.decisions.assumptions import Assumptions
from matcher.decisions.candidates import Candidate, CandidateStanding
from matcher.decisions.sizing import suffices
from matcher.domain.kinds import SupplierKind
from matcher.ranking.shelf.sphere import kilometres, unit_vectors
from matcher.ranking.signals.proximity import HALF_KM

# Factor on the score for each member after the first: forming and leading a groupement has a cost. Judgement of experts.
ONE_MORE = 0.8
# Candidates tried per part, and width of the beam (partial groupements retained after each part).
TRIED, KEPT = 12, 2_000
# Most proposals with the same organisation: proposals that differ by one member add little.
REPEATED = 2
# Nearness, in [0, 1], of a supplier at unknown distance.
UNKNOWN_NEARNESS = 0.5
# Kinds that lend staff: they carry hours, but are not preferred as leader of the others.
SECONDING = frozenset({SupplierKind.AI, SupplierKind.ETTI, SupplierKind.EATT, SupplierKind.GEIQ})


@dataclass(frozen=True, slots=True)
class LotPart:
    """One part of a lot, carried by one member: a site, an activity, or an activity at a site. `etp`: full-time equivalents, None if unknown."""

    label: str
    candidates: tuple[Candidate, ...]
    etp: float | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """A part carried by an establishment (`by`); `chance`, in [0, 1]: does the trade × has the workforce × nearness."""

    part: str
    by: Candidate
    chance: float


@dataclass(frozen=True, slots=True)
class Member:
    """An organisation of a groupement and its parts; `name`: that of its first establishment."""

    organisation: str
    name: str
    shares: tuple[Share, ...]

    @property
    def establishments(self) -> tuple[Candidate, ...]:
        """The distinct establishments that carry its parts."""
        return tuple({share.by.id: share.by for share in self.shares}.values())


@dataclass(frozen=True, slots=True)
class Groupement:
    """Members that together carry every part. `score`, in [0, 1]: chance that all do, times `ONE_MORE` per additional member; `apart_km`: widest distance
    between two members, None if one is not located; `together`: links they share (network, contract won together), in French."""

    members: tuple[Member, ...]
    score: float
    apart_km: float | None
    leader: str
    why_leader: str
    together: tuple[str, ...]

    @property
    def to_call(self) -> int:
        """Number of parts carried by an establishment not known for the trade."""
        return sum(_count_to_call(member.shares) for member in self.members)


@dataclass(frozen=True, slots=True)
class Groupements:
    """Result of a search, best first: `alone`, single organisations able to carry every part; `groupements`, sets of two or more; `uncovered`: parts without
    candidate in the catalogue (if any, there is no groupement)."""

    parts: tuple[str, ...]
    uncovered: tuple[str, ...]
    alone: tuple[Groupement, ...]
    groupements: tuple[Groupement, ...]


def find_groupements(
    parts: Iterable[LotPart],
    assumed: Assumptions,
    *,
    most: int = 5,
    members: int = 4,
    shared: Mapping[str, Collection[str]] | None = None,
) -> Groupements:
    """Return at most `most` sets of at most `members` organisations that carry every part, fewest parts to be called first, then by score.

    Each member carries at least one part better than the others. `shared`: links of each supplier, by id, that others may share (network, contract won
    together), in French. The order of the parts does not matter.
    """
    ordered = sorted(parts, key=lambda part: (len(part.candidates), part.label))
    uncovered = tuple(sorted(part.label for part in ordered if not part.candidates))
    covered = [part for part in ordered if part.candidates]
    options = {part.label: _options(part, assumed) for part in covered}
    choices = _search(covered, options, members) if covered and not uncovered else []
    built = [_build_groupement(chosen, covered, options, assumed, shared or {}) for chosen in choices]
    made = sorted(
        filter(None, built),
        key=lambda one: (one.to_call, -one.score, tuple(map(attrgetter("organisation"), one.members))),
    )
    return Groupements(
        parts=tuple(sorted(part.label for part in ordered)),
        uncovered=uncovered,
        alone=tuple(one for one in made if len(one.members) == 1)[:most],
        groupements=_diverse([one for one in made if len(one.members) > 1], most),
    )


def _options(part: LotPart, assumed: Assumptions) -> dict[str, Share]:
    """Return the best share of each organisation in one part: known for the trade first, then by chance."""
    best: dict[str, Share] = {}
    for candidate in part.candidates:
        chance = candidate.fit * suffices(candidate, part.etp, assumed).likely * _nearness(candidate)
        if chance > 0 and (candidate.organisation not in best or chance > best[candidate.organisation].chance):
            best[candidate.organisation] = Share(part.label, candidate, chance)
    return dict(sorted(best.items(), key=lambda item: (not _is_known(item[1].by), -item[1].chance, item[0])))


def _count_to_call(shares: Iterable[Share]) -> int:
    return sum(not _is_known(share.by) for share in shares)


def _is_known(candidate: Candidate) -> bool:
    return candidate.standing is CandidateStanding.CREDIBLE


def _nearness(candidate: Candidate) -> float:
    return UNKNOWN_NEARNESS if candidate.distance_km is None else float(0.5 ** (candidate.distance_km / HALF_KM))


def _search(parts: Sequence[LotPart], options: Mapping[str, Mapping[str, Share]], members: int) -> list[frozenset[str]]:
    """Beam search over the parts: return the likeliest sets of at most `members` organisations that cover them all."""
    beam: dict[frozenset[str], float] = {frozenset(): 1.0}
    # The likeliest organisations that can carry every part are always tried, even if not among the first of any part.
    by_part = list(options.values())
    common = set(by_part[0]).intersection(*by_part[1:])
    alone = sorted(common, key=lambda one: (-prod(part_shares[one].chance for part_shares in by_part), one))[:TRIED]
    for part in parts:
        shares = options[part.label]
        grown: dict[frozenset[str], float] = {}
        for chosen, chance in beam.items():
            organisations = {*list(shares)[:TRIED], *alone, *(one for one in chosen if one in shares)}
            for organisation in sorted(organisations):
                larger_set = chosen | {organisation}
                cost = ONE_MORE if len(larger_set) > max(len(chosen), 1) else 1.0
                if len(larger_set) <= members:
                    grown[larger_set] = max(grown.get(larger_set, 0.0), chance * shares[organisation].chance * cost)
        beam = dict(sorted(grown.items(), key=lambda item: (-item[1], sorted(item[0])))[:KEPT])
    return list(beam)


def _build_groupement(
    chosen: frozenset[str],
    parts: Sequence[LotPart],
    options: Mapping[str, Mapping[str, Share]],
    assumed: Assumptions,
    shared: Mapping[str, Collection[str]],
) -> Groupement | None:
    """Build the groupement of the chosen organisations, each part going to the likeliest; None if a member gets no part, or cannot carry all its parts."""
    carried: dict[str, list[Share]] = {}
    for part in parts:
        part_shares = [options[part.label][one] for one in chosen if one in options[part.label]]
        best = min(part_shares, key=lambda share: (-share.chance, share.by.organisation))
        carried.setdefault(best.by.organisation, []).append(best)
    if carried.keys() != chosen:
        return None
    members = tuple(
        Member(organisation, min(shares, key=attrgetter("part")).by.name, tuple(sorted(shares, key=attrgetter("part"))))
        for organisation, shares in sorted(carried.items(), key=lambda its: (_count_to_call(its[1]), its[0]))
    )
    score = ONE_MORE ** (len(members) - 1)
    for member in members:
        score *= _chance(member, {part.label: part.etp for part in parts}, assumed)
    if score == 0:
        return None
    leader, why = _leader(members)
    members_by_link = Counter(
        link
        for member in members
        for link in {word for one in member.establishments for word in shared.get(one.id, ())}
    )
    links = tuple(sorted(link for link, times in members_by_link.items() if times > 1))
    return Groupement(members, round(score, 6), _widest_distance(members), leader, why, links)


def _chance(member: Member, sizes: Mapping[str, float | None], assumed: Assumptions) -> float:
    """Return the chance that a member carries all its parts at once: each establishment's workforce is counted once for the sum of its parts."""
    chance = 1.0
    for establishment in member.establishments:
        shares = [share for share in member.shares if share.by.id == establishment.id]
        wanted = [size for share in shares if (size := sizes[share.part]) is not None]
        enough = suffices(establishment, sum(wanted) if wanted else None, assumed).likely
        chance *= enough * establishment.fit
        for share in shares:
            chance *= _nearness(share.by)
    return chance


def _leader(members: Sequence[Member]) -> tuple[str, str]:
    """Return the name of the best leader and the French reason: not a staff lender, then largest known workforce, most parts, highest chances."""

    def rank(member: Member) -> tuple[bool, float, int, float]:
        first = member.shares[0].by
        sells = any(not SECONDING.issuperset(one.kinds) for one in member.establishments)
        return sells, first.workers or 0.0, len(member.shares), sum(share.chance for share in member.shares)

    best = max(members, key=lambda member: (*rank(member), member.organisation))
    if best.shares[0].by.workers:
        return best.name, "le plus grand effectif connu"
    if len(best.shares) > max((len(other.shares) for other in members if other is not best), default=0):
        return best.name, "la part la plus grande du lot"
    return best.name, "la réponse la plus sûre"


def _widest_distance(members: Sequence[Member]) -> float | None:
    places = [member.shares[0].by.at for member in members]
    if len(members) < 2 or any(place is None for place in places):
        return None
    vectors = unit_vectors([place[0] for place in places if place], [place[1] for place in places if place])
    return max(float(kilometres(((one - other) ** 2).sum() ** 0.5)) for one, other in combinations(vectors, 2))


def _diverse(made: Sequence[Groupement], most: int) -> tuple[Groupement, ...]:
    """Return the first `most` groupements with no organisation in more than `REPEATED` of them."""
    groupements: list[Groupement] = []
    seen: dict[str, int] = {}
    for groupement in made:
        if len(groupements) < most and all(
            seen.get(member.organisation, 0) < REPEATED for member in groupement.members
        ):
            groupements.append(groupement)
            for member in groupement.members:
                seen[member.organisation] = seen.get(member.organisation, 0) + 1
    return tuple(groupements)
