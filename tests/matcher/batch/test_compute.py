"""Rows of a batch: what describes them is true of them, and Parquet holds what JSON lines do."""

import json
from pathlib import Path

import duckdb
from jsonschema import Draft202012Validator

from matcher.batch.compute import content, rows_of, schema
from tests.matcher.batch.conftest import Batch

QUESTION = {"lot_id": "flou", "question": "Quel métier ?"}


def test_the_schema_is_true_of_the_rows(batch: Batch) -> None:
    validator = Draft202012Validator(schema("jsonl"))
    lines = [json.loads(line) for part in batch.parts for line in rows_of(batch.asked, part).content.splitlines()]
    assert len(lines) > len(batch.parts)
    for line in (*lines, QUESTION):
        validator.validate(line)
    assert not validator.is_valid({"lot_id": "flou"})


def test_parquet_holds_the_same_rows_and_the_fields_of_its_schema(batch: Batch, tmp_path: Path) -> None:
    lines = rows_of(batch.asked, batch.parts[0]).content + json.dumps(QUESTION).encode() + b"\n"
    path = tmp_path / "lignes.parquet"
    path.write_bytes(content(lines, "parquet"))
    found = duckdb.connect(":memory:").execute(
        "SELECT to_json(ligne)::VARCHAR FROM read_parquet(?) AS ligne", [str(path)]
    )
    rows = [json.loads(text) for (text,) in found.fetchall()]
    fields = [field["name"] for field in schema("parquet")["fields"]]
    assert all(list(row) == fields for row in rows)
    assert rows == [dict.fromkeys(fields) | json.loads(line) for line in lines.splitlines()]
