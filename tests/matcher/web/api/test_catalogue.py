"""The catalogue asked by a program: pages that meet end to end, a fiche as the command writes it, names, changes."""

from datetime import date
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


def test_suppliers_are_narrowed_by_place_and_trade(machine: FlaskClient) -> None:
    def found(**asked: object) -> set[str]:
        return {
            its["id"] for its in machine.get("/api/v1/suppliers", query_string={"limit": 500, **asked}).json["items"]
        }

    north, both = found(departement="59"), found(departement=["59", "62"])
    assert SUPPLIER in north < both < found()
    town = found(epci="CA Maubeuge Val de Sambre")
    assert SUPPLIER in town < north
    assert found(epci="200043396") == town
    near = machine.get("/api/v1/suppliers", query_string={"near": "Maubeuge", "km": 20, "limit": 500}).json["items"]
    assert [its["km"] for its in near] == sorted(its["km"] for its in near)
    assert SUPPLIER in {its["id"] for its in near} == found(near="Maubeuge", km=20)
    green = found(activite="espaces-verts", departement="59")
    assert SUPPLIER in green < north
    assert found(activite="Espaces verts", departement="59") == green


def test_who_has_no_known_place_is_counted(machine: FlaskClient) -> None:
    every = machine.get("/api/v1/suppliers", query_string={"limit": 500}).json
    nowhere = [its["id"] for its in every["items"] if its["lat"] is None]
    assert every["unlocated"] == 0
    assert machine.get("/api/v1/suppliers?departement=59").json["unlocated"] == len(nowhere)


def test_a_line_has_the_place_and_the_trades_with_what_shows_them(machine: FlaskClient) -> None:
    asked = {"text": SUPPLIER}
    (line,) = machine.get("/api/v1/suppliers", query_string=asked).json["items"]
    whole = machine.get(f"/api/v1/suppliers/{SUPPLIER}").json
    assert {name: line[name] for name in ("post_code", "lat", "lon")} == {
        name: whole["sites"][0][name] for name in ("post_code", "lat", "lon")
    }
    (naf,) = (its for its in whole["fields"] if its["field"] == "naf")
    assert {its["source"] for its in line["activities"] if its["evidence"] == "déduite du code NAF"} == {
        naf["origins"][0]["source"]
    }
    every = machine.get("/api/v1/suppliers?limit=500").json["items"]
    dated = [its for one in every for its in one["activities"] if its["date"]]
    assert dated
    assert all(date.fromisoformat(its["date"]) and its["source"] for its in dated)
    (short,) = machine.get("/api/v1/suppliers", query_string=asked | {"fields": "post_code,name"}).json["items"]
    assert short == {name: line[name] for name in ("id", "siret", "name", "kinds", "city", "post_code")}


@pytest.mark.parametrize(
    ("field", "written"),
    [
        ("departement", "999"),
        ("epci", "Nulle part"),
        ("near", "Nullepartville"),
        ("near", "Saint-Denis"),
        ("activite", "zzyzx"),
        ("fields", "name,prix"),
    ],
)
def test_a_filter_that_means_nothing_is_refused(machine: FlaskClient, field: str, written: str) -> None:
    refused = machine.get("/api/v1/suppliers", query_string={field: written})
    assert (refused.status_code, refused.json["code"]) == (422, "filtre-refuse")
    assert refused.json["errors"][0]["field"] == field
