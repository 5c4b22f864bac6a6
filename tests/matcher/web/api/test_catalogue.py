"""The catalogue asked by a program: pages that meet end to end, a fiche as the command writes it, names, changes."""

from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient

from tests.matcher.web.api.conftest import SUPPLIER


def test_pages_give_each_supplier_once(machine: FlaskClient) -> None:
    whole = machine.get("/api/v1/suppliers?limit=500").json
    found, address = [], "/api/v1/suppliers?limit=7"
    while address:
        page = machine.get(address).json
        found += page["items"]
        address = page["next"]
    assert found == whole["items"]
    assert len({one["id"] for one in found}) == whole["total"] == len(found)


def test_a_search_finds_by_words_and_kind(machine: FlaskClient) -> None:
    found = machine.get("/api/v1/suppliers", query_string={"text": "espaces verts Maubeuge", "kind": "ACI"}).json
    assert SUPPLIER in [one["id"] for one in found["items"]]
    assert all("ACI" in one["kinds"] for one in found["items"])


def test_pages_of_a_search_go_on_after_who_has_gone(machine: FlaskClient) -> None:
    asked = {"text": "entretien", "limit": "3"}
    first = machine.get("/api/v1/suppliers", query_string=asked).json
    then = machine.get(first["next"]).json["items"]
    gone = unquote(first["next"]).rpartition("after=")[2] + "0"  # comes just after the last that was read
    assert machine.get("/api/v1/suppliers", query_string=asked | {"after": gone}).json["items"] == then != []


@pytest.mark.parametrize("after", ["siret:00010001600013", "nan~siret:1", "1.0~", "~siret:1"])
@pytest.mark.parametrize("address", ["suppliers?", "suppliers/changes?since=0&"])
def test_a_page_after_what_is_no_position_is_refused(machine: FlaskClient, address: str, after: str) -> None:
    refused = machine.get(f"/api/v1/{address}after={after}")
    assert (refused.status_code, refused.json["code"]) == (422, "suite-inconnue")


def test_a_supplier_is_told_by_its_id_or_its_number(machine: FlaskClient) -> None:
    by_id, by_number = (machine.get(f"/api/v1/suppliers/{key}") for key in (SUPPLIER, SUPPLIER.removeprefix("siret:")))
    assert by_id.text == by_number.text
    refused = machine.get("/api/v1/suppliers/00000000000000")
    assert (refused.status_code, refused.json["code"]) == (404, "introuvable")


def test_names_are_recognised_in_their_order(machine: FlaskClient) -> None:
    asked = [{"name": "Les jardins de la Solre", "city": "Maubeuge"}, {"name": "Zzyzx"}, {"number": SUPPLIER[6:]}]
    sure, unknown, numbered = machine.post("/api/v1/names", json={"names": asked}).json["items"]
    assert (sure["certainty"], sure["options"][0]["id"]) == ("sure", SUPPLIER)
    assert unknown == {"certainty": "inconnu", "options": []}
    assert numbered["options"][0]["id"] == SUPPLIER
    assert machine.post("/api/v1/names", json={"names": asked * 400}).status_code == 400


def test_who_keeps_a_copy_reads_again_what_has_changed(machine: FlaskClient) -> None:
    every = machine.get("/api/v1/suppliers/changes?since=0&limit=500").json
    assert len(every["items"]) == machine.get("/api/v1/suppliers").json["total"]
    since = machine.get("/api/v1/suppliers/changes", query_string={"since": every["version"]}).json
    assert since == {"version": every["version"], "whole": False, "items": [], "next": None}
    pages, address = [], "/api/v1/suppliers/changes?since=999&limit=7"  # the catalogue is a backup of before
    while address:
        pages.append(machine.get(address).json)
        address = pages[-1]["next"]
    assert [one for page in pages for one in page["items"]] == every["items"]
    assert {(page["version"], page["whole"]) for page in pages} == {(every["version"], True)}
