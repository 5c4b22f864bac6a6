"""The invented sample: which catalogue opens by default, and what bears that it is the sample."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import Engine

from matcher.catalogue.store.sample import SAMPLE_NOTICE, chosen_url, holds_anything, mark_sample, notice_of
from matcher.db import open_database, reading, writing
from matcher.settings import DATABASE_VARIABLE, database_url, sample_url


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of one's own, where nothing is yet."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv(DATABASE_VARIABLE, raising=False)
    folder = tmp_path / "entremise"
    folder.mkdir()
    return folder


def test_the_sample_opens_while_the_catalogue_of_the_data_folder_is_absent_or_empty(home: Path, built: Path) -> None:
    assert chosen_url() == database_url()
    shutil.copy(built, home / "exemple.sqlite")
    assert chosen_url() == sample_url()
    (home / "catalogue.sqlite").touch()
    assert chosen_url() == sample_url()
    open_database(database_url()).dispose()
    assert chosen_url() == sample_url()
    shutil.copy(built, home / "catalogue.sqlite")
    assert chosen_url() == database_url()
    (home / "catalogue.sqlite").write_text("ce n’est pas une base, que qui l’ouvre le dise")
    assert chosen_url() == database_url()


def test_a_catalogue_that_is_named_is_the_one_that_opens(
    home: Path, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(built, home / "exemple.sqlite")
    assert chosen_url("sqlite:///autre.sqlite") == "sqlite:///autre.sqlite"
    monkeypatch.setenv(DATABASE_VARIABLE, "sqlite:///equipe.sqlite")
    assert chosen_url() == "sqlite:///equipe.sqlite"


def test_a_catalogue_bears_that_it_is_the_sample_once_it_is_marked(engine: Engine) -> None:
    with reading(engine) as connection:
        assert not holds_anything(connection)
    assert notice_of(engine) == ""
    for _ in range(2):
        with writing(engine) as connection:
            mark_sample(connection)
    assert notice_of(engine) == SAMPLE_NOTICE
    with reading(engine) as connection:
        assert not holds_anything(connection)
