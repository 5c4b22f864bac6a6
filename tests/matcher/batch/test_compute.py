"""Rows of a batch: what describes them is true of them, and Parquet holds what JSON lines do."""

import json
from dataclasses import replace
from pathlib import Path

import duckdb
from jsonschema import Draft202012Validator

from matcher.batch.compute import compute_rows, partitions
from matcher.batch.row_format import content, schema
from matcher.domain.kinds import SupplierKind
from matcher.domain.need import Need, NeedFault
from matcher.domain.reading import Lot, RawPlace
from tests.matcher.batch.conftest import Batch

QUESTION = {
    "lot_id": "flou",
    "question": "Quel métier ?",
    "understood": {"activities": [], "sure": False, "doubts": []},
}


def test_the_schema_is_true_of_the_rows(batch: Batch) -> None:
    validator = Draft202012Validator(schema("jsonl"))
    lines = [json.loads(line) for part in batch.parts for line in compute_rows(batch.asked, part).content.splitlines()]
    assert len(lines) > len(batch.parts)
    for line in (*lines, QUESTION):
        validator.validate(line)
    assert not validator.is_valid({"lot_id": "flou"})


def test_a_row_says_what_was_understood_of_its_lot_and_a_lot_without_candidate_has_one(batch: Batch) -> None:
    cleaning = Lot("Nettoyage des locaux", "net", lieux=(RawPlace("Lille"),))
    nobody = replace(cleaning, lot_id="personne", levier="12", kinds=(SupplierKind.GEIQ,))
    fault = NeedFault("cpv", "« 1 » n’est pas un code CPV.", "« lots.csv », ligne 2, champ « cpv »")
    needs = [Need(cleaning, (fault,)), Need(Lot("zzz", "flou")), Need(nobody)]
    (part,) = partitions(needs, 3)
    lines = [json.loads(line) for line in compute_rows(batch.asked, part).content.splitlines()]
    first = next(line for line in lines if line["lot_id"] == "net")["understood"]
    assert first["activities"][0].startswith("proprete.")
    assert first["sure"] is True
    assert first["doubts"][-1] == str(fault)
    (unclear,) = [line for line in lines if line["lot_id"] == "flou"]
    assert unclear["question"]
    assert unclear["understood"]["sure"] is False
    assert unclear["understood"]["doubts"]
    (alone,) = [line for line in lines if line["lot_id"] == "personne"]
    assert alone["question"] is None
    for line in lines:
        Draft202012Validator(schema("jsonl")).validate(line)


def test_parquet_holds_the_same_rows_and_the_fields_of_its_schema(batch: Batch, tmp_path: Path) -> None:
    lines = compute_rows(batch.asked, batch.parts[0]).content + json.dumps(QUESTION).encode() + b"\n"
    path = tmp_path / "lignes.parquet"
    path.write_bytes(content(lines, "parquet"))
    found = duckdb.connect(":memory:").execute(
        "SELECT to_json(ligne)::VARCHAR FROM read_parquet(?) AS ligne", [str(path)]
    )
    rows = [json.loads(text) for (text,) in found.fetchall()]
    fields = [field["name"] for field in schema("parquet")["fields"]]
    assert all(list(row) == fields for row in rows)
    assert rows == [dict.fromkeys(fields) | json.loads(line) for line in lines.splitlines()]
