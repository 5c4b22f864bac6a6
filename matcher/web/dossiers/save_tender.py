"""« Créer le dossier » of a DCE: one dossier, each of its lots with its list as it is today and its opinion."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from matcher.dossiers.changes import AddLot
from matcher.dossiers.dossier import DossierHeader
from matcher.dossiers.store import change, create
from matcher.need.title import cut, title_of
from matcher.web.dossiers.header_form import own_buyer
from matcher.web.dossiers.save_list import FROZEN, list_frozen
from matcher.web.dossiers.write import once
from matcher.web.frame.app_state import desk, named_or_fault, owner, signed
from matcher.web.need.answer import answer
from matcher.web.need.tender import keep_verified, sent_lots, tender_page, tender_read, tender_work
from matcher.web.need.tender_lots import TenderLot

pages = Blueprint("save_tender", __name__)


@pages.post("/dce/<key>/dossier")
def keep(key: str) -> ResponseReturnValue:
    """Keep the lots as they are left, and open a dossier of them; once however many times the form is sent."""
    work = tender_work(key)
    tender = tender_read(work)
    lots, faults = sent_lots(work, tender)
    who = named_or_fault(signed(request.form), faults)
    if faults:
        return tender_page(work, tender, lots, faults)
    keep_verified(work, lots)
    added = [_added(lot) for lot in lots]
    number = once(lambda: _opened(lots, added, who))
    return redirect(url_for("dossiers.show", number=number), 303)


def _opened(lots: list[TenderLot], added: list[AddLot], who: str) -> int:
    """Open the dossier; its lots keep their first candidates, those that a list ticks by one tap."""
    needs = " ; ".join(lot.title or title_of(lot.query.text("besoin")) for lot in lots)
    header, at = DossierHeader(**{**own_buyer(), "title": cut(needs)}), desk().now()
    number = create(desk().engine, owner(), header, who=who, now=at).id
    return change(desk().engine, owner(), number, added, version=None, who=who, now=at).id


def _added(lot: TenderLot) -> AddLot:
    found = answer(desk(), lot.query)
    title = " : ".join(filter(None, (f"Lot {lot.number}" if lot.number else "", lot.title)))
    return list_frozen(found, found.listing.first(FROZEN), tuple(found.first_ids), cut(title))
