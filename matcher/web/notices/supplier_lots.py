"""« Ses lots »: the open lots that suit a supplier, for who sources; and the link that shows it the same, without an account."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.catalogue.store.read import find
from matcher.domain.supplier import Supplier
from matcher.need.title import cut
from matcher.notices.store import KeptLot
from matcher.notices.watching.lot_words import lot_words
from matcher.notices.watching.watched import set_aside
from matcher.notices.watching.watches import LotVerdict, Pace, Watch, WatchChoice, close_watch, open_watch, watch_of
from matcher.reading.place.areas import name_apart
from matcher.reading.reader import read
from matcher.reference.trades.activities import taxonomy
from matcher.web.frame.app_state import NO_NAME, desk, owner, signed
from matcher.web.frame.forms import OneOf, PageForm, email
from matcher.web.notices.own_watch import reasons, shown, watch_file

pages = Blueprint("supplier_lots", __name__)

PACES = (
    (Pace.DAILY.value, "chaque jour, s’il y a du nouveau"),
    (Pace.WEEKLY.value, "chaque semaine, s’il y a du nouveau"),
)
_AT = "/fournisseurs/<path:supplier_id>/lots"


class LinkForm(PageForm):
    """Form of the link that a supplier is given: where its messages go, if any, and how often."""

    courriel = email("Son courriel")
    rythme = OneOf("Un message", PACES, default=Pace.DAILY.value)


@pages.get(_AT)
def show(supplier_id: str) -> ResponseReturnValue:
    """Show the lots of a supplier."""
    return _page(_supplier(supplier_id), LinkForm())


@pages.get(f"{_AT}/ecartes")
def refused(supplier_id: str) -> str:
    """Show the lots of its département that it is not told of, and why."""
    found = _supplier(supplier_id)
    now = desk().clock()
    away = set_aside(desk().engine, found.id, now)
    why = reasons(found.id, away, now)
    left_out = [(lot_words(lot, now), side.refused) for lot, side in zip(away, why, strict=True)]
    return render_template("notices/ecartes.html", token="", found=shown(_watch(found)), left_out=left_out)


@pages.get(f"{_AT}/liste.<any(csv, xlsx, ics):form>")
def download(supplier_id: str, form: str) -> Response:
    """Send its lots as a file."""
    found = _supplier(supplier_id)
    return watch_file(_watch(found), "lots", form, url_for("supplier_lots.show", supplier_id=found.id, _external=True))


@pages.post(f"{_AT}/lien")
def give(supplier_id: str) -> ResponseReturnValue:
    """Give the supplier a new link, shown once (`faire` is « donner »), or close those it has (« fermer »)."""
    found, what = _supplier(supplier_id), request.form.get("faire")
    if what not in ("donner", "fermer"):
        abort(400)
    if what == "fermer":
        held = watch_of(desk().engine, owner(), found.id)
        if held is None or not close_watch(desk().engine, owner(), held.id, desk().now()):
            abort(404)
        flash(f"Les liens de « {found.name} » n’ouvrent plus rien.")
        return redirect(url_for("supplier_lots.show", supplier_id=found.id), 303)
    form, who = LinkForm(request.form), signed(request.form)
    if form.faults or not who:
        if not who:
            flash(NO_NAME, "refus")
        return _page(found, form), 422
    _, secret = open_watch(
        desk().engine,
        owner(),
        found.name,
        supplier_id=found.id,
        address=form.courriel.data,
        pace=Pace(form.rythme.data),
        who=who,
        now=desk().now(),
    )
    return _page(found, LinkForm(), url_for("own_watch.show", token=secret, _external=True))


def together(kept: KeptLot) -> str:
    """Return the address of the groupements that would answer a lot of several trades, or of one that is too much for one alone."""
    its = read(kept.published.lot)
    trades = [taxonomy().label(code) for code in its.asked] or [cut(kept.published.title)]
    return url_for(
        "groupement.show",
        objet=trades,
        site=[name_apart(place) for place in its.places],
        levier=kept.published.lot.levier,
    )


def _page(found: Supplier, form: LinkForm, link: str = "") -> str:
    return render_template(
        "notices/ses_lots.html",
        supplier=found,
        found=shown(_watch(found)),
        given=watch_of(desk().engine, owner(), found.id),
        verdicts=LotVerdict,
        form=form,
        link=link,
        together=together,
    )


def _watch(found: Supplier) -> Watch:
    """The watch that the organisation has given a supplier, so that both see the same list; else one that is kept nowhere."""
    given = watch_of(desk().engine, owner(), found.id)
    nobodys = Watch(
        0, owner(), found.id, found.name, WatchChoice(), "", Pace.DAILY, "", desk().now(), closed=False, silent=True
    )
    return given or nobodys


def _supplier(key: str) -> Supplier:
    return find(desk().engine, key) or abort(404)
