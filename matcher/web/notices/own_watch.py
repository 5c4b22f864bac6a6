"""Page « Vos lots » of a watch (saved search of lots) behind its secret link, for readers without an account, and the files of a watch.

Other pages use `shown_watch` and `watch_file`, which cache the wording of lots and the reasons for a supplier."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Never, TypeVar

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.accounts.organisations import load_organisation
from matcher.accounts.throttle import knock
from matcher.db import reading
from matcher.domain.contact_details import register_page
from matcher.domain.french import minutes
from matcher.notices.store import KeptLot, lots_by_number
from matcher.notices.supplier_side import SupplierSide
from matcher.notices.watching.files import atom, deadlines_ics, watch_table
from matcher.notices.watching.lot_words import LotWords, lot_words
from matcher.notices.watching.sending import PLACE
from matcher.notices.watching.watched import (
    NoticesRead,
    SupplierGone,
    WatchedLot,
    WatchedLots,
    mark,
    notices_read,
    read_watched_lots,
    set_aside,
    sides,
)
from matcher.notices.watching.watches import LotVerdict, Pace, Watch, opened_by, set_silence, set_verdict
from matcher.ranking.shelf.card import Card
from matcher.render.described_file import DescribedFile
from matcher.render.table import table_csv, table_workbook
from matcher.web.frame.app_state import desk
from matcher.web.frame.cache import cached_result
from matcher.web.frame.file_response import attachment

# A deadline nearer than this is shown as due soon.
_SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ShownLot:
    """A lot of a watch and its French wording."""

    of: WatchedLot
    words: LotWords


@dataclass(frozen=True, slots=True)
class ShownWatch:
    """A watch as its page shows it now: `lots` listed, `more` counts the lots left out, `refused` are those that the reader refused. Of the
    listed, `soon` close within a week, `together` need a partner for a missing trade, `unsure` may not be of the supplier's trade. `card` is
    the supplier's, None for a watch over all lots."""

    watch: Watch
    card: Card | None
    lots: tuple[ShownLot, ...]
    more: int
    refused: tuple[ShownLot, ...]
    soon: int
    together: int
    unsure: int
    read: NoticesRead


def shown_watch(watch: Watch) -> ShownWatch:
    """Return a watch as its page shows it now. Raises SupplierGone."""
    now = desk().clock()
    lots = _read_lots(watch, now)
    words = _wordings(lots, now)
    with reading(desk().engine) as connection:
        read = notices_read(connection, now.date())
    card = None
    if lots.supplier_id:
        row = desk().shelf().find(lots.supplier_id)
        if row is None:
            raise SupplierGone
        card = desk().shelf().suppliers[row]
    deadlines = [one.lot.published.deadline for one in lots.shown]
    return ShownWatch(
        watch=watch,
        card=card,
        lots=tuple(ShownLot(watched, wording) for watched, wording in zip(lots.shown, words, strict=True)),
        more=lots.more,
        refused=tuple(ShownLot(one, lot_words(one.lot, now)) for one in lots.refused),
        soon=sum(deadline is not None and deadline.at - now < _SOON for deadline in deadlines),
        together=sum(bool(wording.lacks) for wording in words),
        unsure=sum(one.unsure for one in lots.shown),
        read=read,
    )


def set_aside_page(watch: ShownWatch, token: str = "") -> str:
    """Render the page of the lots that a watch leaves out: refused by its reader, or by the ranking, with the reason. Raises SupplierGone."""
    card, now = watch.card, desk().clock()
    lots = set_aside(desk().engine, card.id, now) if card else []
    sides_of_lots = supplier_sides(card.id, lots, now) if card else []
    left_out = [(lot_words(lot, now), side.refused) for lot, side in zip(lots, sides_of_lots, strict=True)]
    return render_template("notices/ecartes.html", token=token, found=watch, left_out=left_out)


def supplier_sides(supplier_id: str, lots: Sequence[KeptLot], now: datetime) -> list[SupplierSide]:
    """Return the rank and reasons of a supplier for each lot, cached until the lot, the catalogue or the day changes. Raises SupplierGone."""
    shelf, day = desk().shelf(), now.date()
    known: dict[tuple[int, str], SupplierSide] = cached_result("raisons", (shelf.version, supplier_id, day), dict)
    keys = [(one.id, mark(one)) for one in lots]
    new = {key: one for key, one in zip(keys, lots, strict=True) if key not in known}
    known.update(zip(new, sides(shelf, supplier_id, list(new.values()), day), strict=True))
    return [known[key] for key in keys]


def watch_file(watch: Watch, name: str, form: str, address: str) -> Response:
    """Return the lots of a watch as an Atom, iCalendar, CSV or XLSX file (`form`), cached until they change. Raises SupplierGone."""
    now = desk().clock()
    lots = _read_lots(watch, now)
    listed = [(one.id, mark(one.lot), one.band, one.lot.changed) for one in lots.shown]
    basis = (desk().shelf().version, lots.supplier_id, now.date(), address, listed)
    state = sha256(repr(basis).encode()).hexdigest()[:32]
    slot: dict[str, Any] = cached_result("veilles", (watch.id, watch.supplier_id, form), dict)
    if slot.get("state") != state:
        words = _wordings(lots, now)
        content: bytes | DescribedFile
        if form == "atom":
            entries = [(wording, watched.lot.changed) for wording, watched in zip(words, lots.shown, strict=True)]
            content = atom(f"Lots pour {watch.title}", address, watch.id, entries, watch.opened)
        elif form == "ics":
            due = [(watched.lot, wording) for watched, wording in zip(lots.shown, words, strict=True)]
            content = deadlines_ics(due, address)
        else:
            content = table_csv(watch_table(words)) if form == "csv" else table_workbook(watch_table(words))
        # `made` moves with the content, so that a client that only checks Last-Modified sees the change.
        slot.update(state=state, made=now, content=content)
    answer = attachment(f"{name}.{form}", slot["content"])
    answer.set_etag(state)
    answer.last_modified = slot["made"]
    answer.make_conditional(request)
    return answer


def _read_lots(watch: Watch, now: datetime) -> WatchedLots:
    with reading(desk().engine) as connection:
        return read_watched_lots(connection, watch, now)


def _wordings(lots: WatchedLots, now: datetime) -> list[LotWords]:
    lots_shown = [one.lot for one in lots.shown]
    lot_sides = supplier_sides(lots.supplier_id, lots_shown, now) if lots.supplier_id else [None] * len(lots_shown)
    return [lot_words(lot, now, side) for lot, side in zip(lots_shown, lot_sides, strict=True)]


pages = Blueprint("own_watch", __name__)

T = TypeVar("T")
# Most requests that write, by one link, in a quarter of an hour.
MOST_SENT = 120
_VERDICTS = {"interet": LotVerdict.WANTED, "non": LotVerdict.REFUSED, "annuler": None}
_VERDICT_NOTICES = {
    "interet": "C’est noté : {} le voit.",
    "non": "C’est noté : ce lot n’est plus dans votre liste, ni dans vos messages.",
    "annuler": "C’est annulé.",
}
_LARGEST_FORM = 4_000
_PACES = {Pace.DAILY: "un message par jour au plus", Pace.WEEKLY: "un message par semaine au plus"}


@pages.url_value_preprocessor
def _refuse_large(_endpoint: str | None, _values: dict[str, object] | None) -> None:
    """Limit the size of forms before they are read, since anybody with the link can post."""
    request.max_content_length = _LARGEST_FORM


@pages.get(f"/{PLACE}/<token>", endpoint="show")
def show_watch(token: str) -> ResponseReturnValue:
    """Show the lots of a watch. Nothing is written: mail robots open links before their reader does."""
    return _with_watch(
        token,
        lambda watch: render_template(
            "notices/veille.html",
            token=token,
            found=shown_watch(watch),
            giver=load_organisation(desk().engine, watch.owner).its.name,
            pace=_PACES[watch.pace],
            register=register_page,
            verdicts=LotVerdict,
        ),
    )


@pages.get(f"/{PLACE}/<token>/lots/<int:number>")
def one(token: str, number: int) -> ResponseReturnValue:
    """Redirect to one lot in the list; show its own page where it is listed no more."""

    def lead(watch: Watch) -> ResponseReturnValue:
        watch_shown = shown_watch(watch)
        if any(shown.words.id == number for shown in watch_shown.lots):
            return redirect(url_for("own_watch.show", token=token, _anchor=f"lot-{number}"), 302)
        with reading(desk().engine) as connection:
            lot = next(iter(lots_by_number(connection, [number])), None)
        if lot is None:
            abort(404)
        return render_template("notices/lot_passe.html", token=token, words=lot_words(lot, desk().clock()), kept=lot)

    return _with_watch(token, lead)


@pages.get(f"/{PLACE}/<token>/ecartes", endpoint="refused")
def show_set_aside(token: str) -> ResponseReturnValue:
    """Show the lots left out: refused by the reader, or by the ranking, with the reason."""
    return _with_watch(token, lambda watch: set_aside_page(shown_watch(watch), token))


@pages.get(f"/{PLACE}/<token>/lots.<any(atom, csv, xlsx):form>", endpoint="download")
def download_watch(token: str, form: str) -> ResponseReturnValue:
    """Send the lots as a feed or as a file."""
    return _with_watch(token, lambda watch: _file(token, watch, "lots", form))


@pages.get(f"/{PLACE}/<token>/echeances.ics", endpoint="calendar")
def watch_calendar(token: str) -> ResponseReturnValue:
    """Send the deadlines for a calendar."""
    return _with_watch(token, lambda watch: _file(token, watch, "echeances", "ics"))


@pages.post(f"/{PLACE}/<token>/lots/<int:number>", endpoint="judge")
def judge_lot(token: str, number: int) -> ResponseReturnValue:
    """Keep the verdict of the reader on a lot (`faire`: « interet », « non », or « annuler »)."""
    watch, what = _watch_of_token(token), request.form.get("faire", "")
    if what not in _VERDICTS:
        abort(400)
    if longest := knock(desk().engine, PLACE, token, now=desk().now(), most=MOST_SENT):
        abort(make_response(f"Trop d’envois par ce lien. Réessayez dans {minutes(longest)}.", 429))
    with reading(desk().engine) as connection:
        if not lots_by_number(connection, [number]):
            abort(404)
    set_verdict(desk().engine, watch, number, _VERDICTS[what], desk().now())
    flash(_VERDICT_NOTICES[what].format(load_organisation(desk().engine, watch.owner).its.name))
    back = "own_watch.refused" if request.form.get("ou") == "ecartes" else "own_watch.show"
    return redirect(url_for(back, token=token), 303)


@pages.post(f"/{PLACE}/<token>/courriels", endpoint="mail")
def choose_watch_mail(token: str) -> ResponseReturnValue:
    """Write whether messages may still come (`faire` is « reprendre ») or not (« retirer »): one tap."""
    watch, what = _watch_of_token(token), request.form.get("faire")
    if what not in ("retirer", "reprendre"):
        abort(400)
    set_silence(desk().engine, watch, silent=what == "retirer", now=desk().now())
    flash("C’est noté : plus aucun message." if what == "retirer" else "C’est noté : les messages reprennent.")
    return redirect(url_for("own_watch.show", token=token, _anchor="retirer"), 303)


def _file(token: str, watch: Watch, name: str, form: str) -> Response:
    return watch_file(watch, name, form, url_for("own_watch.show", token=token, _external=True))


def _with_watch(token: str, render: Callable[[Watch], T]) -> T:
    """Apply `render` to the watch that a token opens; end the request where it opens none."""
    try:
        return render(_watch_of_token(token))
    except SupplierGone:
        _end_closed()


def _watch_of_token(token: str) -> Watch:
    return opened_by(desk().engine, token, desk().now()) or _end_closed()


def _end_closed() -> Never:
    """End the request with a 404 page, the same for unknown, closed and expired links."""
    abort(make_response(render_template("dossiers/reponse_fermee.html"), 404))
