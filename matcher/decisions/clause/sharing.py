"""Hours of one contract shared between the modalities: by how they are usually done, among who does the trade, no line too small to entrust."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from matcher.domain.kinds import SupplierKind
from matcher.reference.clauses import HIRING, modalities

# Under this a trade is none of theirs.
LEAST_WEIGHT = 1e-9
_SUBCONTRACTING = "soustraitance"


@dataclass(frozen=True, slots=True)
class Workforce:
    """Suppliers of one modality of whom the trade is equally sure: the expected number `doing` it, and the `hours` that they have room for."""

    doing: float
    hours: float


@dataclass(frozen=True, slots=True)
class SmallLine:
    """Hours of a modality (its code) that are too few to be entrusted alone, and the modality that they were joined `into`."""

    code: str
    hours: float
    into: str


def mix(
    hours: float, relevance: Mapping[SupplierKind, float], standings: Sequence[Mapping[str, Workforce]]
) -> dict[str, float]:
    """Share hours between the modalities, none given more than its room.

    Hiring keeps its part of the region, and what nobody has room for. Staff and the whole of subcontracting share the rest: their part of the
    region × how widespread the trade is among the kinds within reach. Subcontracting then goes to the suppliers that do the trade, the surest
    first, whatever their kind: a part of the region would keep EA and ESAT out.

    Args:
        relevance: share of each kind that does the trade, in [0, 1].
        standings: suppliers within reach by modality, those of whom the trade is surest first.
    """
    room = {way.code: sum(one[way.code].hours for one in standings if way.code in one) for way in modalities()}
    trade = [way.code for way in modalities() if way.subcontracts and room[way.code] > 0]
    lines = dict.fromkeys(room, 0.0)
    room[_SUBCONTRACTING] = sum(room[code] for code in trade)
    shares = {way.code: way.share for way in modalities()}
    hired = hours * shares[HIRING] / sum(shares.values())
    shared, left = _shared_out(hours - hired, _weights(relevance, room), room)
    rest = shared.pop(_SUBCONTRACTING, 0.0)
    for standing in standings:
        staff = {code: standing[code] for code in trade if code in standing}
        theirs = {code: own.hours for code, own in staff.items()}
        part, rest = _shared_out(rest, {code: own.doing for code, own in staff.items()}, theirs)
        for code, more in part.items():
            lines[code] += more
    left += rest
    return lines | shared | {HIRING: hired + max(left, 0.0)}


def _weights(relevance: Mapping[SupplierKind, float], room: Mapping[str, float]) -> dict[str, float]:
    """Weights of the ways to lend staff that have room, and of the whole of subcontracting where one of its ways has some."""
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
    """Join each line of fewer hours than its modality is entrusted with to another that has room for it: one that is then large enough first, of the
    same sort (staff, works), the smallest first, then to the largest. One that none has room for stays; hiring has room for all."""
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
    """Return whole hours shared equally between modalities."""
    return round_to_total(dict.fromkeys(sorted(codes), hours / len(codes)), hours)


def round_to_total(exact: Mapping[str, float], total: int) -> dict[str, int]:
    """Return whole hours that add up to the total: the largest remainders take what rounding leaves."""
    floors = {code: int(hours) for code, hours in exact.items()}
    left = total - sum(floors.values())
    for code in sorted(exact, key=lambda one: (floors[one] - exact[one], one))[:left]:
        floors[code] += 1
    return floors


def _shared_out(
    hours: float, weights: Mapping[str, float], room: Mapping[str, float]
) -> tuple[dict[str, float], float]:
    """Hours shared by weight, none given more than its room, and those that nobody has room for."""
    shares = dict.fromkeys(weights, 0.0)
    open_to = {code for code, weight in weights.items() if weight > LEAST_WEIGHT}
    while hours > 1e-9 and open_to:
        scale = hours / sum(weights[code] for code in sorted(open_to))
        full = {code for code in open_to if shares[code] + weights[code] * scale >= room[code]}
        for code in sorted(full or open_to):
            more = room[code] - shares[code] if full else weights[code] * scale
            shares[code] += more
            hours -= more
        open_to = open_to - full if full else set()
    return shares, hours
