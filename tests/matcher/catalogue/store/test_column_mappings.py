"""What is said of columns is kept by kind of sheet and header; the last word stands, and it leaves with a value that it holds."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from matcher.catalogue.steward.privacy import forget_value
from matcher.catalogue.store.column_mappings import remember_columns, remembered_columns
from matcher.db import open_database

NOW = datetime(2026, 11, 27, 10, tzinfo=UTC)
NAMES = ("Qui", "Où")


@pytest.fixture
def engine(built: Path, tmp_path: Path) -> Iterator[Engine]:
    opened = open_database(f"sqlite:///{shutil.copy(built, tmp_path)}")
    yield opened
    opened.dispose()


def test_the_last_word_on_a_header_stands_in_its_kind_of_sheet_alone(engine: Engine) -> None:
    remember_columns(engine, "sites", {NAMES: {"Qui": "nom"}}, now=NOW)
    remember_columns(engine, "sites", {NAMES: {"Qui": "nom", "Où": "lieu"}}, now=NOW)
    assert remembered_columns(engine, "sites").of(("Où", "Qui")) == {"Qui": "nom", "Où": "lieu"}
    assert remembered_columns(engine, "achats").of(NAMES) == {}


def test_a_title_that_holds_a_forgotten_value_is_no_longer_kept(engine: Engine) -> None:
    names = ("Structure", "Suivi par lea.exemple@clauses.example")
    remember_columns(engine, "sites", {names: {names[1]: "nom"}}, now=NOW)
    forget_value(engine, "lea.exemple@clauses.example", now=NOW)
    assert remembered_columns(engine, "sites").remembered == {}
