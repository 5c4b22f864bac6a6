"""Page « Avis publiés »: the published lots open to offers, filtered by trade, place, kind and lever (reservation or social clause), and the
organisation's watches (saved searches)."""

from dataclasses import asdict, replace
from datetime import datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from matcher.db import reading
from matcher.domain.kinds import SupplierKind
from matcher.domain.reading import Lot, RawPlace
from matcher.need.completion import activity_written
from matcher.notices.watching.lot_words import lot_words
from matcher.notices.watching.watched import WatchedLots, notices_read, read_watched_lots
from matcher.notices.watching.watches import Pace, Watch, WatchChoice, close_watch, open_watch, watches
from matcher.reading.place.areas import place_of
from matcher.reading.place.places import read_places
from matcher.reference.levers import lever
from matcher.reference.trades.activities import taxonomy
from matcher.web.frame.app_state import NO_NAME, desk, owner, signer_of
from matcher.web.frame.forms import Line, OneOf, PageForm, email
from matcher.web.notices.supplier_lots import PACES

pages = Blueprint("lots", __name__)

# Label of a filter that is left empty.
_EMPTY_LABELS = {
    "trade": "Tous les métiers",
    "place": "Toute la France",
    "supplier_kind": "Quelles que soient les structures",
    "lever": "Réservés ou non",
}
_LEVERS = ("12", "13", "14", "15", "13-1", "clause")


def _place_name(key: str) -> str:
    place = place_of(key)
    return place.name if place else ""


class LotsForm(PageForm):
    """Form of the filters of lots."""

    trade = Line(
        "Métier",
        lambda text: activity_written(text) or None,
        "Aucun métier n’est compris dans « {} ».",
        shown=lambda code: taxonomy().label(code) if code else "",
    )
    place = Line(
        "Territoire",
        # The first area that the text names; a point is not an area.
        lambda text: next(
            filter(place_of, (place.key for place in read_places(Lot("", lieux=(RawPlace(code=text),))).places)), None
        ),
        "« {} » n’est ni une commune, ni une intercommunalité, ni un département, ni une région.",
        shown=_place_name,
    )
    supplier_kind = OneOf(
        "Structures qui y répondraient",
        [("", "toutes"), *((one.value, f"{one.value}, {one.label}") for one in SupplierKind)],
    )
    lever = OneOf("Réservation ou clause", [("", "toutes"), *((code, lever(code).label) for code in _LEVERS)])

    @property
    def choice(self) -> WatchChoice:
        """The filters of the form, without the faulty ones."""
        return WatchChoice(
            **{name: "" if name in self.faults else self[name].data or "" for name in WatchChoice.__dataclass_fields__}
        )


class WatchForm(LotsForm):
    """Form that saves filters as a watch: its name, the address of its messages, if any, and how often they are sent."""

    title = Line("Nom de la veille", needed="Donnez un nom à cette veille.", most=120)
    courriel = email("Courriel")
    rythme = OneOf("Un message", PACES, default=Pace.DAILY.value)


@pages.get("/annonces", endpoint="index")
def list_open_lots() -> str:
    """Show the open lots that pass the filters, earliest deadline first."""
    return _page(LotsForm(request.args), WatchForm(title=_title(LotsForm(request.args).choice)))


@pages.post("/annonces/veilles", endpoint="follow")
def follow_lots() -> ResponseReturnValue:
    """Save the filters as a watch, and show its secret link once."""
    form, author = WatchForm(request.form), signer_of(request.form)
    if form.faults or not author:
        if not author:
            flash(NO_NAME, "refus")
        return _page(form, form), 422
    title, address, pace = form.title.data, form.courriel.data, Pace(form.rythme.data)
    _, secret = open_watch(
        desk().engine, owner(), title, form.choice, address=address, pace=pace, author=author, now=desk().now()
    )
    return _page(form, WatchForm(), url_for("own_watch.show", token=secret, _external=True))


@pages.post("/annonces/veilles/<int:number>/fermer", endpoint="close")
def close_lots_watch(number: int) -> ResponseReturnValue:
    """Close a watch: its links stop working."""
    if not close_watch(desk().engine, owner(), number, desk().now()):
        abort(404)
    flash("La veille est fermée : son lien n’ouvre plus rien, plus aucun message ne part.")
    return redirect(url_for("lots.index"), 303)


def _page(form: LotsForm, watch_form: WatchForm, link: str = "") -> str:
    now, engine, choice = desk().clock(), desk().engine, form.choice
    wider = []
    with reading(engine) as connection:
        lots = _lots_of_choice(connection, choice, now)
        # Where no lot passes: each choice with one filter less, as (label, URL parameters, number of lots).
        for name, label in () if lots.shown else _EMPTY_LABELS.items():
            if getattr(choice, name):
                other = replace(choice, **{name: ""})
                wider_lots = _lots_of_choice(connection, other, now)
                parameters = {key: text for key, text in asdict(other).items() if text}
                wider.append((label, parameters, len(wider_lots.shown) + wider_lots.more))
        read = notices_read(connection, now.date())
    return render_template(
        "notices/avis.html",
        form=form,
        watch_form=watch_form,
        lots=[(one.lot, lot_words(one.lot, now)) for one in lots.shown],
        more=lots.more,
        wider=wider,
        read=read,
        watches=watches(engine, owner()),
        said=_title,
        link=link,
    )


def _lots_of_choice(connection: Connection, choice: WatchChoice, now: datetime) -> WatchedLots:
    """Return the open lots that pass the filters, read through an unsaved watch."""
    watch = Watch(0, owner(), "", "", choice, "", Pace.DAILY, "", now, closed=False, silent=True)
    return read_watched_lots(connection, watch, now)


def _title(choice: WatchChoice) -> str:
    """Return the filters in a few French words, as a title."""
    parts = (
        taxonomy().label(choice.trade) if choice.trade else "",
        _place_name(choice.place),
        choice.supplier_kind,
        lever(choice.lever).label if choice.lever else "",
    )
    return ", ".join(filter(None, parts)) or "Tous les lots"
