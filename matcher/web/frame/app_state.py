"""Application state for the pages: engine, shelf kept warm, today's date, clock, settings."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, date, datetime
from time import monotonic
from typing import TYPE_CHECKING

from flask import current_app, g
from sqlalchemy import Engine

from importers import REGISTRY
from importers.importer import Scope
from matcher.accounts.incidents import IncidentCounter
from matcher.accounts.store import any_account
from matcher.accounts.throttle import RecentCalls
from matcher.catalogue.identity.trust import short_title
from matcher.catalogue.steward.privacy import kept_since
from matcher.catalogue.store.contacts import contact_details
from matcher.catalogue.store.field_sources import field_sources
from matcher.catalogue.store.late import Freshness, freshness
from matcher.catalogue.store.read import dated_sources
from matcher.catalogue.store.shelf_cache import ReadyShelf, ready_shelf
from matcher.domain.age import DatedSource, SupplierSources
from matcher.domain.contact_details import ContactDetails
from matcher.domain.french import count, day, enumeration
from matcher.domain.lot import Lot, RawPlace
from matcher.jobs.worker import Worker, WorkKind
from matcher.jobs.works import WorkStore
from matcher.need.completion import complete_cpv, complete_place
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.engine import rank
from matcher.ranking.shelf.shelf import Shelf
from matcher.reading.reader import read
from matcher.settings import WebSettings, retention_months

if TYPE_CHECKING:  # its libraries are loaded where a provider is configured
    from matcher.accounts.identity_provider import IdentityProvider

EXTENSION = "entremise"
LOOK_AGAIN_S = 5.0
# Under which a request remembers that the database did not answer it.
DATABASE_AWAY = "database_away"


class Desk:
    """State of the application; one instance, shared by its threads."""

    def __init__(
        self,
        engine: Engine,
        today: Callable[[], date],
        clock: Callable[[], datetime],
        settings: WebSettings,
        identity_provider: "IdentityProvider | None" = None,
        works: Iterable[WorkKind] = (),
    ) -> None:
        self.engine = engine
        self.today = today
        self.clock = clock
        self.settings = settings
        self.identity_provider = identity_provider
        self.calls = RecentCalls()
        self.incidents = IncidentCounter(engine)
        self.works = WorkStore(engine)
        self.worker = Worker(self.works, works)
        self._sources: tuple[int, tuple[DatedSource, ...]] = (-1, ())
        self._ages: tuple[int, float, list[Freshness]] = (-1, 0.0, [])
        self._team = any_account(engine)
        self._looked = monotonic()

    def team(self) -> bool:
        """Whether people sign in here: as soon as there is an account, and for good. While there is none, it is looked at again
        every few seconds, not at each request; at each where others reach the pages, for nothing but a link opens there. The page that
        says that the database is away asks it nothing more."""
        if g.get(DATABASE_AWAY):
            return True
        if not self._team and (self.settings.shared or monotonic() - self._looked >= LOOK_AGAIN_S):
            self._team, self._looked = any_account(self.engine), monotonic()
        return self._team

    def shelf(self) -> Shelf:
        """Return the catalogue laid out for ranking, the same all along a request: one small query when nothing has changed."""
        return self._ready().shelf

    def behind(self) -> bool:
        """Tell whether this request is answered from the catalogue before its last change."""
        return self._ready().behind

    def _ready(self) -> ReadyShelf:
        if "shelf" not in g:
            g.shelf = ready_shelf(self.engine)
        found: ReadyShelf = g.shelf
        return found

    def now(self) -> datetime:
        """Return this moment in UTC, as it is written down."""
        return self.clock().astimezone(UTC)

    def contacts_since(self) -> date:
        """Return the day before which contacts last known are neither shown nor exported."""
        return kept_since(self.today(), retention_months())

    def contacts_of(self, ids: Collection[str]) -> Mapping[str, ContactDetails]:
        """Return how suppliers are reached today, by id."""
        return contact_details(self.engine, ids, self.contacts_since())

    def sources_of(self, ids: Collection[str]) -> Mapping[str, SupplierSources]:
        """Return the sources of what is known of suppliers, with the dates of their data, by id."""
        return field_sources(self.engine, ids, self.sources())

    def warm(self) -> None:
        """Have at hand what the first visitor would otherwise wait for: the shelf, the places, the words."""
        complete_place("ma")
        complete_cpv("espaces")
        reading = read(Lot("Entretien des espaces verts", lieux=(RawPlace("dep:59"),)))
        rank(LotOnShelf(reading, self.shelf(), self.today())).top(1)

    def catalogue_line(self) -> str:
        """Say what the pages answer from: « 5 870 fournisseurs · FINESS, données de mars 2021 ; Les emplois, données d’avril 2026 »."""
        shelf = self.shelf()
        if not len(shelf):
            return "Catalogue vide"
        dated = (
            f"{its.title}, {its.dated}"
            for its in self.sources()
            if its.key in REGISTRY and REGISTRY[its.key].scope is Scope.SUPPLIER
        )
        changing = (
            "le catalogue vient de changer : cette page répond encore de sa version d’avant" if self.behind() else ""
        )
        return " · ".join(filter(None, (count(len(shelf), "fournisseur"), " ; ".join(sorted(dated)), changing)))

    def sources(self) -> tuple[DatedSource, ...]:
        """Return each imported source with the date of its data, as the catalogue was when it last changed."""
        version = self.shelf().version
        if self._sources[0] != version:
            self._sources = (version, dated_sources(self.engine))
        return self._sources[1]

    def ages(self) -> list[Freshness]:
        """Return the age of each source that is fetched, looked at again every few seconds: an import that changes nothing makes it young."""
        version, looked, ages = self._ages
        if version != self.shelf().version or monotonic() - looked >= LOOK_AGAIN_S:
            ages = freshness(self.engine)
            self._ages = (self.shelf().version, monotonic(), ages)
        return ages


def late_line() -> str:
    """Say which sources are older than their rhythm, to whoever opens the first page; empty where none is, or the catalogue is."""
    its = desk()
    if not len(its.shelf()):
        return ""
    late = [
        f"{short_title(age.key)} ({f'repris le {day(age.last)}' if age.last else 'jamais repris'})"
        for age in its.ages()
        if age.late(its.today())
    ]
    return f"À reprendre : {enumeration(late)}." if late else ""


def desk() -> Desk:
    """Return the desk of the application that serves this request."""
    found: Desk = current_app.extensions[EXTENSION]
    return found
