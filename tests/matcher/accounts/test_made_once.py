"""Things made once, on both databases: whatever happens in between, and however many ask at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select

from matcher.accounts.made_once import KEPT, KeyReused, make_once
from matcher.db import open_database, reading
from matcher.dossiers.dossier import DossierHeader
from matcher.dossiers.store import DossierRow, create_dossier, load_dossier
from matcher.ownership import OrganisationId
from matcher.rows import table_of

NOW = datetime(2026, 11, 16, 9, 0)  # noqa: DTZ001
OWNER = OrganisationId(1)


def opened(engine: Engine) -> int:
    header = DossierHeader(title="Nettoyage")
    return load_dossier(engine, OWNER, create_dossier(engine, OWNER, header, author="Léa", now=NOW).id).id


def dossiers(engine: Engine) -> int:
    with reading(engine) as connection:
        return int(connection.execute(select(func.count()).select_from(table_of(DossierRow))).scalar_one())


def test_what_is_asked_again_is_made_once_in_a_day(engine: Engine) -> None:
    assert make_once(engine, "a", "x", lambda: 7, now=NOW) == (7, False)
    assert make_once(engine, "a", "x", lambda: 8, now=NOW + timedelta(hours=23)) == (7, True)
    assert make_once(engine, "b", "x", lambda: 9, now=NOW) == (9, False)
    with pytest.raises(KeyReused):
        make_once(engine, "a", "y", lambda: 8, now=NOW)
    assert make_once(engine, "a", "y", lambda: 8, now=NOW + KEPT) == (8, False)


def test_two_servers_asked_at_once_make_one(new_url: str) -> None:
    """Each with its own engine, as each has in its own process."""
    servers = [open_database(new_url) for _ in range(2)]
    with ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(make_once, one, "a", "", lambda one=one: opened(one), now=NOW) for one in servers * 4]
        made = [each.result() for each in asked]
    assert len({number for number, _ in made}) == 1
    assert sum(not already for _, already in made) == 1
    assert dossiers(servers[0]) == 1
    for one in servers:
        one.dispose()


def test_where_something_fails_nothing_is_made_and_the_key_is_free(engine: Engine) -> None:
    def fails() -> int:
        opened(engine)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        make_once(engine, "a", "x", fails, now=NOW)
    assert dossiers(engine) == 0
    assert make_once(engine, "a", "y", lambda: 8, now=NOW) == (8, False)
