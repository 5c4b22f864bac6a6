"""Answer to a query of the pages: read, ranked, narrowed, with the questions and offers shown beside the list."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np

from matcher.domain.french import unit
from matcher.domain.kinds import SupplierKind
from matcher.domain.match import Match
from matcher.domain.reading import ActivityGuess, Reading
from matcher.need.answer import Answer, answer_from, dated, laid
from matcher.need.fields import ASKED_LEVERS
from matcher.need.listing import KNOWN, RADII, Listing, Narrowing, listing, usual_radius
from matcher.need.title import object_of
from matcher.ranking.engine import Ranking, rank
from matcher.ranking.reasons import unknowns
from matcher.ranking.shelf.shelf import Shelf
from matcher.reading.trade.doubt import shown_activities
from matcher.reference.levers import lever
from matcher.web.frame.app_state import Desk
from matcher.web.need.address import ANY_RADIUS, NONE, Query

PAGE = 20
_FIRST = 5  # the candidates that the brief speaks of


@dataclass(frozen=True, slots=True)
class Offer:
    """Another query, how it is said, and what it would give: candidates in its list, credible ones among all."""

    label: str
    query: Query
    listed: int
    credible: int


@dataclass(frozen=True)
class AnsweredQuery:
    """Content of the list page of a query."""

    query: Query
    ranking: Ranking
    listing: Listing

    @property
    def reading(self) -> Reading:
        """What was understood."""
        return self.query.reading

    @cached_property
    def candidates(self) -> tuple[Match, ...]:
        """The candidates of this page."""
        return self.listing.page(self.page, PAGE)

    @property
    def page(self) -> int:
        """The page shown: the last one where the address asks further."""
        return min(self.query.page, self.pages)

    @property
    def pages(self) -> int:
        """How many pages there are, one at least."""
        return max(1, -(-len(self.listing.rows) // PAGE))

    @cached_property
    def credible(self) -> int:
        """How many are credible in the whole catalogue."""
        return int(self.ranking.credible.sum())

    @cached_property
    def first(self) -> tuple[Match, ...]:
        """The first candidates of the list, whatever the page."""
        return self.candidates[:_FIRST] if self.page == 1 else self.listing.page(1, _FIRST)

    @cached_property
    def first_credible(self) -> Match | None:
        """The first credible candidate of the list, where others come before; None where it leads, or where there is none."""
        found = np.flatnonzero(self.ranking.credible[self.listing.rows])
        return self.listing.page(int(found[0]) + 1, 1)[0] if found.size and found[0] else None

    @cached_property
    def told(self) -> Answer:
        """The answer that every door gives, with the candidates of this page."""
        return answer_from(self.ranking, self.candidates)

    @property
    def unknown_of_first(self) -> tuple[str, str]:
        """The weightiest thing not known of the first candidates, and of which: « Activité », « nᵒˢ 2 et 3 »; empty where none."""
        weight: dict[str, int] = {}
        who: dict[str, list[int]] = {}
        for match in self.first:
            for contribution in unknowns(match):
                weight[contribution.label] = weight.get(contribution.label, 0) + contribution.weight
                who.setdefault(contribution.label, []).append(match.rank or 0)
        if not weight:
            return "", ""
        label = max(weight, key=lambda name: (weight[name], name))
        if len(who[label]) == len(self.first):
            return label, "de tous les premiers" if len(self.first) > 1 else "du premier"
        ranks = sorted(who[label])
        listed = " et ".join(filter(None, (", ".join(map(str, ranks[:-1])), str(ranks[-1]))))
        return label, f"des nᵒˢ {listed}" if len(ranks) > 1 else f"du nᵒ {listed}"

    @property
    def need(self) -> str:
        """The need on one line: of a notice pasted whole, its object."""
        return object_of(self.query.text("besoin"))

    @property
    def activities(self) -> tuple[ActivityGuess, ...]:
        """What is shown as understood of the trade."""
        return shown_activities(self.reading)

    @cached_property
    def wider(self) -> tuple[Offer, ...]:
        """Ways to widen a list that is empty, or without anyone credible, each with what it would bring."""
        if len(self.listing.rows) and self.credible:
            return ()
        return tuple(
            offer for offer in _wider(self) if offer.listed > len(self.listing.rows) or offer.credible > self.credible
        )

    @cached_property
    def other_levers(self) -> tuple[Offer, ...]:
        """What each other article would give, where one is chosen."""
        if not self.query.lot.levier:
            return ()
        found = (
            self.offer(f"avec l’article {lever(code).article}", self.query.but(levier=code))
            for code in ASKED_LEVERS
            if code not in (self.query.lot.levier, "clause")
        )
        return tuple(found)  # fmt: skip

    def offer(self, label: str, query: Query) -> Offer:
        """Answer another query on the same shelf, on the same day, for its counts alone."""
        other = answer_on(self.ranking.ask.shelf, self.ranking.ask.on, query)
        return Offer(label, query, len(other.listing.rows), other.credible)

    def radii(self) -> tuple[tuple[str, str, int, bool], ...]:
        """Each distance offered: its value in the address, how it is said, how many would remain, whether it is the one."""
        choices: list[tuple[str, str, int | None]] = [(str(km), unit(km, "km"), km) for km in RADII]
        choices.append((ANY_RADIUS, "sans limite", None))
        now = self.listing.narrowing.km
        return tuple((value, label, self.listing.within(km), km == now) for value, label, km in choices)

    def kinds(self) -> tuple[tuple[SupplierKind, int, bool], ...]:
        """Each kind that anyone holds, how many would remain of it alone, whether it is chosen."""
        chosen = self.listing.narrowing.kinds
        counted = ((kind, self.listing.of_kind(kind)) for kind in SupplierKind)
        return tuple((kind, left, kind in chosen) for kind, left in counted if left or kind in chosen)

    def known(self) -> tuple[tuple[str, str, int, bool], ...]:
        """Each thing that may be known: its value in the address, how it is said, how many would remain, whether it is chosen."""
        chosen = self.listing.narrowing.known
        return tuple((key, known.label, self.listing.knowing(key), key in chosen) for key, known in KNOWN.items())

    @property
    def narrowed(self) -> int:
        """How many filters the buyer has set."""
        return (
            len(self.query.several("type"))
            + len(self.query.several("connu"))
            + len({*self.query.values} & {"rayon", "credible"})
        )


def answer(desk: Desk, query: Query) -> AnsweredQuery:
    """Answer a query that has no fault, on the catalogue as it is."""
    return answer_on(desk.shelf(), desk.today(), query)


def answer_on(shelf: Shelf, today: date, query: Query) -> AnsweredQuery:
    """Answer a query on a shelf, asked `today`."""
    ranking = rank(laid(dated(query.reading, today), shelf, today))
    return AnsweredQuery(query, ranking, listing(ranking, query.narrowing(usual_radius(ranking)), query.sort))


def _wider(answer: AnsweredQuery) -> Iterator[Offer]:
    query, narrowing = answer.query, answer.listing.narrowing
    if narrowing.km is not None:
        for km in [*(km for km in RADII if km > narrowing.km), None]:
            label = f"jusqu’à {unit(km, 'km')}" if km else "sans limite de distance"
            yield Offer(
                label, query.but(rayon=str(km) if km else ANY_RADIUS), answer.listing.within(km), answer.credible
            )
    if narrowing.kinds:
        left = listing(answer.ranking, replace(narrowing, kinds=frozenset())).rows
        yield Offer("tous les types", query.but(type=None), len(left), answer.credible)
    if narrowing.known:
        left = listing(answer.ranking, Narrowing(narrowing.kinds, narrowing.km)).rows
        yield Offer("y compris ce qui n’est pas connu", query.but(connu=None), len(left), answer.credible)
    yield from answer.other_levers
    if query.lot.levier:
        yield answer.offer("sans réserver", query.but(levier=NONE))
