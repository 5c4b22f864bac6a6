"""Contact details of today: under the ids that are asked, with their source and its date, never what has left or grown old."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from importers.importer import Item, Source
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.steward.corrections import correct_supplier
from matcher.catalogue.steward.privacy import opt_out
from matcher.catalogue.store.contacts import contact_details, last_signs
from matcher.db import open_database, reading
from matcher.domain.contact_details import ContactDetails, LocatedPoint
from tests.factories import importer, lookups, raw, siret, taking

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{(tmp_path / 'catalogue.sqlite').as_posix()}")
    yield engine
    engine.dispose()


def take(engine: Engine, folder: Path, *items: Item) -> None:
    path = folder / "annuaire.csv"
    path.write_text("fictif", encoding="utf-8")
    run_import(engine, importer(items, "essai"), [Source(path)], now=NOW, lookups=lookups())


def test_details_are_those_of_today_under_the_ids_they_are_asked_by(tmp_path: Path, engine: Engine) -> None:
    take(
        engine,
        tmp_path,
        raw("1", siret=siret(1), finess="590000011", phone="0320000001", as_of="2026-02-01"),
        raw("2", siret=siret(2)),
        raw("3"),
    )
    asked = {f"siret:{siret(1)}", "finess:590000011", "essai:1", f"siret:{siret(2)}", "essai:3", "siret:0", "rien", ""}
    found = contact_details(engine, asked)
    assert set(found) == asked - {"siret:0", "rien", ""}
    assert {key for key, its in found.items() if its.phone} == {f"siret:{siret(1)}", "finess:590000011", "essai:1"}
    assert found["essai:1"] == found[f"siret:{siret(1)}"]
    assert found["essai:1"].phone == "03 20 00 00 01"
    assert found["essai:1"].register == f"https://annuaire-entreprises.data.gouv.fr/etablissement/{siret(1)}"
    assert found["essai:3"].register == ""
    assert found["essai:1"].last_sign == (date(2026, 2, 1), "fiche mise à jour, essai", "essai")
    assert found["essai:3"].last_sign is None
    assert contact_details(engine, asked, date(2030, 1, 1))["essai:1"].phone == ""
    opt_out(engine, siret(1), author="Léa", motive="", now=NOW)
    assert set(contact_details(engine, asked)) == {f"siret:{siret(2)}", "essai:3"}


def test_each_part_says_its_source_and_the_day_of_its_data(tmp_path: Path, engine: Engine) -> None:
    take(
        engine,
        tmp_path,
        raw("1", siret=siret(1), phone="0320000001", address="1 rue Haute", post_code="59600", city="MAUBEUGE"),
    )
    key = f"siret:{siret(1)}"
    correct_supplier(engine, key, {"courriel": ["accueil@example.org"]}, author="Léa", motive="", now=NOW)
    assert contact_details(engine, {key})[key] == ContactDetails(
        siret=siret(1),
        phone="03 20 00 00 01",
        email="accueil@example.org",
        address="1 rue Haute, 59600 MAUBEUGE",
        source="téléphone et adresse : essai, date non connue ; courriel : l’équipe, 1ᵉʳ mars 2026",
        point=LocatedPoint(50.2781, 3.9727, approximate=True),
    )


def test_whom_nothing_dated_tells_of_has_no_sign(engine: Engine, tmp_path: Path) -> None:
    take = taking(engine, tmp_path, datetime(2026, 3, 1, tzinfo=UTC))
    take(raw("1", siret=siret(1), as_of="2021-03-08"), raw("2", siret=siret(2)))
    seen, unseen = f"siret:{siret(1)}", f"siret:{siret(2)}"
    with reading(engine) as connection:
        told = last_signs(connection, [seen, unseen, "rien"])
    assert told == {seen: (date(2021, 3, 8), "fiche mise à jour, essai", "essai")}
