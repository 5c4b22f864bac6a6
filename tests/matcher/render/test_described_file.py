"""A file and its schema: the one holds the other, whatever the values; the notice at its head; JSON lines, and what cannot be written."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any, TypedDict
from weakref import ref

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from openpyxl import load_workbook

from matcher.render.described_file import (
    SCHEMA_VERSION,
    DescribedFile,
    json_file,
    json_lines,
    jsonl_file,
    set_head_notice,
    with_notice,
)
from matcher.render.table import NO_DAY, Column, Estimate, Sheet, csv_of, workbook_of

_SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4)
)


class PlaceShape(TypedDict):
    """Un lieu."""

    name: str
    km: float | None


def schema(file: DescribedFile) -> Any:
    its = json.loads(json.dumps(file.schema()))
    assert its["schema_version"] == SCHEMA_VERSION
    return its


@given(st.lists(_VALUES, max_size=4))
def test_what_is_written_is_what_its_schema_holds(values: list[Any]) -> None:
    told = schema(jsonl_file(values))
    Draft202012Validator.check_schema(told)
    for line in jsonl_file(values).content.decode().split("\n")[:-1]:
        Draft202012Validator(told).validate(json.loads(line))
    Draft202012Validator(schema(json_file(values))).validate(json.loads(json_file(values).content))


def test_a_schema_that_is_drawn_says_types_and_the_keys_that_all_have_and_nothing_of_the_unknown() -> None:
    told = schema(json_file([{"a": 1, "b": None, "c": []}, {"a": 2.5, "b": None, "c": ["x"], "d": "y"}]))
    assert told["items"] == {
        "type": "object",
        "properties": {"a": {"type": "number"}, "b": {}, "c": {"type": "array", "items": {"type": "string"}}, "d": {"type": "string"}},
        "required": ["a", "b", "c"],
    }  # fmt: skip
    assert "un autre peut avoir" in told["$comment"]


def test_keys_that_are_data_are_not_promised() -> None:
    assert "properties" not in schema(json_file({f"siret:{number}": number for number in range(100)}))


def test_a_declared_shape_is_the_schema() -> None:
    told = schema(json_file([{"name": "Lille", "km": 1}], list[PlaceShape]))
    assert told["$defs"]["PlaceShape"]["description"] == "Un lieu."
    assert "$comment" not in told


def test_a_csv_has_the_columns_of_its_table_schema_and_their_types() -> None:
    columns = [Column(name, 10) for name in ("Nom", "Rang", "Part", "Points", "Rien", "Mêlé")]
    file = csv_of(columns, [["A", 1, 0.5, Estimate(2.0), None, 1], ["=B", 2, 3, 4, "", "x"]])
    assert file.lines == 2
    assert next(csv.reader(io.StringIO(file.content.decode("utf-8-sig")), delimiter=";")) == [
        one["name"] for one in schema(file)["fields"]
    ]
    assert [one["type"] for one in file.schema()["fields"]] == [
        "string",
        "integer",
        "number",
        "number",
        "any",
        "string",
    ]
    assert file.schema()["fields"][2]["decimalChar"] == ","


NOTICE = "Exemple inventé : un essai."
COLUMNS = (Column("Nom", 20),)


@pytest.fixture
def noticed() -> None:
    set_head_notice(NOTICE)


def workbook() -> bytes:
    return workbook_of("Liste", NO_DAY, Sheet("Liste", COLUMNS, [["ESAT"]]))


@pytest.mark.usefixtures("noticed")
def test_each_file_begins_with_the_notice() -> None:
    assert csv_of(COLUMNS, [["ESAT"]]).content.decode("utf-8-sig").splitlines() == [NOTICE, "Nom", "ESAT"]
    first, *others = load_workbook(io.BytesIO(workbook())).worksheets
    assert (first["B1"].value, [sheet.title for sheet in others]) == (NOTICE, ["Liste"])
    assert list(json.loads(json_file({"nom": "ESAT"}).content)) == ["exemple", "nom"]
    assert with_notice(["ESAT"]) == ["ESAT"]


def test_without_a_notice_each_file_is_as_it_was() -> None:
    assert csv_of(COLUMNS, [["ESAT"]]).content.decode("utf-8-sig").splitlines() == ["Nom", "ESAT"]
    assert load_workbook(io.BytesIO(workbook())).sheetnames == ["Liste"]
    assert json.loads(json_file({"nom": "ESAT"}).content) == {"nom": "ESAT"}


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.lists(PLAIN, max_size=3))
def test_a_line_is_read_as_what_it_was_made_of(values: list[object]) -> None:
    lines = json_lines(iter(values)).decode("utf-8").split("\n")
    assert [json.loads(line) for line in lines[:-1]] == values
    assert lines[-1] == ""


def test_what_is_no_number_is_null_and_half_a_character_is_refused() -> None:
    assert json_lines([{"a": float("nan"), "b": float("-inf")}]) == b'{"a":null,"b":null}\n'
    with pytest.raises(UnicodeEncodeError):
        json_lines(["\ud800"])
    with pytest.raises(TypeError):
        json_lines([object()])


def test_each_object_is_let_go_of_once_it_is_written() -> None:
    class Line(dict[str, int]):
        """An object that a weak reference can follow."""

    made: list[ref[Line]] = []

    def lines() -> Iterator[Line]:
        for number in range(9):
            assert sum(line() is not None for line in made) <= 1
            line = Line(number=number)
            made.append(ref(line))
            yield line

    assert json_lines(lines()).count(b"\n") == len(made) == 9
