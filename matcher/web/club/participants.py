"""Pages « Participants » of a meeting day (event of planned buyer-supplier meetings): list, add, edit, remove participants and wishes; import questions."""

from collections.abc import Sequence
from dataclasses import replace
from secrets import token_urlsafe

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from matcher.cleaning.numbers import whole_number
from matcher.club.meeting_day.answers import SettlePoints
from matcher.club.meeting_day.changes import LONGEST_WORDS, Amend, Bind, Unbind, WithdrawParticipant
from matcher.club.meeting_day.meeting_day import Bond, DayChange, MeetingDay, Participant, ParticipantRole, Tie
from matcher.club.meeting_day.store import Person, change_latest_day, load_day
from matcher.club.registration.answering import answer_changes, buyer_of
from matcher.club.registration.import_plan import plan_entry
from matcher.club.registration.spreadsheet import Entrant
from matcher.club.registration.who_is_it import Catalogue
from matcher.club.results.next_edition import came_of_former
from matcher.db import reading
from matcher.domain.french import count
from matcher.journal.change import ChangeRefused, without_unseen
from matcher.notices.store import KeptLot, lot
from matcher.web.club.meeting_day import (
    KEY,
    NUMBER,
    FormRefusal,
    event_of,
    flash_refusal_at,
    people_of_event,
    write_event,
)
from matcher.web.club.participant_form import ParticipantForm
from matcher.web.dossiers.write import once_per_form
from matcher.web.frame.app_state import NO_NAME, desk, named_or_fault, owner, signer_of

pages = Blueprint("participants", __name__)


@pages.get(f"/club/{NUMBER}/participants", endpoint="index")
def list_participants(number: int) -> str:
    """List buyers and suppliers, the open questions, and the ways to add participants."""
    event = event_of(number)
    sides = [
        (title, [one for one in event.participants if one.supplies is supplies])
        for title, supplies in (("Acheteurs et attributaires", False), ("Fournisseurs", True))
    ]
    former = load_day(desk().engine, owner(), event.former) if event.former else None
    return render_template(
        "club/participants.html",
        event=event,
        sides=sides,
        people=people_of_event(event),
        came_of=came_of_former(event, former) if former else {},
    )


@pages.get(f"/club/{NUMBER}/participants/nouveau", endpoint="new")
def new_participant(number: int) -> ResponseReturnValue:
    """Show the form of a new participant, filled with the buyer of a published lot (`avis`) if given; `suite=accueil` checks it in next."""
    event, sort, name = event_of(number), request.args.get("sorte", ""), request.args.get("nom", "")[:LONGEST_WORDS]
    if lot := _lot_of_address():
        buyer = buyer_of(lot, event)
        if buyer.key:
            return redirect(url_for("participants.edit", number=number, participant=buyer.key, avis=lot.id))
        return _form(event, None, ParticipantForm.of(buyer, ()))
    return _form(event, None, ParticipantForm(sort=sort if sort in set(ParticipantRole) else "", name=name))


@pages.post(f"/club/{NUMBER}/participants/nouveau", endpoint="add")
def add_participant(number: int) -> ResponseReturnValue:
    """Register a participant, once even if the form is sent twice; a possible duplicate raises a question."""
    event = event_of(number)
    form = ParticipantForm(request.form)
    author = named_or_fault(signer_of(request.form), form.faults)
    if form.faults:
        return _form(event, None, form)
    read, persons = form.participant(0), form.persons
    catalogue = Catalogue(desk().engine, desk().shelf())

    def list_changes(current: MeetingDay) -> Sequence[DayChange]:
        return plan_entry(current, Entrant(1, read, persons), catalogue, by_oneself=False).changes

    def people(current: MeetingDay) -> dict[int, tuple[Person, ...]]:
        return {current.next_key: persons} if persons else {}

    def register() -> int:
        return change_latest_day(
            desk().engine, owner(), number, list_changes, author=author, now=desk().now(), people=people
        ).taken

    try:
        key = once_per_form(register)
    except ChangeRefused as refusal:
        form.faults["name"] = str(refusal)
        return _form(event, None, form)
    flash(f"« {read.name} » est inscrit.")
    if request.form.get("suite") == "accueil":
        return redirect(url_for("entrance.show", number=number, participant=key), 303)
    return redirect(url_for("participants.index", number=number, _anchor=f"p-{key}"), 303)


@pages.get(f"/club/{NUMBER}/participants/{KEY}", endpoint="edit")
def edit_participant(number: int, participant: int) -> ResponseReturnValue:
    """Show the form of a participant, with a published lot (`avis`) added to its needs if given, and its wishes and refusals."""
    event, lot = event_of(number), _lot_of_address()
    registered = _participant(event, participant)
    buyer, persons = buyer_of(lot, event) if lot else registered, people_of_event(event).get(participant, ())
    return _form(event, registered, ParticipantForm.of(buyer if buyer.key == participant else registered, persons))


@pages.post(f"/club/{NUMBER}/participants/{KEY}", endpoint="amend")
def amend_participant(number: int, participant: int) -> ResponseReturnValue:
    """Store changes to a participant and to the persons who come for it."""
    event = event_of(number)
    registered = _participant(event, participant)
    sent = MultiDict(request.form)
    sent["sort"] = registered.sort.value  # the role of a participant does not change
    form = ParticipantForm(sent)
    if form.faults:
        return _form(event, registered, form)
    read, persons = form.participant(registered.key), form.persons
    catalogue = Catalogue(desk().engine, desk().shelf())

    def list_changes(current: MeetingDay) -> Sequence[DayChange]:
        former = current.participant(participant)
        amended = replace(
            read,
            absent=former.absent,
            same_as=former.same_as,
            supplier_id=former.supplier_id,
            written=former.written,
            kinds=former.kinds,
        )
        if amended.supplies and amended.siret != former.siret:  # linked to the catalogue again
            amended = replace(amended, supplier_id=catalogue.by_number(amended.siret) if amended.siret else "")
        return [] if amended == former else [Amend((amended,), told=False)]

    def show_refusal(current: MeetingDay, refusal: FormRefusal) -> ResponseReturnValue:
        form.faults["qui" if refusal.message == NO_NAME else "name"] = refusal.message
        return _form(current, current.by_key.get(participant), form, refusal.status)

    return write_event(
        number,
        list_changes,
        show_refusal,
        to=lambda _: url_for("participants.index", number=number, _anchor=f"p-{participant}"),
        notice="C’est enregistré.",
        people={participant: persons},
        about=lambda current: current.participant(participant),
    )


@pages.post(f"/club/{NUMBER}/participants/{KEY}/retrait", endpoint="withdraw")
def withdraw_participant(number: int, participant: int) -> ResponseReturnValue:
    """Remove a participant, with its wishes and meetings."""
    page = url_for("participants.index", number=number)
    motive = " ".join(without_unseen(request.form.get("motif", "")).split())[:300]
    name = _participant(event_of(number), participant).name
    changes, notice = [WithdrawParticipant(participant, motive)], f"« {name} » n’est plus inscrit."
    return write_event(number, lambda _: changes, flash_refusal_at(page), to=lambda _: page, notice=notice)


@pages.post(f"/club/{NUMBER}/participants/{KEY}/voeux")
def bind(number: int, participant: int) -> ResponseReturnValue:
    """Add a wish, a refusal or a former meeting between two participants; or remove one (`retirer`)."""
    page = url_for("participants.edit", number=number, participant=participant, _anchor="voeux")
    pairs = (
        request.form.get("retirer") or f"{participant}.{request.form.get('autre', '')}.{request.form.get('lien', '')}"
    )
    parts = pairs.split(".")
    by, other = (whole_number(part) for part in (*parts, "", "")[:2])
    if by is None or other is None or len(parts) != 3 or parts[2] not in Tie.__members__:
        flash("Choisissez un participant de l’autre côté, et ce qui les lie.", "refus")
        return redirect(page, 303)
    bond = Bond(Tie[parts[2]], by, other)

    def list_changes(event: MeetingDay) -> Sequence[DayChange]:
        if request.form.get("retirer"):
            return [Unbind((bond,))] if bond in event.bonds else []
        if event.participant(bond.by).supplies is event.participant(bond.other).supplies:
            raise ChangeRefused("Un vœu lie un acheteur et un fournisseur.")
        return [] if bond in event.bonds else [Bind((bond,))]

    return write_event(number, list_changes, flash_refusal_at(page), to=lambda _: page, notice="C’est noté.")


@pages.post(f"/club/{NUMBER}/questions", endpoint="answer")
def answer_questions(number: int) -> ResponseReturnValue:
    """Store answers to questions of an import (`reponse_` + question number); unanswered ones stay open."""
    page = url_for("participants.index", number=number, _anchor="questions")
    import_questions = event_of(number).open_questions
    answers = [(one.number, code) for one in import_questions if (code := request.form.get(f"reponse_{one.number}"))]
    if not answers:
        flash("Choisissez une réponse.", "refus")
        return redirect(page, 303)
    notice = f"{count(len(answers), 'réponse notée', 'réponses notées')}."
    return write_event(
        number,
        lambda event: answer_changes(event, answers, Catalogue(desk().engine, desk().shelf())),
        flash_refusal_at(page),
        to=lambda _: page,
        notice=notice,
    )


@pages.post(f"/club/{NUMBER}/rappels", endpoint="confirm")
def confirm_point(number: int) -> ResponseReturnValue:
    """Mark a point (`point`, its code) of the list « À rappeler », what is to be confirmed with participants by telephone, as correct."""
    page, code = url_for("participants.index", number=number, _anchor="rappels"), request.form.get("point", "")

    def list_changes(event: MeetingDay) -> Sequence[DayChange]:
        return [SettlePoints((code,))] if code in {one.code for one in event.to_ring} else []

    return write_event(number, list_changes, flash_refusal_at(page), to=lambda _: page, notice="C’est confirmé.")


def _lot_of_address() -> KeptLot | None:
    """Return the published lot of the address (`avis`), None where there is none or it is gone."""
    lot_id = whole_number(request.args.get("avis", ""), range(2**31))
    with reading(desk().engine) as connection:
        return lot(connection, lot_id) if lot_id is not None else None


def _participant(event: MeetingDay, key: int) -> Participant:
    return event.by_key.get(key) or abort(404)


def _form(
    event: MeetingDay, participant: Participant | None, form: ParticipantForm, status: int = 422
) -> tuple[str, int]:
    # An organisation registered twice has one seat, the key of its first registration: the wishes of both are shown. 0 is the seat of none.
    seat = event.seat_of(participant.key) if participant else 0
    page = render_template(
        "club/participant.html",
        event=event,
        one=participant,
        form=form,
        sorts=list(ParticipantRole),
        bonds=[bond for bond in event.bonds if seat in map(event.seat_of, bond.pair)],
        ties=list(Tie),
        key=request.form.get("cle") or token_urlsafe(12),
        then=request.values.get("suite", "")[:20],
        others=event.list_seats(suppliers=not participant.supplies) if participant else (),
    )
    return page, status if form.faults else 200
