"""Example of the first page: a need of the table, where the catalogue knows who answers it, and what it finds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from matcher.domain.match import Match
from matcher.ranking.shelf.shelf import Shelf
from matcher.reference.examples import need_examples
from matcher.reference.geography.communes import commune_arrays
from matcher.reference.trades.activities import taxonomy
from matcher.web.frame.cache import remembered
from matcher.web.need.address import Query
from matcher.web.need.answer import AnsweredQuery, answer_on
from matcher.web.need.understood import places_said

# Fewer known structures show little of what a list is.
ENOUGH = 3


@dataclass(frozen=True, slots=True)
class ShownExample:
    """An example as it is shown: its query, its place in words, how many are known for it, and the first of them."""

    query: Query
    place: str
    known: int
    first: Match


def example(shelf: Shelf, today: date, place: str) -> ShownExample | None:
    """Return an example around the buyer's own place, else where the catalogue knows most; None where it knows nobody.

    It is the first of the table that enough are known for, else the one that most are: the same for the same catalogue, day and place, and
    worked out once for them.
    """
    return remembered("example", (shelf.version, today, place), lambda: _chosen(shelf, today, place))


def _chosen(shelf: Shelf, today: date, place: str) -> ShownExample | None:
    best: AnsweredQuery | None = None
    for query in _queries(shelf, place):
        found = answer_on(shelf, today, query)
        if best is None or found.known > best.known:
            best = found
        if found.known >= ENOUGH:
            break
    if best is None or not best.known:
        return None
    return ShownExample(best.query, ", ".join(places_said(best.query)), best.known, best.candidates[0])


def _queries(shelf: Shelf, place: str) -> Iterator[Query]:
    needs = need_examples()
    if place:
        yield from (Query({}).but(besoin=each.need, lieu=place) for each in needs)
    for each in needs:
        if town := _busiest_town(shelf, each.activity):
            yield Query({}).but(besoin=each.need, ou=f"insee:{town}")


def _busiest_town(shelf: Shelf, activity: str) -> str:
    """The INSEE code of the commune where most suppliers known for an activity stand, the first of several; empty where none stands."""
    wanted = np.zeros(len(taxonomy().codes), dtype=bool)
    wanted[taxonomy().index[activity]] = True
    points = shelf.points.first[shelf.does.surely(wanted, len(shelf))]
    towns = shelf.points.commune[points[points < len(shelf.points.commune)]]
    towns = towns[towns >= 0]
    return commune_arrays().codes[int(np.bincount(towns).argmax())] if len(towns) else ""
