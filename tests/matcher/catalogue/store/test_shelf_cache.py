"""The shelf of a catalogue: kept as long as the catalogue is the same, built again as soon as it is not."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Connection, Engine

from importers import REGISTRY
from importers.importer import Source
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.intake.undo import undo_import
from matcher.catalogue.steward.corrections import correct_supplier
from matcher.catalogue.steward.privacy import forget_value, opt_out
from matcher.catalogue.store import shelf_cache as shelves
from matcher.catalogue.store.read import each_supplier, load_supplier, load_suppliers
from matcher.catalogue.store.shelf_cache import drop_shelf, keep_ready, load_shelf, ready_shelf, shelf_path
from matcher.db import open_database, reading
from matcher.domain.supplier import Supplier
from matcher.mapped import write_mapped_table
from matcher.ranking.lay_out import FACTS, build_shelf
from matcher.ranking.shelf.shelf import Shelf, ShelfFact, lay_out_columns
from matcher.settings import CACHE_VARIABLE
from tests.conftest import ROOT
from tests.factories import importer, lookups, raw, siret
from tests.importers.reading import fixtures, key_of
from tests.waiting import awaited

NOW = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setattr(shelves, "_kept", {})


@pytest.fixture
def take(tmp_path: Path) -> Callable[..., Engine]:
    path = tmp_path / "annuaire.csv"
    path.write_text("fictif", encoding="utf-8")

    def run(url: str, *names: str) -> Engine:
        engine = open_database(url)
        items = [raw(f"{i}", name, siret=siret(i)) for i, name in enumerate(names, start=1)]
        run_import(engine, importer(items), [Source(path)], now=NOW, lookups=lookups())
        return engine

    return run


def names(engine: Engine) -> list[str]:
    return [card.name for card in load_shelf(engine).suppliers]


def elsewhere(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Forget the memory, as a new command does; the list that is returned takes a word at each building of this catalogue's shelf: a server that
    another test serves in a thread of this process lays out its own."""
    built: list[str] = []
    build = shelves._build_shelf

    def count_and_build(connection: Connection) -> Shelf:
        if connection.engine.url == engine.url:
            built.append("built")
        return build(connection)

    monkeypatch.setattr(shelves, "_kept", {})
    monkeypatch.setattr(shelves, "_build_shelf", count_and_build)
    return built


def test_it_is_built_once_then_read_from_the_disk(
    new_url: str, take: Callable[..., Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = take(new_url, "Les Ateliers du Marais", "Le Relais")
    first = load_shelf(engine)
    assert load_shelf(engine) is first
    built = elsewhere(engine, monkeypatch)
    kept = load_shelf(engine)
    assert built == []
    assert [card.name for card in kept.suppliers] == [card.name for card in first.suppliers]
    assert kept.version == first.version == 1
    engine.dispose()


def test_every_change_of_the_catalogue_is_seen(new_url: str, take: Callable[..., Engine]) -> None:
    engine = take(new_url, "Les Ateliers du Marais", "Le Relais")
    assert names(engine) == ["Les Ateliers du Marais", "Le Relais"]
    take(new_url, "Les Ateliers du Marais", "La Ressourcerie").dispose()
    assert names(engine) == ["Les Ateliers du Marais", "La Ressourcerie"]
    undo_import(engine, 2, now=NOW)
    assert names(engine) == ["Les Ateliers du Marais", "Le Relais"]
    correct_supplier(engine, siret(2), {"nom": ["Le Grand Relais"]}, author="Jeanne", motive="", now=NOW)
    assert names(engine) == ["Les Ateliers du Marais", "Le Grand Relais"]
    opt_out(engine, siret(2), author="Jeanne", motive="", now=NOW)
    assert names(engine) == ["Les Ateliers du Marais"]
    engine.dispose()


def test_another_catalogue_at_the_same_place_and_version_is_another(
    tmp_path: Path, take: Callable[..., Engine]
) -> None:
    url = f"sqlite:///{(tmp_path / 'catalogue.sqlite').as_posix()}"
    engine = take(url, "Les Ateliers du Marais")
    assert names(engine) == ["Les Ateliers du Marais"]
    engine.dispose()
    for file in tmp_path.glob("catalogue.sqlite*"):
        file.unlink()
    engine = take(url, "Le Relais")
    assert names(engine) == ["Le Relais"]
    engine.dispose()


def test_a_spoilt_or_a_stale_file_is_built_again(
    tmp_path: Path, take: Callable[..., Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = take(f"sqlite:///{(tmp_path / 'catalogue.sqlite').as_posix()}", "Les Ateliers du Marais")
    load_shelf(engine)
    path = shelf_path(engine)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    built = elsewhere(engine, monkeypatch)
    assert names(engine) == ["Les Ateliers du Marais"]
    assert built == ["built"]
    assert path.read_bytes() == whole
    monkeypatch.setattr(shelves, "_kept", {})
    monkeypatch.setattr(shelves, "builder_digest", lambda: "other tables")
    load_shelf(engine)
    assert built == ["built", "built"]
    engine.dispose()


def test_a_folder_that_cannot_be_written_is_done_without(
    tmp_path: Path, take: Callable[..., Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "fichier").write_text("")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "fichier"))
    engine = take(f"sqlite:///{(tmp_path / 'catalogue.sqlite').as_posix()}", "Les Ateliers du Marais")
    assert names(engine) == ["Les Ateliers du Marais"]
    engine.dispose()


def test_what_is_erased_does_not_stay_in_the_cache(tmp_path: Path, take: Callable[..., Engine]) -> None:
    engine = take(f"sqlite:///{(tmp_path / 'catalogue.sqlite').as_posix()}", "Chez Odile Trucmuche", "Le Relais")
    load_shelf(engine)
    assert b"Trucmuche" in shelf_path(engine).read_bytes()
    forget_value(engine, "Odile Trucmuche", now=NOW)
    assert not shelf_path(engine).exists()
    load_shelf(engine)
    assert b"Trucmuche" not in shelf_path(engine).read_bytes()
    engine.dispose()


def test_threads_share_one_shelf(tmp_path: Path, take: Callable[..., Engine], monkeypatch: pytest.MonkeyPatch) -> None:
    engine = take(f"sqlite:///{(tmp_path / 'catalogue.sqlite').as_posix()}", "Les Ateliers du Marais", "Le Relais")
    built = elsewhere(engine, monkeypatch)
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(load_shelf(engine))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert built == ["built"]
    assert len(found) == 6
    assert len(set(map(id, found))) == 1
    engine.dispose()


def test_pages_go_on_from_the_former_shelf_while_the_next_is_laid_out(
    tmp_path: Path, take: Callable[..., Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, may_end = f"sqlite:///{(tmp_path / 'catalogue.sqlite').as_posix()}", threading.Event()
    engine = take(url, "Les Ateliers du Marais")
    first = ready_shelf(engine)
    real = shelves.lay_out

    def lay_out(*given: object) -> object:
        may_end.wait()
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(shelves, "lay_out", lay_out)
    monkeypatch.setattr(shelves, "PATIENCE_S", 0)
    take(url, "Les Ateliers du Marais", "Le Relais").dispose()
    assert [ready_shelf(engine) for _ in range(3)] == [replace(first, behind=True)] * 3
    may_end.set()
    ready = awaited(lambda: ready_shelf(engine), lambda now: not now.behind)
    assert [card.name for card in ready.shelf.suppliers] == ["Les Ateliers du Marais", "Le Relais"]
    engine.dispose()


def test_what_is_erased_is_shown_no_more_even_while_the_next_is_laid_out(
    tmp_path: Path, take: Callable[..., Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = take(f"sqlite:///{(tmp_path / 'catalogue.sqlite').as_posix()}", "Chez Odile Trucmuche", "Le Relais")
    ready_shelf(engine)
    monkeypatch.setattr(shelves, "PATIENCE_S", 0)
    forget_value(engine, "Odile Trucmuche", now=NOW)
    assert not any("Trucmuche" in card.name for card in ready_shelf(engine).shelf.suppliers)
    engine.dispose()


def forget_elsewhere(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget Odile Trucmuche as another process does, which has its own memory and its own lock."""
    other = open_database(url, busy_timeout_s=0)
    with monkeypatch.context() as there:
        there.setattr(shelves, "_kept", {})
        there.setattr(shelves, "_lock", threading.Lock())
        forget_value(other, "Odile Trucmuche", now=NOW)
    other.dispose()


def test_what_another_process_erases_is_shown_no_more(
    new_url: str, take: Callable[..., Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = take(new_url, "Chez Odile Trucmuche", "Le Relais")
    ready_shelf(engine)
    monkeypatch.setattr(shelves, "PATIENCE_S", 0)
    forget_elsewhere(new_url, monkeypatch)
    ready = ready_shelf(engine)
    assert not any("Trucmuche" in card.name for card in ready.shelf.suppliers)
    assert not ready.behind
    engine.dispose()


def test_what_is_erased_while_a_shelf_is_laid_out_is_kept_nowhere(
    new_url: str, take: Callable[..., Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, real = take(new_url, "Chez Odile Trucmuche", "Le Relais"), shelves.lay_out

    def lay_out(*given: object) -> object:
        shelf = real(*given)  # type: ignore[arg-type]
        forget_elsewhere(new_url, monkeypatch)
        return shelf

    with monkeypatch.context() as while_it_is_laid_out:
        while_it_is_laid_out.setattr(shelves, "lay_out", lay_out)
        load_shelf(engine)
    assert not shelf_path(engine).exists()
    assert shelves._name(engine) not in shelves._kept
    assert not any("Trucmuche" in name for name in names(engine))
    engine.dispose()


def test_a_server_has_the_next_shelf_before_it_is_asked(new_url: str, take: Callable[..., Engine]) -> None:
    """Told by PostgreSQL; on SQLite it looks again and again."""
    engine, over = take(new_url, "Les Ateliers du Marais"), threading.Event()
    first = load_shelf(engine)
    keeper = threading.Thread(target=keep_ready, args=(engine, over))
    keeper.start()
    take(new_url, "Les Ateliers du Marais", "Le Relais").dispose()
    next_one = awaited(lambda: shelves._kept[shelves._name(engine)].shelf, lambda now: now is not first)
    assert len(next_one) == 2
    over.set()
    keeper.join()
    engine.dispose()


def test_suppliers_come_in_order_with_all_that_ranking_looks_at(new_url: str, take: Callable[..., Engine]) -> None:
    engine = take(new_url, *(f"Atelier {i}" for i in range(8)))
    with reading(engine) as connection:
        found = list(each_supplier(connection, at_a_time=3))
    assert found == [replace(supplier, website="", origins=()) for supplier in load_suppliers(engine)]
    engine.dispose()


def test_a_shelf_is_the_one_that_whole_suppliers_would_give(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fact that reads what `each_supplier` leaves out would say the same of everybody in every catalogue: it fails here."""
    engine = open_database(f"sqlite:///{(tmp_path / 'catalogue.sqlite').as_posix()}")
    for fixture in fixtures():
        run_import(engine, REGISTRY[key_of(fixture)], [Source(fixture)], now=NOW)
    wholes = [whole for one in load_suppliers(engine) if (whole := load_supplier(engine, one.id))]
    shelf = load_shelf(engine)
    assert differing(shelf, wholes, FACTS) == []
    write_mapped_table(shelf, tmp_path / "kept", "key")
    write_mapped_table(build_shelf(wholes, shelf.version), tmp_path / "whole", "key")
    assert (tmp_path / "kept").read_bytes() == (tmp_path / "whole").read_bytes(), "a column that is not a fact"

    invented = [ShelfFact(name, partial(known, name), yes_or_no=True) for name in ("website", "origins", "provenance")]
    monkeypatch.setattr(shelves, "lay_out", lambda suppliers, version: lay_out_columns(suppliers, invented, version))
    drop_shelf(engine)
    assert differing(load_shelf(engine), wholes, invented) == ["website", "origins", "provenance"]
    engine.dispose()


def known(name: str, supplier: Supplier) -> float:
    return bool(getattr(supplier, name))


def differing(shelf: Shelf, wholes: Sequence[Supplier], facts: Sequence[ShelfFact]) -> list[str]:
    """The names of the facts whose column is another than whole suppliers give."""
    whole = lay_out_columns(wholes, facts, shelf.version)
    return [fact.name for fact in facts if not np.array_equal(shelf[fact], whole[fact], equal_nan=True)]


def test_a_shelf_is_told_by_all_the_code_that_reads_and_lays_suppliers_out() -> None:
    made_by = {path.relative_to(ROOT).as_posix() for path in shelves._makers(())}
    assert {"matcher/catalogue/store/read.py", "matcher/catalogue/store/awarded.py"} <= made_by
    assert {
        "matcher/ranking/shelf/shelf.py",
        "matcher/ranking/signals/kind.py",
        "matcher/reference/trades/naf.py",
    } <= made_by
    assert {"matcher/cleaning/words.py", "matcher/domain/supplier.py", "data/reference/communes.csv"} <= made_by
