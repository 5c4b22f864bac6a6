"""A file and its schema: the one holds the other, whatever the values; what is not known is not promised."""

import csv
import io
import json
from typing import Any, TypedDict

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from matcher.render.described_file import SCHEMA_VERSION, DescribedFile, json_file, jsonl_file
from matcher.render.table import Column, Estimate, csv_of

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
