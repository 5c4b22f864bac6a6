"""What is said of a number that the catalogue lacks."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from importers.importer import Source
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.steward.privacy import opt_out
from matcher.catalogue.store.why_missing import why_missing
from matcher.db import open_database
from tests.factories import importer, lookups, raw, siret

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{(tmp_path / 'catalogue.sqlite').as_posix()}")
    path = tmp_path / "annuaire.csv"
    path.write_text("fictif", encoding="utf-8")
    items = [raw("1", siret=siret(1)), raw("2", siret=siret(2))]
    run_import(engine, importer(items), [Source(path)], now=NOW, lookups=lookups())
    yield engine
    engine.dispose()


def test_each_reason_is_told_apart(engine: Engine) -> None:
    opt_out(engine, siret(2), author="Léa", motive="", now=NOW)
    for key in (siret(2), f"siret:{siret(2)}"):
        assert "a demandé à ne plus y figurer" in why_missing(engine, key)
    assert "Aucun annuaire importé ne le liste" in why_missing(engine, siret(3))
    wrong = siret(3)[:-1] + str((int(siret(3)[-1]) + 1) % 10)
    assert "sa clé ne tombe pas juste" in why_missing(engine, wrong)
    assert "C’est un SIREN" in why_missing(engine, siret(3)[:9])
    assert f"(siret:{siret(1)})" in why_missing(engine, siret(1)[:9])
    assert why_missing(engine, "siret:abc") == "« siret:abc » n’est pas dans le catalogue (1 fournisseur)."
    for key in ("abc", "1234"):
        assert why_missing(engine, key).endswith(
            "Un SIRET a quatorze chiffres ; un identifiant commence par « siret: » ou « finess: »."
        )
