"""« Suites »: what the meetings have led to, some weeks later: whom to ask, what each side tells, and the organiser's word in two taps."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.cleaning.numbers import whole
from matcher.club.meeting_day.changes import TellSequel
from matcher.club.meeting_day.meeting_day import DayChange, MeetingDay, Result
from matcher.club.meeting_day.participant_link import LASTS, given
from matcher.club.meeting_day.sequels import ORGANISER, Sequel, SequelStep, asked_from
from matcher.club.results.letters import ASKED
from matcher.club.results.said import MeetingWords, silent, words_on
from matcher.club.results.view import alphabetical
from matcher.domain.french import day, typeset
from matcher.web.club.meeting_day import NUMBER, event_of, people_of, told, write
from matcher.web.dossiers.sending_means import sending_means
from matcher.web.frame.app_state import desk, owner

pages = Blueprint("sequels", __name__)


@dataclass(frozen=True, slots=True)
class SilentParticipant:
    """A participant (key) who has not told all its sequels: of how many meetings, and whether it has a link to tell them by."""

    key: int
    meetings: int
    linked: bool


@pages.get(f"/club/{NUMBER}/suites")
def show(number: int) -> str:
    """Show what is told of each meeting that was held, as far as is known, those that promised most first, and whom to ask."""
    event = event_of(number)
    words = [one for one in words_on(event) if one.awaits]
    promising = [one for one in words if _promises(one)]
    start = asked_from(event.header.day)
    waits, means = silent(event), sending_means()
    links = given(desk().engine, owner(), number)
    return render_template(
        "club/apres/suites.html",
        event=event,
        promising=promising,
        others=[one for one in words if one not in promising],
        steps=list(SequelStep),
        start=start,
        open=start is not None and desk().today() >= start,
        until=event.header.day + LASTS if event.header.day else None,
        silent=[
            SilentParticipant(one.key, waits[one.key], one.key in links)
            for one in alphabetical(event.participants)
            if one.key in waits
        ],
        people=people_of(event),
        letter=_letter(event),
        mailing=means.server is not None and not means.lacks and not event.deleted,
    )


@pages.post(f"/club/{NUMBER}/suites")
def tell(number: int) -> ResponseReturnValue:
    """Write the organiser's word on a meeting, « buyer.supplier.STEP »; the same twice is written once."""
    parts = request.form.get("suite", "").split(".")
    if len(parts) != 3 or parts[2] not in SequelStep.__members__:
        abort(400)
    buyer, supplier = whole(parts[0]), whole(parts[1])
    if buyer is None or supplier is None:
        abort(400)
    wanted = Sequel(ORGANISER, buyer, supplier, SequelStep[parts[2]])
    page = url_for("sequels.show", number=number, _anchor=f"s-{buyer}-{supplier}")

    def made(event: MeetingDay) -> Sequence[DayChange]:
        return [] if wanted in event.sequels.values() else [TellSequel(wanted)]

    return write(number, made, told(page), to=lambda _: page)


def _promises(one: MeetingWords) -> bool:
    return one.step is not None or (one.outcome is not None and one.outcome.result in (Result.QUOTE, Result.FOLLOW_UP))


def _letter(event: MeetingDay) -> str:
    """The message that asks for sequels; the link stays the one that its person has."""
    on = f" du {day(event.header.day)}" if event.header.day else ""
    return typeset(
        f"Bonjour,\n\nVous avez eu des rendez-vous à « {event.header.title} »{on}. {ASKED}, par le lien que vous avez déjà.\n\nMerci,\n"
        f"{event.header.organiser or 'L’organisateur'}"
    )
