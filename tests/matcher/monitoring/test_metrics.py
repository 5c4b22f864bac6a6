"""Metrics asked as Prometheus asks them, by HTTP: what they name, and what is told where the database is gone."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, text

from matcher.db import open_database
from matcher.jobs.works import WorkStore
from matcher.monitoring.metrics import Metrics
from matcher.settings import SettingsError


@contextmanager
def told(metrics: Metrics) -> Iterator[str]:
    """The metrics on a free port: where they are asked."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with metrics.serve(("127.0.0.1", port)):
        yield f"http://127.0.0.1:{port}/metrics"


def values(page: str) -> dict[tuple[str, ...], float]:
    """Each sample, by its name and the values of its labels, in the order of their names."""
    samples = (each for family in text_string_to_metric_families(page) for each in family.samples)
    return {(each.name, *(value for _, value in sorted(each.labels.items()))): each.value for each in samples}


def test_requests_works_and_catalogue_are_told(engine: Engine) -> None:
    metrics = Metrics(engine)
    metrics.observe("GET", "/dossiers/<int:number>", 200, 0.2)
    metrics.observe("GET", "/dossiers/<int:number>", 200, 0.2)
    WorkStore(engine).put(None, "essai", {})
    with told(metrics) as address:
        found = values(requests.get(address, timeout=30).text)
    assert found["entremise_requests_total", "GET", "/dossiers/<int:number>", "200"] == 2
    assert found["entremise_request_seconds_bucket", "0.1", "/dossiers/<int:number>"] == 0
    assert found["entremise_request_seconds_bucket", "0.25", "/dossiers/<int:number>"] == 2
    assert found["entremise_works", "waiting"] == 1
    assert found["entremise_works", "failed"] == 0
    assert found["entremise_suppliers",] == 0
    assert found["entremise_database_up",] == 1
    assert found["process_resident_memory_bytes",] > 0
    assert ("entremise_database_connections", "idle") in found or engine.dialect.name == "sqlite"


def test_the_age_of_each_source_is_told(built: Path) -> None:
    engine = open_database(f"sqlite:///{built.as_posix()}")
    with told(Metrics(engine)) as address:
        found = values(requests.get(address, timeout=30).text)
        taken = int(address.split(":")[2].partition("/")[0])
        with (
            pytest.raises(SettingsError, match="Chaque processus a son port"),
            Metrics(engine).serve(("127.0.0.1", taken)),
        ):
            pass
    ages = {name[1]: at for name, at in found.items() if name[0] == "entremise_import_timestamp_seconds"}
    assert ages.keys() == {"emplois", "finess", "hosmoz"}
    assert all(0 < at <= datetime.now(UTC).timestamp() for at in ages.values())
    assert found["entremise_suppliers",] > 0
    engine.dispose()


def test_what_a_database_that_is_gone_would_say_is_not_told(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{(tmp_path / 'a.sqlite').as_posix()}")
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE work_step"))
        connection.execute(text("DROP TABLE work_file"))
        connection.execute(text("DROP TABLE work"))
    with told(Metrics(engine)) as address:
        found = values(requests.get(address, timeout=30).text)
    assert found["entremise_database_up",] == 0
    assert not [name for name in found if re.match("entremise_(works|suppliers|import)", name[0])]
    engine.dispose()
