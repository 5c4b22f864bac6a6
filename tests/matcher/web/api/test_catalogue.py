"""The catalogue asked by a program: pages that meet end to end, a fiche as the command writes it, names, changes."""

from datetime import date
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, delete, update

from matcher.catalogue.store.read import read_version, write_version
from matcher.catalogue.store.tables import SITES
from matcher.db import writing
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


def test_who_has_no_known_place_is_counted_and_who_has_but_no_point_is_in_its_departement(
    writing_machine: FlaskClient, own: Engine
) -> None:
    def found(**asked: object) -> tuple[set[str], int]:
        answer = writing_machine.get("/api/v1/suppliers", query_string={"limit": 500, **asked}).json
        return {its["id"] for its in answer["items"]}, answer["unlocated"]

    (town, no_commune), (near, no_point) = found(departement="59"), found(near="Maubeuge")
    with writing(own) as connection:
        its = SITES.c.supplier_id == SUPPLIER
        connection.execute(delete(SITES).where(its, SITES.c.position > 0))
        connection.execute(update(SITES).where(its).values(lat=None, lon=None))
        write_version(connection, read_version(connection) + 1)
    assert SUPPLIER in town & near
    assert found(departement="59") == (town, no_commune)
    assert found(near="Maubeuge") == (near - {SUPPLIER}, no_point + 1)
    with writing(own) as connection:
        connection.execute(update(SITES).where(its).values(insee="", post_code=""))
        write_version(connection, read_version(connection) + 1)
    assert found(departement="59") == (town - {SUPPLIER}, no_commune + 1)
    assert found()[1] == 0


def test_a_post_code_is_all_of_its_communes_and_a_country_everybody(machine: FlaskClient) -> None:
    def found(**asked: object) -> dict[str, float | None]:
        answer = machine.get("/api/v1/suppliers", query_string={"limit": 500, **asked}).json
        assert answer["total"] == len(answer["items"])
        return {its["id"]: its.get("km") for its in answer["items"]}

    posted, town = found(near="59600", km=200), found(near="Maubeuge", km=200)  # of nine communes
    assert posted == found(near="cp:59600", km=200)
    assert posted.keys() >= town.keys()
    assert all(posted[key] <= away for key, away in town.items())
    assert any(posted[key] < away for key, away in town.items())
    assert found(near="pays:FR") == found()


def test_pages_near_a_place_give_each_supplier_once(machine: FlaskClient) -> None:
    asked = {"near": "Maubeuge", "km": 200, "fields": "km"}
    whole = machine.get("/api/v1/suppliers", query_string=asked | {"limit": 500}).json["items"]
    page = machine.get("/api/v1/suppliers", query_string=asked | {"limit": 3}).json
    paged = page["items"]
    while page["next"]:
        page = machine.get(page["next"]).json
        paged += page["items"]
    assert paged == whole
    assert len(whole) > 6
    assert whole[0].keys() == {"id", "siret", "name", "kinds", "city", "km"}


def test_a_line_has_the_place_and_the_trades_with_what_shows_them(machine: FlaskClient) -> None:
    asked = {"text": SUPPLIER}
    (line,) = machine.get("/api/v1/suppliers", query_string=asked).json["items"]
    whole = machine.get(f"/api/v1/suppliers/{SUPPLIER}").json
    assert {name: line[name] for name in ("post_code", "lat", "lon")} == {
        name: whole["sites"][0][name] for name in ("post_code", "lat", "lon")
    }
    (naf,) = (its for its in whole["fields"] if its["field"] == "naf")
    assert {its["source"] for its in line["activities"] if its["evidence"] == "naf"} == {naf["origins"][0]["source"]}
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
        ("near", "insee:98818"),
        ("km", "20"),
        ("activite", "zzyzx"),
        ("fields", "name,prix"),
    ],
)
def test_a_filter_that_means_nothing_is_refused(machine: FlaskClient, field: str, written: str) -> None:
    refused = machine.get("/api/v1/suppliers", query_string={field: written})
    assert (refused.status_code, refused.json["code"]) == (422, "filtre-refuse")
    assert refused.json["errors"][0]["field"] == field


def test_words_of_a_source_that_lets_nobody_have_them_are_not_in_a_line(
    machine: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def listed() -> dict[tuple[str, str, str], list[dict[str, str | None]]]:
        found: dict[tuple[str, str, str], list[dict[str, str | None]]] = {}
        for line in machine.get("/api/v1/suppliers?limit=500&fields=activities").json["items"]:
            for its in line["activities"]:
                found.setdefault((line["id"], its["code"], its["evidence"]), []).append(its)
        return found

    after = listed()
    monkeypatch.setattr("matcher.web.api.supplier_lines.allows_use", lambda *_: True)
    before = listed()
    assert after.keys() == before.keys()
    silent = 0
    for key, activities in before.items():
        for was, its in zip(activities, after[key], strict=True):
            kept_in = was["source"] == "hosmoz"
            assert its == (was | {"wording": None, "source": None, "date": None} if kept_in else was)
            silent += kept_in and was["wording"] is not None
    assert silent
