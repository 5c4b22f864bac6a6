"""Hours of one contract shared between the modalities: by how they are usually done, within the room of each, no line too small to entrust."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from matcher.domain.kinds import SupplierKind
from matcher.reference.clauses import HIRING, modalities

# Under this a trade is none of theirs.
LEAST_WEIGHT = 1e-9


@dataclass(frozen=True, slots=True)
class SmallLine:
    """Hours of a modality (its code) that are too few to be entrusted alone, and the modality that they were joined `into`."""

    code: str
    hours: float
    into: str


def mix(hours: float, relevance: Mapping[SupplierKind, float], room: Mapping[str, float]) -> dict[str, float]:
    """Share hours between the modalities: hiring keeps its part of the region; the others, theirs × how widespread the trade is among
    their kinds, no more than the room they have; what nobody has room for is hired."""
    shares = {one.code: one for one in modalities()}
    total = sum(one.share for one in shares.values())
    hired = hours * shares[HIRING].share / total
    left = hours - hired
    weights = {
        code: one.share * max((relevance[kind] for kind in one.kinds), default=0.0)
        for code, one in shares.items()
        if code != HIRING and room.get(code, 0.0) > 0
    }
    given, left = _shared_out(left, weights, room)
    return dict.fromkeys(shares, 0.0) | given | {HIRING: hired + max(left, 0.0)}


def joined(
    shared: Mapping[str, float], room: Mapping[str, float], least: float
) -> tuple[dict[str, float], tuple[SmallLine, ...]]:
    """Join each line of fewer than `least` hours with the largest that has room for it, the smallest first; one that none has room for
    stays. Hiring has room for all."""
    lines = dict(shared)
    told: list[SmallLine] = []
    for _ in shared:
        small = {code: hours for code, hours in lines.items() if 0 < hours < least}
        moves = [(hours, code, into) for code, hours in small.items() if (into := _takes(lines, room, code))]
        if not moves:
            break
        hours, code, into = min(moves)
        lines[into] += hours
        lines[code] = 0.0
        told.append(SmallLine(code, hours, into))
    return lines, tuple(told)


def equally(hours: int, codes: Collection[str]) -> dict[str, int]:
    """Return whole hours shared equally between modalities."""
    return whole(dict.fromkeys(sorted(codes), hours / len(codes)), hours)


def whole(exact: Mapping[str, float], total: int) -> dict[str, int]:
    """Return whole hours that add up to the total: the largest remainders take what rounding leaves."""
    floors = {code: int(hours) for code, hours in exact.items()}
    left = total - sum(floors.values())
    for code in sorted(exact, key=lambda one: (floors[one] - exact[one], one))[:left]:
        floors[code] += 1
    return floors


def _takes(lines: Mapping[str, float], room: Mapping[str, float], code: str) -> str:
    """The largest other line that has room for the hours of one; empty where there is none."""
    taking = [
        (hours, other)
        for other, hours in lines.items()
        if other != code and hours > 0 and (other == HIRING or hours + lines[code] <= room.get(other, 0.0))
    ]
    return max(taking, default=(0.0, ""))[1]


def _shared_out(
    hours: float, weights: Mapping[str, float], room: Mapping[str, float]
) -> tuple[dict[str, float], float]:
    """Hours shared by weight, none given more than its room, and those that nobody has room for."""
    given = dict.fromkeys(weights, 0.0)
    open_to = {code for code, weight in weights.items() if weight > LEAST_WEIGHT}
    while hours > 1e-9 and open_to:
        scale = hours / sum(weights[code] for code in sorted(open_to))
        full = {code for code in open_to if given[code] + weights[code] * scale >= room[code]}
        for code in sorted(full or open_to):
            more = room[code] - given[code] if full else weights[code] * scale
            given[code] += more
            hours -= more
        open_to = open_to - full if full else set()
    return given, hours
