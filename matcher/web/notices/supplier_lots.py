"""Page « Ses lots »: the open lots that suit one supplier, as a table or file, and the secret link that shows it the same list without an account."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.catalogue.store.read import find_supplier
from matcher.domain.supplier import Supplier
from matcher.need.title import cut_title
from matcher.notices.store import KeptLot
from matcher.notices.watching.watches import LotVerdict, Pace, Watch, WatchChoice, close_watch, open_watch, watch_of
from matcher.reading.place.areas import name_apart
from matcher.reading.reader import read
from matcher.reference.trades.activities import taxonomy
from matcher.web.frame.app_state import NO_NAME, desk, owner, signer_of
from matcher.web.frame.forms import OneOf, PageForm, email
from matcher.web.notices.own_watch import set_aside_page, shown_watch, watch_file

pages = Blueprint("supplier_lots", __name__)

PACES = (
    (Pace.DAILY.value, "chaque jour, s’il y a du nouveau"),
    (Pace.WEEKLY.value, "chaque semaine, s’il y a du nouveau"),
)
_AT = "/fournisseurs/<path:supplier_id>/lots"


class LinkForm(PageForm):
    """Form of a supplier's secret link: the address of its messages, if any, and how often they are sent."""

    courriel = email("Son courriel")
    rythme = OneOf("Un message", PACES, default=Pace.DAILY.value)


@pages.get(_AT, endpoint="show")
def show_supplier_lots(supplier_id: str) -> ResponseReturnValue:
    """Show the lots of a supplier."""
    return _page(_supplier(supplier_id), LinkForm())


@pages.get(f"{_AT}/ecartes", endpoint="refused")
def show_left_out_lots(supplier_id: str) -> str:
    """Show the lots of the supplier's département that its list leaves out, with the reason."""
    return set_aside_page(shown_watch(_watch(_supplier(supplier_id))))


@pages.get(f"{_AT}/liste.<any(csv, xlsx, ics):form>", endpoint="download")
def download_supplier_lots(supplier_id: str, form: str) -> Response:
    """Send the supplier's lots as a file."""
    supplier = _supplier(supplier_id)
    return watch_file(
        _watch(supplier), "lots", form, url_for("supplier_lots.show", supplier_id=supplier.id, _external=True)
    )


@pages.post(f"{_AT}/lien", endpoint="give")
def give_supplier_link(supplier_id: str) -> ResponseReturnValue:
    """Give the supplier a new link, shown once (`faire` is « donner »), or close those it has (« fermer »)."""
    supplier, what = _supplier(supplier_id), request.form.get("faire")
    if what not in ("donner", "fermer"):
        abort(400)
    if what == "fermer":
        watch = watch_of(desk().engine, owner(), supplier.id)
        if watch is None or not close_watch(desk().engine, owner(), watch.id, desk().now()):
            abort(404)
        flash(f"Les liens de « {supplier.name} » n’ouvrent plus rien.")
        return redirect(url_for("supplier_lots.show", supplier_id=supplier.id), 303)
    form, author = LinkForm(request.form), signer_of(request.form)
    if form.faults or not author:
        if not author:
            flash(NO_NAME, "refus")
        return _page(supplier, form), 422
    title, key, address, pace = supplier.name, supplier.id, form.courriel.data, Pace(form.rythme.data)
    _, secret = open_watch(
        desk().engine, owner(), title, supplier_id=key, address=address, pace=pace, author=author, now=desk().now()
    )
    return _page(supplier, LinkForm(), url_for("own_watch.show", token=secret, _external=True))


def groupement_address(lot: KeptLot) -> str:
    """Return the address of the page on groupements (joint bids) for a lot: its trades, places and lever."""
    reading = read(lot.published.lot)
    trades = [taxonomy().label(code) for code in reading.asked] or [cut_title(lot.published.title)]
    places = [name_apart(place) for place in reading.places]
    return url_for("groupement.show", objet=trades, site=places, levier=lot.published.lot.levier)


def _page(supplier: Supplier, form: LinkForm, link: str = "") -> str:
    return render_template(
        "notices/ses_lots.html",
        supplier=supplier,
        found=shown_watch(_watch(supplier)),
        given=watch_of(desk().engine, owner(), supplier.id),
        verdicts=LotVerdict,
        form=form,
        link=link,
        together=groupement_address,
    )


def _watch(supplier: Supplier) -> Watch:
    """Return the saved watch of a supplier, so that both see the same list; else an unsaved one."""
    choice, now = WatchChoice(), desk().now()
    unsaved = Watch(0, owner(), supplier.id, supplier.name, choice, "", Pace.DAILY, "", now, closed=False, silent=True)
    return watch_of(desk().engine, owner(), supplier.id) or unsaved


def _supplier(key: str) -> Supplier:
    return find_supplier(desk().engine, key) or abort(404)
