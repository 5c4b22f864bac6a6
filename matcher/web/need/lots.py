"""Lots of a tender notice or of tender documents (DCE), each as the `Query` of its own ranked list: for tabs above the list, and for verification."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict

from matcher.jobs.works import Work, WorkState
from matcher.journal.change import FrozenError
from matcher.need.title import cut_title
from matcher.reading.notice import condense, of_market
from matcher.reading.reader import LotRead, lots_of_notice
from matcher.tender.proposal import AMOUNT, DURATION, LEVER, NEED, PLACE, SaidValue
from matcher.tender.reading import Tender
from matcher.tender.work import TENDER, tender_of, verified_of
from matcher.web.frame.app_state import buyer_defaults, desk, owner
from matcher.web.need.address import LONGEST_NEED, LONGEST_NOTICE, NONE, Query
from matcher.web.need.understood import places_said

# Most lots linked from a page: each must be read, which takes time.
MOST_LOTS = 40
# Most lots shown as tabs, each with its count of known suppliers; more become a folded list without counts.
MOST_TABS = 12


@dataclass(frozen=True, slots=True)
class LotLink:
    """Link to one lot: number and title as in its notice, query, and number of suppliers known for it (None for too many lots)."""

    number: str
    title: str
    query: Query
    known: int | None


@dataclass(frozen=True, slots=True)
class NoticeLots:
    """Lots of a notice or DCE: `whole` is the address of the whole, `whole_says` its label, `number` the lot shown, else empty."""

    whole: str
    whole_says: str
    number: str
    lots: tuple[LotLink, ...]


def notice_lots(query: Query, pasted: str, known: Callable[[Query], int]) -> NoticeLots | None:
    """Return the lots of the notice in a query, or `pasted`; None where there are none. `known` counts the suppliers known for a query."""
    notice = query.text("avis")
    whole = query.only_need().but(besoin=notice, cpv=None, montant=None, duree=None) if notice else query
    typed = replace(whole.lot, objet=notice or pasted, montant=None, duree=None)
    lot_readings = lots_of_notice(typed, MOST_LOTS)
    if not lot_readings:
        return None
    queries = [_lot_query(whole, one, carried=len(lot_readings) <= MOST_TABS) for one in lot_readings]
    lots = (
        LotLink(lot.number, lot.title, lot_query, known(lot_query) if len(lot_readings) <= MOST_TABS else None)
        for lot, lot_query in zip(lot_readings, queries, strict=True)
    )
    return NoticeLots(whole.url(), "Tous les lots", query.text("lot") if notice else "", tuple(lots))


def _lot_query(whole: Query, lot_reading: LotRead, *, carried: bool) -> Query:
    """Return the query of one lot: its own words, codes and sizes; a place that a person typed is kept, and a short notice if `carried`."""
    reading = lot_reading.reading
    lot_object, reserved = reading.lot.objet.strip(" ."), reading.reserved_by
    parts = [part for part in ("" if lot_object in reserved else lot_object, reserved) if part]
    words, _ = condense(of_market("\n".join(parts), lot_reading.number, lot_reading.market), LONGEST_NEED)
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


NUMBER, TITLE = "numero", "titre"


@dataclass(frozen=True, slots=True)
class TenderLot:
    """One lot of a DCE: number, title, query, the sentences of the documents that give each field, and the doubts."""

    number: str
    title: str
    query: Query
    said: Mapping[str, Sequence[SaidValue]]
    doubts: Sequence[str] = ()

    @property
    def field_texts(self) -> Mapping[str, str]:
        """Text of each field of the lot's form."""
        query = self.query
        sizes = {name: query.typed_value(name) for name in (NEED, AMOUNT, DURATION, LEVER)}
        return {TITLE: self.title, PLACE: " ; ".join(places_said(query)), **sizes}

    def as_left_in(self, form: Mapping[str, str], rank: int) -> "TenderLot":
        """Return the lot changed by the form fields of `rank`. An emptied field becomes an explicit « none », whatever the text gives."""
        typed = {name: form.get(f"{name}-{rank}", "").replace("\r\n", "\n").strip() for name in self.field_texts}
        values = MultiDict(self.query.pairs())
        for name, text in typed.items():
            if name in (TITLE, PLACE) or text == self.field_texts[name]:
                continue
            values.setlist(name, [text or NONE] if name != NEED else [text])
        if typed[PLACE] != self.field_texts[PLACE]:
            values.setlist("ou", [] if typed[PLACE] else [NONE])
            values.setlist(PLACE, [typed[PLACE]])
        return replace(self, title=cut_title(typed[TITLE]), query=Query.of(values, self.query.defaults))

    def verified_values(self) -> dict[str, Any]:
        """Return the verified lot as the plain values that are stored."""
        return {
            NUMBER: self.number,
            TITLE: self.title,
            "valeurs": {name: list(values) for name, values in self.query.values.items()},
        }


def lots_of_tender(work: Work, tender: Tender) -> list[TenderLot]:
    """Return the lots of a DCE that a work (background job) has read: as verified by a person, else as proposed."""
    proposal, defaults = tender.proposal, buyer_defaults()
    lots = []
    for lot in proposal.lots:
        words, _ = condense(lot.need, LONGEST_NEED)
        query = Query({}, defaults=defaults).but(
            besoin=words,
            cpv=lot.cpv,
            ou=lot.places,
            montant=f"{lot.euros:.2f}" if lot.euros else None,
            duree=f"{lot.months:g}" if lot.months else None,
            levier=lot.lever,
            acheteur=proposal.buyer,
        )
        lots.append(TenderLot(lot.number, cut_title(lot.title), query, lot.said, lot.doubts))
    by_number = {lot.number: lot for lot in lots}
    verified = [
        replace(by_number[stored[NUMBER]], title=stored[TITLE], query=Query(stored["valeurs"], defaults=defaults))
        for stored in verified_of(work)
        if stored[NUMBER] in by_number
    ]
    return verified or lots


def lots_under(key: str) -> tuple[Work, list[TenderLot]] | None:
    """Return a finished work of this organisation that read a DCE, and its lots; None where there is none, or another version read it."""
    work = desk().works.get(owner(), key, TENDER.name) if key else None
    if work is None or work.state is not WorkState.DONE:
        return None
    try:
        return work, lots_of_tender(work, tender_of(work))
    except FrozenError:  # read by another version: the page of the work shows it
        return None


def with_list(work: Work, lot: TenderLot) -> Query:
    """Return the query of a lot with the keys of its DCE, so that its list shows the other lots as tabs."""
    return lot.query.but(dce=work.key, lot=lot.number)


def tender_lots(query: Query, known: Callable[[Query], int]) -> NoticeLots | None:
    """Return the lots of the DCE in a query; None for no DCE, a deleted one or a single lot. `known` counts the suppliers known for a query."""
    lots_of_work = lots_under(query.text("dce"))
    if lots_of_work is None:
        return None
    work, lots = lots_of_work
    lot_links = (
        LotLink(lot.number, lot.title, lot_query, known(lot_query) if len(lots) <= MOST_TABS else None)
        for lot in lots
        for lot_query in [with_list(work, lot)]
    )
    whole = url_for("tender.show", key=work.key)
    return NoticeLots(whole, "Les pièces du DCE", query.text("lot"), tuple(lot_links)) if len(lots) > 1 else None
