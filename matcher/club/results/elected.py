"""Data of the one-page sheet for elected officials on a meeting day: needs by trade and by territory, and the trades that lacked suppliers."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from matcher.club.results.needs_met import CountedNeed, Lack, LackKind
from matcher.domain.french import count, with_apostrophes
from matcher.domain.grouping import group_pairs
from matcher.reference.geography.territories import departement, epci

# Removed from names on a map: « Communauté d’agglomération de » Cholet.
_KIND = re.compile(r"^Communauté (?:de communes|d['’]agglomération|urbaine) (?:de la |de l['’]|des |du |de |d['’])?")
# Most trades and territories on the page; the others are summed in one line.
MOST_TRADES, MOST_PLACES = 6, 8


@dataclass(frozen=True, slots=True)
class NeedsOf:
    """Needs of a trade or of a territory: how many, how many of them `met` a supplier of their trade, and the mean of their coordinates;
    `others`: a line that sums several."""

    label: str
    needs: int
    met: int
    point: tuple[float, float] | None = None
    others: bool = False

    @property
    def most(self) -> int:
        """Return the count that scales the bars of a chart: 0 for a summed line, which has no bar."""
        return 0 if self.others else self.needs


def needs_by_trade(needs: Iterable[CountedNeed]) -> tuple[NeedsOf, ...]:
    """Return the needs of each trade, most asked first, the last ones summed; needs that are not understood are left out."""
    return _sum_the_rest(
        _needs_by((one for one in needs if one.is_understood), lambda one: one.trade), MOST_TRADES, "autres métiers"
    )


def needs_by_place(needs: Sequence[CountedNeed]) -> tuple[NeedsOf, ...]:
    """Return the needs of each EPCI (group of communes), else département, most first, the last ones summed; those without a place left out."""
    return _sum_the_rest(
        _needs_by((one for one in needs if one.point and territory_name(one)), territory_name),
        MOST_PLACES,
        "autres territoires",
    )


def territory_name(need: CountedNeed) -> str:
    """Return the name of the EPCI of a need, else of its département; empty where neither is known."""
    group, county = epci(need.at.epci), departement(need.at.departement)
    return with_apostrophes(_KIND.sub("", group.name) if group else county.name if county else "")


def _needs_by(needs: Iterable[CountedNeed], label: Callable[[CountedNeed], str]) -> list[NeedsOf]:
    groups = []
    for name, group in group_pairs((label(one), one) for one in needs).items():
        points = [one.point for one in group if one.point]
        middle = tuple(sum(part) / len(points) for part in zip(*points, strict=True)) if points else None
        at = (middle[0], middle[1]) if middle else None
        groups.append(NeedsOf(name, len(group), sum(one.met is True for one in group), at))
    return sorted(groups, key=lambda one: (-one.needs, one.label))


def _sum_the_rest(needs: Sequence[NeedsOf], most: int, others: str) -> tuple[NeedsOf, ...]:
    if len(needs) <= most + 1:
        return tuple(needs)
    tail = needs[most:]
    label = f"{len(tail)} {others}"
    return (*needs[:most], NeedsOf(label, sum(one.needs for one in tail), sum(one.met for one in tail), others=True))


def lack_lines(lacks: Iterable[Lack]) -> dict[LackKind, tuple[str, ...]]:
    """Return French lines on the trades that lacked, by kind of lack; trades with few suppliers (`FEW`) are not counted as lacking."""
    by_kind = group_pairs(
        (one.kind, f"{one.trade} ({_lack_words(one)})") for one in lacks if one.kind is not LackKind.FEW
    )
    return {kind: tuple(by_kind.get(kind, ())) for kind in LackKind if kind is not LackKind.FEW}


def _lack_words(lack: Lack) -> str:
    buyers = count(len(lack.buyers), "acheteur")
    if lack.kind is LackKind.UNSEEN:
        return f"{count(lack.doing, 'structure')}, {buyers}"
    if lack.catalogue is None:
        return f"{buyers} ; au catalogue, métier non connu"
    return f"{buyers} ; {count(lack.catalogue, 'structure')} à portée au catalogue" if lack.catalogue else buyers
