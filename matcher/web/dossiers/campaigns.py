"""Page « Interroger »: list of campaigns (e-mails that ask suppliers about their trade), and preview of a new one: recipients, exclusions, message."""

from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_urlsafe

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from matcher.catalogue.identity.trust import source_title
from matcher.cleaning.numbers import whole_number
from matcher.cleaning.phone import shown_phone
from matcher.club.meeting_day.store import load_day as load_event
from matcher.domain.contact_details import ContactDetails
from matcher.domain.supplier import Contact
from matcher.dossiers.asking.campaign import MOST_ASKED, CampaignDraft, told_rights, written_to
from matcher.dossiers.asking.store import PlannedSupplier, create_campaign, list_campaigns, plan_campaign
from matcher.dossiers.asking.subject import CampaignSubject, of_lot, of_meeting, of_territory
from matcher.journal.change import LONGEST_LINE, ChangeRefused, tidy_lines
from matcher.journal.store import JournalUnknown
from matcher.need.completion import usual_first
from matcher.ranking.shelf.card import Card
from matcher.reference.geography.territories import departement, departements
from matcher.reference.trades.activities import taxonomy
from matcher.render.table import csv_of
from matcher.settings import Controller, retention_months
from matcher.web.dossiers.sending_means import SendingMeans, sending_means, shown_text
from matcher.web.dossiers.write import dossier_of, once_per_form
from matcher.web.frame.app_state import desk, named_or_fault, owner, profile, signer_of
from matcher.web.frame.file_response import attachment
from matcher.web.frame.forms import render_answer

pages = Blueprint("campaigns", __name__)

_SUBJECTS = ("dossier", "departement", "club")
_WORDS = ("titre", "objet", "signature")
_LONGEST_NEED = 5_000
_LIST = ("Structure", "SIRET", "Commune", "Téléphone", "Courriel", "Origine des contacts")


@dataclass(frozen=True, slots=True)
class StructureShown:
    """A structure in the preview: its card (None where it left the catalogue), and whether and how it would be asked."""

    card: Card | None
    planned: PlannedSupplier

    @property
    def name(self) -> str:
        """The name, else the id."""
        return self.card.name if self.card else self.planned.supplier_id


@dataclass(frozen=True, slots=True)
class ReachedStructure:
    """Contact details of a structure, for a person who contacts it without the server's e-mails."""

    supplier_id: str
    name: str
    city: str
    contact: ContactDetails


@dataclass(frozen=True, slots=True)
class CampaignForm:
    """A new campaign as typed: its texts by field, the most structures to ask, and the French faults by field."""

    words: Mapping[str, str]
    most: int
    faults: dict[str, str]

    def draft(self, subject: CampaignSubject, by: Controller) -> CampaignDraft:
        """Return the draft of the campaign with these texts. Raises ChangeRefused."""
        words = self.words
        return subject.draft(by, title=words["titre"], objet=words["objet"], signature=words["signature"])


@pages.get("/campagnes", endpoint="index")
def show_campaigns() -> ResponseReturnValue:
    """List the campaigns, with the form that starts one for a territory."""
    return _index({}, "")


@pages.get("/campagnes/nouvelle", endpoint="choose")
def choose_campaign() -> ResponseReturnValue:
    """Preview a campaign: whom it would ask, who is left out and why, and its message; nothing is stored."""
    try:
        subject = _subject(request.args)
    except ChangeRefused as refusal:
        return _index(request.args, str(refusal))
    form = _form(request.args)
    return _page(subject, form, request.args)


@pages.get("/campagnes/nouvelle/liste.csv", endpoint="download")
def download_asked_structures() -> ResponseReturnValue:
    """Send the structures of a campaign with telephone and e-mail as a CSV, for use where the server cannot send e-mails."""
    try:
        subject = _subject(request.args)
    except ChangeRefused as refusal:
        return _index(request.args, str(refusal))
    rows = [
        (one.name, one.contact.siret, one.city, shown_phone(one.contact.phone), one.contact.email, one.contact.source)
        for one in _reach(subject)
    ]
    return attachment("structures-a-interroger.csv", csv_of(_LIST, rows))


@pages.post("/campagnes/nouvelle", endpoint="prepare")
def prepare_campaign() -> ResponseReturnValue:
    """Create a campaign and its waiting messages, once even if the form is sent twice; sending is a separate action."""
    try:
        subject = _subject(request.form)
    except ChangeRefused as refusal:
        return _index(request.form, str(refusal))
    form, means = _form(request.form), sending_means()
    author = named_or_fault(signer_of(request.form), form.faults)
    if form.faults or means.lacks or (by := means.by) is None:
        return _page(subject, form, request.form)

    def create_once() -> int:
        draft, now, months = form.draft(subject, by), desk().now(), retention_months()
        return create_campaign(
            desk().engine, owner(), draft, subject.ids, by, author=author, now=now, months=months, most=form.most
        ).campaign.id

    try:
        number = once_per_form(create_once)
    except ChangeRefused as refusal:
        form.faults["objet" if subject.dossier else "titre"] = str(refusal)
        return _page(subject, form, request.form)
    return redirect(url_for("campaign.show", number=number), 303)


def _subject(form: MultiDict[str, str]) -> CampaignSubject:
    """Return the subject of a campaign (a dossier's lot, a meeting day or a département); end the request with 400 unless exactly one is
    given. Raises ChangeRefused."""
    named = [name for name in _SUBJECTS if form.get(name)]
    if len(named) != 1:
        abort(400)
    if named == ["dossier"]:
        dossier = dossier_of(_number(form["dossier"]))
        return of_lot(dossier, _number(form.get("lot", "1")), desk().shelf(), desk().today())
    trades = tuple(dict.fromkeys(code for code in form.getlist("metier") if code))
    if any(code not in taxonomy().index for code in trades):
        abort(400)
    if named == ["club"]:
        try:
            meeting_day = load_event(desk().engine, owner(), _number(form["club"]))
        except JournalUnknown:
            abort(404)
        return of_meeting(meeting_day.header.title, meeting_day.catalogue_suppliers, trades)
    where = departement(form["departement"]) or abort(400)
    if not trades:
        raise ChangeRefused("Choisissez un métier.")
    return of_territory(desk().engine, desk().shelf(), trades, where, desk().today())


def _number(text: str) -> int:
    number = whole_number(text)
    if number is None:
        abort(400)
    return number


def _form(options: Mapping[str, str]) -> CampaignForm:
    words, faults = {}, {}
    for name in _WORDS:
        longest = _LONGEST_NEED if name == "objet" else LONGEST_LINE
        text = options.get(name, "")
        if len(text) > longest:
            faults[name] = f"C’est trop long : {longest} caractères au plus."
        words[name] = tidy_lines(text[:longest])
    written = options.get("premiers", "").strip()
    first = whole_number(written, range(1, MOST_ASKED + 1))
    if written and first is None:
        faults["premiers"] = f"Écrivez un nombre entre 1 et {MOST_ASKED}."
    return CampaignForm(words, first or MOST_ASKED, faults)


def _index(options: Mapping[str, str], fault: str) -> tuple[str, int]:
    return render_answer(
        fault,
        "dossiers/asking/campagnes.html",
        campaigns=list_campaigns(desk().engine, owner()),
        departements=sorted(departements().values(), key=lambda one: one.code),
        taxonomy=taxonomy(),
        groups=usual_first((group.code for group in taxonomy().groups), profile().families),
        given=options,
        fault=fault,
        means=sending_means(),
    )


def _page(subject: CampaignSubject, form: CampaignForm, typed: MultiDict[str, str]) -> tuple[str, int]:
    months, means = retention_months(), sending_means()
    draft = _draft(subject, form, means)
    planned = plan_campaign(
        desk().engine,
        owner(),
        subject.ids,
        today=desk().today(),
        months=months,
        dossier_id=subject.dossier_id,
        lot=subject.lot,
        text=draft.text if draft else "",
        most=form.most,
    )
    shown = [StructureShown(_card(one.supplier_id), one) for one in planned]
    first = next((one.address for one in planned if one.address), None)
    message = _message(draft, means, first, months)
    left_out: dict[str, list[StructureShown]] = {}
    for structure in shown:
        if structure.planned.left_out:
            left_out.setdefault(structure.planned.left_out, []).append(structure)
    return render_answer(
        form.faults,
        "dossiers/asking/nouvelle.html",
        subject=subject,
        asked=[(name, value) for name in (*_SUBJECTS, "lot", "metier") for value in typed.getlist(name)],
        form=form,
        faults=form.faults,
        means=means,
        to_ask=[one for one in shown if one.planned.address],
        left_out=left_out,
        most=MOST_ASKED,
        reach=_reach(subject) if means.lacks or first is None else [],
        source_title=source_title,
        club=typed.get("club", ""),
        key=typed.get("cle") or token_urlsafe(12),
        **message,
    )


def _draft(subject: CampaignSubject, form: CampaignForm, means: SendingMeans) -> CampaignDraft | None:
    """Return the draft campaign; None where settings are missing, or a typed text is refused, which becomes a fault."""
    if means.by is None:
        return None
    try:
        return form.draft(subject, means.by)
    except ChangeRefused as refusal:
        form.faults.setdefault("objet" if subject.dossier else "titre", str(refusal))
        return None


def _message(draft: CampaignDraft | None, means: SendingMeans, first: Contact | None, months: int) -> dict[str, object]:
    """Return template context with the message as the first recipient would get it, and its legal notice; empty without settings or recipient."""
    if means.by is None or first is None:
        return {}
    origin = first.origin
    values = told_rights(means.by, origin.source, origin.date, months)
    if draft is None:
        return {"told": values}
    text = written_to(draft.text, means.by, origin.source, origin.date, months)
    return {"told": values, "subject_line": draft.subject, "text": shown_text(text, means)}


def _reach(subject: CampaignSubject) -> list[ReachedStructure]:
    """Return the contact details of the subject's structures that are still in the catalogue."""
    contacts, cards = desk().contacts_of(subject.ids), ((one, _card(one)) for one in subject.ids)
    return [
        ReachedStructure(one, card.name, card.city, contacts.get(one, ContactDetails())) for one, card in cards if card
    ]


def _card(supplier_id: str) -> Card | None:
    row = desk().shelf().find(supplier_id)
    return None if row is None else desk().shelf().suppliers[row]
