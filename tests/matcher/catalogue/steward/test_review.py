from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path

import pytest
from sqlalchemy import Engine

from importers.importer import Source, SupplierRecord
from matcher.catalogue.identity.compare import PairVerdict
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.intake.report import ImportReport
from matcher.catalogue.steward.review import Queue, ReviewRefused, decide, pairs, undo_decisions
from matcher.catalogue.steward.rows_without_kind import count_waiting
from matcher.catalogue.store.read import catalogue_version, load_supplier, load_suppliers
from matcher.db import open_database
from tests.factories import importer, lookups, raw, siret
from tests.matcher.catalogue.intake.test_intake import counts, dump

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
SUPPLIER = f"siret:{siret(1)}"
FILES = {
    "essai": [
        raw("1", "ASSOC LES JARDINS DE LA JONQUILLE", siret=siret(1), kind="ACI", address="12 rue des Lilas"),
        raw("2", "ATELIER PROTEGE", siret=siret(2), kind="EA", address="8 avenue du Port"),
    ],
    "feuille": [
        raw("A", "Jardins de la Jonquille", source="feuille", kind="ACI", phone="0327000000"),
        raw("B", "Jardins de la Jonquille", source="feuille", kind="ACI", post_code="62000", city="Arras"),
        raw("C", "Atelier protégé", source="feuille", kind="EA"),
    ],
    "panneau": [raw("x", "LES JARDINS DE LA JONQIULLE", source="panneau", kind="AI", address="12 r des lilas")],
}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{(tmp_path / 'catalogue.sqlite').as_posix()}")
    yield engine
    engine.dispose()


def take(engine: Engine, key: str, folder: Path, items: list[SupplierRecord] | None = None) -> ImportReport:
    path = folder / "f.csv"
    path.write_text("fictif", encoding="utf-8")
    chosen = importer(FILES[key] if items is None else items, key)
    return run_import(engine, chosen, [Source(path)], now=NOW, lookups=lookups(), trust=tuple(FILES))


def suppliers_of(engine: Engine) -> dict[str, str]:
    return {f"{o.source}:{o.ref}": supplier.id for supplier in load_suppliers(engine) for o in supplier.origins}


def test_a_sheet_without_siret_is_merged_kept_apart_or_left_to_a_person(engine: Engine, tmp_path: Path) -> None:
    take(engine, "essai", tmp_path)
    assert counts(take(engine, "feuille", tmp_path)) == {"read": 3, "created": 1, "merged": 1, "review": 1}
    found = suppliers_of(engine)
    assert (found["feuille:A"], found["feuille:B"], found["feuille:C"]) == (SUPPLIER, "feuille:B", "feuille:C")
    merged = load_supplier(engine, SUPPLIER)
    assert merged is not None
    assert [origin.source for origin in merged.origins] == ["essai", "feuille"]
    assert count_waiting(engine) == 1
    (pair,) = pairs(engine)
    assert (pair.one.record.key, pair.other.record.key) == (("feuille", "C"), ("essai", "2"))
    assert pair.evidence.says().startswith("Concordent")
    before = dump(engine)
    assert counts(take(engine, "feuille", tmp_path)) == {"read": 3, "unchanged": 3}
    assert dump(engine) == before


def test_a_decision_is_kept_replayed_and_withdrawn(engine: Engine, tmp_path: Path) -> None:
    take(engine, "essai", tmp_path)
    take(engine, "feuille", tmp_path)
    before = dump(engine)
    number = pairs(engine)[0].number
    version = catalogue_version(engine)
    decide(engine, [str(number)], PairVerdict.SAME, "Camille", NOW)
    assert catalogue_version(engine) == version + 1
    assert suppliers_of(engine)["feuille:C"] == f"siret:{siret(2)}"
    assert pairs(engine) == []
    (decided,) = pairs(engine, Queue.DECIDED)
    assert decided.decision is not None
    assert (decided.number, decided.decision.who, decided.decision.verdict) == (number, "Camille", PairVerdict.SAME)
    take(engine, "essai", tmp_path, [raw("2", "ATELIER PROTEGE", siret=siret(2), kind="EA", address="9 rue Neuve")])
    assert suppliers_of(engine)["feuille:C"] == f"siret:{siret(2)}"
    take(engine, "essai", tmp_path)
    undo_decisions(engine, [str(number)], NOW)
    assert [pair.number for pair in pairs(engine)] == [number]
    told = {"decision", "meta"}
    assert [row for row in dump(engine) if "Camille" not in row and row[0] not in told | {"version"}] == [
        row for row in before if row[0] not in told | {"version"}
    ]


def test_a_merge_can_be_split_and_joined_again(engine: Engine, tmp_path: Path) -> None:
    take(engine, "essai", tmp_path)
    take(engine, "feuille", tmp_path)
    (pair,) = pairs(engine, Queue.MERGED)
    decide(engine, [str(pair.number)], PairVerdict.DIFFERENT, "Camille", NOW)
    assert suppliers_of(engine)["feuille:A"] == "feuille:A"
    supplier = load_supplier(engine, SUPPLIER)
    assert supplier is not None
    assert [origin.source for origin in supplier.origins] == ["essai"]
    assert counts(take(engine, "feuille", tmp_path)) == {"read": 3, "unchanged": 3}
    assert suppliers_of(engine)["feuille:A"] == "feuille:A"
    undo_decisions(engine, [str(pair.number)], NOW)
    assert suppliers_of(engine)["feuille:A"] == SUPPLIER


def test_a_pair_that_another_decision_settled_says_by_what(engine: Engine, tmp_path: Path) -> None:
    twins = [raw(ref, "JONQUILLE SAS", siret=siret(int(ref)), kind="ETTI") for ref in "12"]
    take(engine, "essai", tmp_path, twins)
    take(engine, "feuille", tmp_path, [raw("A", "Jonquille", source="feuille", kind="ETTI")])
    one, other = pairs(engine)
    decided, settled = decide(engine, [str(one.number)], PairVerdict.SAME, "Camille", NOW)
    assert [pair.number for pair in decided] == [one.number]
    assert settled == [other.number]
    with pytest.raises(ReviewRefused, match=f"{other.number} n’est plus à juger : la décision de Camille"):
        decide(engine, [str(other.number)], PairVerdict.SAME, "Camille", NOW)
    undo_decisions(engine, [str(one.number)], NOW)
    assert len(pairs(engine)) == 2


def test_two_sirens_that_nothing_brings_together_are_one_only_if_repeated(engine: Engine, tmp_path: Path) -> None:
    take(engine, "essai", tmp_path)
    before = dump(engine)
    with pytest.raises(ReviewRefused, match=f"SIREN {siret(1)[:9]}.*SIREN {siret(2)[:9]}.*deux organisations"):
        decide(engine, ["essai:1=essai:2"], PairVerdict.SAME, "Camille", NOW)
    assert dump(engine) == before
    decide(engine, ["essai:1=essai:2"], PairVerdict.SAME, "Camille", NOW, across_sirens=True)
    assert suppliers_of(engine)["essai:1"] == suppliers_of(engine)["essai:2"]


def test_two_records_can_be_named_instead_of_a_pair(engine: Engine, tmp_path: Path) -> None:
    take(engine, "essai", tmp_path)
    take(engine, "feuille", tmp_path)
    decide(engine, ["feuille:B=essai:1"], PairVerdict.SAME, "Camille", NOW)
    assert suppliers_of(engine)["feuille:B"] == SUPPLIER
    undo_decisions(engine, ["essai:1=feuille:B"], NOW)
    assert suppliers_of(engine)["feuille:B"] == "feuille:B"


@pytest.mark.parametrize("name", ["99", "feuille:A", "feuille:A=feuille:A", "feuille:A=inconnu:1"])
def test_what_is_no_pair_is_refused_and_nothing_is_written(engine: Engine, tmp_path: Path, name: str) -> None:
    take(engine, "essai", tmp_path)
    take(engine, "feuille", tmp_path)
    before = dump(engine)
    with pytest.raises(ReviewRefused, match=name.partition("=")[0]):
        decide(engine, ["1", name], PairVerdict.DIFFERENT, "Camille", NOW)
    with pytest.raises(ReviewRefused, match="Rien n’a été décidé"):
        undo_decisions(engine, ["1"], NOW)
    assert dump(engine) == before


def test_the_order_of_imports_does_not_matter(tmp_path: Path) -> None:
    catalogues = set()
    for rank, order in enumerate(permutations(FILES)):
        engine = open_database(f"sqlite:///{(tmp_path / f'{rank}.sqlite').as_posix()}")
        for key in order:
            take(engine, key, tmp_path)
        rows = [row for row in dump(engine) if not isinstance(row[0], int)]  # numbers of pairs tell the order
        told = sorted(
            (p.one.record.key, p.other.record.key, p.evidence.says()) for q in Queue for p in pairs(engine, q)
        )
        catalogues.add(repr((rows, told)))
        engine.dispose()
    assert len(catalogues) == 1
