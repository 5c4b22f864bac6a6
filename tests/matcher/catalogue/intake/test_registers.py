"""A register completes the suppliers it knows and makes none; only what is missing or old is asked."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from importers.importer import Item, Scope
from matcher.catalogue.identity.merge import StoredRecord, merge
from matcher.catalogue.identity.records import CleanRecord
from matcher.catalogue.intake.plan import RecordOutcome
from matcher.catalogue.intake.registers import due_sirets, known_sirets
from matcher.catalogue.store.read import load_supplier, load_suppliers
from matcher.db import open_database, reading
from matcher.domain.supplier import Supplier
from tests.factories import Take, raw, siret, taking

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
ONE, TWO, THREE = siret(1), siret(2), siret(3)
API = "recherche-entreprises"
TRUST = ("essai", "autre", "ess", "sirene", API)
SCOPES = {"ess": Scope.ORGANISATION, "sirene": Scope.ESTABLISHMENT, API: Scope.ESTABLISHMENT}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{(tmp_path / 'catalogue.sqlite').as_posix()}")
    yield engine
    engine.dispose()


@pytest.fixture
def take(engine: Engine, tmp_path: Path) -> Take:
    return taking(engine, tmp_path, NOW, TRUST, SCOPES)


def register(ref: str, **fields: object) -> Item:
    return raw(ref, "", source="sirene", kind="", siret=ref, **{"post_code": "", "city": "", **fields})


def one(engine: Engine, number: str = ONE) -> Supplier:
    found = load_supplier(engine, f"siret:{number}")
    assert found is not None
    return found


def merged(*records: CleanRecord) -> Supplier:
    return merge("siret:1", [StoredRecord(record) for record in records], TRUST).supplier


def test_a_register_completes_the_suppliers_it_knows_and_makes_none(take: Take, engine: Engine) -> None:
    take(raw("1", siret=ONE), raw("2", siret=TWO))
    take(
        register(ONE, state="F", closed="2024-03-12", as_of="2026-10-30"),
        register(TWO, state="A", as_of="2026-10-30"),
        key="sirene",
    )
    assert one(engine).closed_reason == "fermé depuis le 12/03/2024 d’après Sirene"
    assert one(engine).flags == ()
    assert one(engine, TWO).updated == date(2026, 10, 30)
    assert len(load_suppliers(engine)) == 2
    take(register(THREE, state="A"), key="sirene")  # an importer that would not listen to `wanted`
    assert len(load_suppliers(engine)) == 2
    again = take(register(ONE, state="F", closed="2024-03-12", as_of="2026-10-30"), key="sirene")
    assert set(again.outcomes) == {RecordOutcome.UNCHANGED}


def test_what_a_register_says_of_a_siret_that_its_directory_gives_up_is_dropped(take: Take, engine: Engine) -> None:
    take(raw("1", siret=ONE))
    take(register(ONE, state="A", as_of="2026-10-30"), key="sirene")
    take(raw("1", siret=TWO))
    assert [supplier.id for supplier in load_suppliers(engine)] == [f"siret:{TWO}"]
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM source_record")).scalar() == 1


def test_only_what_is_missing_or_old_is_due(take: Take, engine: Engine) -> None:
    take(raw("1", siret=ONE), raw("2", siret=TWO), raw("3", siret=THREE), raw("4", siret="12345678999901"), raw("5"))
    take(register(ONE, state="A", as_of="2026-10-30"), register(TWO, state="A", as_of="2026-01-01"), key="sirene")
    assert known_sirets(engine) == ["12345678999901", ONE, TWO, THREE]
    assert due_sirets(engine, date(2026, 9, 1)) == [TWO, THREE], (
        "neither the fresh one nor the fictitious SIRET of an antenna"
    )
    assert due_sirets(engine, date(2026, 11, 1)) == [ONE, TWO, THREE]
