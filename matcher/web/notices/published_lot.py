"""One published lot: what was read of it, what is in doubt, what its notices changed, who could answer, and what can be begun from it."""

from collections.abc import Sequence

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.catalogue.identity.trust import TEAM
from matcher.club.meeting_day.store import listed as meeting_days
from matcher.db import reading, together
from matcher.domain.match import Band
from matcher.domain.notice import PublishedNotice, ReservedFor
from matcher.domain.reading import Lot
from matcher.dossiers.changes import NoteDossier, SetCourse
from matcher.dossiers.dossier import DossierChange
from matcher.dossiers.store import DossierFilter, DossierSummary, change, create, listed
from matcher.journal.change import ChangeRefused
from matcher.notices.confirming import SAYABLE, confirm_family, said_by_team
from matcher.notices.listing import standing
from matcher.notices.lot_dossier import dossier_course, dossier_header, notice_said, reference_of
from matcher.notices.reserving import LEVERS
from matcher.notices.store import KeptLot, LotSupplier, lot, notices_of, suppliers_of_lot
from matcher.reading.notice import condensed
from matcher.reading.reader import read
from matcher.reference.geography.territories import departement
from matcher.reference.levers import lever
from matcher.reference.trades.activities import taxonomy
from matcher.web.dossiers.save_list import FROZEN, list_frozen
from matcher.web.dossiers.write import NUMBER
from matcher.web.frame.app_state import NO_NAME, desk, owner, signer_of
from matcher.web.need.address import LONGEST_NEED, Query, query_of
from matcher.web.need.answer import answer

pages = Blueprint("published_lot", __name__)

# Suppliers that the page names; the ranked list has them all.
NAMED = 6
# Articles under which the list of candidates can be asked for.
_ARTICLES = frozenset(LEVERS.values())


@pages.get(f"/annonces/{NUMBER}")
def show(number: int) -> str:
    """Show a lot."""
    return _page(_lot(number))


@pages.get(f"/annonces/{NUMBER}/candidats")
def candidates(number: int) -> ResponseReturnValue:
    """Lead to the ranked list of a lot, under an article where one is asked (`levier`)."""
    query = need_of(_lot(number).published.lot)
    article = request.args.get("levier", "")
    return redirect(query.but(levier=article).url() if article in _ARTICLES else query.url())


@pages.post(f"/annonces/{NUMBER}/dossier")
def open_dossier(number: int) -> ResponseReturnValue:
    """Open the dossier of a lot, with its list of today, or lead to the one that there is."""
    lot, author = _lot(number), signer_of(request.form)
    if not author:
        return _page(lot, NO_NAME), 422
    try:
        added = _brought(lot)  # ranked first: nobody else writes inside
        with together(desk().engine):  # two who ask at once are led to one
            already = _dossier(lot)
            dossier = already.id if already is not None else _opened(lot, added, author)
    except ChangeRefused as refusal:
        return _page(lot, str(refusal)), 422
    return redirect(url_for("dossiers.show", number=dossier), 303)


@pages.post(f"/annonces/{NUMBER}/famille")
def confirm(number: int) -> ResponseReturnValue:
    """Keep for whom a lot is reserved, where its notices do not say it."""
    lot, author = _lot(number), signer_of(request.form)
    family = next((one for one in SAYABLE if LEVERS[one] == request.form.get("famille")), None)
    if family is None or not _asked(lot, _notices(lot)):
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
    """The notices of its contract, without what the team says of its other lots."""
    with reading(desk().engine) as connection:
        every = notices_of(connection, lot.contract)
    notice = said_by_team(lot, every)
    return [one for one in every if one.source != TEAM or one is notice]


def _asked(lot: KeptLot, notices: Sequence[PublishedNotice]) -> bool:
    """Return whether the family of its reservation is a person's to say: no notice tells it, or only what the team said."""
    notice = said_by_team(lot, notices)
    reserved_for = notice.lots[0].reserved if notice else ReservedFor.UNSAID
    return lot.published.reserved in (ReservedFor.UNSAID, reserved_for)


def _brought(lot: KeptLot) -> Sequence[DossierChange]:
    """Return what the dossier of a lot begins with: its consultation, its list of today frozen and where it was read."""
    response = answer(desk(), need_of(lot.published.lot))
    source = ". ".join(filter(None, (f"D’après l’{notice_said(lot.notice)}", lot.notice.url)))
    return (
        SetCourse(dossier_course(lot)),
        list_frozen(response, response.listing.first(FROZEN), tuple(response.first_ids), dossier_header(lot).title),
        NoteDossier(source),
    )


def _opened(lot: KeptLot, added: Sequence[DossierChange], author: str) -> int:
    """The number of a new dossier of a lot."""
    engine, at = desk().engine, desk().now()
    number = create(engine, owner(), dossier_header(lot), author=author, now=at).id
    return change(engine, owner(), number, added, version=None, author=author, now=at).id


def _dossier(lot: KeptLot) -> DossierSummary | None:
    """The dossier that was opened from a lot, None where there is none."""
    reference = reference_of(lot)
    dossier_summaries = listed(desk().engine, owner(), DossierFilter(text=reference))
    return next((one for one in dossier_summaries if one.header.reference == reference), None)


def _page(lot_read: KeptLot, refusal: str = "") -> str:
    lot, now = lot_read.published, desk().clock()
    history = _notices(lot_read)
    with reading(desk().engine) as connection:
        suppliers = suppliers_of_lot(connection, lot_read.id)
    return render_template(
        "notices/lot.html",
        kept=lot_read,
        its=lot,
        said=notice_said(lot_read.notice),
        until=standing(lot_read, now),
        is_open=lot_read.is_open(now),
        trades=[taxonomy().label(code) for code in lot_read.activities],
        where=[area.name for code in lot_read.departements if (area := departement(code))],
        history=[(one, notice_said(one)) for one in history],
        team=TEAM,
        families=[(LEVERS[one], one.value, lever(LEVERS[one]).article) for one in SAYABLE],
        unsaid=lot.reserved is ReservedFor.UNSAID,
        asked=_asked(lot_read, history),
        suppliers=_named(suppliers),
        query=need_of(lot.lot),
        articles=[(code, lever(code).article, many) for code, many in lot_read.reservable.items()],
        dossier=_dossier(lot_read),
        days=[
            one
            for one in meeting_days(desk().engine, owner())
            if one.header.day is None or one.header.day >= now.date()
        ],
        refusal=refusal,
    )


def _named(lot_suppliers: Sequence[LotSupplier]) -> list[tuple[str, str, str, Band]]:
    """The first suppliers of a lot that the catalogue still has: id, name, commune and band."""
    shelf = desk().shelf()
    rows = [(one, shelf.find(one.supplier_id)) for one in lot_suppliers[:NAMED]]
    return [
        (one.supplier_id, shelf.suppliers[row].name, shelf.suppliers[row].city, one.band)
        for one, row in rows
        if row is not None
    ]


def need_of(lot: Lot) -> Query:
    """Return the need that a lot is: of a long text its usual clauses are left, and its places are those that were read."""
    places = [place.key for place in read(lot).places]
    return query_of(lot).but(besoin=condensed(lot.objet, LONGEST_NEED)[0], lieu=None, ou=places)
