"""Links to the lots of a notice: each has the address of its own list of candidates, which keeps the notice where it is short."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from matcher.reading.notice import condensed, of_market
from matcher.reading.reader import LotRead, lots_of_notice
from matcher.web.need.address import LONGEST_NEED, LONGEST_NOTICE, Query

# Each is read to be linked: beyond, a page would wait.
MOST_LOTS = 40
# A row of tabs holds so many, each with how many are known for it; more are a list that is unfolded.
MOST_TABS = 12


@dataclass(frozen=True, slots=True)
class LotLink:
    """One lot: its number and title as the notice has them, its query, and how many are known for it (None where there are too many
    lots to count)."""

    number: str
    title: str
    query: Query
    known: int | None


@dataclass(frozen=True, slots=True)
class NoticeLots:
    """The lots of a notice or of a DCE: `whole` is the address of all of them together, and `whole_says` its words; `number` that of the lot
    shown, empty where it is the whole."""

    whole: str
    whole_says: str
    number: str
    lots: tuple[LotLink, ...]


def notice_lots(query: Query, pasted: str, known: Callable[[Query], int]) -> NoticeLots | None:
    """Return the lots of the notice that a query is of: of the one that its lot comes from, else of the text that was pasted; None where it
    has none. `known` answers a query for the count of those known."""
    notice = query.text("avis")
    whole = query.only_need().but(besoin=notice, cpv=None, montant=None, duree=None) if notice else query
    typed = replace(whole.lot, objet=notice or pasted, montant=None, duree=None)
    lot_readings = lots_of_notice(typed, MOST_LOTS)
    if not lot_readings:
        return None
    queries = [_of(whole, one, carried=len(lot_readings) <= MOST_TABS) for one in lot_readings]
    lots = (
        LotLink(one.number, one.title, its, known(its) if len(lot_readings) <= MOST_TABS else None)
        for one, its in zip(lot_readings, queries, strict=True)
    )
    return NoticeLots(whole.url(), "Tous les lots", query.text("lot") if notice else "", tuple(lots))


def _of(whole: Query, lot_reading: LotRead, *, carried: bool) -> Query:
    """The query of one lot: its own words, of what market it is, its codes and sizes; a place that a person gave stays, and so does a short
    notice."""
    reading = lot_reading.reading
    lot_object, reserved = reading.lot.objet.strip(" ."), reading.reserved_by
    parts = [part for part in ("" if lot_object in reserved else lot_object, reserved) if part]
    words, _ = condensed(of_market("\n".join(parts), lot_reading.number, lot_reading.market), LONGEST_NEED)
    notice = whole.text("besoin")
    fits = carried and len(notice) <= LONGEST_NOTICE
    return whole.only_need().but(
        avis=notice if fits else None,
        lot=lot_reading.number if fits else None,
        besoin=words,
        cpv=reading.lot.cpv,
        ou=() if whole.several("lieu") else [place.key for place in reading.places],
        montant=f"{reading.euros:.2f}" if reading.euros else None,
        duree=f"{reading.months:g}" if reading.months else None,
    )
