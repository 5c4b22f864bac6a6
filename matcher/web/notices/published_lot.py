"""Page of one published lot: its reading, doubts, notices and candidates, and the forms that open a dossier or confirm for whom it is reserved."""

from collections.abc import Sequence

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.catalogue.identity.trust import TEAM
from matcher.club.meeting_day.store import list_days as meeting_days
from matcher.db import reading, write_together
from matcher.domain.notice import PublishedNotice, ReservedFor
from matcher.domain.reading import Lot
from matcher.dossiers.changes import NoteDossier, SetCourse
from matcher.dossiers.store import DossierFilter, DossierSummary, list_dossiers
from matcher.journal.change import ChangeRefused
from matcher.notices.confirming import SAYABLE, confirm_family, said_by_team
from matcher.notices.listing import lot_standing
from matcher.notices.lot_dossier import dossier_course, dossier_header, notice_said, reference_of
from matcher.notices.reserving import LEVERS
from matcher.notices.store import KeptLot, lot, notices_of, suppliers_of_lot
from matcher.reading.notice import condense
from matcher.reading.reader import read
from matcher.reference.geography.territories import departement
from matcher.reference.levers import lever
from matcher.reference.trades.activities import taxonomy
from matcher.web.dossiers.choose import open_with
from matcher.web.dossiers.save_list import list_of_today
from matcher.web.dossiers.write import NUMBER
from matcher.web.frame.app_state import NO_NAME, desk, owner, signer_of
from matcher.web.need.address import LONGEST_NEED, Query, query_of

pages = Blueprint("published_lot", __name__)

# Suppliers that the page names; the ranked list has them all.
NAMED = 6
# Codes of the articles (of reservation) that the list of candidates accepts.
_ARTICLES = frozenset(LEVERS.values())


@pages.get(f"/annonces/{NUMBER}", endpoint="show")
def show_published_lot(number: int) -> str:
    """Show a lot."""
    return _page(_lot(number))


@pages.get(f"/annonces/{NUMBER}/candidats", endpoint="candidates")
def lead_to_candidates(number: int) -> ResponseReturnValue:
    """Redirect to the ranked list of a lot, under the article of `levier` if given."""
    query = query_of_published(_lot(number).published.lot)
    article = request.args.get("levier", "")
    return redirect(query.but(levier=article).url() if article in _ARTICLES else query.url())


@pages.post(f"/annonces/{NUMBER}/dossier", endpoint="open_dossier")
def open_lot_dossier(number: int) -> ResponseReturnValue:
    """Create the dossier of a lot, with the ranked list of today, or redirect to the existing one."""
    lot, author = _lot(number), signer_of(request.form)
    if not author:
        return _page(lot, NO_NAME), 422
    try:
        # The changes are prepared, and the lot ranked, before the write lock is taken.
        source = ". ".join(filter(None, (f"D’après l’{notice_said(lot.notice)}", lot.notice.url)))
        listed_lot = list_of_today(query_of_published(lot.published.lot), dossier_header(lot).title)
        added = (SetCourse(dossier_course(lot)), listed_lot, NoteDossier(source))
        with write_together(desk().engine):  # two simultaneous requests open one dossier
            already = _dossier(lot)
            dossier = already.id if already is not None else open_with(dossier_header(lot), added, author)
    except ChangeRefused as refusal:
        return _page(lot, str(refusal)), 422
    return redirect(url_for("dossiers.show", number=dossier), 303)


@pages.post(f"/annonces/{NUMBER}/famille", endpoint="confirm")
def confirm_reservation(number: int) -> ResponseReturnValue:
    """Store for which kinds of suppliers (`famille`) a lot is reserved, where its notices do not give it."""
    lot, author = _lot(number), signer_of(request.form)
    family = next((family for family in SAYABLE if LEVERS[family] == request.form.get("famille")), None)
    if family is None or not _reservation_open(lot, _notices(lot)):
        abort(400)
    if not author:
        return _page(lot, NO_NAME), 422
    now = desk().now().replace(tzinfo=None)
    confirm_family(desk().engine, desk().shelf(), lot, family, author, now)
    flash(f"C’est noté : réservé aux {family}. Les candidats sont comptés à nouveau.")
    return redirect(url_for("published_lot.show", number=number), 303)


def _lot(number: int) -> KeptLot:
    with reading(desk().engine) as connection:
        lot_read = lot(connection, number)
    return lot_read or abort(404)


def _notices(lot: KeptLot) -> list[PublishedNotice]:
    """Return the notices of a lot's contract, without those that the team added to its other lots."""
    with reading(desk().engine) as connection:
        every = notices_of(connection, lot.contract)
    notice = said_by_team(lot, every)
    return [one for one in every if one.source != TEAM or one is notice]


def _reservation_open(lot: KeptLot, notices: Sequence[PublishedNotice]) -> bool:
    """Return whether a person may set for whom the lot is reserved: no notice gives it, or only the team's own."""
    notice = said_by_team(lot, notices)
    reserved_for = notice.lots[0].reserved if notice else ReservedFor.UNSAID
    return lot.published.reserved in (ReservedFor.UNSAID, reserved_for)


def _dossier(lot: KeptLot) -> DossierSummary | None:
    reference = reference_of(lot)
    dossier_summaries = list_dossiers(desk().engine, owner(), DossierFilter(text=reference))
    return next((one for one in dossier_summaries if one.header.reference == reference), None)


def _page(lot_read: KeptLot, refusal: str = "") -> str:
    lot, now = lot_read.published, desk().clock()
    history = _notices(lot_read)
    with reading(desk().engine) as connection:
        suppliers = suppliers_of_lot(connection, lot_read.id)
    shelf = desk().shelf()
    rows = [(one, shelf.find(one.supplier_id)) for one in suppliers[:NAMED]]
    return render_template(
        "notices/lot.html",
        kept=lot_read,
        its=lot,
        said=notice_said(lot_read.notice),
        until=lot_standing(lot_read, now),
        is_open=lot_read.is_open(now),
        trades=[taxonomy().label(code) for code in lot_read.activities if not lot_read.trade_doubt],
        where=[area.name for code in lot_read.departements if (area := departement(code))],
        history=[(one, notice_said(one)) for one in history],
        team=TEAM,
        families=[(LEVERS[one], one.value, lever(LEVERS[one]).article) for one in SAYABLE],
        unsaid=lot.reserved is ReservedFor.UNSAID,
        asked=_reservation_open(lot_read, history),
        suppliers=[
            (one.supplier_id, shelf.suppliers[row].name, shelf.suppliers[row].city, one.band)
            for one, row in rows
            if row is not None
        ],
        query=query_of_published(lot.lot),
        articles=[(code, lever(code).article, many) for code, many in lot_read.reservable.items()],
        dossier=_dossier(lot_read),
        days=[
            one
            for one in meeting_days(desk().engine, owner())
            if one.header.day is None or one.header.day >= now.date()
        ],
        refusal=refusal,
    )


def query_of_published(lot: Lot) -> Query:
    """Return the query of a lot: its text without the usual clauses if long, and the places read in it."""
    places = [place.key for place in read(lot).places]
    return query_of(lot).but(besoin=condense(lot.objet, LONGEST_NEED)[0], lieu=None, ou=places)
