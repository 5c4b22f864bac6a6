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
from matcher.web.frame.app_state import NO_NAME, desk, owner, signed
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
    kept, who = _lot(number), signed(request.form)
    if not who:
        return _page(kept, NO_NAME), 422
    try:
        added = _brought(kept)  # ranked first: nobody else writes inside
        with together(desk().engine):  # two who ask at once are led to one
            already = _dossier(kept)
            dossier = already.id if already is not None else _opened(kept, added, who)
    except ChangeRefused as refusal:
        return _page(kept, str(refusal)), 422
    return redirect(url_for("dossiers.show", number=dossier), 303)


@pages.post(f"/annonces/{NUMBER}/famille")
def confirm(number: int) -> ResponseReturnValue:
    """Keep for whom a lot is reserved, where its notices do not say it."""
    kept, who = _lot(number), signed(request.form)
    family = next((one for one in SAYABLE if LEVERS[one] == request.form.get("famille")), None)
    if family is None or not _asked(kept, _notices(kept)):
        abort(400)
    if not who:
        return _page(kept, NO_NAME), 422
    now = desk().now().replace(tzinfo=None)
    confirm_family(desk().engine, desk().shelf(), kept, family, who, now)
    flash(f"C’est noté : réservé aux {family}. Les candidats sont comptés à nouveau.")
    return redirect(url_for("published_lot.show", number=number), 303)


def _lot(number: int) -> KeptLot:
    with reading(desk().engine) as connection:
        found = lot(connection, number)
    return found or abort(404)


def _notices(kept: KeptLot) -> list[PublishedNotice]:
    """The notices of its contract, without what the team says of its other lots."""
    with reading(desk().engine) as connection:
        every = notices_of(connection, kept.contract)
    said = said_by_team(kept, every)
    return [one for one in every if one.source != TEAM or one is said]


def _asked(kept: KeptLot, notices: Sequence[PublishedNotice]) -> bool:
    """Whether the family of its reservation is a person's to say: no notice tells it, or only what the team said."""
    said = said_by_team(kept, notices)
    told = said.lots[0].reserved if said else ReservedFor.UNSAID
    return kept.published.reserved in (ReservedFor.UNSAID, told)


def _brought(kept: KeptLot) -> Sequence[DossierChange]:
    """What the dossier of a lot begins with: its consultation, its list of today frozen and where it was read."""
    found = answer(desk(), need_of(kept.published.lot))
    source = ". ".join(filter(None, (f"D’après l’{notice_said(kept.notice)}", kept.notice.url)))
    return (
        SetCourse(dossier_course(kept)),
        list_frozen(found, found.listing.first(FROZEN), tuple(found.first_ids), dossier_header(kept).title),
        NoteDossier(source),
    )


def _opened(kept: KeptLot, added: Sequence[DossierChange], who: str) -> int:
    """The number of a new dossier of a lot."""
    engine, at = desk().engine, desk().now()
    number = create(engine, owner(), dossier_header(kept), who=who, now=at).id
    return change(engine, owner(), number, added, version=None, who=who, now=at).id


def _dossier(kept: KeptLot) -> DossierSummary | None:
    """The dossier that was opened from a lot, None where there is none."""
    reference = reference_of(kept)
    found = listed(desk().engine, owner(), DossierFilter(text=reference))
    return next((one for one in found if one.header.reference == reference), None)


def _page(kept: KeptLot, refusal: str = "") -> str:
    its, now = kept.published, desk().clock()
    history = _notices(kept)
    with reading(desk().engine) as connection:
        suppliers = suppliers_of_lot(connection, kept.id)
    return render_template(
        "notices/lot.html",
        kept=kept,
        its=its,
        said=notice_said(kept.notice),
        until=standing(kept, now),
        is_open=kept.is_open(now),
        trades=[taxonomy().label(code) for code in kept.activities],
        where=[found.name for code in kept.departements if (found := departement(code))],
        history=[(one, notice_said(one)) for one in history],
        team=TEAM,
        families=[(LEVERS[one], one.value, lever(LEVERS[one]).article) for one in SAYABLE],
        unsaid=its.reserved is ReservedFor.UNSAID,
        asked=_asked(kept, history),
        suppliers=_named(suppliers),
        query=need_of(its.lot),
        articles=[(code, lever(code).article, many) for code, many in kept.reservable.items()],
        dossier=_dossier(kept),
        days=[
            one
            for one in meeting_days(desk().engine, owner())
            if one.header.day is None or one.header.day >= now.date()
        ],
        refusal=refusal,
    )


def _named(found: Sequence[LotSupplier]) -> list[tuple[str, str, str, Band]]:
    """The first suppliers of a lot that the catalogue still has: id, name, commune and band."""
    shelf = desk().shelf()
    rows = [(one, shelf.find(one.supplier_id)) for one in found[:NAMED]]
    return [
        (one.supplier_id, shelf.suppliers[row].name, shelf.suppliers[row].city, one.band)
        for one, row in rows
        if row is not None
    ]


def need_of(lot: Lot) -> Query:
    """Return the need that a lot is: of a long text its usual clauses are left, and its places are those that were read."""
    places = [place.key for place in read(lot).places]
    return query_of(lot).but(besoin=condensed(lot.objet, LONGEST_NEED)[0], lieu=None, ou=places)
