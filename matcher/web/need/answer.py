"""Ranking of a query (parameters of the list page) with what the page shows: bands (levels of evidence), filters with counts, wider searches."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import islice

import numpy as np
from flask import g

from matcher.cleaning.numbers import whole_number
from matcher.domain.age import SourcesOf
from matcher.domain.french import unit
from matcher.domain.kinds import SupplierKind
from matcher.domain.match import Match
from matcher.domain.reading import ActivityGuess, Reading
from matcher.dossiers.answers import declined_today, teams_today
from matcher.dossiers.dossier import Dossier, SavedLot
from matcher.dossiers.store import load_dossier
from matcher.journal.change import ChangeRefused
from matcher.journal.store import JournalUnknown
from matcher.need.answer import Answer, answer_from, as_of, lay_on_shelf
from matcher.need.fields import ASKED_LEVERS
from matcher.need.listing import FACT_FILTERS, RADII, Listing, Part, listing
from matcher.need.sourced import not_asked, with_sources
from matcher.need.title import object_of
from matcher.ranking.engine import Ranking, rank
from matcher.ranking.profiles import weights_of
from matcher.ranking.shelf.shelf import Shelf
from matcher.reading.trade.doubt import shown_activities
from matcher.reference.levers import lever
from matcher.web.frame.app_state import Desk, desk, owner
from matcher.web.need.address import NONE, Query

PAGE = 50
# Candidates that one click keeps: as many as a buyer calls in a morning.
SHORTLIST = 6


@dataclass(frozen=True, slots=True)
class OtherQuery:
    """An alternative query, its French label, and its result: organisations in its list, and those of them known for the trade."""

    label: str
    query: Query
    listed: int
    known: int


@dataclass(frozen=True, slots=True)
class Section:
    """Part of a list on a page: the candidates shown, and the number of organisations in the part."""

    part: Part
    matches: tuple[Match, ...]
    total: int

    @property
    def more(self) -> int:
        """Return how many organisations of the part the page does not show."""
        return self.total - len(self.matches)


@dataclass(frozen=True)
class AnsweredQuery:
    """A query and its ranking: all that the list page shows is computed from them."""

    query: Query
    ranking: Ranking
    listing: Listing
    sources_of: SourcesOf

    @property
    def reading(self) -> Reading:
        """The need as read."""
        return self.query.reading

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The parts of the page: the first screen of each band, or one page of the chosen part."""
        part = self.query.part
        shown = {part: self.listing.page(part, self.page, PAGE)} if part else self.listing.screen()
        matches = iter(self.with_sources([match for candidates in shown.values() for match in candidates]))
        return tuple(Section(key, tuple(islice(matches, len(shown[key]))), self.listing.count(key)) for key in shown)

    def with_sources(self, matches: Sequence[Match]) -> tuple[Match, ...]:
        """Return candidates of this list with the sources of their reasons."""
        return with_sources(matches, self.sources_of)

    @cached_property
    def candidates(self) -> tuple[Match, ...]:
        """The candidates of this page, one band after the other."""
        return tuple(match for section in self.sections for match in section.matches)

    @property
    def page(self) -> int:
        """The page shown: the last one where the address asks further."""
        return min(self.query.page, self.pages)

    @property
    def pages(self) -> int:
        """Return how many pages there are, one at least."""
        part = self.query.part
        return max(1, -(-self.listing.count(part) // PAGE)) if part else 1

    @property
    def known_count(self) -> int:
        """Return how many organisations that pass the filters are known for the trade and within reach."""
        return self.listing.found.place_counts[0]

    @cached_property
    def first_ids(self) -> tuple[str, ...]:
        """The ids of the first `SHORTLIST` candidates, one band after the other."""
        return self.listing.first_ids(SHORTLIST)

    def matches_of(self, ids: Sequence[str]) -> tuple[Match, ...]:
        """Return these suppliers as matches, in the order given, even if the list leaves them out; those that the catalogue lacks are dropped."""
        shelf = self.ranking.ask.shelf
        rows = [row for row in map(shelf.find, ids) if row is not None]
        return self.listing.found.matches(np.array(rows, dtype=np.intp))

    def known_of(self, query: Query) -> int:
        """Return how many are known for another query, on the same shelf, on the same day."""
        return self.of(query).known_count

    def of(self, query: Query) -> "AnsweredQuery":
        """Answer another query on the same shelf, on the same day."""
        if query == self.query:
            return self
        ask = self.ranking.ask
        return answer_on(ask.shelf, ask.on, query, self.sources_of, ask.declined)

    @cached_property
    def full_answer(self) -> Answer:
        """The answer (as commands and the API give it) with the candidates of this page."""
        return self.answer_with(self.candidates)

    def answer_with(self, matches: tuple[Match, ...]) -> Answer:
        """Return the answer with these candidates of the list."""
        return answer_from(self.listing.found, matches, self.listing.narrowing.sentences)

    @property
    def need(self) -> str:
        """The need on one line: for a pasted notice, its object."""
        return object_of(self.query.text("besoin"))

    @property
    def activities(self) -> tuple[ActivityGuess, ...]:
        """The activities shown as understood."""
        return shown_activities(self.reading)

    @cached_property
    def wider(self) -> tuple[OtherQuery, ...]:
        """Wider queries, each with its counts, for a list in which nobody is known for the trade."""
        if self.known_count:
            return ()
        return tuple(
            offer for offer in _wider(self) if offer.listed > self.listing.standing or offer.known > self.known_count
        )

    @cached_property
    def other_levers(self) -> tuple[OtherQuery, ...]:
        """The same query under each other article (of reservation), where one is chosen."""
        if not self.reading.lever:
            return ()
        other_queries = (
            self.offer(f"avec l’article {lever(code).article}", self.query.but(levier=code))
            for code in ASKED_LEVERS
            if code not in (self.reading.lever, "clause")
        )
        return tuple(other_queries)  # fmt: skip

    def offer(self, label: str, query: Query) -> OtherQuery:
        """Rank another query on the same shelf and day, for its counts only."""
        other = self.of(query)
        return OtherQuery(label, query, other.listing.standing, other.known_count)

    def radii(self) -> tuple[tuple[str, str, int, bool], ...]:
        """Return each distance filter: value in the address, label, how many would remain, whether it is active."""
        choices: list[tuple[str, str, int | None]] = [(str(km), f"à {unit(km, 'km')} au plus", km) for km in RADII]
        choices.append(("", "à portée", None))
        now = self.listing.narrowing.km
        return tuple((value, label, self.listing.within(km), km == now) for value, label, km in choices)

    def kinds(self) -> tuple[tuple[SupplierKind, int, bool], ...]:
        """Return each kind with a supplier: how many would remain with it as the only kind, whether it is chosen."""
        chosen = self.listing.narrowing.kinds
        counts = ((kind, self.listing.of_kind(kind)) for kind in SupplierKind)
        return tuple((kind, remaining, kind in chosen) for kind, remaining in counts if remaining or kind in chosen)

    def filters(self) -> tuple[tuple[str, str, int, bool], ...]:
        """Return each filter « this is known »: value in the address, label, how many would remain, whether it is active."""
        chosen = self.listing.narrowing.known
        return tuple(
            (key, known.label, self.listing.knowing(key), key in chosen) for key, known in FACT_FILTERS.items()
        )

    @property
    def filter_count(self) -> int:
        """Return how many filters the buyer has set."""
        narrowing = self.listing.narrowing
        return len(narrowing.kinds) + len(narrowing.known) + (narrowing.km is not None)


def answer_query(desk: Desk, query: Query) -> AnsweredQuery:
    """Rank a query without faults on the current catalogue, today."""
    return answer_on(desk.shelf(), desk.today(), query, desk.sources_of, declined_for(query))


def answer_on(
    shelf: Shelf, on: date, query: Query, sources_of: SourcesOf = not_asked, declined: Mapping[str, str] | None = None
) -> AnsweredQuery:
    """Rank a query on a shelf (the catalogue's suppliers as arrays); `declined` gives the suppliers that refused the lot, with their words."""
    weights = weights_of(incumbents_first=query.incumbents_first, without_distance=query.without_distance)
    ranking = rank(lay_on_shelf(as_of(query.reading, on), shelf, on, declined), weights)
    return AnsweredQuery(query, ranking, listing(ranking, query.narrowing(), query.sort), sources_of)


def _wider(answer: AnsweredQuery) -> Iterator[OtherQuery]:
    """Yield the list without each of its filters in turn, then under each other article, then without any."""
    query, narrowing = answer.query, answer.listing.narrowing
    lifted = (
        (narrowing.km, "à la portée habituelle", {"rayon": None}),
        (narrowing.kinds, "tous les types", {"type": None}),
        (narrowing.known, "y compris ce qui n’est pas connu", {"connu": None}),
    )
    for narrowed, label, change in lifted:
        if narrowed:
            yield answer.offer(label, query.but(**change))
    yield from answer.other_levers
    if answer.reading.lever:
        yield answer.offer("sans réserver", query.but(levier=NONE))


def declined_for(query: Query) -> Mapping[str, str]:
    """Return the refusals, by supplier id, of the dossier's lot that a query names; empty where there is no such lot."""
    saved = dossier_of(query)
    return {} if saved is None else declined_today(desk().engine, saved[1])


def teams_for(query: Query) -> Mapping[str, float]:
    """Return the people that suppliers have free for the dossier's lot that a query names, by supplier id; empty where there is no such lot."""
    saved = dossier_of(query)
    return {} if saved is None else teams_today(desk().engine, saved[1])


def dossier_of(query: Query) -> tuple[Dossier, SavedLot] | None:
    """Return the dossier and its lot that a query names (« dossier-lot »), or None."""
    number, _, lot = query.text("dossier").partition("-")
    dossier_number, place = whole_number(number), whole_number(lot)
    if dossier_number is None or place is None or g.get("owner") is None:
        return None
    try:
        dossier = load_dossier(desk().engine, owner(), dossier_number)
        return dossier, dossier.lot(place)
    except (JournalUnknown, ChangeRefused):
        return None
