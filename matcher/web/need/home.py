"""Content of the home page: an example of a need, the number of suppliers around the visitor's place, their recent needs and dossiers, news and tasks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import chain
from urllib.parse import parse_qsl, urlsplit

import numpy as np
from werkzeug.datastructures import MultiDict

from matcher.catalogue.identity.trust import TEAM
from matcher.catalogue.intake.undo import past_imports
from matcher.decisions.clause.followup_document import notes_due
from matcher.domain.french import count, day, enumeration
from matcher.domain.match import Match
from matcher.domain.reading import Lot, RawPlace
from matcher.dossiers.dossier import State
from matcher.dossiers.since import DossierNews, answers_since, news_of
from matcher.dossiers.store import DossierFilter, DossierSummary, list_dossiers
from matcher.ranking.shelf.shelf import Shelf
from matcher.ranking.signals.capacity import WORKERS
from matcher.reading.place.places import read_places
from matcher.reference.geography.communes import commune_arrays
from matcher.reference.glossary import need_examples
from matcher.reference.trades.activities import taxonomy
from matcher.reference.wordings import current_persona
from matcher.web.frame.access import may
from matcher.web.frame.app_state import Desk, desk, owner, profile, source_shown
from matcher.web.frame.cache import cached_result
from matcher.web.frame.visitor import recent_needs, visit_before
from matcher.web.need.address import Query
from matcher.web.need.answer import AnsweredQuery, answer_on
from matcher.web.need.understood import places_said

# Least number of suppliers known for the trade of an example: fewer would not show what a list is.
ENOUGH = 3


@dataclass(frozen=True, slots=True)
class ShownExample:
    """Example of a need: its query, its place in words, the number of suppliers known for it, and the first of them."""

    query: Query
    place: str
    known: int
    first: Match


def example(shelf: Shelf, today: date, place: str) -> ShownExample | None:
    """Return an example of a need around the buyer's own place, else where most suppliers are known; None where none is known anywhere.

    It is the first example for which enough suppliers are known, else the one with most. Cached by catalogue version, day and place.
    """
    return cached_result("example", (shelf.version, today, place), lambda: _best_example(shelf, today, place))


def _best_example(shelf: Shelf, today: date, place: str) -> ShownExample | None:
    best: AnsweredQuery | None = None
    needs = need_examples()
    queries = [Query({}).but(besoin=each.need, lieu=place) for each in needs if place]
    # Lazy: the towns are searched only where the place is not enough.
    towns = ((each.need, _busiest_town(shelf, each.activity)) for each in needs)
    for query in chain(queries, (Query({}).but(besoin=need, ou=f"insee:{town}") for need, town in towns if town)):
        answer = answer_on(shelf, today, query)
        if best is None or answer.known_count > best.known_count:
            best = answer
        if answer.known_count >= ENOUGH:
            break
    if best is None or not best.known_count:
        return None
    return ShownExample(best.query, ", ".join(places_said(best.query)), best.known_count, best.candidates[0])


def _busiest_town(shelf: Shelf, activity: str) -> str:
    """Return the INSEE code of the commune with most suppliers known for an activity, the first of equals; empty where there is none."""
    wanted = np.zeros(len(taxonomy().codes), dtype=bool)
    wanted[taxonomy().index[activity]] = True
    points = shelf.points.first[shelf.does.surely(wanted, len(shelf))]
    towns = shelf.points.commune[points[points < len(shelf.points.commune)]]
    towns = towns[towns >= 0]
    return commune_arrays().codes[int(np.bincount(towns).argmax())] if len(towns) else ""


WITHIN_KM = 50


@dataclass(frozen=True, slots=True)
class Around:
    """Suppliers within `WITHIN_KM` of a place: their number, and the number for which each fact (trade, telephone, workforce; French name) is known."""

    place: str
    suppliers: int
    known: Mapping[str, int]


def around(desk: Desk, place: str) -> Around | None:
    """Return the suppliers around a typed place, None where it is not understood or nobody is there. Cached by catalogue version and day."""
    key = (desk.shelf().version, desk.today(), place)
    return cached_result("around", key, lambda: _count_around(desk, place))


def _count_around(desk: Desk, place: str) -> Around | None:
    read, shelf = read_places(Lot("", lieux=(RawPlace(place),))).places, desk.shelf()
    if not read:
        return None
    within = np.zeros(len(shelf), dtype=bool)
    for each in read:
        within |= shelf.points.nearest(shelf.points.km_to(each)) <= WITHIN_KM
    rows = np.flatnonzero(within)
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
    return Around(", ".join(each.name for each in read), len(rows), known)


MOST_DOSSIERS, MOST_TASKS = 3, 4
_SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class DossierLine:
    """A recently changed dossier, with its news; a closed one has none."""

    dossier: DossierSummary
    news: DossierNews

    def due(self, today: date) -> Iterator[str]:
        """Yield the tasks of the dossier, in French: next step within a week or undated, hours to note, then tasks of its lots."""
        course = self.dossier.course
        if course.next_step and self.dossier.state is State.OPEN and (course.next_on or today) <= today + _SOON:
            yield f"{course.next_step}, le {day(course.next_on)}." if course.next_on else f"{course.next_step}."
        if self.dossier.state is State.OPEN:
            yield from notes_due(self.dossier.contracts, today)
        yield from self.news.due


@dataclass(frozen=True, slots=True)
class Home:
    """Content of the home page. `empty`: whether the catalogue has no supplier; `needs`: the visitor's recent ones; `before`: day of the previous visit,
    None at the first; `imports`: French sentences on those since that visit; `answers`: how many suppliers' answers came since; `due`: tasks, each with its
    dossier."""

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
        """The dossiers with suppliers that have closed down, and the names of these."""
        return [(line.dossier, enumeration(line.news.closed)) for line in self.dossiers if line.news.closed]

    @property
    def has_news(self) -> bool:
        """Return whether anything changed since the previous visit."""
        return self.before is not None and bool(self.imports or self.answers or self.closed_structures)


def home_content() -> Home:
    """Compute the content of the home page for the current visitor, today."""
    current_desk, before = desk(), visit_before(desk().today())
    whose, place, shelf, today = owner(), profile().place, current_desk.shelf(), current_desk.today()
    dossiers = []
    for each in (
        list_dossiers(current_desk.engine, whose, DossierFilter())[:MOST_DOSSIERS] if may("dossiers.index") else ()
    ):
        news = DossierNews((), ())
        if each.state is not State.CLOSED:
            # Cached until the dossier, the catalogue, the day or the persona (kind of visitor) changes.
            key = (whose, each.id, each.version, shelf.version, today, current_persona())
            compute = partial(news_of, current_desk.engine, whose, each.id, shelf, today)
            news = cached_result("dossier_news", key, compute)
        dossiers.append(DossierLine(each, news))
    due = [(line.dossier, says) for line in dossiers for says in line.due(today)]
    return Home(
        empty=not len(shelf),
        example=example(shelf, today, place),
        needs=tuple(Query.of(MultiDict(parse_qsl(urlsplit(address).query))) for address in recent_needs()),
        dossiers=tuple(dossiers),
        before=before,
        imports=tuple(_imports(before)) if before else (),
        answers=answers_since(current_desk.engine, whose, before) if before else 0,
        around=around(current_desk, place) if place else None,
        due=tuple(due[:MOST_TASKS]),
    )


def _imports(before: date) -> Iterator[str]:
    """Yield what each import since `before` brought, in French, without undone imports and the team's own corrections."""
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
