"""The recogniser is that of the catalogue as it is; what a person settled is replayed, and leaves with whom it names."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from matcher.catalogue.identity.recogniser import Certainty, ListedSupplier, WrittenSupplier
from matcher.catalogue.steward.privacy import forget_value, opt_out
from matcher.catalogue.store.recognition import SettledNameRow, load_recogniser, settle_names, unsettle
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.db import open_database, reading

NOW = datetime(2026, 11, 27, 10, tzinfo=UTC)
WRITTEN = WrittenSupplier("Espaces verts Durand Marie", city="Lille")


@pytest.fixture
def engine(built: Path, tmp_path: Path) -> Iterator[Engine]:
    opened = open_database(f"sqlite:///{shutil.copy(built, tmp_path)}")
    yield opened
    opened.dispose()


def any_supplier(engine: Engine) -> ListedSupplier:
    shelf = load_shelf(engine)
    siret = next(card.siret for card in shelf.suppliers if card.siret)
    found = load_recogniser(engine).find(siret)
    assert found is not None
    return found


def kept(engine: Engine) -> int:
    with reading(engine) as connection:
        return int(connection.execute(select(func.count()).select_from(SettledNameRow)).scalar_one())


def test_every_supplier_is_found_by_its_id_its_number_and_its_name_and_town(engine: Engine) -> None:
    recogniser = load_recogniser(engine)
    for card in load_shelf(engine).suppliers:
        assert recogniser.find(card.id) is not None
        found = recogniser.recognise(WrittenSupplier(card.name, card.siret, city=card.city))
        assert card.id in {option.supplier.id for option in found.options}


def test_its_suppliers_are_read_once_and_its_answers_each_time(engine: Engine) -> None:
    before = load_recogniser(engine)
    its = any_supplier(engine)
    assert load_recogniser(engine).find(its.id) is before.find(its.id), "the same, in memory"
    settle_names(engine, {WRITTEN.key: its.id}, author="Léa", now=NOW)
    assert load_recogniser(engine).recognise(WRITTEN).sure == its
    settle_names(engine, {WRITTEN.key: ""}, author="Léa", now=NOW.replace(hour=11))
    assert load_recogniser(engine).recognise(WRITTEN).certainty is Certainty.UNKNOWN
    assert kept(engine) == 1
    unsettle(engine, [WRITTEN.key])
    assert load_recogniser(engine).settled_answer(WRITTEN) is None
    assert kept(engine) == 0


def test_an_answer_leaves_with_the_supplier_and_with_the_person(engine: Engine) -> None:
    its = any_supplier(engine)
    settle_names(engine, {WRITTEN.key: "", WrittenSupplier("Autre").key: its.id}, author="Léa", now=NOW)
    opt_out(engine, its.id, author="Léa", motive="", now=NOW)
    assert kept(engine) == 1
    assert load_recogniser(engine).find(its.id) is None
    assert forget_value(engine, "Marie Durand", now=NOW).texts == 1
    assert kept(engine) == 0
