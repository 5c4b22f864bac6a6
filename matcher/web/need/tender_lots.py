"""Lots of a DCE as queries: as proposed, as a person verified them, as tabs over the list of each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict

from matcher.domain.need import BuyerDefaults
from matcher.jobs.works import Work, WorkState
from matcher.journal.change import FrozenError
from matcher.need.title import cut_title
from matcher.reading.notice import condensed
from matcher.tender.proposal import AMOUNT, DURATION, LEVER, NEED, PLACE, ProposedLot, SaidValue
from matcher.tender.reading import Tender
from matcher.tender.work import TENDER, Verified, tender_of, verified_of
from matcher.web.frame.app_state import buyer_defaults, desk, owner
from matcher.web.need.address import LONGEST_NEED, NONE, Query
from matcher.web.need.lot_links import MOST_TABS, LotLink, NoticeLots
from matcher.web.need.understood import places_said

NUMBER, TITLE = "numero", "titre"


@dataclass(frozen=True, slots=True)
class TenderLot:
    """One lot of a DCE: its number and title, its query, the sentences that say its values, by field, and what is in doubt."""

    number: str
    title: str
    query: Query
    said: Mapping[str, Sequence[SaidValue]]
    doubts: Sequence[str] = ()

    @property
    def shown(self) -> Mapping[str, str]:
        """Text of each field of its form."""
        query = self.query
        sizes = {name: query.typed(name) for name in (NEED, AMOUNT, DURATION, LEVER)}
        return {TITLE: self.title, PLACE: " ; ".join(places_said(query)), **sizes}

    def sent(self, form: Mapping[str, str], rank: int) -> "TenderLot":
        """Return the lot as the fields of its `rank` say it. An emptied one says that there is none, whatever the text says."""
        typed = {name: form.get(f"{name}-{rank}", "").replace("\r\n", "\n").strip() for name in self.shown}
        values = MultiDict(self.query.pairs())
        for name, text in typed.items():
            if name in (TITLE, PLACE) or text == self.shown[name]:
                continue
            values.setlist(name, [text or NONE] if name != NEED else [text])
        if typed[PLACE] != self.shown[PLACE]:
            values.setlist("ou", [] if typed[PLACE] else [NONE])
            values.setlist(PLACE, [typed[PLACE]])
        return replace(self, title=cut_title(typed[TITLE]), query=Query.of(values, self.query.defaults))

    def kept(self) -> dict[str, Any]:
        """Return what is kept of it once it is verified."""
        return {
            NUMBER: self.number,
            TITLE: self.title,
            "valeurs": {name: list(its) for name, its in self.query.values.items()},
        }


def lots_of(work: Work, tender: Tender) -> list[TenderLot]:
    """Return the lots of a DCE that a work has read, as verified where they are, else as proposed."""
    proposal, defaults = tender.proposal, buyer_defaults()
    lots = [_proposed(lot, proposal.buyer, defaults) for lot in proposal.lots]
    return _verified(lots, verified_of(work), defaults) or lots


def lots_under(key: str) -> tuple[Work, list[TenderLot]] | None:
    """Return the work that has read a DCE, and its lots; None where it is none of this organisation's, is not read, or was by another version."""
    work = desk().works.get(owner(), key, TENDER.name) if key else None
    if work is None or work.state is not WorkState.DONE:
        return None
    try:
        return work, lots_of(work, tender_of(work))
    except FrozenError:  # its own page says it
        return None


def with_list(work: Work, lot: TenderLot) -> Query:
    """Return the query of a lot's own list, which has the other lots beside it."""
    return lot.query.but(dce=work.key, lot=lot.number)


def tender_lots(query: Query, known: Callable[[Query], int]) -> NoticeLots | None:
    """Return the lots of the DCE that a query is a lot of; None where it is of none, or of one that is forgotten. `known` answers a query
    for the count of those known."""
    lots_of_work = lots_under(query.text("dce"))
    if lots_of_work is None:
        return None
    work, lots = lots_of_work
    lot_links = (
        LotLink(lot.number, lot.title, its, known(its) if len(lots) <= MOST_TABS else None)
        for lot in lots
        for its in [with_list(work, lot)]
    )
    whole = url_for("tender.show", key=work.key)
    return NoticeLots(whole, "Les pièces du DCE", query.text("lot"), tuple(lot_links)) if len(lots) > 1 else None


def _proposed(lot: ProposedLot, buyer: str, defaults: BuyerDefaults) -> TenderLot:
    words, _ = condensed(lot.need, LONGEST_NEED)
    query = Query({}, defaults=defaults).but(
        besoin=words,
        cpv=lot.cpv,
        ou=lot.places,
        montant=f"{lot.euros:.2f}" if lot.euros else None,
        duree=f"{lot.months:g}" if lot.months else None,
        levier=lot.lever,
        acheteur=buyer,
    )
    return TenderLot(lot.number, cut_title(lot.title), query, lot.said, lot.doubts)


def _verified(lots: Sequence[TenderLot], verified: Verified, defaults: BuyerDefaults) -> list[TenderLot]:
    by_number = {lot.number: lot for lot in lots}
    return [
        replace(by_number[its[NUMBER]], title=its[TITLE], query=Query(its["valeurs"], defaults=defaults))
        for its in verified
        if its[NUMBER] in by_number
    ]
