"""Page behind a secret link on which a structure, without an account, answers a campaign (e-mails that ask suppliers about their trade): it confirms
or corrects its data, or leaves the catalogue."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Never

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.accounts.organisations import controller_of, load_organisation
from matcher.accounts.throttle import knock
from matcher.answers.fact import CONTRACT_DURATIONS, CONTRACT_SEASONS, CONTRACT_SIZES, PRICE_BASES
from matcher.answers.sharing import BOXES, LASTS_MONTHS, sharing_of
from matcher.catalogue.intake.lookups import shipped_lookups
from matcher.catalogue.steward.stated_record import CorrectionRefused
from matcher.club.leaving import LEAVING
from matcher.db import reading
from matcher.domain.french import minutes
from matcher.domain.persona import Persona
from matcher.domain.supplier import Evidence
from matcher.dossiers.asking.answer import LONGEST_FIELD, MOST_ADDED, GivenAnswer, faults, tidy_answer
from matcher.dossiers.asking.answering import (
    Invitation,
    LinkClosed,
    erase,
    keep_answer,
    leave_catalogue,
    open_invitation,
)
from matcher.dossiers.asking.campaign import told_rights
from matcher.dossiers.asking.sending import LINKS
from matcher.dossiers.planned_part import persona_of
from matcher.dossiers.store import load_dossier
from matcher.notices.watching.lot_words import LotWords, lot_words
from matcher.notices.watching.watched import SupplierGone, lots_opened
from matcher.reference.geography.communes import commune
from matcher.reference.geography.territories import departement
from matcher.reference.trades.activities import taxonomy
from matcher.reference.wordings import set_persona
from matcher.settings import SettingsError, retention_months
from matcher.web.frame.app_state import desk

pages = Blueprint("answering", __name__)

# Most bytes of a form: well above a full answer.
_LARGEST_FORM = 16_000
_DOOR = "reponse"
_DISTANCES = ("10 km", "30 km", "50 km")
_YES_NO = {"oui": True, "non": False}
_TEXTS = ("workers", "area", "capacity", "price_basis", "contact", "phone", "email")
_TRADE = "metier-"
# Questions on suitable contracts, asked after the main form: field, then label and choices; and the consent boxes about them.
_WISHES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "contract_size": ("Sa taille, hors taxes", CONTRACT_SIZES),
    "contract_duration": ("Sa durée", CONTRACT_DURATIONS),
    "contract_season": ("Sa saison", CONTRACT_SEASONS),
}
_WISHED = ("marche", "periode")


@pages.url_value_preprocessor
def _refuse_large(_endpoint: str | None, _values: dict[str, object] | None) -> None:
    """Limit the size of forms before they are read, since anybody with the link can post."""
    request.max_content_length = _LARGEST_FORM


@pages.get(f"/{LINKS}/<token>", endpoint="show")
def show_answer_form(token: str) -> ResponseReturnValue:
    """Show the questions, or the answer given. Nothing is written: mail robots open links before their reader does."""
    invitation = _invitation_of(token)
    return _page(token, invitation, invitation.answer.given if invitation.answer else GivenAnswer(), {})


@pages.post(f"/{LINKS}/<token>", endpoint="send")
def send_answer(token: str) -> ResponseReturnValue:
    """Store an answer, in place of the former one."""
    invitation = _invitation_of(token)
    return _keep(token, invitation, tidy_answer(_answer_of_form(invitation)))


@pages.post(f"/{LINKS}/<token>/marche")
def prefer(token: str) -> ResponseReturnValue:
    """Add to the stored answer which contracts would suit the structure."""
    invitation = _invitation_of(token)
    if invitation.answer is None:
        return redirect(url_for("answering.show", token=token), 303)
    answer, form = invitation.answer.given, request.form
    values: dict[str, Any] = {
        name: form.get(name, "") for name, (_, choices) in _WISHES.items() if form.get(name) in choices.values()
    }
    ticked = form.getlist("shared")[: len(BOXES)]
    shared = [box for box in BOXES if box in (ticked if box in _WISHED else answer.shared)]
    return _keep(token, invitation, tidy_answer(replace(answer, shared=tuple(shared), **values)), "marche")


def _keep(token: str, invitation: Invitation, answer: GivenAnswer, part: str | None = None) -> ResponseReturnValue:
    """Store an answer in place of the former one and redirect to the page (at anchor `part`); or render the page with the faults."""
    wrong = faults(answer, shipped_lookups())
    if wrong:
        return _page(token, invitation, answer, wrong, 422)
    if waits := _rate_limit_refusal():
        return _page(token, invitation, answer, {"trades": waits}, 429)
    try:
        keep_answer(desk().engine, token, answer, now=desk().now())
    except LinkClosed:
        _end_closed()
    except CorrectionRefused as refusal:
        return _page(token, invitation, answer, {"trades": str(refusal)}, 422)
    return redirect(url_for("answering.show", token=token, _anchor=part), 303)


@pages.post(f"/{LINKS}/<token>/retrait", endpoint="withdraw")
def withdraw_answer(token: str) -> ResponseReturnValue:
    """Erase the answers (`faire` is « effacer »), or remove the structure from the catalogue (« quitter »)."""
    invitation = _invitation_of(token)
    what = request.form.get("faire", "")
    if what not in ("effacer", "quitter"):
        abort(400)
    if waits := _rate_limit_refusal():
        return _page(
            token, invitation, invitation.answer.given if invitation.answer else GivenAnswer(), {"trades": waits}, 429
        )
    try:
        if what == "effacer":
            erase(desk().engine, token, now=desk().now())
            return redirect(url_for("answering.show", token=token), 303)
        leave_catalogue(desk().engine, token, now=desk().now(), leaving=LEAVING)
    except LinkClosed:
        _end_closed()
    return render_template("dossiers/reponse_retiree.html")


def _invitation_of(token: str) -> Invitation:
    try:
        return open_invitation(desk().engine, token, desk().now())
    except LinkClosed:
        _end_closed()


def _end_closed() -> Never:
    """End the request with a 404 page, the same for unknown, closed and expired links."""
    abort(make_response(render_template("dossiers/reponse_fermee.html"), 404))


def _rate_limit_refusal() -> str:
    """Count a write by this IP address; return the French refusal where it exceeds the rate limit, else empty."""
    longest = knock(desk().engine, _DOOR, request.remote_addr or "", now=desk().now())
    return f"Trop d’envois depuis cette adresse. Réessayez dans {minutes(longest)}." if longest else ""


def _answer_of_form(invitation: Invitation) -> GivenAnswer:
    form = request.form
    trades = {
        one.code: _YES_NO[choice]
        for one in invitation.trades
        if (choice := form.get(f"{_TRADE}{one.code}", "")) in _YES_NO
    }
    former = invitation.answer.given if invitation.answer else GivenAnswer()
    former_values = {name: getattr(former, name) for name in _WISHES}  # asked in the second form: kept unchanged here
    texts = {
        name: form.get(name, former_values.get(name, ""))[: LONGEST_FIELD + 1] for name in (*_TEXTS, *former_values)
    }
    added = tuple(text[: LONGEST_FIELD + 1] for text in form.getlist("added")[:MOST_ADDED])
    shared = tuple(form.getlist("shared")[: len(BOXES)])
    available = _YES_NO.get(form.get("available", ""))
    return GivenAnswer(trades=trades, added=added, available=available, shared=shared, **texts)


def _opened_lots(invitation: Invitation) -> tuple[list[LotWords], int] | None:
    """Return the wording of the open lots in the trades that a structure confirmed, and how many more there are; None without imported notices."""
    now = desk().clock()
    trades = [one.code for one in invitation.supplier.activities if one.evidence is Evidence.ANSWER]
    try:
        opened_lots = lots_opened(desk().engine, desk().shelf(), invitation.supplier, trades, now)
    except SupplierGone:
        _end_closed()
    if opened_lots is None:
        return None
    return [lot_words(lot, now, side) for lot, side in opened_lots.lots], opened_lots.later


def _persona(invitation: Invitation) -> Persona:
    """Return the persona (type of user) for which the campaign's message was worded: the page states the same legal ground."""
    engine, campaign = desk().engine, invitation.campaign
    organisation = load_organisation(engine, campaign.owner).its
    if campaign.dossier_id is None:
        return organisation.spoken_to
    return persona_of(load_dossier(engine, campaign.owner, campaign.dossier_id), organisation.persona)


def _page(
    token: str, invitation: Invitation, answer: GivenAnswer, wrong: dict[str, str], status: int = 200
) -> tuple[str, int]:
    try:
        by = controller_of(desk().engine, invitation.campaign.owner)
    except SettingsError:  # the data controller is no longer set: by law nothing may be asked without naming it
        abort(503)
    set_persona(_persona(invitation))
    with reading(desk().engine) as connection:
        sharing = sharing_of(connection, invitation.supplier.id, desk().today())
    names = taxonomy()
    town = commune(invitation.supplier.sites[0].insee) if invitation.supplier.sites else None
    own = departement(town.departement) if town else None
    answered = invitation.answer is not None and not wrong
    page = render_template(
        "dossiers/reponse.html",
        token=token,
        found=invitation,
        given=answer,
        faults=wrong,
        answered=answered,
        sharing=sharing,
        opened=_opened_lots(invitation) if answered else None,
        wishes=_WISHES,
        wished=[box for box in _WISHED if invitation.is_trusted],
        by=by,
        told=told_rights(by, invitation.source, invitation.as_of, retention_months()),
        # One-click areas: usual distances, the département of the first site, and the former answer.
        areas=list(dict.fromkeys(filter(None, (*_DISTANCES, own.name if own else "", answer.area)))),
        labels={code: names.label(code) for code in answer.trades},
        leaves=sorted(names.label(code) for code in names.codes if "." in code),
        sizes=list(CONTRACT_SIZES.values()),
        bases=list(PRICE_BASES.values()),
        boxes=BOXES if invitation.is_trusted else {},
        box_names=BOXES,
        lasts=LASTS_MONTHS,
        most_added=MOST_ADDED,
        longest=LONGEST_FIELD,
    )
    return page, status
