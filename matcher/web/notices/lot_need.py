"""Need that a published lot is, as the pages of a need take it."""

from matcher.domain.lot import Lot
from matcher.reading.notice import condensed
from matcher.reading.reader import read
from matcher.web.need.address import LONGEST_NEED, Query, query_of


def need_of(lot: Lot) -> Query:
    """Return the need that a lot is: of a long text its usual clauses are left, and its places are those that were read."""
    places = [place.key for place in read(lot).places]
    return query_of(lot).but(besoin=condensed(lot.objet, LONGEST_NEED)[0], lieu=None, ou=places)
