"""« Club Busin’ESS »: the meeting days, one of them with its timetable, what to mend before it is frozen, its files."""

from collections.abc import Callable, Mapping
from secrets import token_urlsafe

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.cleaning.numbers import whole
from matcher.club.meeting_day.changes import DescribeDay, RestoreDay
from matcher.club.meeting_day.meeting_day import DayHeader, MeetingDay, Rules
from matcher.club.meeting_day.schedule import MOST_SLOTS, Break, Schedule, clock
from matcher.club.meeting_day.store import create as open_event
from matcher.club.meeting_day.store import listed
from matcher.club.results.document import badges_csv, letters_csv, timetable_csv, workbook
from matcher.club.results.view import movers, sheet, sheets, step_free_tables, summary
from matcher.club.timetable.freezing import NOTHING_TO_PLAN, PLAN
from matcher.club.timetable.troubles import Said, troubles
from matcher.journal.change import Delete
from matcher.journal.texts import ChangeRefused
from matcher.web.club.form_fields import Fields
from matcher.web.club.grid import VIEWS, grid
from matcher.web.club.meeting_day import NUMBER, FormRefusal, event_of, now, people_of, setting, told, unsettled, write
from matcher.web.dossiers.write import form_key
from matcher.web.frame.app_state import desk
from matcher.web.frame.file_response import sent
from matcher.web.frame.signature import NO_NAME, signed

pages = Blueprint("timetable", __name__)

# How long the page that asked waits before it says that the work goes on.
PATIENCE = 2.0
_BREAKS, MOST_BREAKS = 3, 9
_FILES: Mapping[str, tuple[Callable[[MeetingDay], bytes], str]] = {
    "xlsx": (lambda event: workbook(event, people_of(event)), "classeur.xlsx"),
    "csv": (timetable_csv, "horaire.csv"),
    "publipostage": (lambda event: letters_csv(event, sheets(event, people_of(event))), "publipostage.csv"),
    "badges": (lambda event: badges_csv(sheets(event, people_of(event))), "badges.csv"),
}


@pages.get("/club")
def index() -> str:
    """List the events."""
    put_away = request.args.get("etat") == "supprimé"
    return render_template("club/liste.html", events=listed(desk().engine, deleted=put_away), put_away=put_away)


@pages.get("/club/nouveau")
def new() -> ResponseReturnValue:
    """Show the form that opens an event."""
    return _form(None, {}, {})


@pages.post("/club/nouveau")
def create() -> ResponseReturnValue:
    """Open an event, once however many times the form is sent."""
    given, faults = described(request.form)
    who = signed(request.form)
    if not who:
        faults["qui"] = NO_NAME
    if faults or given is None:
        return _form(None, request.form, faults)
    try:
        number = desk().once.make(form_key(), lambda: open_event(desk().engine, *given, who=who, now=now()).id)
    except ChangeRefused as refusal:
        return _form(None, request.form, {"title": str(refusal)})
    return redirect(url_for("participants.index", number=number), 303)


@pages.get(f"/club/{NUMBER}")
def show(number: int) -> str:
    """Show the timetable, or what to mend before there is one; `vue` says by whom, `suivre` whose meetings are marked."""
    work = desk().works.take(_plan_key(number))
    if work and not work.going:
        flash(work.refusal or work.result["says"], "refus" if work.refusal else "message")
    event = event_of(number)
    view = request.args.get("vue", "")
    view = view if view in VIEWS else next(iter(VIEWS))
    follow = whole(request.args.get("suivre", ""), event.by_key)
    return render_template(
        "club/horaire.html",
        event=event,
        summary=summary(event),
        grid=grid(event, view, follow),
        views=VIEWS,
        movers=movers(event),
        step_free=step_free_tables(event),
        troubles=_mended(event),
        unsettled=unsettled(event),
        going=work if work and work.going else None,
        seconds=desk().works.age(work) if work else 0,
        sheet=None if follow is None else sheet(event, follow, people_of(event)),
    )


@pages.post(f"/club/{NUMBER}/horaire")
def plan(number: int) -> ResponseReturnValue:
    """Make the timetable anew and freeze it: a second or two for most days; the page tells how a larger one goes."""
    event, page, who = event_of(number), url_for("timetable.show", number=number), signed(request.form)
    if not who:
        flash(NO_NAME, "refus")
        return redirect(page, 303)
    asked = {"number": number, "version": event.version, "who": who, "today": desk().today().isoformat()}
    key = _plan_key(number)
    if not desk().works.again(key, asked, key):
        desk().works.put(
            PLAN.name, asked, key, key=key
        )  # in its own turn: nobody waits for what they have asked elsewhere
    desk().works.awaited(key, PATIENCE)
    return redirect(page, 303)


@pages.get(f"/club/{NUMBER}/reglages")
def edit(number: int) -> ResponseReturnValue:
    """Show what the event is called, its hours and its room, to be changed."""
    return _form(event_of(number), {}, {})


@pages.post(f"/club/{NUMBER}/reglages")
def describe(number: int) -> ResponseReturnValue:
    """Change what the event is called, its hours and its room."""
    given, faults = described(request.form)
    if faults or given is None:
        return _form(event_of(number), request.form, faults)

    def refused(event: MeetingDay, refusal: FormRefusal) -> ResponseReturnValue:
        name = "qui" if refusal.message == NO_NAME else "title"
        return _form(event, request.form, {name: refusal.message}, refusal.status)

    return write(
        number,
        lambda event: [] if _description(event) == given else [DescribeDay(*given)],
        refused,
        to=lambda event: url_for("timetable.show", number=event.id),
        said="C’est enregistré.",
        about=_description,
    )


@pages.post(f"/club/{NUMBER}/etat")
def turn(number: int) -> ResponseReturnValue:
    """Put the event away, or bring it back; nothing is erased."""
    turned = {"supprimer": Delete(), "restaurer": RestoreDay()}.get(request.form.get("faire", ""))
    if turned is None:
        abort(400)
    page = url_for("timetable.edit", number=number)
    said = "L’événement est supprimé. Rien n’est effacé : vous pouvez le restaurer."
    return write(
        number,
        lambda _: [turned],
        told(page),
        to=lambda _: page,
        said=said if isinstance(turned, Delete) else "L’événement est restauré, tel qu’il était.",
    )


@pages.get(f"/club/{NUMBER}/fichiers/<any(xlsx, csv, publipostage, badges):form>")
def download(number: int, form: str) -> Response:
    """Send the event as a file."""
    event = event_of(number)
    make, name = _FILES[form]
    return sent(f"club-{number}-{name}", make(event))


Description = tuple[DayHeader, Schedule, Rules]


def described(form: Mapping[str, str]) -> tuple[Description | None, dict[str, str]]:
    """Return what a form says of an event, or what of it cannot be used, by field."""
    fields = Fields(form)
    header = DayHeader(
        fields.text("title", needed="Donnez un titre à l’événement, par exemple le territoire."),
        fields.text("organiser"),
        fields.day("day"),
        fields.text("place"),
    )
    start = fields.hour("start", needed="Dites à quelle heure commence le premier rendez-vous.")
    slots = fields.whole("slots", 0, MOST_SLOTS, "Créneaux", needed=True)
    minutes = fields.whole("minutes", 1, 240, "Minutes de chaque créneau", needed=True)
    between = fields.whole("between", 0, 60, "Minutes entre deux créneaux") or 0
    tables = fields.whole("tables", 0, 5_000, "Tables", needed=True)
    rules = Rules(
        tables or 0,
        fields.whole("accessible", 0, 5_000, "Tables sans marche") or 0,
        fields.whole("interpreters", 0, 5_000, "Interprètes") or 0,
        fields.whole("most", 1, MOST_SLOTS, "Rendez-vous au plus"),
        fields.whole("least", 0, MOST_SLOTS, "Rendez-vous au moins") or 0,
    )
    if tables is not None and rules.accessible > rules.tables:
        fields.faults.setdefault("accessible", f"Pas plus que de tables ({rules.tables}).")
    schedule = Schedule(start or 0, slots or 0, minutes or 1, tuple(_breaks(fields)), between)
    if not fields.faults and schedule.fault:
        fields.faults["slots"] = schedule.fault
    return (None if fields.faults else (header, schedule, rules)), fields.faults


def _breaks(fields: Fields) -> list[Break]:
    found = []
    for row in range(1, MOST_BREAKS + 1):
        start, minutes = (
            fields.hour(f"pause_{row}"),
            fields.whole(f"pause_{row}_minutes", 1, 300, f"Minutes de la pause {row}"),
        )
        label = fields.text(f"pause_{row}_nom", 60)
        if start is not None and minutes is not None:
            found.append(Break(start, minutes, label or "pause"))
        elif (start is None) != (minutes is None):
            lacks = f"pause_{row}_minutes" if minutes is None else f"pause_{row}"
            fields.faults.setdefault(lacks, "Une pause a une heure et une durée.")
    return found


def _description(event: MeetingDay) -> Description:
    return event.header, event.schedule, event.rules


def _form(
    event: MeetingDay | None, given: Mapping[str, str], faults: dict[str, str], status: int = 422
) -> tuple[str, int]:
    held = _description(event) if event else _usual()
    page = render_template(
        "club/reglages.html",
        event=event,
        values=dict(given) if given else _values(*held),
        faults=faults,
        breaks=range(1, max(_BREAKS, len(held[1].breaks)) + 1),
        key=given.get("cle") or token_urlsafe(12),
    )
    return page, status if faults else 200


def _usual() -> Description:
    """A morning as the CRESS holds them: eight slots of twenty minutes, one break."""
    schedule = Schedule(9 * 60, 8, 20, (Break(10 * 60 + 20, 20),))
    return DayHeader(""), schedule, Rules(tables=25, least=1)


def _values(header: DayHeader, schedule: Schedule, rules: Rules) -> dict[str, str]:
    values: dict[str, object] = {
        "title": header.title,
        "organiser": header.organiser,
        "day": header.day,
        "place": header.place,
        "start": clock(schedule.start),
        "slots": schedule.slots,
        "minutes": schedule.minutes,
        "between": schedule.between,
        "tables": rules.tables,
        "accessible": rules.accessible,
        "interpreters": rules.interpreters,
        "most": rules.most,
        "least": rules.least,
    }
    for row, rest in enumerate(schedule.breaks, start=1):
        values |= {
            f"pause_{row}": clock(rest.start),
            f"pause_{row}_minutes": rest.minutes,
            f"pause_{row}_nom": rest.label,
        }
    return {name: "" if value is None else str(value) for name, value in values.items()}


def _plan_key(number: int) -> str:
    """The key of the work that plans an event: one at a time."""
    return f"horaire-{number}"


def _mended(event: MeetingDay) -> list[tuple[Said, str]]:
    """What the organiser should know, each with where to mend it."""
    found = [] if event.deleted else troubles(setting(event), people_of(event))
    return [(one, _mending(event, one)) for one in found]


def _mending(event: MeetingDay, said: Said) -> str:
    if said.code in ("no_slot", "no_table", "idle_tables", "few_tables", "no_accessible_table", "no_interpreter"):
        return url_for("timetable.edit", number=event.id)
    if said.code == "questions" or said.code in NOTHING_TO_PLAN or not said.keys:
        return url_for("participants.index", number=event.id, _anchor="questions" if said.code == "questions" else None)
    return url_for("participants.edit", number=event.id, participant=said.keys[0])
