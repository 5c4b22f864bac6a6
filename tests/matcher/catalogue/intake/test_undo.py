from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, text

from importers import REGISTRY
from importers.importer import Item, Scope, Source
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.intake.undo import UndoRefused, past_imports, undo_import
from matcher.catalogue.store.read import catalogue_version, last_imports, load_suppliers
from matcher.catalogue.store.tables import FactBeforeRow, RecordBeforeRow
from matcher.db import writing
from matcher.domain.kinds import SupplierKind as K
from matcher.rows import table_of
from tests.engines import digest, dump
from tests.factories import Take, raw, siret, taking

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
TRUST = ("essai", "autre", "ess")


@pytest.fixture
def take(engine: Engine, tmp_path: Path) -> Take:
    return taking(engine, tmp_path, NOW, TRUST, {"ess": Scope.ORGANISATION})


def records(engine: Engine) -> list[tuple[object, ...]]:
    """Records with their numbers and the runs that saw them, and the suppliers computed from them."""
    return [row for row in dump(engine, numbers=True) if row[0] not in {"meta", "import_run"}]


def undo(engine: Engine, run_id: int) -> tuple[int, int]:
    done = undo_import(engine, run_id, now=LATER, trust=TRUST)
    assert done.version == catalogue_version(engine)
    return done.removed, done.restored


def test_an_import_is_taken_back_exactly(take: Take, engine: Engine) -> None:
    take(
        raw("1", siret=siret(1), as_of="2025-01-01"),
        raw("2", siret=siret(2)),
        raw("3", finess="590000011"),
        raw("4", siret=siret(4)),
        complete=True,
    )
    before = records(engine)
    # One changed, one moved to another SIRET, one new that ties a FINESS number to a SIRET, one unchanged, one gone.
    take(
        raw("1", "Nouveau nom", siret=siret(1), as_of="2026-01-01"),
        raw("2", siret=siret(5)),
        raw("6", siret=siret(6), finess="590000011"),
        raw("3", finess="590000011"),
        complete=True,
    )
    assert records(engine) != before
    assert undo(engine, 2) == (1, 3)
    assert records(engine) == before
    assert catalogue_version(engine) == 3
    assert last_imports(engine)["essai"].catalogue_version == 1


def test_a_record_that_came_back_is_gone_again(take: Take, engine: Engine) -> None:
    both = raw("1", siret=siret(1)), raw("2", siret=siret(2))
    take(*both, complete=True)
    take(both[0], complete=True)
    before = records(engine)
    take(*both)
    assert undo(engine, 3) == (0, 1)
    assert records(engine) == before


def test_an_import_that_changed_nothing_is_taken_back_without_a_new_version(take: Take, engine: Engine) -> None:
    take(raw("1", siret=siret(1)))
    before = records(engine)
    take(raw("1", siret=siret(1)))
    assert undo(engine, 2) == (0, 0)
    assert records(engine) == before
    assert catalogue_version(engine) == 1


def test_the_first_import_leaves_an_empty_catalogue(take: Take, engine: Engine) -> None:
    take(raw("1", siret=siret(1), finess="590000011"), raw("2"))
    assert undo(engine, 1) == (2, 0)
    assert load_suppliers(engine) == []
    assert last_imports(engine) == {}
    assert take(raw("1", siret=siret(1))).as_dict()["created"] == 1


def test_another_source_keeps_what_it_says(take: Take, engine: Engine) -> None:
    take(raw("1", siret=siret(1)))
    take(raw("A", "Enseigne", source="autre", siret=siret(1), workers="40"), key="autre")
    assert undo(engine, 1) == (1, 0)
    (supplier,) = load_suppliers(engine)
    assert (supplier.name, supplier.workers) == ("Enseigne", 40)


def test_a_later_import_of_the_same_records_must_be_taken_back_first(take: Take, engine: Engine) -> None:
    take(raw("1", siret=siret(1)), raw("2", siret=siret(2)))
    take(raw("1", "Nouveau nom", siret=siret(1)))
    take(raw("2", siret=siret(2)))
    take(raw("9", siret=siret(9)))
    before = dump(engine, numbers=True)
    with pytest.raises(UndoRefused, match=r"2 imports plus récents.*undo-import 3, puis .*undo-import 2, puis .* 1$"):
        undo_import(engine, 1, now=LATER)
    assert dump(engine, numbers=True) == before
    for run_id in (3, 2, 1):
        undo(engine, run_id)
    assert [supplier.siret for supplier in load_suppliers(engine)] == [siret(9)]


def test_what_cannot_be_taken_back_is_said(take: Take, engine: Engine) -> None:
    take(raw("1", siret=siret(1)))
    take(raw("1", "Nouveau nom", siret=siret(1)))
    with pytest.raises(UndoRefused, match="Aucun import n’a le numéro 7"):
        undo_import(engine, 7, now=LATER)
    with writing(engine) as connection:
        connection.execute(delete(table_of(RecordBeforeRow)))
    with pytest.raises(UndoRefused, match="n’a pas gardé"):
        undo_import(engine, 2, now=LATER)
    with writing(engine) as connection:
        connection.execute(text("UPDATE import_run SET undone = '2026-03-02 00:00:00' WHERE id = 2"))
    with pytest.raises(UndoRefused, match="déjà été défait le 2 mars 2026"):
        undo_import(engine, 2, now=LATER)


def test_history(take: Take, engine: Engine) -> None:
    take(raw("1", siret=siret(1)))
    take(raw("A", source="autre"), key="autre", complete=True)
    undo(engine, 1)
    last, first = past_imports(engine)
    assert (last.id, last.source, last.complete, last.undone) == (2, "autre", True, None)
    assert (first.id, first.file_name, first.counts["created"]) == (1, "annuaire.csv", 1)
    assert first.undone == LATER.replace(tzinfo=None)
    assert first.started == NOW.replace(tzinfo=None)
    assert first.seconds >= 0
    assert len(first.sha256) == 64


def listed(rank: int, wording: str = "ESS : Associations") -> Item:
    return raw(siret(rank)[:9], source="ess", siren=siret(rank)[:9], kind="ESS", labels=wording)


def test_a_list_of_organisations_is_taken_back_exactly(take: Take, engine: Engine) -> None:
    take(raw("1", siret=siret(1)), raw("2", siret=siret(2)), raw("3", siret=siret(3)))
    without = records(engine)
    take(listed(1), listed(2), listed(8), key="ess", complete=True)
    first = records(engine)
    # One worded otherwise, one gone, two new of which one is of nobody yet, one unchanged.
    take(listed(1, "ESS : Mutuelles"), listed(3), listed(7), listed(8), key="ess", complete=True)
    assert [K.ESS in supplier.kinds for supplier in load_suppliers(engine)] == [True, False, True]
    with pytest.raises(UndoRefused, match=r"undo-import 3, puis entremise catalogue undo-import 2$"):
        undo_import(engine, 2, now=LATER)
    done = undo_import(engine, 3, now=LATER, trust=TRUST)
    assert (done.removed, done.restored, done.facts, done.version) == (0, 0, 4, 4)
    assert records(engine) == first
    assert [K.ESS in supplier.kinds for supplier in load_suppliers(engine)] == [True, True, False]
    take(listed(1), listed(2), listed(8), key="ess")
    assert undo_import(engine, 4, now=LATER, trust=TRUST).facts == 0, "nothing had changed"
    # What was taken back can be imported again, and taken back again.
    take(listed(1, "ESS : Mutuelles"), listed(3), listed(7), listed(8), key="ess", complete=True)
    assert undo_import(engine, 5, now=LATER, trust=TRUST).facts == 4
    assert undo_import(engine, 2, now=LATER, trust=TRUST).facts == 3
    assert records(engine) == without


def test_suppliers_that_a_list_of_organisations_made_leave_with_it(take: Take, engine: Engine) -> None:
    take(raw("1", siret=siret(1)))
    before = records(engine)
    take(listed(1), listed(2), key="ess", create=True)
    assert len(load_suppliers(engine)) == 2
    done = undo_import(engine, 2, now=LATER, trust=TRUST)
    assert (done.removed, done.restored, done.facts) == (1, 0, 2)
    assert records(engine) == before


def test_a_list_whose_former_facts_were_not_kept_is_not_taken_back(take: Take, engine: Engine) -> None:
    take(raw("1", siret=siret(1)))
    take(listed(1), key="ess")
    take(listed(1, "ESS : Mutuelles"), key="ess")
    with writing(engine) as connection:
        connection.execute(delete(table_of(FactBeforeRow)))
    with pytest.raises(UndoRefused, match="n’a pas gardé"):
        undo_import(engine, 3, now=LATER)


def test_real_directories_are_taken_back(shared: Path, engine: Engine) -> None:
    folder = shared / "data" / "sources"
    run_import(engine, REGISTRY["emplois"], [Source(folder / "les_emplois_marche.json")], now=NOW)
    before = digest(engine)
    run_import(engine, REGISTRY["asp"], [Source(folder / "2019_07_liste_siae.csv")], now=NOW)
    assert digest(engine) != before
    undo_import(engine, 2, now=LATER)
    assert digest(engine) == before
