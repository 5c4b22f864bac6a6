"""« Décrire le besoin »: the first page. One field, the rest optional and completed as one types; beside it an example, what is known around, what waits."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from urllib.parse import parse_qsl, urlsplit

import numpy as np
from flask import Blueprint, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from matcher.catalogue.identity.trust import TEAM
from matcher.catalogue.intake.undo import past_imports
from matcher.decisions.clause.followup_document import notes_due
from matcher.domain.french import count, day, enumeration
from matcher.domain.match import Match
from matcher.domain.persona import Persona
from matcher.domain.reading import Lot, RawPlace
from matcher.dossiers.dossier import State
from matcher.dossiers.since import DossierNews, answers_since, news_of
from matcher.dossiers.store import DossierFilter, DossierSummary, list_dossiers
from matcher.need.completion import Suggestion, complete_activity, complete_cpv, complete_place
from matcher.need.fields import ASKED_LEVERS
from matcher.ranking.shelf.shelf import Shelf
from matcher.ranking.signals.capacity import WORKERS
from matcher.reading.place.places import read_places
from matcher.reference.examples import need_examples
from matcher.reference.geography.communes import commune_arrays
from matcher.reference.levers import lever
from matcher.reference.trades.activities import taxonomy
from matcher.reference.wordings import current_persona, wordings
from matcher.web.frame.access import may
from matcher.web.frame.app_state import Desk, buyer_defaults, desk, late_line, owner, profile, source_shown
from matcher.web.frame.cache import cached_result
from matcher.web.frame.forms import render_answer
from matcher.web.frame.visitor import forget_needs, recent_needs, visit_before
from matcher.web.need.address import NONE, Query
from matcher.web.need.answer import AnsweredQuery, answer_on
from matcher.web.need.understood import places_said

# Fewer known structures show little of what a list is.
ENOUGH = 3


@dataclass(frozen=True, slots=True)
class ShownExample:
    """An example as it is shown: its query, its place in words, how many are known for it, and the first of them."""

    query: Query
    place: str
    known: int
    first: Match


def example(shelf: Shelf, today: date, place: str) -> ShownExample | None:
    """Return an example around the buyer's own place, else where most suppliers are known; None where none is.

    It is the first of the table that enough are known for, else the one that most are: the same for the same catalogue, day and place, and
    worked out once for them.
    """
    return cached_result("example", (shelf.version, today, place), lambda: _chosen(shelf, today, place))


def _chosen(shelf: Shelf, today: date, place: str) -> ShownExample | None:
    best: AnsweredQuery | None = None
    for query in _queries(shelf, place):
        answer = answer_on(shelf, today, query)
        if best is None or answer.known_count > best.known_count:
            best = answer
        if answer.known_count >= ENOUGH:
            break
    if best is None or not best.known_count:
        return None
    return ShownExample(best.query, ", ".join(places_said(best.query)), best.known_count, best.candidates[0])


def _queries(shelf: Shelf, place: str) -> Iterator[Query]:
    needs = need_examples()
    if place:
        yield from (Query({}).but(besoin=each.need, lieu=place) for each in needs)
    for each in needs:
        if town := _busiest_town(shelf, each.activity):
            yield Query({}).but(besoin=each.need, ou=f"insee:{town}")


def _busiest_town(shelf: Shelf, activity: str) -> str:
    """The INSEE code of the commune where most suppliers known for an activity stand, the first of several; empty where none stands."""
    wanted = np.zeros(len(taxonomy().codes), dtype=bool)
    wanted[taxonomy().index[activity]] = True
    points = shelf.points.first[shelf.does.surely(wanted, len(shelf))]
    towns = shelf.points.commune[points[points < len(shelf.points.commune)]]
    towns = towns[towns >= 0]
    return commune_arrays().codes[int(np.bincount(towns).argmax())] if len(towns) else ""


WITHIN_KM = 50


@dataclass(frozen=True, slots=True)
class Around:
    """Suppliers within reach of a place: how many there are, and of how many each thing is known, by its French name."""

    place: str
    suppliers: int
    known: Mapping[str, int]


def around(desk: Desk, place: str) -> Around | None:
    """Return what is known around a place as it is typed, None where it is not understood, or nobody is there. Counted once for a catalogue and a day."""
    key = (desk.shelf().version, desk.today(), place)
    return cached_result("around", key, lambda: _counted(desk, place))


def _counted(desk: Desk, place: str) -> Around | None:
    where, shelf = read_places(Lot("", lieux=(RawPlace(place),))).places, desk.shelf()
    if not where:
        return None
    near = np.zeros(len(shelf), dtype=bool)
    for each in where:
        near |= shelf.points.nearest(shelf.points.km_to(each)) <= WITHIN_KM
    rows = np.flatnonzero(near)
    if not len(rows):
        return None
    trades = np.zeros(len(shelf), dtype=bool)
    trades[shelf.does.holders.rows[shelf.does.sure]] = True
    contacts = desk.contacts_of([shelf.ids[int(row)] for row in rows])
    known = {
        "métier": int(trades[rows].sum()),
        "téléphone": sum(bool(each.phone) for each in contacts.values()),
        "effectif": int((~np.isnan(shelf[WORKERS][rows])).sum()),
    }
    return Around(", ".join(each.name for each in where), len(rows), known)


MOST_DOSSIERS, MOST_TOLD = 3, 4
_SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class DossierLine:
    """A dossier last changed, and its news; none of one that is closed."""

    dossier: DossierSummary
    news: DossierNews

    def due(self, today: date) -> Iterator[str]:
        """Yield what is to be done in it: its next step of this week or without a day, the hours to note, then what its lots ask for."""
        course = self.dossier.course
        if course.next_step and self.dossier.state is State.OPEN and (course.next_on or today) <= today + _SOON:
            yield f"{course.next_step}, le {day(course.next_on)}." if course.next_on else f"{course.next_step}."
        if self.dossier.state is State.OPEN:
            yield from notes_due(self.dossier.contracts, today)
        yield from self.news.due


@dataclass(frozen=True, slots=True)
class Home:
    """Parts of the first page. `empty`: the catalogue is; `before` is the day of the visit before, None at the first; `imports` and `answers` what came since;
    `due` what is to be done, with the dossier that it is of."""

    empty: bool
    example: ShownExample | None
    needs: tuple[Query, ...]
    dossiers: tuple[DossierLine, ...]
    before: date | None
    imports: tuple[str, ...]
    answers: int
    around: Around | None
    due: tuple[tuple[DossierSummary, str], ...]

    @property
    def closed_structures(self) -> list[tuple[DossierSummary, str]]:
        """The structures of these dossiers that have closed."""
        return [(line.dossier, enumeration(line.news.closed)) for line in self.dossiers if line.news.closed]

    @property
    def has_news(self) -> bool:
        """Return whether anything is known to have changed since the visit before."""
        return self.before is not None and bool(self.imports or self.answers or self.closed_structures)


def home() -> Home:
    """Return the first page as it is for this visitor, today."""
    current_desk, before = desk(), visit_before(desk().today())
    place = profile().place
    dossiers = tuple(_dossiers()) if may("dossiers.index") else ()
    due = [(line.dossier, says) for line in dossiers for says in line.due(current_desk.today())]
    return Home(
        empty=not len(current_desk.shelf()),
        example=example(current_desk.shelf(), current_desk.today(), place),
        needs=tuple(Query.of(MultiDict(parse_qsl(urlsplit(address).query))) for address in recent_needs()),
        dossiers=dossiers,
        before=before,
        imports=tuple(_imports(before)) if before else (),
        answers=answers_since(current_desk.engine, owner(), before) if before else 0,
        around=around(current_desk, place) if place else None,
        due=tuple(due[:MOST_TOLD]),
    )


def _dossiers() -> Iterator[DossierLine]:
    """The last dossiers changed; the news of each is read again when it, the catalogue or the day has changed."""
    current_desk = desk()
    whose, shelf, today = owner(), current_desk.shelf(), current_desk.today()
    for each in list_dossiers(current_desk.engine, whose, DossierFilter())[:MOST_DOSSIERS]:
        if each.state is State.CLOSED:
            yield DossierLine(each, DossierNews((), ()))
            continue
        key = (whose, each.id, each.version, shelf.version, today, current_persona())
        news = cached_result("dossier_news", key, partial(news_of, current_desk.engine, whose, each.id, shelf, today))
        yield DossierLine(each, news)


def _imports(before: date) -> Iterator[str]:
    """Yield what each source brought since, undone imports and the team's own corrections left out."""
    runs = cached_result("past_imports", desk().shelf().version, lambda: past_imports(desk().engine))
    for run in runs:
        if run.source == TEAM or run.undone or run.finished.date() < before:
            continue
        words = (
            ("created", "structure nouvelle", "structures nouvelles"),
            ("updated", "fiche modifiée", "fiches modifiées"),
        )
        counts = [count(figure, one, many) for key, one, many in words if (figure := run.counts.get(key, 0))]
        if counts:
            yield f"{enumeration(counts)} : {source_shown(run.source)}, importé le {day(run.finished.date())}."


pages = Blueprint("form", __name__)

COMPLETIONS: Mapping[str, Callable[[str], tuple[Suggestion, ...]]] = {
    "lieux": complete_place,
    "cpv": complete_cpv,
    "activites": lambda text: complete_activity(text, profile().families),
}


# Fields of the need that stay folded until one of them says something.
_MORE = ("cpv", "montant", "duree", "levier", "debut", "acheteur", "activite")


@pages.get("/", endpoint="form")
def show_need_form() -> ResponseReturnValue:
    """Show the form: empty, with what is worth knowing today beside it, or as the address fills it."""
    query = Query.of(request.args, buyer_defaults())
    return need_form(query, {}, None if query.values else home())


@pages.post("/besoins-recents/oubli", endpoint="forget")
def forget_recent_needs() -> ResponseReturnValue:
    """Forget the last needs of this browser."""
    forget_needs()
    flash("Vos besoins récents sont oubliés.")
    return redirect(url_for("form.form"), 303)


@pages.get("/completion/<any(lieux, cpv, activites):what>")
def complete(what: str) -> ResponseReturnValue:
    """Return what begins as the text `q` does, as JSON: value, label and one line that sets it apart from its homonyms."""
    suggestions = COMPLETIONS[what](request.args.get("q", ""))
    return jsonify([{"value": one.value, "label": one.label, "what": one.what} for one in suggestions])


def need_form(query: Query, faults: dict[str, str], home: Home | None = None) -> ResponseReturnValue:
    """Return the form as it was filled, each fault under its field."""
    names = taxonomy()
    choices = [(code, lever(code).label) for code in ASKED_LEVERS]
    activities = [(code, names.label(code)) for code in query.several("activite") if code in names.index]
    return render_answer(
        faults,
        "need/formulaire.html",
        query=query,
        faults=faults,
        levers=[("", "Laisser Entremise proposer"), (NONE, "Ni réservé, ni clause"), *choices],
        kept=activities,
        more=any(query.several(name) or name in faults for name in _MORE),
        home=home,
        ask_persona=[(one.value, wordings(one)["qui"]) for one in Persona] if home and not profile().persona else [],
        late=late_line(),
        usual=[(names.label(code), query.but(activite=code)) for code in profile().families if code in names.index],
        places=" ; ".join(places_said(query)) if query.several("ou") else query.joined_values("lieu"),
    )
