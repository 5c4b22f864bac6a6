"""Links to the lots of a notice pasted whole: each has the address of its own list of candidates."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from matcher.reading.notice import condensed
from matcher.reading.reader import LotRead, lots_of_notice
from matcher.web.need.address import LONGEST_NEED, Query

# Each is read to be linked: beyond, a page would wait.
MOST_LOTS = 40


@dataclass(frozen=True, slots=True)
class LotLink:
    """One lot: its number and title as the notice has them, and the address of its list."""

    number: str
    title: str
    url: str


def lot_links(query: Query, pasted: str) -> tuple[LotLink, ...]:
    """Return a link for each of the first lots of the text that was pasted, empty where it has no lots."""
    whole = replace(query.lot, objet=pasted, montant=None, duree=None)
    return tuple(LotLink(one.number, one.title, _of(query, one).url()) for one in lots_of_notice(whole, MOST_LOTS))


def _of(query: Query, one: LotRead) -> Query:
    """The query of one lot: its own words, codes and sizes; a place that a person gave stays."""
    reading = one.reading
    words, _ = condensed("\n".join(_words(one)), LONGEST_NEED)
    return query.only_need().but(
        besoin=words,
        cpv=reading.lot.cpv,
        ou=() if query.several("lieu") else [place.key for place in reading.places],
        montant=f"{reading.euros:.2f}" if reading.euros else None,
        duree=f"{reading.months:g}" if reading.months else None,
    )


def _words(one: LotRead) -> Iterator[str]:
    said, reserved = one.reading.lot.objet.strip(" ."), one.reading.reserved_by
    if said not in reserved:
        yield said
    if reserved:
        yield reserved
