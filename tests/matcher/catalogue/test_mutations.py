"""Spoiled files through the whole intake: a clear refusal or flagged records, never a traceback, never half an import."""

import json
import random
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from importers import REGISTRY
from importers.importer import Scope, Source, SourceError
from matcher.catalogue.intake.attempt import IntakeRefused
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.intake.report import ImportReport
from matcher.db import open_database, reading
from matcher.rows import Base
from tests.engines import ENGINES, digest, own_catalogue
from tests.importers.mutations import LINES, Mutation, bury, renumber, retag, retype
from tests.importers.reading import fixtures, key_of

pytestmark = pytest.mark.slow(reason="it imports each fixture spoiled in sixty ways")

NOW = datetime(2026, 3, 1)  # noqa: DTZ001  # UTC, as intake stores it
MUTATIONS: tuple[Mutation, ...] = (*LINES, retype, bury, retag, renumber)


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One catalogue for all: each import falls upon what the others left."""
    with own_catalogue(request.param, tmp_path_factory.mktemp("essai")) as url:
        engine = open_database(url)
        seed = tmp_path_factory.mktemp("connus") / "connus.csv"
        seed.write_text(
            "\n".join(("Nom;SIRET;Type", *(f"Établissement {n};{n};EI" for n in registered()))), encoding="utf-8"
        )
        run_import(engine, REGISTRY["tableur"], [Source(seed)], now=NOW)
        yield engine
        engine.dispose()


@pytest.fixture(scope="module")
def held() -> dict[Engine, str]:
    """The digest of the catalogue where it is known since the last import, which is then not made twice: it is half of the time."""
    return {}


def registered() -> list[str]:
    """The SIRETs of the fixtures of registers: these read no others than those of the catalogue."""
    files = [path for path in fixtures() if REGISTRY[key_of(path)].scope is Scope.ESTABLISHMENT]
    return sorted({number for path in files for number in re.findall(r"\b\d{14}\b", path.read_text(encoding="utf-8"))})


def test_the_registers_have_suppliers_to_speak_of(engine: Engine, held: dict[Engine, str]) -> None:
    held.clear()
    for path in (path for path in fixtures() if REGISTRY[key_of(path)].scope is Scope.ESTABLISHMENT):
        report = imported(engine, key_of(path), path)
        assert report is not None
        assert report.outcomes.total() > 0


@pytest.mark.parametrize("key", REGISTRY)
@given(seed=st.integers(0, 2**32), mutations=st.lists(st.sampled_from(MUTATIONS), min_size=1, max_size=3))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_spoiled_file_is_refused_whole_or_flagged(
    key: str, engine: Engine, held: dict[Engine, str], tmp_path: Path, seed: int, mutations: list[Mutation]
) -> None:
    if seed % 4 and engine.dialect.name == "postgresql":
        return  # what refuses and flags is the same on each database: a quarter of the examples try its SQL
    chance = random.Random(seed)  # noqa: S311  # no secret
    fixture = chance.choice([path for path in fixtures() if key_of(path) == key])
    data = fixture.read_bytes()
    for mutate in mutations:
        data = mutate(data or b" ", chance)
    path = tmp_path / f"fichier{fixture.suffix}"
    path.write_bytes(data)
    before = held.pop(engine, None) or digest(engine)
    report = imported(engine, key, path)
    if report is None:
        held[engine] = digest(engine)
        assert held[engine] == before
        return
    figures = report.as_dict()
    names = ("created", "updated", "unchanged", "merged", "review", "refused")
    assert figures["read"] == sum(figures[name] for name in names)
    assert sum(reason["count"] for reason in figures["reasons"]) == figures["refused"]
    json.dumps(figures, ensure_ascii=False).encode("utf-8")
    # What is said of an organisation or a winner without a supplier is kept for the one that may come: no supplier changes.
    if not report.changed and REGISTRY[key].scope not in (Scope.ORGANISATION, Scope.AWARD):
        held[engine] = digest(engine)
        assert held[engine] == before
    assert whole(engine)


def imported(engine: Engine, key: str, path: Path) -> ImportReport | None:
    """Import, None where the file is refused in a sentence."""
    try:
        return run_import(engine, REGISTRY[key], [Source(path)], now=NOW)
    except (SourceError, IntakeRefused) as error:
        said = str(error)
    assert path.name in said
    return None


def whole(engine: Engine) -> bool:
    """Whether each supplier has a record and a kind, and each record that has a kind its supplier."""
    names = ("source_record", "supplier", "supplier_kind")
    records, suppliers, kinds = (Base.metadata.tables[name] for name in names)
    with reading(engine) as connection:
        kinded = select(func.count(kinds.c.supplier_id.distinct()))
        waits = records.c.supplier_id.not_in(select(suppliers.c.id)) & records.c.payload.contains('"kinds":')
        lost = connection.execute(select(func.count()).where(waits)).scalar_one()
        joined = connection.execute(
            select(func.count(suppliers.c.id.distinct())).join(records, records.c.supplier_id == suppliers.c.id)
        ).scalar_one()
        held = connection.execute(select(func.count()).select_from(suppliers)).scalar_one()
        return bool(lost == 0 and held == joined == connection.execute(kinded).scalar_one())
