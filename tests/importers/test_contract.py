"""One contract for every directory: no network, no leftover column, unique references, golden records, determinism.

After a wanted change, `ENTREMISE_GOLDEN=write pytest tests/importers/test_contract.py` rewrites the golden files: read the diff.
"""

import json
import os
from dataclasses import MISSING, asdict, fields
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importers import REGISTRY
from importers.importer import Scope, Source, SourceError
from importers.record import AwardRecord, Item, RefusedRow, Remark, SupplierRecord
from tests.importers.reading import awards, fixtures, items_of_fixture, key_of, records, remarks

VOCABULARIES = {"marche-secteur", "marche-groupe", "hosmoz", "rome", "libre"}
each_fixture = pytest.mark.parametrize("fixture", fixtures(), ids=lambda path: path.name)
of_awards = {key for key, importer in REGISTRY.items() if importer.scope is Scope.AWARD}
each_supplier_fixture = pytest.mark.parametrize(
    "fixture", [path for path in fixtures() if key_of(path) not in of_awards], ids=lambda path: path.name
)
each_award_fixture = pytest.mark.parametrize(
    "fixture", [path for path in fixtures() if key_of(path) in of_awards], ids=lambda path: path.name
)
each_key = pytest.mark.parametrize("key", REGISTRY)


@each_key
def test_declaration_is_complete_and_in_french(key: str) -> None:
    importer = REGISTRY[key]
    assert importer.key == key
    for text in (importer.title, importer.publisher, importer.licence, importer.obtain, importer.holds):
        assert len(text) > 2
        assert "'" not in text, "l’apostrophe typographique est de règle"
    assert importer.url.startswith("https://") or key == "tableur"
    assert importer.at_least >= 0
    assert any(key_of(fixture) == key for fixture in fixtures()), "il faut une fixture par annuaire"


def test_every_fixture_belongs_to_a_directory() -> None:
    assert {key_of(fixture) for fixture in fixtures()} == set(REGISTRY)


@each_fixture
def test_no_column_is_left_over(fixture: Path) -> None:
    assert [remark for remark in remarks(items_of_fixture(fixture)) if "inconnue" in remark.message] == []


@each_supplier_fixture
def test_references_are_unique_and_records_can_be_suppliers(fixture: Path) -> None:
    found = records(items_of_fixture(fixture))
    assert found
    assert len({record.source_ref for record in found}) == len(found)
    for record in found:
        assert record.source == key_of(fixture)
        assert record.source_ref
        assert record.name or record.siret or record.siren or record.finess
        assert record.line >= 1
        assert bool(record.x) == bool(record.y) == bool(record.projection)
        assert record.active in {"", "oui", "non"}
        assert {claim.vocabulary for claim in record.claims} <= VOCABULARIES
        assert all(claim.text for claim in record.claims)


@each_award_fixture
def test_awards_are_unique_and_say_who_won_what(fixture: Path) -> None:
    items = items_of_fixture(fixture)
    found = awards(items)
    assert found
    assert records(items) == []
    assert len({award.source_ref for award in found}) == len(found)
    for award in found:
        assert award.source == key_of(fixture)
        assert award.line >= 1
        assert award.winner
        assert award.objet or award.cpv


@each_fixture
def test_no_person_enters(fixture: Path) -> None:
    said = json.dumps([asdict(item) for item in items_of_fixture(fixture)], ensure_ascii=False)
    assert "Camille" not in said, "le nom ou l’adresse d’une personne est entré"


@each_fixture
def test_golden_records_and_determinism(fixture: Path) -> None:
    items = items_of_fixture(fixture)
    assert items == items_of_fixture(fixture)
    golden = fixture.with_name(f"{fixture.name}.golden.json")
    lines = ",\n".join(json.dumps(_shown(item), ensure_ascii=False) for item in items)
    text = f"[\n{lines}\n]\n"
    if os.environ.get("ENTREMISE_GOLDEN") == "write":
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def _shown(item: Item) -> dict[str, object]:
    kind = {SupplierRecord: "record", AwardRecord: "award", RefusedRow: "refused", Remark: "remark"}[type(item)]
    defaults = {field.name: field.default for field in fields(item) if field.default is not MISSING}
    values = {name: value for name, value in asdict(item).items() if value != defaults.get(name)}
    return {"item": kind, **values}


@each_key
def test_a_missing_file_is_said(key: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"« absent\.csv » : le fichier est introuvable"):
        list(REGISTRY[key].read(Source(tmp_path / "absent.csv")))


def _mutations() -> st.SearchStrategy[bytes]:
    """Any bytes, and real fixtures cut, joined or spoiled in the middle."""
    contents = st.sampled_from([fixture.read_bytes() for fixture in fixtures()])
    cut = st.tuples(contents, st.floats(0, 1)).map(lambda pair: pair[0][: int(len(pair[0]) * pair[1])])
    spoiled = st.tuples(cut, st.binary(max_size=8), contents).map(b"".join)
    return st.one_of(st.binary(max_size=200), contents, cut, spoiled)


@each_key
@given(data=_mutations())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_give_items_or_a_source_error(key: str, data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "fichier.csv"
    path.write_bytes(data)
    items = _items_or_error(key, path)
    if isinstance(items, SourceError):
        assert str(items).startswith("« fichier.csv »")
        return
    assert all(isinstance(item, SupplierRecord | AwardRecord | RefusedRow | Remark) for item in items)
    references = [record.source_ref for record in [*records(items), *awards(items)]]
    assert len(set(references)) == len(references)
    json.dumps([asdict(item) for item in items], ensure_ascii=False).encode("utf-8")


def _items_or_error(key: str, path: Path) -> list[Item] | SourceError:
    try:
        return list(REGISTRY[key].read(Source(path)))
    except SourceError as error:
        return error
