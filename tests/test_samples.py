"""The shipped sample: invented from end to end, reproducible, and it shows the whole road."""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from stdnum import luhn

import data.build.samples as builder
from importers import REGISTRY
from importers.importer import Source, SupplierRecord
from matcher.cleaning.words import fold
from matcher.cli.app import cli
from matcher.club.meeting_day.meeting_day import ParticipantRole
from matcher.club.registration.workbook import read_spreadsheets
from matcher.db import open_database
from matcher.paths import shipped_path
from matcher.reference.trades.activities import claim_targets
from matcher.web import create_app
from matcher.web.api.frame.endpoint import ENDPOINTS
from matcher.web.frame.problem import API_ROOT
from tests.conftest import ROOT

SAMPLES = ROOT / "data" / "samples"
BY_HAND = {"README.md", "avis.txt", "club_acheteurs.csv", "club_fournisseurs.csv"}
FILES = {"emplois": "emplois.json", "finess": "finess.csv", "hosmoz": "hosmoz.csv"}


@lru_cache(maxsize=1)
def records() -> tuple[SupplierRecord, ...]:
    return tuple(
        item
        for key, name in FILES.items()
        for item in REGISTRY[key].read(Source(SAMPLES / name))
        if isinstance(item, SupplierRecord)
    )


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{(tmp_path_factory.mktemp('demo') / 'exemple.sqlite').as_posix()}"
    result = CliRunner().invoke(cli, ["demo", "--db", url], catch_exceptions=False)
    assert result.exit_code == 0
    assert "sont inventés" in result.output
    return url


def answers(database: str) -> Iterator[dict[str, Any]]:
    lots = ["match", "--lots", str(SAMPLES / "lots.jsonl"), "--db", database, "--format", "json"]
    result = CliRunner().invoke(cli, lots, catch_exceptions=False)
    assert result.exit_code == 0
    yield from json.loads(result.stdout)


def test_the_builder_gives_the_shipped_files_byte_for_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder, "SAMPLES", tmp_path)
    builder.build()
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert made == {path.name: path.read_bytes() for path in SAMPLES.iterdir() if path.name not in BY_HAND}


def test_the_readme_says_that_all_is_invented_and_counts_right() -> None:
    text = (SAMPLES / "README.md").read_text(encoding="utf-8")
    assert "Aucun de ces fournisseurs n’existe" in text
    assert {path.name for path in SAMPLES.iterdir()} - {"README.md"} <= set(re.findall(r"`([^`/]+)`", text))
    for key, name in FILES.items():
        held = sum(record.source == key for record in records())
        assert re.search(rf"`{re.escape(name)}` \| {held} ", text)


def test_the_club_is_invented_and_its_suppliers_are_those_of_the_sample() -> None:
    buyers = read_spreadsheets(SAMPLES / "club_acheteurs.csv", None)[0]
    suppliers = read_spreadsheets(SAMPLES / "club_fournisseurs.csv", ParticipantRole.SUPPLIER)[0]
    assert (buyers.faults, buyers.refused, suppliers.faults, suppliers.refused) == ((), (), (), ())
    sorts = {entrant.participant.name: entrant.participant.sort for entrant in buyers.entrants}
    assert Counter(sorts.values()) == {ParticipantRole.BUYER: 21, ParticipantRole.ATTRIBUTAIRE: 4}
    assert len({entrant.participant.name for entrant in suppliers.entrants}) == 60
    people = [person for sheet in (buyers, suppliers) for entrant in sheet.entrants for person in entrant.people]
    assert all(person.phone.startswith("+3335301") for person in people if person.phone)
    assert all(person.email.endswith(".example") for person in people if person.email)
    held = {record.siret for record in records()}
    assert all(entrant.participant.siret in held for entrant in suppliers.entrants if entrant.participant.siret)


def test_numbers_are_out_of_use_and_pass_their_check() -> None:
    for record in records():
        if record.siret:
            assert record.siret.startswith("0001")
            assert luhn.is_valid(record.siret)
            assert luhn.is_valid(record.siret[:9])
    numbers = [record.siret for record in records() if record.source == "emplois"]
    assert len(set(numbers)) == len(numbers) == 26


def test_no_one_real_is_named(shared: Path) -> None:
    sources = shared / "data" / "sources"
    listed = json.loads((sources / "les_emplois_marche.json").read_text(encoding="utf-8"))
    real = {fold(row["name"]) for row in (listed["results"] if isinstance(listed, dict) else listed)}
    with (sources / "finess_esat_ea_2021.csv").open(encoding="utf-8", errors="replace", newline="") as file:
        real |= {fold(name) for row in csv.reader(file, delimiter=";") for name in row[3:5] if name}
    assert {record.name for record in records() if fold(record.name) in real} == set()


def test_no_person_no_address_and_telephones_of_fiction_alone() -> None:
    for name in FILES.values():
        text = (SAMPLES / name).read_text(encoding="utf-8")
        assert "@" not in text
        assert not re.search(r"\b0[1-9](?:[ .]?\d\d){4}\b", re.sub(r"\b03 53 01 20 \d\d\b", "", text))
    known = [bool(record.phone) for record in records() if record.source != "hosmoz"]
    assert sum(known) > len(known) * 2 / 3
    assert not all(known), "what is not known is part of the sample"


def test_every_declared_trade_is_understood() -> None:
    for record in records():
        for claim in record.claims:
            assert claim_targets(claim.vocabulary, claim.text), claim


def test_the_first_lot_is_answered_by_a_neighbour_of_two_directories(database: str) -> None:
    answer = next(answers(database))
    best = answer["matches"][0]
    assert set(best["kinds"]) <= {"EA", "ESAT"}
    assert best["distance_km"] < 15
    activity = next(c for c in best["contributions"] if c["signal"] == "activity")
    assert activity["value"] >= 0.9
    assert activity["says"].startswith("déclare")
    named = {record.source for record in records() if record.siret == best["siret"]}
    assert named == {"finess", "hosmoz"}


def test_every_lot_of_the_sample_has_candidates_and_adds_up(database: str) -> None:
    found = list(answers(database))
    assert len(found) == len((SAMPLES / "lots.jsonl").read_text(encoding="utf-8").splitlines())
    for answer in found:
        assert answer["lot"]["places"]
        assert answer["lot"]["activities"]
        matches = answer["matches"]
        assert matches
        for match in matches:
            assert sum(c["points"] for c in match["contributions"]) == pytest.approx(match["score"], abs=0.001)
            assert sum(c["weight"] for c in match["contributions"]) == 100


def test_every_line_of_the_page_of_the_api_works_on_it(database: str) -> None:
    engine = open_database(database)
    client, base = create_app(engine).test_client(), API_ROOT
    opened = next(one for one in ENDPOINTS.values() if (one.method, one.rule) == ("POST", "/dossiers"))
    assert client.post(f"{base}{opened.rule}", json=dict(opened.example)).status_code == 201
    for door in ENDPOINTS.values():
        if door.method == "GET":
            rule, left = door.rule, dict(door.example)
            for name in re.findall(r"(\w+)>", rule):
                rule = re.sub(rf"<[^<>]*\b{name}>", str(left.pop(name)), rule)
            assert client.get(f"{base}{rule}", query_string=left).status_code == 200, door.rule
    engine.dispose()


def test_a_second_demo_changes_nothing(database: str) -> None:
    result = CliRunner().invoke(cli, ["demo", "--db", database], catch_exceptions=False)
    assert result.exit_code == 0
    assert result.output.count("inchangé.") == 3


def test_the_sample_is_shipped() -> None:
    for name in (*FILES.values(), "lots.jsonl", "avis.txt"):
        assert shipped_path(f"data/samples/{name}").is_file()
