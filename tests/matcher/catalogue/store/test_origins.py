"""The last sign of life of suppliers of the catalogue, by id."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from matcher.catalogue.store.contacts import last_signs
from matcher.db import open_database, reading
from tests.factories import raw, siret, taking


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{(tmp_path / 'catalogue.sqlite').as_posix()}")
    yield engine
    engine.dispose()


def test_whom_nothing_dated_tells_of_has_no_sign(engine: Engine, tmp_path: Path) -> None:
    take = taking(engine, tmp_path, datetime(2026, 3, 1, tzinfo=UTC))
    take(raw("1", siret=siret(1), as_of="2021-03-08"), raw("2", siret=siret(2)))
    seen, unseen = f"siret:{siret(1)}", f"siret:{siret(2)}"
    with reading(engine) as connection:
        told = last_signs(connection, [seen, unseen, "rien"])
    assert told == {seen: (date(2021, 3, 8), "fiche mise à jour, essai", "essai")}
