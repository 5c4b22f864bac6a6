"""Spoiled files through the whole intake: a clear refusal or flagged records, never a traceback, never half an import."""

import json
import random
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from importers import REGISTRY
from importers.importer import Scope, Source, SourceError
from matcher.catalogue.intake.intake import IntakeRefused, run_import
from matcher.catalogue.intake.report import ImportReport
from matcher.db import open_database, reading
from matcher.rows import Base
from tests.engines import ENGINES, digest, own_catalogue
from tests.importers.reading import fixtures, key_of

pytestmark = pytest.mark.slow(reason="it imports each fixture spoiled in sixty ways")

NOW = datetime(2026, 3, 1)  # noqa: DTZ001  # UTC, as intake stores it
ODD = (
    b"\x00",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b'"',
    b"\r",
    b";;;;",
    b"\\ud800",
    b"\\u0000",
    b"1e999",
    b"NaN",
    b"\x85",
    b"{",
)
ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "mac-roman")

Mutation = Callable[[bytes, random.Random], bytes]


def flip(data: bytes, chance: random.Random) -> bytes:
    """A few bytes changed."""
    spoiled = bytearray(data)
    for _ in range(chance.randint(1, 12)):
        spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
    return bytes(spoiled)


def strew(data: bytes, chance: random.Random) -> bytes:
    """Words that programs trip over, put anywhere."""
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data))
        data = data[:at] + chance.choice(ODD) + data[at:]
    return data


def move_columns(data: bytes, chance: random.Random) -> bytes:
    """Cells in another order, the same on every line or not."""
    delimiter = max((b";", b",", b"\t", b"|"), key=data.count)
    lines = data.split(b"\n")
    order = list(range(lines[0].count(delimiter) + 1))
    chance.shuffle(order)
    moved = []
    for line in lines:
        cells = line.split(delimiter)
        if chance.random() < 0.1:
            chance.shuffle(order)
        moved.append(delimiter.join(cells[rank] for rank in order if rank < len(cells)))
    return b"\n".join(moved)


def cut_rows(data: bytes, chance: random.Random) -> bytes:
    """Lines lost, repeated, cut, in another order; the end of the file lost."""
    lines = data.split(b"\n")
    kept = []
    for line in lines:
        kept += [line] * chance.choice((0, 1, 1, 1, 1, 1, 2))
        if kept and chance.random() < 0.1:
            kept[-1] = kept[-1][: chance.randint(0, len(line))]
    if chance.random() < 0.3:
        chance.shuffle(kept)
    whole = b"\n".join(kept)
    return whole[: chance.randint(0, len(whole))] if chance.random() < 0.3 else whole


def mix_encodings(data: bytes, chance: random.Random) -> bytes:
    """Each part of the file in an encoding of its own."""
    text = data.decode("utf-8", errors="replace")
    at = chance.randint(0, len(text))
    return b"".join(part.encode(chance.choice(ENCODINGS), errors="replace") for part in (text[:at], text[at:]))


def retype(data: bytes, chance: random.Random) -> bytes:
    """JSON values of other types than expected; another file is left as it is."""
    try:
        document = json.loads(data)
    except ValueError:
        return data
    odd = (None, True, -1, 1e300, [], {}, [[]], {"a": [1]}, "\ud800", "\x00", "x" * 5000, 10**30)

    def spoil(value: object) -> object:
        if chance.random() < 0.04:
            return chance.choice(odd)
        if isinstance(value, dict):
            return {key: spoil(inner) for key, inner in value.items()}
        return [spoil(inner) for inner in value] if isinstance(value, list) else value

    return json.dumps(spoil(document)).encode()


MUTATIONS: tuple[Mutation, ...] = (flip, strew, move_columns, cut_rows, mix_encodings, retype)


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


def registered() -> list[str]:
    """The SIRETs of the fixtures of registers: these read no others than those of the catalogue."""
    files = [path for path in fixtures() if REGISTRY[key_of(path)].scope is Scope.ESTABLISHMENT]
    return sorted({number for path in files for number in re.findall(r"\b\d{14}\b", path.read_text(encoding="utf-8"))})


def test_the_registers_have_suppliers_to_speak_of(engine: Engine) -> None:
    for path in (path for path in fixtures() if REGISTRY[key_of(path)].scope is Scope.ESTABLISHMENT):
        report = imported(engine, key_of(path), path)
        assert report is not None
        assert report.outcomes.total() > 0


@pytest.mark.parametrize("key", REGISTRY)
@given(seed=st.integers(0, 2**32), mutations=st.lists(st.sampled_from(MUTATIONS), min_size=1, max_size=3))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_spoiled_file_is_refused_whole_or_flagged(
    key: str, engine: Engine, tmp_path: Path, seed: int, mutations: list[Mutation]
) -> None:
    chance = random.Random(seed)  # noqa: S311  # no secret
    fixture = chance.choice([path for path in fixtures() if key_of(path) == key])
    data = fixture.read_bytes()
    for mutate in mutations:
        data = mutate(data or b" ", chance)
    path = tmp_path / f"fichier{fixture.suffix}"
    path.write_bytes(data)
    before = digest(engine)
    report = imported(engine, key, path)
    if report is None:
        assert digest(engine) == before
        return
    figures = report.as_dict()
    names = ("created", "updated", "unchanged", "merged", "review", "refused")
    assert figures["read"] == sum(figures[name] for name in names)
    assert sum(reason["count"] for reason in figures["reasons"]) == figures["refused"]
    json.dumps(figures, ensure_ascii=False).encode("utf-8")
    # What is said of an organisation or a winner without a supplier is kept for the one that may come: no supplier changes.
    if not report.changed and REGISTRY[key].scope not in (Scope.ORGANISATION, Scope.AWARD):
        assert digest(engine) == before
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
