"""Suppliers found as one types."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from matcher.catalogue.store.search import activities_shown, search, suppliers_meant
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.db import open_database
from matcher.domain.kinds import SupplierKind
from matcher.ranking.shelf.shelf import Shelf


@pytest.fixture(scope="module")
def engine(built: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{built.as_posix()}")
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def shelf(engine: Engine) -> Shelf:
    return load_shelf(engine)


def found(engine: Engine, shelf: Shelf, text: str, *kinds: SupplierKind) -> list[str]:
    return [shelf.suppliers[int(row)].name for row in search(engine, shelf, text, kinds).rows]


def test_an_exact_name_comes_before_those_that_hold_it(engine: Engine, shelf: Shelf) -> None:
    assert found(engine, shelf, "ESAT DU CANAL")[0] == "ESAT DU CANAL"
    assert found(engine, shelf, "canal")[0] == "ESAT DU CANAL"


def test_every_word_counts_and_typos_come_last(engine: Engine, shelf: Shelf) -> None:
    here = found(engine, shelf, "maubeuge")
    assert here
    assert set(here) <= set(found(engine, shelf, "maubeuje"))
    assert search(engine, shelf, "traiteur maubeuge").whole is False


def test_a_trade_is_found_in_other_words_than_its_label(engine: Engine, shelf: Shelf) -> None:
    assert set(found(engine, shelf, "tonte de pelouse")) & set(found(engine, shelf, "espaces verts"))


def test_the_beginning_of_a_siret_and_a_siren_find_it(engine: Engine, shelf: Shelf) -> None:
    assert found(engine, shelf, "000101014") == ["LES ATELIERS DES BORDS DE SAMBRE"]
    assert found(engine, shelf, "000 101 014 00017") == ["LES ATELIERS DES BORDS DE SAMBRE"]
    assert found(engine, shelf, "99999999999999") == []


def test_kinds_are_counted_before_they_narrow(engine: Engine, shelf: Shelf) -> None:
    all_kinds = search(engine, shelf, "")
    only = search(engine, shelf, "", [SupplierKind.ESAT])
    assert only.by_kind == all_kinds.by_kind
    assert len(only.rows) == all_kinds.by_kind[SupplierKind.ESAT]
    assert len(all_kinds.rows) == len(shelf)


def test_activities_are_told_declared_first(engine: Engine, shelf: Shelf) -> None:
    row = int(search(engine, shelf, "bords de sambre").rows[0])
    told = activities_shown(shelf.suppliers[row])
    assert told[0][0] is True
    assert "Création et entretien des espaces verts" in told[0][1]
    assert sum(len(labels) for _, labels in told) <= 3


@given(st.text(max_size=200))
def test_whatever_is_typed_finds_rows_of_the_shelf_once_each(engine: Engine, shelf: Shelf, text: str) -> None:
    rows = [int(row) for row in search(engine, shelf, text).rows]
    assert len(rows) == len(set(rows))
    assert all(0 <= row < len(shelf) for row in rows)


def test_a_person_means_one_by_its_number_or_its_very_name_and_may_mean_several_by_less(
    engine: Engine, shelf: Shelf
) -> None:
    (canal,) = suppliers_meant(engine, shelf, "Esat du canal")
    card = shelf.suppliers[canal]
    assert suppliers_meant(engine, shelf, card.id) == (canal,)
    assert suppliers_meant(engine, shelf, f"{card.siret[:9]} {card.siret[9:]}") == (canal,)
    assert canal in suppliers_meant(engine, shelf, "esat cannal")
    assert suppliers_meant(engine, shelf, "xyzzy qwrt") == suppliers_meant(engine, shelf, "  ") == ()
