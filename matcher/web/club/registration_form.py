"""Public registration form of an event of buyer-supplier meetings, behind a secret link, and the organiser's page that accepts or refuses registrations."""

from collections.abc import Iterator, Sequence

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.accounts.throttle import knock
from matcher.club.meeting_day.meeting_day import DayChange, MeetingDay, ParticipantRole, Tie
from matcher.club.meeting_day.registration_link import (
    close_door,
    door_of,
    drop_requests,
    event_behind,
    keep_request,
    load_requests,
    open_door,
)
from matcher.club.meeting_day.store import Person, load_day
from matcher.club.registration.import_plan import plan_entry
from matcher.club.registration.spreadsheet import Entrant
from matcher.club.registration.who_is_it import Catalogue
from matcher.club.results.who_comes import MOST_WISHES, SuggestedMeeting, names_chosen, suggestions, visible_others
from matcher.domain.french import count, minutes
from matcher.journal.change import ChangeRefused, try_changes
from matcher.ownership import OrganisationId
from matcher.web.club.meeting_day import NUMBER, contact_of, event_of, flash_refusal_at, write_event
from matcher.web.club.participant_form import ParticipantForm
from matcher.web.frame.access import alone
from matcher.web.frame.app_state import desk, named_or_back, owner, signer_of
from matcher.web.frame.forms import Yes

pages = Blueprint("registration_form", __name__)

_LONGEST_TOKEN = 64
# Most previews of suggested meetings by one IP address in a quarter of an hour: each ranks all needs.
MOST_LOOKS = 20


class RegistrationForm(ParticipantForm):
    """Form of a participant that registers itself: persons and consent to data storage are required."""

    accord = Yes("J’accepte que mes données soient gardées pour cet événement")

    def together(self) -> Iterator[tuple[str, str]]:
        """Yield (field, French fault) of values that contradict others, and of a missing person or consent."""
        yield from super().together()
        if not self.persons:
            yield "person_1", "Dites qui viendra, avec un courriel ou un téléphone."
        if not self.accord.data:
            yield "accord", "Sans votre accord, rien n’est gardé : cochez la case, ou fermez la page."


@pages.get(f"/club/{NUMBER}/inscriptions", endpoint="show")
def show_registrations(number: int) -> ResponseReturnValue:
    """Show whether the link is open, and the registrations that wait."""
    return _page(event_of(number), "")


@pages.post(f"/club/{NUMBER}/inscriptions/lien", endpoint="turn")
def turn_registration_link(number: int) -> ResponseReturnValue:
    """Open a new link, shown once, or close it (`faire`)."""
    event = event_of(number)
    page, action = url_for("registration_form.show", number=number), request.form.get("faire", "")
    if action not in ("ouvrir", "fermer"):
        abort(400)
    author = named_or_back(signer_of(request.form), page)
    if action == "ouvrir" and not event.deleted:
        token = open_door(desk().engine, owner(), number, author=author, now=desk().now())
        return _page(event, url_for("registration_form.form", token=token, _external=True))
    close_door(desk().engine, owner(), number)
    flash("Le lien n’ouvre plus rien. Ce qui est arrivé avant attend toujours ici.")
    return redirect(page, 303)


@pages.post(f"/club/{NUMBER}/inscriptions")
def sort_out(number: int) -> ResponseReturnValue:
    """Accept waiting registrations (`inscrire`: an id, or « tout »), or refuse and delete one (`refuser`)."""
    page = url_for("registration_form.show", number=number)
    requests = load_requests(desk().engine, owner(), event_of(number).id)
    refused = [one for one in requests if str(one.id) == request.form.get("refuser")]
    if refused:
        drop_requests(desk().engine, owner(), number, [one.id for one in refused])
        flash("L’inscription est effacée.")
        return redirect(page, 303)
    wanted = request.form.get("inscrire", "")
    chosen = [one for one in requests if wanted == "tout" or str(one.id) == wanted]
    if not chosen:
        flash("Cette inscription n’attend plus.", "refus")
        return redirect(page, 303)
    catalogue = Catalogue(desk().engine, desk().shelf())
    people: dict[int, tuple[Person, ...]] = {}

    def list_changes(event: MeetingDay) -> Sequence[DayChange]:
        people.clear()
        changes: list[DayChange] = []
        for registration in chosen:
            wishes = [(Tie.MUST, name) for name in registration.wishes]
            named = (*wishes, *((Tie.NEVER, name) for name in registration.refusals))
            intake = plan_entry(event, Entrant(1, registration.participant, registration.people, named), catalogue)
            people.update(intake.people)
            event = try_changes(event, *intake.changes)
            changes += intake.changes
        return changes

    notice = f"{count(len(chosen), 'inscription')} : c’est fait."
    answer = write_event(
        number, list_changes, flash_refusal_at(page), to=lambda _: page, notice=notice, people=lambda _: people
    )
    if signer_of(request.form):
        names = {participant.name for participant in event_of(number).participants}
        if all(one.participant.name in names for one in chosen):
            drop_requests(desk().engine, owner(), number, [one.id for one in chosen])
    return answer


@pages.get("/inscription/<token>", endpoint="form")
def show_registration_form(token: str) -> ResponseReturnValue:
    """Show the form to whoever has the link; it names only the participants who agreed to be shown."""
    _, event = _event_of_link(token)
    return _form(event, token, RegistrationForm(sort=request.args.get("sorte", "")))


@pages.post("/inscription/<token>", endpoint="send")
def send_registration(token: str) -> ResponseReturnValue:
    """Store a registration until the organiser accepts it; or, where `faire` is « voir », show suggested meetings."""
    whose, event = _event_of_link(token)
    form = RegistrationForm(request.form)
    if request.form.get("faire") == "voir" and form.sort.data in set(ParticipantRole):
        return _suggestion_page(whose, event, token, form)
    if form.faults:
        return _form(event, token, form)
    read = form.participant(0)
    longest = knock(desk().engine, "inscription", request.remote_addr or "", now=desk().now())
    if longest:
        form.faults["name"] = f"Trop d’inscriptions depuis cette adresse. Réessayez dans {minutes(longest)}."
        return _form(event, token, form, 429)
    try:
        others = {one.key for one in visible_others(event, supplies=read.supplies)}
        wishes, refusals = (
            names_chosen(event, request.form.getlist(name), others)[:MOST_WISHES] for name in ("voeu", "refus")
        )
        wanted, now = [name for name in wishes if name not in refusals], desk().now()
        keep_request(desk().engine, whose, event.id, read, form.persons, now=now, wishes=wanted, refusals=refusals)
    except ChangeRefused as refusal:
        form.faults["name"] = str(refusal)
        return _form(event, token, form)
    return render_template("club/inscrit.html", event=event, name=read.name)


def _suggestion_page(whose: OrganisationId, event: MeetingDay, token: str, form: RegistrationForm) -> tuple[str, int]:
    """Render the unfinished form with suggested meetings; nothing is stored."""
    if longest := knock(desk().engine, "suggestions", request.remote_addr or "", now=desk().now(), most=MOST_LOOKS):
        form.faults["name"] = f"Trop de demandes depuis cette adresse. Réessayez dans {minutes(longest)}."
        return _form(event, token, form, 429)
    me = form.participant(event.next_key)
    form.sent = False  # not submitted yet: do not show missing fields as faults
    suggested_meetings = suggestions(desk().engine, whose, event, me, today=desk().today())
    return _form(event, token, form, suggested=suggested_meetings)


def _event_of_link(token: str) -> tuple[OrganisationId, MeetingDay]:
    """Return the organisation and event of a link, or end the request with the same 404 for wrong and closed links."""
    event_behind_link = (event_behind(desk().engine, token) if len(token) <= _LONGEST_TOKEN else None) or abort(
        make_response(render_template("club/ferme.html"), 404)
    )
    whose, number = event_behind_link
    return whose, load_day(desk().engine, whose, number)


def _page(event: MeetingDay, link: str) -> str:
    requests = load_requests(desk().engine, owner(), event.id)
    return render_template(
        "club/inscriptions.html",
        event=event,
        link=link,
        door=door_of(desk().engine, owner(), event.id),
        held=requests,
        contact=contact_of(event),
        alone=alone(),
    )


def _form(
    event: MeetingDay,
    token: str,
    form: RegistrationForm,
    status: int = 422,
    suggested: tuple[SuggestedMeeting, ...] | None = None,
) -> tuple[str, int]:
    page = render_template(
        "club/inscription.html",
        event=event,
        token=token,
        form=form,
        chosen=form.sort.data in set(ParticipantRole),
        others=visible_others(event, supplies=form.sort.data == ParticipantRole.SUPPLIER),
        suggested=suggested,
        wished={name: request.form.getlist(name) for name in ("voeu", "refus")},
        most=MOST_WISHES,
        contact=contact_of(event),
    )
    return page, status if form.faults else 200
