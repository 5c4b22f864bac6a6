"""« Jusqu’à quelle taille ? » as a drawing: the places of its lines in an SVG of `WIDTH` × `HEIGHT` units. It holds no text to style."""

from dataclasses import dataclass
from math import ceil, floor, log10

from matcher.decisions.opinion.compute import Opinion
from matcher.domain.french import number, unit

WIDTH, HEIGHT = 360, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 30, 350, 24, 196
_TICKS = 5


@dataclass(frozen=True, slots=True)
class Tick:
    """A graduation: where it stands, what is written at it."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class SizeCurve:
    """`line` and `band` are lists of points as SVG writes them; `lot` is where the size asked stands, None where it is not known."""

    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    line: str
    band: str
    wanted: Tick
    lot: Tick | None
    lot_at: float
    says: str

    left, right, top, bottom = _LEFT, _RIGHT, _TOP, _BOTTOM
    width, height = WIDTH, HEIGHT


def size_curve(its: Opinion) -> SizeCurve | None:
    """Draw how many candidates remain as the lot grows; None where nobody is counted."""
    if not its.understood or not its.told.found:
        return None
    steps, wanted = its.steps, its.assumed.wanted
    last = steps[-1].etp
    highest = max(wanted, *(step.candidates.high for step in steps))
    gap = max(_round_step(highest), 1.0)
    most = ceil(highest / gap) * gap

    def x(etp: float) -> float:
        return round(_LEFT + (_RIGHT - _LEFT) * etp / last, 1)

    def y(candidates: float) -> float:
        return round(_BOTTOM - (_BOTTOM - _TOP) * candidates / most, 1)

    highs = [(x(step.etp), y(step.candidates.high)) for step in steps]
    lows = [(x(step.etp), y(step.candidates.low)) for step in reversed(steps)]
    etp = its.need.etp
    return SizeCurve(
        across=tuple(Tick(x(at), number(at, 2)) for at in _marks(last, _round_step(last))),
        up=tuple(Tick(y(at), number(at)) for at in _marks(most, gap)),
        line=_points([(x(step.etp), y(step.candidates.likely)) for step in steps]),
        band=_points([*highs, *lows]),
        wanted=Tick(y(wanted), f"seuil : {number(wanted)}"),
        lot=None if etp is None else Tick(x(min(etp, last)), f"votre lot : {unit(etp, 'ETP', 1)}"),
        lot_at=y(its.told.able.likely),
        says=f"Candidats probables selon la taille du lot : {number(steps[0].candidates.likely, 1)} pour {unit(steps[0].etp, 'ETP', 2)}, "
        f"{number(steps[-1].candidates.likely, 1)} pour {unit(last, 'ETP', 2)}.",
    )


def _round_step(most: float) -> float:
    """The roundest step that cuts `most` in a few."""
    rough = most / _TICKS
    power = 10.0 ** floor(log10(rough))
    return next(times * power for times in (1, 2, 5, 10) if times * power >= rough)


def _marks(most: float, gap: float) -> list[float]:
    return [round(gap * at, 4) for at in range(int(most / gap + 1e-9) + 1)]


def _points(points: list[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)
