"""« Participants »: who comes, added, edited and removed by hand; whom each wishes for or refuses; what an import asked."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from secrets import token_urlsafe

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.cleaning.numbers import whole
from matcher.club.meeting_day.changes import LONGEST_WORDS, Amend, AnswerQuestion, Bind, Unbind, WithdrawParticipant
from matcher.club.meeting_day.meeting_day import (
    Bond,
    DayChange,
    MeetingDay,
    Participant,
    ParticipantNeed,
    ParticipantRole,
    Tie,
)
from matcher.club.meeting_day.people import Person
from matcher.club.meeting_day.schedule import clock
from matcher.club.meeting_day.store import change_as
from matcher.club.registration.import_plan import enter
from matcher.club.registration.spreadsheet import Entrant
from matcher.club.registration.who_is_it import Catalogue
from matcher.domain.french import count
from matcher.domain.french import number as figures
from matcher.journal.texts import ChangeRefused, without_unseen
from matcher.need.fields import need_from
from matcher.web.club.form_fields import Fields
from matcher.web.club.meeting_day import KEY, NUMBER, FormRefusal, event_of, now, people_of, told, write
from matcher.web.dossiers.write import form_key
from matcher.web.frame.app_state import desk
from matcher.web.frame.signature import NO_NAME, signed

pages = Blueprint("participants", __name__)

MOST_ROWS = 12  # needs, and persons, of one participant
MOST_MEETINGS = 60


@pages.get(f"/club/{NUMBER}/participants")
def index(number: int) -> str:
    """List the two sides, what was asked of them, and how to bring more in."""
    event = event_of(number)
    sides = [
        (title, [one for one in event.participants if one.supplies is supplies])
        for title, supplies in (("Acheteurs et attributaires", False), ("Fournisseurs", True))
    ]
    return render_template("club/participants.html", event=event, sides=sides, people=people_of(event))


@pages.get(f"/club/{NUMBER}/participants/nouveau")
def new(number: int) -> ResponseReturnValue:
    """Show the form of a participant more."""
    sort = request.args.get("sorte", "")
    given = {"sort": sort} if sort in set(ParticipantRole) else {}
    return _form(event_of(number), None, given, {})


@pages.post(f"/club/{NUMBER}/participants/nouveau")
def add(number: int) -> ResponseReturnValue:
    """Take a participant in, once however many times the form is sent; who may be there already is asked about."""
    event = event_of(number)
    read, persons, faults = participant_of(request.form, None)
    who = signed(request.form)
    if not who:
        faults["qui"] = NO_NAME
    if faults or read is None:
        return _form(event, None, request.form, faults)
    catalogue = Catalogue(desk().engine, desk().shelf())

    def made(current: MeetingDay) -> Sequence[DayChange]:
        return enter(current, Entrant(1, read, persons), catalogue).changes

    def people(current: MeetingDay) -> dict[int, tuple[Person, ...]]:
        return {current.next_key: persons} if persons else {}

    def registered() -> int:
        return change_as(desk().engine, number, made, who=who, now=now(), people=people).taken

    try:
        key = desk().once.make(form_key(), registered)
    except ChangeRefused as refusal:
        return _form(event, None, request.form, {"name": str(refusal)})
    flash(f"« {read.name} » est inscrit.")
    return redirect(url_for("participants.index", number=number, _anchor=f"p-{key}"), 303)


@pages.get(f"/club/{NUMBER}/participants/{KEY}")
def edit(number: int, participant: int) -> ResponseReturnValue:
    """Show a participant, to be changed; and whom it wishes for or refuses."""
    event = event_of(number)
    return _form(event, _participant(event, participant), {}, {})


@pages.post(f"/club/{NUMBER}/participants/{KEY}")
def amend(number: int, participant: int) -> ResponseReturnValue:
    """Change what is known of a participant and who comes for it."""
    event = event_of(number)
    held = _participant(event, participant)
    read, persons, faults = participant_of(request.form, held)
    if faults or read is None:
        return _form(event, held, request.form, faults)
    catalogue = Catalogue(desk().engine, desk().shelf())

    def made(current: MeetingDay) -> Sequence[DayChange]:
        former = current.participant(participant)
        kept = replace(read, absent=former.absent, same_as=former.same_as, supplier_id=former.supplier_id)
        changed = _linked(kept, former, catalogue)
        return [] if changed == former else [Amend((changed,))]

    return write(
        number,
        made,
        lambda current, refusal: _refused(current, current.by_key.get(participant), refusal),
        to=lambda _: url_for("participants.index", number=number, _anchor=f"p-{participant}"),
        said="C’est enregistré.",
        people={participant: persons},
        about=lambda current: current.participant(participant),
    )


@pages.post(f"/club/{NUMBER}/participants/{KEY}/retrait")
def withdraw(number: int, participant: int) -> ResponseReturnValue:
    """Take a participant out, with its wishes and its meetings."""
    page = url_for("participants.index", number=number)
    motive = " ".join(without_unseen(request.form.get("motif", "")).split())[:300]
    name = _participant(event_of(number), participant).name
    said = f"« {name} » n’est plus inscrit."
    return write(number, lambda _: [WithdrawParticipant(participant, motive)], told(page), to=lambda _: page, said=said)


@pages.post(f"/club/{NUMBER}/participants/{KEY}/voeux")
def bind(number: int, participant: int) -> ResponseReturnValue:
    """Note a wish, a refusal or a former meeting; or take one back (`retirer`)."""
    page = url_for("participants.edit", number=number, participant=participant, _anchor="voeux")
    given = (
        request.form.get("retirer") or f"{participant}.{request.form.get('autre', '')}.{request.form.get('lien', '')}"
    )
    parts = given.split(".")
    by, other = (whole(part) for part in (*parts, "", "")[:2])
    if by is None or other is None or len(parts) != 3 or parts[2] not in Tie.__members__:
        flash("Choisissez un participant de l’autre côté, et ce qui les lie.", "refus")
        return redirect(page, 303)
    bond = Bond(Tie[parts[2]], by, other)

    def made(event: MeetingDay) -> Sequence[DayChange]:
        if request.form.get("retirer"):
            return [Unbind((bond,))] if bond in event.bonds else []
        if event.participant(bond.by).supplies is event.participant(bond.other).supplies:
            raise ChangeRefused("Un vœu lie un acheteur et un fournisseur.")
        return [] if bond in event.bonds else [Bind((bond,))]

    return write(number, made, told(page), to=lambda _: page, said="C’est noté.")


@pages.post(f"/club/{NUMBER}/questions")
def answer(number: int) -> ResponseReturnValue:
    """Answer what an import asked: `reponse_` and its number for each question that is answered; the others wait."""
    page = url_for("participants.index", number=number, _anchor="questions")
    asked = event_of(number).open_questions
    given = [(one.number, code) for one in asked if (code := request.form.get(f"reponse_{one.number}"))]
    if not given:
        flash("Choisissez une réponse.", "refus")
        return redirect(page, 303)
    said = f"{count(len(given), 'réponse notée', 'réponses notées')}."
    return write(
        number,
        lambda _: [AnswerQuestion(question, code) for question, code in given],
        told(page),
        to=lambda _: page,
        said=said,
    )


def participant_of(
    form: Mapping[str, str], held: Participant | None
) -> tuple[Participant | None, tuple[Person, ...], dict[str, str]]:
    """Return the participant and the persons that a form gives, or what of it cannot be used, by field."""
    fields = Fields(form)
    sort = held.sort if held else form.get("sort", "")
    if sort not in set(ParticipantRole):
        fields.faults["sort"] = "Dites s’il vient comme acheteur, fournisseur ou attributaire."
        sort = ParticipantRole.BUYER
    one = Participant(
        key=held.key if held else 0,
        sort=ParticipantRole(sort),
        name=fields.text("name", needed="Écrivez le nom de la structure."),
        siret=fields.siret("siret"),
        needs=tuple(_needs(fields)) if sort != ParticipantRole.SUPPLIER else (),
        activity=fields.text("activity", LONGEST_WORDS) if sort == ParticipantRole.SUPPLIER else "",
        place=fields.text("place"),
        arrival=fields.hour("arrival"),
        departure=fields.hour("departure"),
        most=fields.whole("most", 0, MOST_MEETINGS, "Rendez-vous au plus"),
        least=fields.whole("least", 0, MOST_MEETINGS, "Rendez-vous au moins"),
        people=fields.whole("people", 1, 100, "Combien de personnes") or 1,
        abreast=fields.whole("abreast", 1, 100, "Rendez-vous à la fois") or 1,
        step_free=fields.yes("step_free"),
        interpreter=fields.yes("interpreter"),
    )
    if one.arrival is not None and one.departure is not None and one.departure <= one.arrival:
        fields.faults.setdefault("departure", "Le départ vient après l’arrivée.")
    if one.abreast > one.people:
        fields.faults.setdefault("abreast", f"Pas plus que de personnes ({one.people}).")
    return (None if fields.faults else one), tuple(_persons(fields)), fields.faults


def _needs(fields: Fields) -> list[ParticipantNeed]:
    found = []
    for row in range(1, MOST_ROWS + 1):
        text = fields.text(f"need_{row}", LONGEST_WORDS)
        place, amount = fields.text(f"need_{row}_place"), fields.text(f"need_{row}_amount")
        hours = fields.hours(f"need_{row}_hours")
        if text:
            need = need_from({"objet": text, "lieu": place, "montant": amount})
            fields.faults.update((f"need_{row}_amount", fault.says) for fault in need.faults)
            found.append(ParticipantNeed(text, place, need.lot.montant, hours))
        elif place or amount or hours:
            fields.faults.setdefault(f"need_{row}", "Écrivez ce qui est cherché, ou videz la ligne.")
    return found


def _persons(fields: Fields) -> list[Person]:
    found = []
    for row in range(1, MOST_ROWS + 1):
        name, phone, email = (
            fields.text(f"person_{row}", 120),
            fields.phone(f"person_{row}_phone"),
            fields.email(f"person_{row}_email"),
        )
        if name or phone or email:
            found.append(Person(name, phone, email))
    return found


def _bonds(event: MeetingDay, held: Participant | None) -> list[Bond]:
    """What is said of a participant and others, under the seat of each."""
    seat = event.seat_of(held.key) if held else 0
    return [bond for bond in event.bonds if seat in map(event.seat_of, bond.pair)]


def _linked(one: Participant, former: Participant, catalogue: Catalogue) -> Participant:
    """A supplier whose SIRET has changed is linked to the catalogue again."""
    if not one.supplies or one.siret == former.siret:
        return one
    return replace(one, supplier_id=catalogue.by_number(one.siret) if one.siret else "")


def _participant(event: MeetingDay, key: int) -> Participant:
    found = event.by_key.get(key)
    if found is None:
        abort(404)
    return found


def _refused(event: MeetingDay, held: Participant | None, refusal: FormRefusal) -> tuple[str, int]:
    name = "qui" if refusal.message == NO_NAME else "name"
    return _form(event, held, request.form, {name: refusal.message}, refusal.status)


def _form(
    event: MeetingDay, held: Participant | None, given: Mapping[str, str], faults: dict[str, str], status: int = 422
) -> tuple[str, int]:
    people = people_of(event).get(held.key, ()) if held else ()
    values = dict(given) if held is None or given else values_of(held, people)
    page = render_template(
        "club/participant.html",
        event=event,
        one=held,
        values=values,
        faults=faults,
        sorts=list(ParticipantRole),
        needs=rows_of(values, "need", least=2),
        persons=rows_of(values, "person", least=1),
        bonds=_bonds(event, held),
        ties=list(Tie),
        key=given.get("cle") or token_urlsafe(12),
        others=[o for o in event.participants if held and o.supplies is not held.supplies],
    )
    return page, status if faults else 200


def rows_of(values: Mapping[str, str], name: str, *, least: int) -> range:
    """Return the rows of a form to show: those filled, and one more."""
    filled = [row for row in range(1, MOST_ROWS + 1) if any(values.get(f"{name}_{row}{s}") for s in _PARTS[name])]
    return range(1, min(MOST_ROWS, max(least, max(filled, default=0) + 1)) + 1)


_PARTS = {"need": ("", "_place", "_amount", "_hours"), "person": ("", "_phone", "_email")}


def values_of(one: Participant, people: Sequence[Person]) -> dict[str, str]:
    """Return what the form of a participant shows."""
    values: dict[str, object] = {
        "sort": one.sort.value,
        **{name: getattr(one, name) for name in ("name", "siret", "activity", "place", "most", "least")},
        "people": one.people,
        "abreast": one.abreast,
        "arrival": None if one.arrival is None else clock(one.arrival),
        "departure": None if one.departure is None else clock(one.departure),
        "step_free": "oui" if one.step_free else "",
        "interpreter": "oui" if one.interpreter else "",
    }
    for row, need in enumerate(one.needs, start=1):
        sizes = {
            name: None if size is None else figures(size, 2 if size % 1 else 0)
            for name, size in (("amount", need.amount), ("hours", need.hours))
        }
        values |= {f"need_{row}": need.text, f"need_{row}_place": need.place}
        values |= {f"need_{row}_{name}": size for name, size in sizes.items()}
    for row, person in enumerate(people, start=1):
        values |= {
            f"person_{row}": person.name,
            f"person_{row}_phone": person.phone,
            f"person_{row}_email": person.email,
        }
    return {name: "" if value is None else str(value) for name, value in values.items()}
