"""Three hundred suppliers of one town: a trade declared in the marché's former layout beats one inferred from a NAF code, which beats none."""

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from importers import REGISTRY
from importers.importer import Source
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.db import open_database
from matcher.domain.reading import Lot, RawPlace
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.engine import Ranking, rank
from matcher.reading.reader import read
from tests.factories import siret

NOW = datetime(2026, 11, 1, tzinfo=UTC)
EACH = 100
GREEN, NAF_OF_GREEN = "Création et entretien des espaces verts", "8130Z"
FORMER = json.loads((Path(__file__).parents[2] / "fixtures/importers/marche_ancien.json").read_text(encoding="utf-8"))[
    0
]
EMPLOIS = json.loads((Path(__file__).parents[2] / "fixtures/importers/emplois_marche.json").read_text(encoding="utf-8"))


def known(number: int, naf: str) -> dict[str, object]:
    """A supplier as Les emplois gives it: all in Amiens, all of one kind."""
    place = {"post_code": "80000", "city": "Amiens", "department": "80", "latitude": 49.8987, "longitude": 2.2847}
    every = EMPLOIS if isinstance(EMPLOIS, list) else EMPLOIS["results"]
    return (
        every[0]
        | place
        | {
            "id": number,
            "siret": siret(number),
            "kind": "EI",
            "name": f"Structure {number}",
            "brand": "",
            "naf": naf,
            "website": "",
            "description": "",
        }
    )


def declared(number: int) -> dict[str, object]:
    """The same supplier in the former layout of the marché, with its sectors."""
    return FORMER | {
        "id": 90_000 + number,
        "siret": siret(number),
        "name": f"Structure {number}",
        "kind": "EI",
        "sectors": [GREEN],
    }


@pytest.fixture(scope="module")
def ranking(tmp_path_factory: pytest.TempPathFactory) -> Ranking:
    folder = tmp_path_factory.mktemp("declares")
    engine = open_database(f"sqlite:///{(folder / 'catalogue.sqlite').as_posix()}")
    emplois = [known(number, NAF_OF_GREEN if EACH <= number < 2 * EACH else "8899B") for number in range(3 * EACH)]
    for key, items in (("emplois", emplois), ("marche", [declared(number) for number in range(EACH)])):
        path = folder / f"{key}.json"
        path.write_text(json.dumps(items, ensure_ascii=False), encoding="utf-8")
        report = run_import(engine, REGISTRY[key], [Source(path)], now=NOW)
        assert report.as_dict()["refused"] == 0
    shelf = load_shelf(engine)
    engine.dispose()
    assert len(shelf) == 3 * EACH
    lot = Lot("Entretien des espaces verts de la ville", lieux=(RawPlace("Amiens"),))
    return rank(LotOnShelf(read(lot), shelf, NOW.date()))


def numbers(ranking: Ranking) -> list[int]:
    names = (ranking.ask.shelf.suppliers[int(row)].name for row in ranking.best(3 * EACH))
    return [int(name.removeprefix("Structure ")) for name in names]


def test_declared_then_inferred_then_unknown(ranking: Ranking) -> None:
    found = numbers(ranking)
    assert {number // EACH for number in found[:EACH]} == {0}, "declared"
    assert {number // EACH for number in found[EACH : 2 * EACH]} == {1}, "inferred from the NAF code"
    assert {number // EACH for number in found[2 * EACH :]} == {2}, "unknown"


def test_only_the_activity_tells_them_apart(ranking: Ranking) -> None:
    apart = {signal.key for signal, _ in ranking.weights if np.unique(ranking.of(signal)).size > 1}
    assert "activity" in apart
    assert apart <= {"activity", "wording"}, "a sector declared is also words of the record"
