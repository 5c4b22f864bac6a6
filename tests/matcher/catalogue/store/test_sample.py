"""The invented sample: which catalogue opens by default, and what bears that it is the sample."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from importers import REGISTRY
from importers.importer import Source
from importers.notices import NOTICES
from matcher.catalogue.intake.attempt import IntakeRefused
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.steward.corrections import add_supplier
from matcher.catalogue.steward.stated_record import CorrectionRefused
from matcher.catalogue.store.read import first_sites
from matcher.catalogue.store.sample import (
    SAMPLE_AREA,
    SAMPLE_NOTICE,
    chosen_url,
    holds_anything,
    is_invented,
    mark_sample,
    notice_of,
)
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.db import open_database, reading, writing
from matcher.notices.intake import take_notice_files
from matcher.reference.geography.territories import departement_of, region
from matcher.settings import DATABASE_VARIABLE, database_url, sample_url

NOW = datetime(2026, 12, 1, tzinfo=UTC)


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


def test_the_suppliers_of_the_sample_have_invented_numbers_and_one_region(built: Path) -> None:
    engine = open_database(f"sqlite:///{built.as_posix()}")
    ids = set(load_shelf(engine).ids)
    assert all(map(is_invented, ids))
    assert not any(map(is_invented, ("siret:21590392300013", "siren:215903923", "finess:590000000")))
    places = (departement_of(site.insee) for site in first_sites(engine, ids).values())
    (only,) = {place.region for place in places if place}
    assert (its := region(only)) is not None
    assert f"ne couvre que les {its.name}" in SAMPLE_AREA
    engine.dispose()


def test_nothing_real_enters_the_sample(engine: Engine, tmp_path: Path) -> None:
    with writing(engine) as connection:
        mark_sample(connection)
    sheet = tmp_path / "structures.csv"
    sheet.write_text("Nom;Type;Commune\nAtelier;ESAT;Maubeuge\n", encoding="utf-8")
    source, notice = Source(sheet), tmp_path / "avis.txt"
    assert run_import(engine, REGISTRY["tableur"], [source], now=NOW, dry_run=True).read == 1
    with pytest.raises(IntakeRefused, match="ne reçoit rien d’autre"):
        run_import(engine, REGISTRY["tableur"], [source], now=NOW)
    with pytest.raises(IntakeRefused, match="ne reçoit rien d’autre"):
        take_notice_files(engine, NOTICES["avis"], [notice], now=NOW)
    said = {"nom": ["Atelier"], "type": ["ESAT"], "commune": ["Maubeuge"]}
    with pytest.raises(CorrectionRefused, match="ne reçoit rien d’autre"):
        add_supplier(engine, said, author="Léa", motive="", now=NOW)
    with reading(engine) as connection:
        assert not holds_anything(connection)
    assert run_import(engine, REGISTRY["tableur"], [source], now=NOW, invented=True).changed
