"""« Créer N dossiers » of a programme: a dossier a line, with its list as it is today and its opinion."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from matcher.decisions.purchases.lever_shares import share_of
from matcher.decisions.purchases.programme import Programme
from matcher.domain.french import count, number
from matcher.dossiers.changes import AddLot
from matcher.dossiers.dossier import DossierHeader
from matcher.dossiers.store import change, create
from matcher.need.title import cut, title_of
from matcher.web.decisions.purchases import programme_of
from matcher.web.decisions.worksheet import MAKES_DOSSIERS, query_of_line
from matcher.web.dossiers.header_form import own_buyer
from matcher.web.dossiers.save_list import FROZEN, list_frozen
from matcher.web.dossiers.write import once
from matcher.web.frame.app_state import NO_NAME, desk, owner, signed
from matcher.web.need.address import Query
from matcher.web.need.answer import answer

pages = Blueprint("save_programme", __name__)

# Each freezes a list: more than a team opens at once, and a page's worth of waiting.
MOST = 40


@pages.post("/achats/<key>/dossiers")
def keep(key: str) -> ResponseReturnValue:
    """Open a dossier for each line ticked, or for each that could be reserved or have a clause; once however many times the form is sent."""
    study, result = programme_of(key)
    chosen = _chosen(result.programme)
    back = redirect(url_for("purchases.show", key=study.key, _anchor="lignes"), 303)
    who = signed(request.form)
    if not who or not chosen or len(chosen) > MOST:
        flash(_refusal(who, len(chosen)), "refus")
        return back
    lists = [_frozen(query) for query in chosen]  # worked out before the one transaction that writes them all
    made = once(lambda: sum(1 for title, lot in lists if _opened(title, lot, who)))
    flash(f"{count(made, 'dossier créé', 'dossiers créés')} de « {study.file_name} ».")
    return redirect(url_for("dossiers.index"), 303)


def _refusal(who: str, lines: int) -> str:
    if not who:
        return NO_NAME
    if not lines:
        return "Cochez au moins une ligne dont le besoin se lit."
    return f"{number(lines)} dossiers, c’est trop d’un coup : cochez {number(MOST)} lignes au plus."


def _chosen(its: Programme) -> list[Query]:
    """The queries of the lines that the form asks dossiers for."""
    ticked = set(request.form.getlist("ligne"))
    every = request.form.get("dossiers") == "tous"
    lines = [
        both for both in its.counted if (share_of(both[1]) in MAKES_DOSSIERS if every else both[0].entry.key in ticked)
    ]
    return [query for query in (query_of_line(line, told) for line, told in lines) if query is not None]


def _frozen(query: Query) -> tuple[str, AddLot]:
    """The title of a dossier, and its list as it is today."""
    found = answer(desk(), query)
    title = cut(title_of(query.text("besoin") or query.joined("cpv")))
    return title, list_frozen(found, found.listing.first(FROZEN), tuple(found.first_ids), title)


def _opened(title: str, lot: AddLot, who: str) -> int:
    header, at = DossierHeader(**{**own_buyer(), "title": title}), desk().now()
    made = create(desk().engine, owner(), header, who=who, now=at).id
    return change(desk().engine, owner(), made, [lot], version=None, who=who, now=at).id
