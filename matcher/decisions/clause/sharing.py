"""Splits the insertion hours of one contract between modalities (direct hire, staff lending, subcontracting): by regional usual shares, weighted by the local
suppliers of the trade, within their capacity; lines too small are merged, and hours rounded."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from matcher.domain.kinds import SupplierKind
from matcher.reference.clauses import HIRING, modalities

# A modality with a smaller weight gets no hours.
LEAST_WEIGHT = 1e-9
_SUBCONTRACTING = "soustraitance"


@dataclass(frozen=True, slots=True)
class Workforce:
    """Suppliers of one modality and one standing (certainty of the trade): expected number `doing` the trade, capacity in `hours`."""

    doing: float
    hours: float


@dataclass(frozen=True, slots=True)
class SmallLine:
    """Hours of a modality (`code`) too few to be entrusted separately, and the modality that took them (`into`)."""

    code: str
    hours: float
    into: str


def mix(
    hours: float, relevance: Mapping[SupplierKind, float], standings: Sequence[Mapping[str, Workforce]]
) -> dict[str, float]:
    """Split hours between modalities, each within its capacity.

    Direct hire takes its usual regional share, and what exceeds all capacities. Staff lending modalities, and subcontracting as a whole, split the rest in
    proportion to regional share × share of suppliers of their kinds that do the trade. Hours of subcontracting go to suppliers of the trade, the surest
    first, whatever their kind: regional shares would exclude EA and ESAT.

    Args:
        relevance: share of each kind of supplier that does the trade, in [0, 1].
        standings: suppliers within reach by modality, one mapping per standing, the surest of the trade first.
    """
    room = {way.code: sum(one[way.code].hours for one in standings if way.code in one) for way in modalities()}
    trade = [way.code for way in modalities() if way.subcontracts and room[way.code] > 0]
    lines = dict.fromkeys(room, 0.0)
    room[_SUBCONTRACTING] = sum(room[code] for code in trade)
    shares = {way.code: way.share for way in modalities()}
    hired = hours * shares[HIRING] / sum(shares.values())
    shared, left = _fill_by_weight(hours - hired, _weights(relevance, room), room)
    rest = shared.pop(_SUBCONTRACTING, 0.0)
    for standing in standings:
        staff = {code: standing[code] for code in trade if code in standing}
        theirs = {code: own.hours for code, own in staff.items()}
        part, rest = _fill_by_weight(rest, {code: own.doing for code, own in staff.items()}, theirs)
        for code, more in part.items():
            lines[code] += more
    left += rest
    return lines | shared | {HIRING: hired + max(left, 0.0)}


def _weights(relevance: Mapping[SupplierKind, float], room: Mapping[str, float]) -> dict[str, float]:
    """Return the weights of the staff lending modalities with capacity, and of subcontracting as a whole if one of its modalities has capacity."""
    works = [way for way in modalities() if way.subcontracts]
    weights = {
        way.code: way.share * max(relevance[kind] for kind in way.kinds)
        for way in modalities()
        if way.kinds and room[way.code] > 0
    }
    trade = [way for way in works if way.code in weights]
    if trade:
        spread = sum(weights.pop(way.code) for way in trade) / sum(way.share for way in trade)
        weights[_SUBCONTRACTING] = spread * sum(way.share for way in works)
    return weights


def join_small(
    shared: Mapping[str, float], room: Mapping[str, float]
) -> tuple[dict[str, float], tuple[SmallLine, ...]]:
    """Merge each line under its modality's least hours into another with enough capacity (direct hire always has), the best move first: the target reaches
    its own minimum, is of the same sort (staff lending or not), the moved line is the smallest, the target the largest. Without a target the line stays."""
    ways = {way.code: way for way in modalities()}
    lines = dict(shared)
    small: list[SmallLine] = []
    for _ in shared:
        moves = [
            (
                min((others + hours) / ways[into].least_hours, 1.0),
                ways[into].lends_staff == ways[code].lends_staff,
                -hours,
                others,
                code,
                into,
            )
            for code, hours in lines.items()
            if 0 < hours < ways[code].least_hours
            for into, others in lines.items()
            if into != code and others > 0 and (into == HIRING or others + hours <= room.get(into, 0.0))
        ]
        if not moves:
            break
        *_, code, into = max(moves)
        small.append(SmallLine(code, lines[code], into))
        lines[into] += lines[code]
        lines[code] = 0.0
    return lines, tuple(small)


def equally(hours: int, codes: Collection[str]) -> dict[str, int]:
    """Split hours equally between modalities, in whole hours."""
    return round_to_total(dict.fromkeys(sorted(codes), hours / len(codes)), hours)


def round_to_total(exact: Mapping[str, float], total: int) -> dict[str, int]:
    """Round hours to integers that add up to `total` (largest remainder method)."""
    floors = {code: int(hours) for code, hours in exact.items()}
    missing_hours = total - sum(floors.values())
    for code in sorted(exact, key=lambda one: (floors[one] - exact[one], one))[:missing_hours]:
        floors[code] += 1
    return floors


def _fill_by_weight(
    hours: float, weights: Mapping[str, float], room: Mapping[str, float]
) -> tuple[dict[str, float], float]:
    """Split hours by weight within capacities (water-filling); return the shares, and the hours that exceed all capacities."""
    shares = dict.fromkeys(weights, 0.0)
    open_to = {code for code, weight in weights.items() if weight > LEAST_WEIGHT}
    while hours > 1e-9 and open_to:
        scale = hours / sum(weights[code] for code in sorted(open_to))
        full = {code for code in open_to if shares[code] + weights[code] * scale >= room[code]}
        for code in sorted(full or open_to):
            added_hours = room[code] - shares[code] if full else weights[code] * scale
            shares[code] += added_hours
            hours -= added_hours
        open_to = open_to - full if full else set()
    return shares, hours
