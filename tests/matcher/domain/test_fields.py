"""One contract for every field that sources give: from the cell of a sheet to what is shown, exported, corrected and forgotten."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from importers.formats.columns import sheet_fields
from importers.importer import SupplierRecord
from matcher.catalogue.identity.records import CleanRecord, from_payload, to_payload
from matcher.catalogue.intake.clean_record import REPORTED, clean_records
from matcher.catalogue.steward.corrections import correct_supplier
from matcher.catalogue.steward.document import fiche_object
from matcher.catalogue.steward.export import CSV_COLUMNS, supplier_object
from matcher.catalogue.steward.privacy import forget_value
from matcher.catalogue.steward.readings import read_fiche
from matcher.catalogue.store.read import find_supplier
from matcher.db import open_database
from matcher.domain.fields import FIELD, FIELDS, VALUE_FIELDS, SupplierField, SupplierValues, ValueKind, is_known
from matcher.domain.supplier import Supplier
from matcher.web.catalogue.supplier import EDITS
from matcher.web.catalogue.supplier_lines import lines
from tests.factories import Take, lookups, raw, siret, taking

NOW = datetime(2026, 11, 24, tzinfo=UTC)
KEY = siret(1)
# What a source writes of a kind of value, and what the team writes after it.
SAID = {
    ValueKind.TEXT: ("Deux équipes", "Trois équipes"),
    ValueKind.LONG_TEXT: ("Nous entretenons.", "Nous nettoyons."),
    ValueKind.LIST: ("ISO 9001 ; Qualiopi", "RSEi"),
    ValueKind.NUMBER: ("12 ETP", "32"),
    ValueKind.EUROS: ("350 k€", "120 000 €"),
    ValueKind.YES_NO: ("oui", "non"),
    ValueKind.AREA: ("Nord", "Hauts-de-France"),
    ValueKind.NAF: ("8130Z", "8121Z"),
    ValueKind.HEADCOUNT: ("12", "21"),
}
every_field = pytest.mark.parametrize("field", VALUE_FIELDS, ids=lambda field: field.name)
WORDED = (ValueKind.TEXT, ValueKind.LONG_TEXT, ValueKind.LIST, ValueKind.AREA)
every_stated = pytest.mark.parametrize("field", [one for one in VALUE_FIELDS if one.champ], ids=lambda one: one.name)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_database(f"sqlite:///{(tmp_path / 'c.sqlite').as_posix()}")
    yield opened
    opened.dispose()


@pytest.fixture
def take(engine: Engine, tmp_path: Path) -> Take:
    return taking(engine, tmp_path, NOW.replace(tzinfo=None))


def supplier(engine: Engine) -> Supplier:
    found = find_supplier(engine, KEY)
    assert found is not None
    return found


def test_the_table_and_the_types_have_the_same_fields() -> None:
    beside = {field.beside for field in FIELDS} - {""}
    assert {value.name for value in fields(SupplierValues)} == {field.name for field in VALUE_FIELDS} | beside
    assert {field.name for field in VALUE_FIELDS} <= {value.name for value in fields(SupplierRecord)}
    assert all(field.merge for field in VALUE_FIELDS)
    champs = [field.champ for field in FIELDS if field.champ]
    assert len(champs) == len(set(champs))
    assert all(field.champ for field in FIELDS if field.filter), "a filter has the name of its field in an address"


@every_stated
def test_a_field_that_a_person_states_has_a_form_and_a_column_of_a_sheet(field: SupplierField) -> None:
    assert [one.champ for one in EDITS[field.champ]] == [field.champ]
    column = sheet_fields("fournisseurs")[field.name]
    assert column.all or field.kind is not ValueKind.LIST


@every_field
def test_a_field_is_kept_with_its_origin_and_given_back(field: SupplierField, take: Take, engine: Engine) -> None:
    take(raw("1", siret=KEY, **{field.name: SAID[field.kind][0]}))
    found = supplier(engine)
    (record,) = clean_records([raw("1", siret=KEY, **{field.name: SAID[field.kind][0]})], lookups())
    assert is_known(getattr(found, field.name))
    assert [getattr(found, name) for name in field.names] == [getattr(record, name) for name in field.names]
    assert found.provenance is not None
    assert found.provenance[field.name].source == "essai"
    assert from_payload(to_payload(record)) == record
    assert (field.name in supplier_object(found)) == field.public
    fiche = read_fiche(engine, KEY)
    assert fiche is not None
    assert field.public or field.name not in {told["field"] for told in fiche_object(fiche, ())["fields"]}
    columns = {column.name: column.value for column in CSV_COLUMNS}
    assert not field.column or columns[field.heading](found)


UNREADABLE = (ValueKind.NUMBER, ValueKind.EUROS, ValueKind.YES_NO)


@pytest.mark.parametrize("field", [one for one in VALUE_FIELDS if one.kind in UNREADABLE], ids=lambda one: one.name)
def test_what_is_not_read_is_a_doubt_of_its_field_alone(field: SupplierField) -> None:
    (record,) = clean_records([raw("1", siret=KEY, **{field.name: "peut-être"})], lookups())
    assert field.label in " ".join(record.flags)
    assert not is_known(getattr(record, field.name))
    doubted = [
        one.field.name
        for one in REPORTED.values()
        if not one.flags.isdisjoint(record.flags) and one.field.kind in UNREADABLE
    ]
    assert doubted == ([field.name] if field.asked else [])


@every_stated
def test_a_field_is_shown_corrected_and_shown_again(field: SupplierField, take: Take, engine: Engine) -> None:
    take(raw("1", siret=KEY, **{field.name: SAID[field.kind][0]}))
    shown = []
    for written in (None, SAID[field.kind][1]):
        if written:
            correct_supplier(engine, KEY, {field.champ: [written]}, author="Moi", motive="", now=NOW, lookups=lookups())
        fiche = read_fiche(engine, KEY)
        assert fiche is not None
        (line,) = (line for line in lines(fiche) if line.edit == field.champ)
        assert line.label == field.heading
        assert all(value.notes for value in line.values)
        shown.append([value.words for value in line.values])
    assert all(shown)
    assert shown[0] != shown[1]


@pytest.mark.parametrize(
    "field", [field for field in VALUE_FIELDS if field.kind in WORDED], ids=lambda field: field.name
)
def test_what_a_person_may_be_named_in_forgets_her(field: SupplierField, take: Take, engine: Engine) -> None:
    take(raw("1", siret=KEY, **{field.name: "Jeanne Fictive"}))
    assert field.personal
    forget_value(engine, "Jeanne Fictive", now=NOW.replace(tzinfo=None))
    assert not is_known(getattr(supplier(engine), field.name))


@pytest.mark.parametrize("value", [True, False, None])
def test_a_filter_by_yes_or_no_keeps_who_says_yes(value: bool | None) -> None:
    record = CleanRecord("essai", "1", active=value)
    assert SupplierField("active", "convention", ValueKind.YES_NO, filter="conventionnés").passes(record) is (
        value is True
    )


def test_a_filter_by_a_value_keeps_who_has_one_that_was_understood() -> None:
    assert FIELD["turnover"].passes(CleanRecord("essai", "1", turnover=0.0))
    assert not FIELD["turnover"].passes(CleanRecord("essai", "1"))
    area = FIELD["area"]
    assert area.passes(CleanRecord("essai", "1", area="Nord", area_codes=("dep:59",)))
    assert not area.passes(CleanRecord("essai", "1", area="partout et nulle part"))


def test_nothing_said_is_nothing_known() -> None:
    assert not any(is_known(getattr(CleanRecord("essai", "1"), name)) for field in VALUE_FIELDS for name in field.names)


@pytest.mark.parametrize(
    ("value", "written", "words"),
    [(10.5, "10.5", "10,5"), (10.25, "10,25", "10,25"), (12.0, "12 ETP", "12 ETP"), (10.0, "10-15", "10-15")],
)
def test_a_bare_number_is_written_in_french(value: float, written: str, words: str) -> None:
    assert FIELD["workers"].words(SupplierValues(workers=value, workers_text=written)) == words
