"""Main pages of « Club Busin’ESS » (events of planned buyer-supplier meetings): list, settings, timetable, problems to fix before planning, exports."""

import re
from collections.abc import Callable, Iterator, Mapping
from secrets import token_urlsafe

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.cleaning.numbers import whole_number
from matcher.club.meeting_day.changes import DescribeDay, RestoreDay
from matcher.club.meeting_day.header import ZONES, DayHeader, Rules
from matcher.club.meeting_day.meeting_day import DayChange, MeetingDay
from matcher.club.meeting_day.schedule import MOST_SLOTS, Break, Schedule, clock
from matcher.club.meeting_day.store import create_day as open_event
from matcher.club.meeting_day.store import list_days
from matcher.club.results.aims import aims, compare_rivals, needs_headline, price_of_total
from matcher.club.results.document import badges_csv, letters_csv, timetable_csv, workbook
from matcher.club.results.view import make_sheet, movers, shared_tables, sheets, step_free_tables, summary
from matcher.club.timetable.planning import PLAN
from matcher.club.timetable.remedies import REMEDIES, Shortages, shortage_sentences
from matcher.club.timetable.troubles import MOST_NAMES, NOTHING_TO_PLAN, OF_THE_ROOM, TroubleText, list_troubles
from matcher.club.timetable.unserved import unserved_trades
from matcher.jobs.works import Work
from matcher.journal.change import ChangeRefused, Delete, build
from matcher.render.described_file import DescribedFile
from matcher.web.club.grid import VIEWS, grid
from matcher.web.club.meeting_day import (
    NUMBER,
    FormRefusal,
    event_of,
    flash_refusal_at,
    people_of_event,
    setting,
    unsettling_changes,
    write_event,
)
from matcher.web.dossiers.write import once_per_form
from matcher.web.frame.app_state import NO_NAME, desk, named_or_back, named_or_fault, owner, signer_of
from matcher.web.frame.file_response import attachment
from matcher.web.frame.forms import Line, OneOf, PageForm, Yes, calendar_date, email, hour, integer_field

pages = Blueprint("timetable", __name__)

# Seconds that a request waits for its job before the page shows its progress.
PATIENCE = 2.0
_BREAKS, MOST_BREAKS = 3, 9
_FILES: Mapping[str, tuple[Callable[[MeetingDay], bytes | DescribedFile], str]] = {
    "xlsx": (lambda event: workbook(event, people_of_event(event)), "classeur.xlsx"),
    "csv": (timetable_csv, "horaire.csv"),
    "publipostage": (lambda event: letters_csv(event, sheets(event, people_of_event(event))), "publipostage.csv"),
    "badges": (lambda event: badges_csv(sheets(event, people_of_event(event))), "badges.csv"),
}
_TURNS: Mapping[str, tuple[DayChange, str]] = {
    "supprimer": (Delete(), "L’événement est supprimé. Rien n’est effacé : vous pouvez le restaurer."),
    "restaurer": (RestoreDay(), "L’événement est restauré, tel qu’il était."),
}


@pages.get("/club", endpoint="index")
def list_events() -> str:
    """List the events."""
    put_away = request.args.get("etat") == "supprimé"
    return render_template(
        "club/liste.html", events=list_days(desk().engine, owner(), deleted=put_away), put_away=put_away
    )


@pages.get("/club/nouveau", endpoint="new")
def new_event() -> ResponseReturnValue:
    """Show the form of a new event."""
    return _form(None, None)


@pages.post("/club/nouveau", endpoint="create")
def create_event() -> ResponseReturnValue:
    """Create an event, once even if the form is sent twice."""
    form = DayForm(request.form)
    author = named_or_fault(signer_of(request.form), form.faults)
    if form.faults:
        return _form(None, form)
    description = form.description
    try:
        number = once_per_form(
            lambda: open_event(desk().engine, owner(), *description, author=author, now=desk().now()).id
        )
    except ChangeRefused as refusal:
        form.faults["title"] = str(refusal)
        return _form(None, form)
    return redirect(url_for("participants.index", number=number), 303)


@pages.get(f"/club/{NUMBER}", endpoint="show")
def show_timetable(number: int) -> str:
    """Show the timetable, or the problems to fix before planning; `vue` is the view, `suivre` the participant to highlight."""
    work, tries = desk().works.take(owner(), _plan_key(number)), desk().works.get(owner(), _tries_key(number))
    if work and not work.going:
        flash(work.refusal or work.result["says"], "refus" if work.refusal else "message")
    going = next((one for one in (work, tries) if one and one.going), None)
    event = event_of(number)
    view = request.args.get("vue", "")
    view = view if view in VIEWS else next(iter(VIEWS))
    follow = whole_number(request.args.get("suivre", ""), event.by_key)
    return render_template(
        "club/horaire.html",
        event=event,
        summary=summary(event),
        aims=aims(event),
        headline=needs_headline(event),
        unserved=(unserved := unserved_trades(event)),
        in_reach=bool(unserved) and setting(event).affinities.in_reach,
        grid=grid(event, view, follow),
        views=VIEWS,
        movers=movers(event),
        shared=shared_tables(event),
        step_free=step_free_tables(event),
        troubles=_troubles_with_links(event),
        most_names=MOST_NAMES,
        compared=compare_rivals(event),
        price=price_of_total(event),
        unsettled=unsettling_changes(event),
        going=going,
        seconds=desk().works.age(going) if going else 0,
        shortages=_shortages(event, tries),
        sheet=None if follow is None else make_sheet(event, follow, people_of_event(event)),
    )


@pages.post(f"/club/{NUMBER}/horaire", endpoint="plan")
def plan_timetable(number: int) -> ResponseReturnValue:
    """Start the job that plans and freezes a new timetable: a second or two for most days; the page shows its progress."""
    event, page = event_of(number), url_for("timetable.show", number=number)
    author = named_or_back(signer_of(request.form), page)
    request_sent = {"number": number, "version": event.version, "who": author, "today": desk().today().isoformat()}
    key = _plan_key(number)
    if not desk().works.again(owner(), key, request_sent, key):
        # Its own queue (the key, not the person): it does not wait for the person's other jobs.
        desk().works.put(owner(), PLAN.name, request_sent, key, key=key)
    desk().works.wait_for(owner(), key, PATIENCE)
    return redirect(page, 303)


@pages.post(f"/club/{NUMBER}/manques")
def try_remedies(number: int) -> ResponseReturnValue:
    """Start the job that tries remedies (one more table, slot, interpreter or supplier) by planning with each; the event's page then shows the results."""
    request_sent, key = {"number": event_of(number).id, "today": desk().today().isoformat()}, _tries_key(number)
    if not desk().works.again(owner(), key, request_sent, key):
        desk().works.put(owner(), REMEDIES.name, request_sent, key, key=key, of_suppliers=True)
    desk().works.wait_for(owner(), key, PATIENCE)
    return redirect(url_for("timetable.show", number=number, _anchor="manques"), 303)


@pages.get(f"/club/{NUMBER}/reglages", endpoint="edit")
def edit_event(number: int) -> ResponseReturnValue:
    """Show the settings of the event: title, hours, room."""
    return _form(event_of(number), None)


@pages.post(f"/club/{NUMBER}/reglages", endpoint="describe")
def describe_event(number: int) -> ResponseReturnValue:
    """Store the settings of the event: title, hours, room."""
    form = DayForm(request.form)
    if form.faults:
        return _form(event_of(number), form)
    description = form.description

    def show_refusal(event: MeetingDay, refusal: FormRefusal) -> ResponseReturnValue:
        form.faults["qui" if refusal.message == NO_NAME else "title"] = refusal.message
        return _form(event, form, refusal.status)

    return write_event(
        number,
        lambda event: [] if _description(event) == description else [DescribeDay(*description)],
        show_refusal,
        to=lambda event: url_for("timetable.show", number=event.id),
        notice="C’est enregistré.",
        about=_description,
    )


@pages.post(f"/club/{NUMBER}/etat", endpoint="turn")
def turn_event(number: int) -> ResponseReturnValue:
    """Mark the event as deleted, or restore it; nothing is erased."""
    change, notice = _TURNS.get(request.form.get("faire", "")) or abort(400)
    page = url_for("timetable.edit", number=number)
    return write_event(number, lambda _: [change], flash_refusal_at(page), to=lambda _: page, notice=notice)


@pages.get(f"/club/{NUMBER}/fichiers/<any(xlsx, csv, publipostage, badges):form>", endpoint="download")
def download_event(number: int, form: str) -> Response:
    """Send the event as a file."""
    event = event_of(number)
    make, name = _FILES[form]
    return attachment(f"club-{number}-{name}", make(event))


Description = tuple[DayHeader, Schedule, Rules]
_BREAK = ("", "_minutes", "_nom")


def _table_numbers(typed: str) -> tuple[int, ...] | None:
    """Parse table numbers, « 12, 30 » or « 12 et 30 »; None where unreadable."""
    words = re.split(r"(?:[\s,;]|et)+", typed.strip(" ,;"))
    numbers = {int(word) for word in words if word.isascii() and word.isdigit() and 0 < int(word[:5]) <= 5_000}
    return tuple(sorted(numbers)) if len(numbers) == len(set(words)) else None


class DayForm(PageForm):
    """Form of an event's settings: title, hours, room, numbers of meetings; three fields for each break."""

    title = Line(
        "Titre",
        needed="Donnez un titre à l’événement, par exemple le territoire.",
        hint="Le territoire ou le secteur : « Sambre-Avesnois ».",
    )
    organiser = Line("Organisateur")
    email = email(
        "Courriel de l’organisateur", hint="Donné à qui s’inscrit, pour lire, corriger ou faire effacer ses données."
    )
    day = calendar_date("Jour")
    place = Line("Lieu", hint="Salle et ville.")
    zone = OneOf("Heure légale", [("", "celle du lieu (Paris en métropole)"), *ZONES.items()])
    start = hour("Premier rendez-vous à", needed="Dites à quelle heure commence le premier rendez-vous.", shown=clock)
    slots = integer_field("Créneaux", 0, MOST_SLOTS, needed=True)
    minutes = integer_field("Minutes chacun", 1, 240, called="Minutes de chaque créneau", needed=True)
    between = integer_field("Minutes entre deux", 0, 60, called="Minutes entre deux créneaux", empty=0)
    tables = integer_field("Tables", 0, 5_000, needed=True)
    accessible = integer_field("dont sans marche", 0, 5_000, called="Tables sans marche", empty=0)
    interpreters = integer_field("Interprètes", 0, 5_000, empty=0)
    closed = Line(
        "Tables retirées",
        _table_numbers,
        "Des numéros de tables, par exemple 12, 30. Vous avez écrit « {} ».",
        empty=(),
        shown=lambda numbers: ", ".join(map(str, numbers)),
        hint="Leurs numéros. Sur un horaire figé, seuls leurs rendez-vous bougent.",
    )
    least = integer_field("Au moins", 0, MOST_SLOTS, called="Rendez-vous au moins", empty=0)
    most = integer_field("Au plus", 1, MOST_SLOTS, called="Rendez-vous au plus")
    supplier_least = integer_field("Au moins", 0, MOST_SLOTS, called="Rendez-vous des fournisseurs au moins")
    supplier_most = integer_field("Au plus", 1, MOST_SLOTS, called="Rendez-vous des fournisseurs au plus")
    avoid_met = Yes("Éviter ceux qui se sont déjà vus à un événement précédent")
    reach = OneOf(
        "Qui est là est à portée",
        [
            ("", "oui si les inscriptions viennent de plusieurs départements quand l’horaire se fait"),
            ("oui", "oui"),
            ("non", "non"),
        ],
    )

    @classmethod
    def of(cls, header: DayHeader, schedule: Schedule, rules: Rules) -> "DayForm":
        """Return the form filled with an event's settings."""
        breaks = {
            f"pause_{row}{part}": value
            for row, rest in enumerate(schedule.breaks, start=1)
            for part, value in zip(_BREAK, (rest.start, rest.minutes, rest.label), strict=True)
        }
        reach = "" if rules.in_reach is None else "oui" if rules.in_reach else "non"
        return cls.showing(header, schedule, rules, reach=reach, **breaks)

    @property
    def description(self) -> Description:
        """The settings that the form gives."""
        breaks = tuple(
            Break(start, minutes, label or "pause")
            for _, start, minutes, label in self._breaks()
            if start is not None and minutes is not None
        )
        in_reach = {"oui": True, "non": False}.get(self.reach.data)
        return self.make(DayHeader), self.make(Schedule, breaks=breaks), self.make(Rules, in_reach=in_reach)

    def together(self) -> Iterator[tuple[str, str]]:
        """Yield (field, French fault) of values that contradict others."""
        if self.tables.data is not None and self.accessible.data > self.tables.data:
            yield "accessible", f"Pas plus que de tables ({self.tables.data})."
        if self.tables.data is not None and any(number > self.tables.data for number in self.closed.data):
            yield "closed", f"Des numéros de 1 à {self.tables.data}."
        for row, start, minutes, _ in self._breaks():
            if (start is None) != (minutes is None):
                yield f"pause_{row}" if start is None else f"pause_{row}_minutes", "Une pause a une heure et une durée."
        if not self.errors:
            if fault := self.description[1].fault:
                yield "slots", fault
            yield from self.description[2].faults.items()

    def _breaks(self) -> Iterator[tuple[int, int | None, int | None, str]]:
        for row in range(1, MOST_BREAKS + 1):
            start, minutes, label = (self[f"pause_{row}{part}"].data for part in _BREAK)
            yield row, start, minutes, label


for _row in range(1, MOST_BREAKS + 1):
    setattr(DayForm, f"pause_{_row}", hour("À", shown=clock))
    setattr(DayForm, f"pause_{_row}_minutes", integer_field("Minutes", 1, 300, called=f"Minutes de la pause {_row}"))
    setattr(DayForm, f"pause_{_row}_nom", Line("Nom", most=60))


def _description(event: MeetingDay) -> Description:
    return event.header, event.schedule, event.rules


def _form(event: MeetingDay | None, form: DayForm | None, status: int = 422) -> tuple[str, int]:
    # Default of a new event: a usual CRESS morning, eight slots of twenty minutes, one break.
    usual = DayHeader(""), Schedule(9 * 60, 8, 20, (Break(10 * 60 + 20, 20),)), Rules(tables=25, least=1)
    description = _description(event) if event else usual
    shown = form or DayForm.of(*description)
    page = render_template(
        "club/reglages.html",
        event=event,
        form=shown,
        breaks=range(1, max(_BREAKS, len(description[1].breaks)) + 1),
        key=request.form.get("cle") or token_urlsafe(12),
    )
    return page, status if shown.faults else 200


def _plan_key(number: int) -> str:
    """Return the key of the job that plans an event: one at a time."""
    return f"horaire-{number}"


def _tries_key(number: int) -> str:
    """Return the key of the job that tries remedies for an event: one at a time."""
    return f"remedes-{number}"


def _shortages(event: MeetingDay, tries: Work | None) -> list[str]:
    """Return the sentences of the last trial of remedies; empty once the event has changed since."""
    if tries is None or tries.going:
        return []
    if tries.refusal:
        return [tries.refusal]
    if tries.result["version"] != event.version:
        return []
    return shortage_sentences(event, build(Shortages, tries.result["shortages"], "remèdes"))


# Anchor on the page of participants for problems that are fixed there.
_LISTS = {"questions": "questions", "to_ring": "rappels"}


def _troubles_with_links(event: MeetingDay) -> list[list[tuple[TroubleText, str]]]:
    """Return the problems of an event, each with the address of the page that fixes it, grouped by kind of problem."""
    by_code: dict[str, list[tuple[TroubleText, str]]] = {}
    for statement in [] if event.deleted else list_troubles(setting(event), people_of_event(event)):
        anchor = _LISTS.get(statement.code)
        if statement.code in OF_THE_ROOM:
            address = url_for("timetable.edit", number=event.id)
        elif anchor or statement.code in NOTHING_TO_PLAN or not statement.keys:
            address = url_for("participants.index", number=event.id, _anchor=anchor)
        else:
            address = url_for("participants.edit", number=event.id, participant=statement.keys[0])
        by_code.setdefault(statement.code, []).append((statement, address))
    return list(by_code.values())
