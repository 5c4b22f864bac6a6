"""Suppliers to read again since a version, on both databases."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from matcher.catalogue.intake.undo import undo_import
from matcher.catalogue.steward.changed import ChangedPosition, changed_since
from tests.factories import Take, raw, siret, taking

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def take(engine: Engine, tmp_path: Path) -> Take:
    return taking(engine, tmp_path, NOW, ("essai", "autre"))


def test_only_what_an_import_brought_or_changed_is_read_again(engine: Engine, take: Take) -> None:
    take(raw("1", siret=siret(1), name="Atelier du Pont"), raw("2", siret=siret(2), name="Les Jardins"))
    first = changed_since(engine, 0)
    assert (first.version, len(first.ids), first.whole) == (1, 2, False)
    take(
        raw("1", siret=siret(1), name="Atelier du Pont"),
        raw("2", siret=siret(2), name="Les Grands Jardins"),
        raw("3", siret=siret(3)),
    )
    then = changed_since(engine, first.version)
    assert then.ids == (f"siret:{siret(2)}", f"siret:{siret(3)}")
    assert changed_since(engine, then.version).ids == ()


def test_what_an_import_changes_between_two_pages_is_told_the_next_time(engine: Engine, take: Take) -> None:
    one, two, three = (f"siret:{siret(number)}" for number in (1, 2, 3))
    take(*(raw(str(number), siret=siret(number)) for number in (1, 2, 3)))
    first = changed_since(engine, 0, 1)
    take(raw("1", siret=siret(1), name="Autre nom"), *(raw(str(number), siret=siret(number)) for number in (2, 3)))
    after = ChangedPosition.read(str(ChangedPosition(first.version, first.ids[-1])))
    then = changed_since(engine, 0, after=after)
    assert ((*first.ids, *then.ids), then.version) == ((one, two, three), first.version)
    assert changed_since(engine, then.version).ids == (one,)


def test_who_knows_a_later_version_than_that_of_a_backup_reads_all_again(engine: Engine, take: Take) -> None:
    take(raw("1", siret=siret(1)), raw("2", siret=siret(2)))
    first = changed_since(engine, 2, 1)
    assert (first.version, len(first.ids), first.whole) == (1, 1, True)
    take(raw("1", siret=siret(1)), raw("2", siret=siret(2)), raw("3", siret=siret(3)))
    then = changed_since(engine, 2, after=ChangedPosition(first.version, first.ids[-1]))
    assert (len(then.ids), then.whole) == (2, True)


def test_where_a_change_left_no_trace_all_are_read_again(engine: Engine, take: Take) -> None:
    take(raw("1", siret=siret(1)), raw("2", siret=siret(2)))
    take(raw("1", siret=siret(1), name="Autre nom"), raw("2", siret=siret(2)))
    undo_import(engine, 2, now=NOW, trust=("essai", "autre"))
    then = changed_since(engine, 1)
    assert (len(then.ids), then.whole) == (2, True)
