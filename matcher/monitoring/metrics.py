"""Prometheus metrics of one server process: requests and durations, background works by state, import dates, memory, database connections.

They are served on a separate address, never by the pages; their labels are only methods, routes, statuses, states and sources.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy import Engine
from sqlalchemy.pool import QueuePool

from matcher.catalogue.store.late import last_import_times
from matcher.catalogue.store.read import count_suppliers
from matcher.db import DatabaseError, reading
from matcher.jobs.works import WorkState, count_works
from matcher.settings import METRICS_VARIABLE, SettingsError

# Label of each state of a work.
_STATES = {WorkState.WAITING: "waiting", WorkState.WORKING: "running", WorkState.REFUSED: "failed"}
# Seconds: from a static file to longer than anybody waits.
_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """Metrics of one process over one catalogue."""

    def __init__(self, engine: Engine) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "entremise_requests", "Answers, by route and status", ("method", "route", "status"), registry=self.registry
        )
        self._durations = Histogram(
            "entremise_request_seconds", "Time to an answer", ("route",), buckets=_BUCKETS, registry=self.registry
        )
        ProcessCollector(registry=self.registry)
        self.registry.register(_CatalogueCollector(engine))

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one response, and its duration in seconds."""
        self._requests.labels(method, route, str(status)).inc()
        self._durations.labels(route).observe(seconds)

    @contextmanager
    def serve(self, address: tuple[str, int] | None) -> Iterator[None]:
        """Serve the metrics at an address (host, port) inside the block; nothing if it is None. Raises SettingsError if the port cannot be opened."""
        if address is None:
            yield
            return
        host, port = address
        try:
            server, thread = start_http_server(port, host, self.registry)
        except OSError as error:
            raise SettingsError(
                f"{METRICS_VARIABLE}={host}:{port} : cette adresse ne peut pas être ouverte ({error.strerror}). Chaque processus a son port."
            ) from error
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


class _CatalogueCollector(Collector):
    """Gauges read from the database at each scrape."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def collect(self) -> Iterable[Metric]:
        pool = self._engine.pool
        if isinstance(pool, QueuePool):  # PostgreSQL only: an SQLite file is opened anew each time
            connections = GaugeMetricFamily("entremise_database_connections", "Connections, by use", labels=("use",))
            connections.add_metric(("busy",), pool.checkedout())
            connections.add_metric(("idle",), pool.checkedin())
            yield connections
        up = GaugeMetricFamily("entremise_database_up", "Whether the database answers")
        works = GaugeMetricFamily("entremise_works", "Works kept, by state", labels=("state",))
        suppliers = GaugeMetricFamily("entremise_suppliers", "Suppliers of the catalogue")
        ages = GaugeMetricFamily(
            "entremise_import_timestamp_seconds", "When a source was last imported", labels=("source",)
        )
        try:
            counts = count_works(self._engine)
            for state, name in _STATES.items():
                works.add_metric((name,), counts[state])
            with reading(self._engine) as connection:
                suppliers.add_metric((), count_suppliers(connection))
            for source, finished in sorted(last_import_times(self._engine).items()):  # one never imported has no age
                ages.add_metric((source,), finished.replace(tzinfo=UTC).timestamp())
        except DatabaseError:  # the other gauges are unknown
            up.add_metric((), 0)
            yield up
        else:
            up.add_metric((), 1)
            yield from (up, works, suppliers, ages)
