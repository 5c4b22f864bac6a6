"""One contract for every directory and every publisher of notices: no network, no leftover column, unique references, golden records, determinism.

After a wanted change, `ENTREMISE_GOLDEN=write pytest tests/importers/test_contract.py` rewrites the golden files: read the diff.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import MISSING, asdict, fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from importers import REGISTRY
from importers.importer import (
    AwardRecord,
    Importer,
    Item,
    RefusedRow,
    Remark,
    Scope,
    Source,
    SourceError,
    SupplierRecord,
)
from importers.notices import NOTICES
from importers.notices.importer import NoticeImporter, NoticeRecord
from tests.importers.reading import awards, fixtures, items_of_fixture, key_of, notice_fixtures, records, remarks

KINDS = {
    SupplierRecord: "record",
    AwardRecord: "award",
    NoticeRecord: "notice",
    RefusedRow: "refused",
    Remark: "remark",
}
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
each_source = pytest.mark.parametrize(
    "importer",
    [*REGISTRY.values(), *NOTICES.values()],
    ids=lambda importer: f"{type(importer).__name__}-{importer.key}",
)
each_notice_fixture = pytest.mark.parametrize(
    ("key", "fixture"), [pytest.param(key, path, id=f"{key}-{path.name}") for key, path in notice_fixtures()]
)


@each_source
def test_declaration_is_complete_and_in_french(importer: Importer | NoticeImporter) -> None:
    assert importer in (REGISTRY.get(importer.key), NOTICES.get(importer.key))
    for text in (importer.title, importer.publisher, importer.licence, importer.obtain, importer.holds):
        assert len(text) > 2
        assert "'" not in text, "l’apostrophe typographique est de règle"
    assert importer.url.startswith("https://") or importer.key == "tableur"
    assert isinstance(importer, NoticeImporter) or importer.at_least >= 0


def test_every_source_has_a_fixture_and_every_fixture_a_source() -> None:
    assert {key_of(fixture) for fixture in fixtures()} == set(REGISTRY)
    assert {key for key, _ in notice_fixtures()} == set(NOTICES)


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


@each_notice_fixture
def test_notices_are_unique_and_their_lots_say_what_is_bought(key: str, fixture: Path) -> None:
    found = [item for item in NOTICES[key].read(fixture) if isinstance(item, NoticeRecord)]
    assert found or "INVALID" in fixture.name
    assert len({notice.source_ref for notice in found}) == len(found)
    for notice in found:
        assert notice.source == key
        assert notice.source_ref
        assert notice.line >= 1
        assert notice.nature
        assert notice.text or notice.title or notice.lots
        assert all(lot.number and (lot.title or lot.description) for lot in notice.lots)
        assert len(set(notice.unread)) == len(notice.unread)


@each_fixture
def test_no_person_enters(fixture: Path) -> None:
    _no_person(items_of_fixture(fixture))


@each_notice_fixture
def test_no_person_enters_with_a_notice(key: str, fixture: Path) -> None:
    _no_person([*NOTICES[key].read(fixture)])


def _no_person(items: Sequence[Item | NoticeRecord]) -> None:
    said = json.dumps([asdict(item) for item in items], ensure_ascii=False)
    assert "Camille" not in said, "le nom ou l’adresse d’une personne est entré"


@each_fixture
def test_golden_records_and_determinism(fixture: Path) -> None:
    items = items_of_fixture(fixture)
    assert items == items_of_fixture(fixture)
    _as_golden(items, fixture.with_name(f"{fixture.name}.golden.json"))


@each_notice_fixture
def test_golden_notices_and_determinism(key: str, fixture: Path) -> None:
    items = [*NOTICES[key].read(fixture)]
    assert items == [*NOTICES[key].read(fixture)]
    _as_golden(items, fixture.with_name(f"{fixture.name}.avis.golden.json"))


def _as_golden(items: Sequence[Item | NoticeRecord], golden: Path) -> None:
    lines = ",\n".join(json.dumps(_shown(item), ensure_ascii=False) for item in items)
    text = f"[\n{lines}\n]\n"
    if os.environ.get("ENTREMISE_GOLDEN") == "write":
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def _shown(item: Item | NoticeRecord) -> dict[str, object]:
    return {"item": KINDS[type(item)], **_told(item)}


def _told(item: Any) -> Any:
    """What an item says beyond what it says by default, the items in it too."""
    if isinstance(item, tuple):
        return [_told(each) for each in item]
    if not is_dataclass(item):
        return item
    defaults = {field.name: field.default for field in fields(item) if field.default is not MISSING}
    held = {field.name: getattr(item, field.name) for field in fields(item)}
    return {name: _told(value) for name, value in held.items() if value != defaults.get(name)}


@each_source
def test_a_missing_file_is_said(importer: Importer | NoticeImporter, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"« absent\.csv » : le fichier est introuvable"):
        _read(importer, tmp_path / "absent.csv")


def _read(importer: Importer | NoticeImporter, path: Path) -> list[Item | NoticeRecord]:
    return [*(importer.read(path) if isinstance(importer, NoticeImporter) else importer.read(Source(path)))]


def _mutations() -> st.SearchStrategy[bytes]:
    """Any bytes, and real fixtures cut, joined or spoiled in the middle."""
    paths = [*fixtures(), *(path for _, path in notice_fixtures())]
    contents = st.sampled_from([path.read_bytes() for path in dict.fromkeys(paths)])
    cut = st.tuples(contents, st.floats(0, 1)).map(lambda pair: pair[0][: int(len(pair[0]) * pair[1])])
    spoiled = st.tuples(cut, st.binary(max_size=8), contents).map(b"".join)
    return st.one_of(st.binary(max_size=200), contents, cut, spoiled)


@each_source
@given(data=_mutations())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_give_items_or_a_source_error(
    importer: Importer | NoticeImporter, data: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "fichier.csv"
    path.write_bytes(data)
    items = _items_or_error(importer, path)
    if isinstance(items, SourceError):
        assert str(items).startswith("« fichier.csv »")
        return
    assert all(type(item) in KINDS for item in items)
    references = [item.source_ref for item in items if not isinstance(item, RefusedRow | Remark)]
    assert len(set(references)) == len(references)
    json.dumps([asdict(item) for item in items], ensure_ascii=False).encode("utf-8")


def _items_or_error(importer: Importer | NoticeImporter, path: Path) -> list[Item | NoticeRecord] | SourceError:
    try:
        return _read(importer, path)
    except SourceError as error:
        return error
