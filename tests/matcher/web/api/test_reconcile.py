"""Reconciliation as OpenRefine asks it: the manifest, names by the hundred, suggestions, a preview, data of who is found."""

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.settings import WebSettings
from matcher.web import create_app
from tests.matcher.web.api import reconciliation_norm as norm
from tests.matcher.web.api.conftest import SUPPLIER, token
from tests.matcher.web.reading import read

SERVICE = "/api/v1/reconcile"
NAME = "Les jardins de la Solre"
OPENREFINE = "http://127.0.0.1:3333"


def asked(machine: FlaskClient, batch: dict[str, Any]) -> Any:
    return machine.post(SERVICE, data={"queries": json.dumps(batch)}).json


def test_the_manifest_leads_to_services_that_answer(machine: FlaskClient) -> None:
    manifest = norm.kept(norm.MANIFEST, machine.get(SERVICE).json)
    assert "authentication" not in manifest
    addresses = [*manifest["suggest"].values(), manifest["extend"]["propose_properties"]]
    for its in addresses:
        assert machine.get(its["service_url"] + its["service_path"]).status_code == 200
    for its in (manifest["view"], manifest["preview"]):
        assert machine.get(its["url"].replace("{{id}}", SUPPLIER.replace(":", "%3A"))).status_code == 200


def test_names_are_recognised_as_everywhere_else(machine: FlaskClient) -> None:
    batch = {
        "sure": {"query": NAME, "properties": [{"pid": "commune", "v": "Maubeuge"}]},
        "several": {
            "query": NAME,
            "type": ["ACI"],
            "type_strict": "any",
            "properties": [{"pid": "commune", "v": ["", "Maubeuge"]}],
        },
        "number": {"query": SUPPLIER.removeprefix("siret:")},
        "as_number": {"query": "", "properties": [{"pid": "siret", "v": 10001600013}]},
        "id": {"query": SUPPLIER},
        "asked": {"query": NAME, "type": "fournisseur", "limit": 1},
        "nobody": {"query": "Zzyzx"},
    }
    found = norm.kept(norm.RESULTS, asked(machine, batch))
    assert found.keys() == batch.keys()
    for key in ("sure", "several", "number", "id"):
        (one,) = found[key]["result"]
        assert (one["id"], one["match"], one["score"]) == (SUPPLIER, True, 100)
    (one,) = found["asked"]["result"]
    assert (one["id"], one["match"]) == (SUPPLIER, False)
    assert 0 < one["score"] < 100
    assert found["nobody"]["result"] == []
    assert machine.get(SERVICE, query_string={"queries": json.dumps(batch)}).json == found


@pytest.mark.parametrize("told", [{"pid": "P17", "v": "x"}, {"pid": "insee", "v": "59392"}, {"pid": "type", "v": True}])
def test_a_property_that_says_nothing_of_a_name_is_ignored(machine: FlaskClient, told: dict[str, Any]) -> None:
    batch = {"plain": {"query": NAME}, "told": {"query": NAME, "properties": [told]}, "alone": {"properties": [told]}}
    found = norm.kept(norm.RESULTS, asked(machine, batch))
    assert found["told"] == found["plain"] != {"result": []}
    assert found["alone"] == {"result": []}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "queries.q.query"),
        ({"query": 3}, "queries.q.query"),
        ({"query": "a", "autre": 1}, "queries.q"),
        ({"query": "a", "limit": 0}, "queries.q.limit"),
        ({"query": "a", "type": "Q5"}, "queries.q.type"),
        ({"query": "a", "properties": [{"pid": "commune", "v": None}]}, "queries.q.properties[0].v"),
        ([], "queries.q"),
    ],
)
def test_a_name_that_cannot_be_read_answers_alone(machine: FlaskClient, query: Any, field: str) -> None:
    answered = norm.kept(norm.RESULTS, asked(machine, {"q": query, "ok": {"query": NAME}}))
    assert (answered["q"]["result"], answered["q"]["error"]["field"]) == ([], field)
    assert answered["q"]["error"]["says"]
    assert answered["ok"]["result"][0]["id"] == SUPPLIER
    assert "error" not in answered["ok"]


def test_what_is_no_batch_is_refused(machine: FlaskClient) -> None:
    thousand = {f"q{at}": {"query": NAME} for at in range(1_000)}
    assert asked(machine, thousand)["code"] == "trop-gros"
    assert "batchSize" in asked(machine, thousand)["detail"]
    for queries in ("", "{", "[]", '{"q": ' + "[" * 100_000):
        refused = machine.post(SERVICE, data={"queries": queries})
        assert (refused.status_code, refused.json["code"]) == (422, "texte-refuse")
    assert machine.post(SERVICE, json={"queries": "{}"}).json["code"] == "format-refuse"
    assert machine.post(SERVICE, data={"queries": "{}", "extend": "{}"}).json["code"] == "texte-refuse"
    assert machine.get(SERVICE, query_string={"callback": "f"}).json["code"] == "champ-refuse"


def test_suggestions_go_by_what_is_typed(machine: FlaskClient) -> None:
    def told(what: str, schema: Any, **given: Any) -> list[str]:
        found = norm.kept(schema, machine.get(f"{SERVICE}/suggest/{what}", query_string=given).json)
        return [one["id"] for one in found["result"]]

    assert SUPPLIER in told("entity", norm.SUPPLIERS, prefix="les jard")
    assert told("entity", norm.SUPPLIERS, prefix=SUPPLIER) == [SUPPLIER]
    assert SUPPLIER in told("entity", norm.SUPPLIERS, prefix="jardin de la Solre")
    assert SUPPLIER not in told("entity", norm.SUPPLIERS, prefix="les jard", cursor=10_000)
    assert told("property", norm.NAMES, prefix="com") == ["commune", "insee"]
    assert told("type", norm.NAMES, prefix="esat") == ["ESAT"]
    assert "EA" in told("type", norm.NAMES, prefix="Entreprise")


def test_data_is_added_to_who_is_found(machine: FlaskClient) -> None:
    proposed = norm.kept(norm.PROPOSED, machine.get(f"{SERVICE}/properties?type=ACI&limit=3").json)
    assert len(proposed["properties"]) == 3
    wanted = {"ids": [SUPPLIER, "inconnu"], "properties": [{"id": "commune"}, {"id": "siret", "settings": {}}]}
    told = norm.kept(norm.EXTENSION, machine.post(SERVICE, data={"extend": json.dumps(wanted)}).json)
    assert told["rows"][SUPPLIER]["siret"] == [{"str": SUPPLIER.removeprefix("siret:")}]
    assert {"str": "Maubeuge"} in told["rows"][SUPPLIER]["commune"]
    assert told["rows"]["inconnu"] == {"commune": [], "siret": []}
    more = wanted | {"properties": [*wanted["properties"], {"id": "P17"}]}
    beside = norm.kept(norm.EXTENSION, machine.post(SERVICE, data={"extend": json.dumps(more)}).json)
    assert beside["rows"][SUPPLIER] == told["rows"][SUPPLIER] | {"P17": []}
    assert [one.get("error", {}).get("field") for one in beside["meta"]] == [None, None, "extend.properties[2].id"]
    set_ = wanted | {"properties": [{"id": "siret", "settings": {"limit": 3}}]}
    refused = machine.post(SERVICE, data={"extend": json.dumps(set_)})
    assert (refused.status_code, refused.json["code"]) == (422, "texte-refuse")


def test_a_preview_shows_a_supplier_and_leads_to_it(machine: FlaskClient) -> None:
    page = read(machine, f"{SERVICE}/preview/{SUPPLIER}")
    assert NAME.casefold() in page.one("h1").get_text().casefold()
    assert page.one("a")["href"].endswith(f"/fournisseurs/{SUPPLIER}")
    assert machine.get(f"{SERVICE}/preview/inconnu").status_code == 404


def test_only_the_origin_that_is_set_may_ask_from_a_page_and_only_this(engine: Engine) -> None:
    plain, open_ = (
        create_app(engine, its).test_client() for its in (WebSettings(), WebSettings(openrefine=OPENREFINE))
    )
    page = {"Origin": OPENREFINE, "Sec-Fetch-Site": "same-site"}
    assert plain.get(SERVICE, headers=page).status_code == 403
    answered = open_.get(SERVICE, headers=page)
    assert (answered.status_code, answered.headers["Access-Control-Allow-Origin"]) == (200, OPENREFINE)
    framed = open_.get(
        f"{SERVICE}/preview/{SUPPLIER}", headers={"Referer": f"{OPENREFINE}/", "Sec-Fetch-Site": "same-site"}
    )
    assert f"frame-ancestors {OPENREFINE}" in framed.headers["Content-Security-Policy"]
    assert open_.get(SERVICE, headers=page | {"Origin": "http://127.0.0.1:3334"}).status_code == 403
    assert open_.get("/api/v1/suppliers", headers=page).status_code == 403


def test_a_team_answers_its_manifest_to_all_and_names_to_tokens(team: Flask) -> None:
    client, queries = team.test_client(), {"queries": json.dumps({"q": {"query": NAME}})}
    assert norm.kept(norm.MANIFEST, client.get(SERVICE).json)["authentication"]["name"] == "Authorization"
    for refused in (client.get(SERVICE, query_string=queries), client.post(SERVICE, data=queries)):
        assert (refused.status_code, refused.json["code"]) == (401, "jeton-absent")
    held = token(team, "administrateur")
    assert client.get(SERVICE, query_string=queries, headers=held).json["q"]["result"]
