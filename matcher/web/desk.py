"""The desk that every page works at: the catalogue, its shelf kept warm, and today's date."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from threading import Lock

from flask import current_app
from sqlalchemy import Engine

from matcher.catalogue.store import catalogue_version, last_imports, load_suppliers
from matcher.domain.french import count, day
from matcher.ranking.shelf import Shelf, build_shelf
from matcher.settings import WebSettings

EXTENSION = "entremise"


@dataclass(frozen=True, slots=True)
class _Loaded:
    shelf: Shelf
    as_of: date | None


class Desk:
    """One per application, shared by its threads. The shelf is built again when an import changes the catalogue."""

    def __init__(self, engine: Engine, today: Callable[[], date], settings: WebSettings) -> None:
        self.engine = engine
        self.today = today
        self.settings = settings
        self._lock = Lock()
        self._loaded: _Loaded | None = None

    def shelf(self) -> Shelf:
        """Return the catalogue laid out for ranking, at its present version: one small query when nothing has changed."""
        return self._current().shelf

    def catalogue_line(self) -> str:
        """Say which state of the catalogue the pages answer from: « Catalogue du 20 novembre 2026 · 5 870 fournisseurs »."""
        loaded = self._current()
        if not len(loaded.shelf):
            return "Catalogue vide"
        dated = f" du {day(loaded.as_of)}" if loaded.as_of else ""
        return f"Catalogue{dated} · {count(len(loaded.shelf), 'fournisseur')}"

    def _current(self) -> _Loaded:
        version = catalogue_version(self.engine)
        loaded = self._loaded
        if loaded is not None and loaded.shelf.version == version:
            return loaded
        with self._lock:  # one thread builds, the others wait for it rather than build it too
            if self._loaded is None or self._loaded.shelf.version != version:
                shelf = build_shelf(load_suppliers(self.engine), version)
                finished = [last.finished.date() for last in last_imports(self.engine).values()]
                self._loaded = _Loaded(shelf, max(finished, default=None))
            return self._loaded


def desk() -> Desk:
    """Return the desk of the application that serves this request."""
    found: Desk = current_app.extensions[EXTENSION]
    return found
