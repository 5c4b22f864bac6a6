"""« Vos lots »: the page of a watch behind its secret link, for who has no account; only a POST writes."""

from collections.abc import Callable
from typing import Never, TypeVar

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.accounts.form_rate_limit import knock
from matcher.accounts.organisations import load
from matcher.db import reading
from matcher.domain.contact_details import register_page
from matcher.domain.french import minutes
from matcher.notices.store import lots_of
from matcher.notices.watching.lot_words import lot_words
from matcher.notices.watching.sending import PLACE
from matcher.notices.watching.watched import SupplierGone, set_aside
from matcher.notices.watching.watches import LotVerdict, Pace, Watch, opened_by, say, silence
from matcher.web.frame.app_state import desk
from matcher.web.notices.watch_shown import reasons, shown, watch_file

pages = Blueprint("own_watch", __name__)

T = TypeVar("T")
# Words that one link may send in a quarter of an hour.
MOST_SENT = 120
_VERDICTS = {"interet": LotVerdict.WANTED, "non": LotVerdict.REFUSED, "annuler": None}
_SAID = {
    "interet": "C’est noté : {} le voit.",
    "non": "C’est noté : ce lot n’est plus dans votre liste, ni dans vos messages.",
    "annuler": "C’est annulé.",
}
_LARGEST_FORM = 4_000
_PACES = {Pace.DAILY: "un message par jour au plus", Pace.WEEKLY: "un message par semaine au plus"}


@pages.url_value_preprocessor
def _refuse_large(_endpoint: str | None, _values: dict[str, object] | None) -> None:
    """What is larger than any answer is refused before it is read."""
    request.max_content_length = _LARGEST_FORM


@pages.get(f"/{PLACE}/<token>")
def show(token: str) -> ResponseReturnValue:
    """Show the lots of a watch; robots open a link before its reader, and nothing is written."""
    return _of(token, lambda watch: _page(token, watch))


@pages.get(f"/{PLACE}/<token>/lots/<int:number>")
def one(token: str, number: int) -> ResponseReturnValue:
    """Lead to one lot in the list; where it is there no more, say what became of it."""

    def made(watch: Watch) -> ResponseReturnValue:
        found = shown(watch)
        if any(its.words.id == number for its in found.lots):
            return redirect(url_for("own_watch.show", token=token, _anchor=f"lot-{number}"), 302)
        with reading(desk().engine) as connection:
            kept = next(iter(lots_of(connection, [number])), None)
        if kept is None:
            abort(404)
        return render_template("notices/lot_passe.html", token=token, words=lot_words(kept, desk().clock()), kept=kept)

    return _of(token, made)


@pages.get(f"/{PLACE}/<token>/ecartes")
def refused(token: str) -> ResponseReturnValue:
    """Show what was set aside: by its reader, and by the ranking with why."""

    def made(watch: Watch) -> ResponseReturnValue:
        found = shown(watch)
        away = set_aside(desk().engine, found.card.id, desk().clock()) if found.card else []
        why = reasons(found.card.id, away, desk().clock()) if found.card else []
        left_out = [(lot_words(lot, desk().clock()), side.refused) for lot, side in zip(away, why, strict=True)]
        return render_template("notices/ecartes.html", token=token, found=found, left_out=left_out)

    return _of(token, made)


@pages.get(f"/{PLACE}/<token>/lots.<any(atom, csv, xlsx):form>")
def download(token: str, form: str) -> ResponseReturnValue:
    """Send the lots as a feed or as a file."""
    return _of(token, lambda watch: _file(token, watch, "lots", form))


@pages.get(f"/{PLACE}/<token>/echeances.ics")
def calendar(token: str) -> ResponseReturnValue:
    """Send the deadlines for a calendar."""
    return _of(token, lambda watch: _file(token, watch, "echeances", "ics"))


@pages.post(f"/{PLACE}/<token>/lots/<int:number>")
def judge(token: str, number: int) -> ResponseReturnValue:
    """Keep what the reader says of a lot (`faire`: « interet », « non », or « annuler »)."""
    watch, what = _opened(token), request.form.get("faire", "")
    if what not in _VERDICTS:
        abort(400)
    _wait(token)
    with reading(desk().engine) as connection:
        if not lots_of(connection, [number]):
            abort(404)
    say(desk().engine, watch, number, _VERDICTS[what], desk().now())
    flash(_SAID[what].format(load(desk().engine, watch.owner).its.name))
    back = "own_watch.refused" if request.form.get("ou") == "ecartes" else "own_watch.show"
    return redirect(url_for(back, token=token), 303)


@pages.post(f"/{PLACE}/<token>/courriels")
def mail(token: str) -> ResponseReturnValue:
    """Write whether messages may still come (`faire` is « reprendre ») or not (« retirer »): one tap."""
    watch, what = _opened(token), request.form.get("faire")
    if what not in ("retirer", "reprendre"):
        abort(400)
    silence(desk().engine, watch, silent=what == "retirer", now=desk().now())
    flash("C’est noté : plus aucun message." if what == "retirer" else "C’est noté : les messages reprennent.")
    return redirect(url_for("own_watch.show", token=token, _anchor="retirer"), 303)


def _page(token: str, watch: Watch) -> str:
    return render_template(
        "notices/veille.html",
        token=token,
        found=shown(watch),
        giver=load(desk().engine, watch.owner).its.name,
        pace=_PACES[watch.pace],
        register=register_page,
        verdicts=LotVerdict,
    )


def _file(token: str, watch: Watch, name: str, form: str) -> Response:
    return watch_file(watch, name, form, url_for("own_watch.show", token=token, _external=True))


def _of(token: str, made: Callable[[Watch], T]) -> T:
    """Return what is made of the watch that a token opens; one that opens nothing ends the request."""
    try:
        return made(_opened(token))
    except SupplierGone:
        _closed()


def _opened(token: str) -> Watch:
    return opened_by(desk().engine, token, desk().now()) or _closed()


def _closed() -> Never:
    """End the request with the one page of every link that opens nothing."""
    abort(make_response(render_template("dossiers/reponse_fermee.html"), 404))


def _wait(token: str) -> None:
    """End the request where this link has sent too much."""
    if longest := knock(desk().engine, PLACE, token, now=desk().now(), most=MOST_SENT):
        abort(make_response(f"Trop d’envois par ce lien. Réessayez dans {minutes(longest)}.", 429))
