"""The mirror: every line that the command exports, in one answer, and nothing again while nothing has changed."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from types import MappingProxyType

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, insert, update

from matcher.accounts.audit import AuditKind, read_whole_journal
from matcher.accounts.roles import Action
from matcher.catalogue.steward.export import FORMS
from matcher.catalogue.steward.privacy import opt_out
from matcher.catalogue.steward.shareable import shareable
from matcher.catalogue.store.tables import CONTACTS, IMPORT_RUNS
from matcher.db import writing
from matcher.reference import source_rules as rules
from matcher.reference.source_rules import Use, source_rules
from matcher.web.frame.app_state import EXTENSION
from tests.matcher.web.api.conftest import SUPPLIER, token

MIRROR = "/api/v1/suppliers.jsonl"


def test_the_mirror_is_the_lines_of_the_export(machine: FlaskClient, engine: Engine) -> None:
    answer = machine.get(MIRROR)
    assert (answer.status_code, answer.content_type, answer.is_streamed) == (200, "application/jsonl", True)
    lines = [json.loads(line) for line in answer.text.splitlines()]
    leaving = shareable(engine, Use.EXPORT, contacts_since=None)
    assert lines == [
        json.loads(line) for line in FORMS["jsonl"].content(leaving.suppliers, leaving.mentions).splitlines()
    ]
    assert (
        0 < len(lines) <= int(answer.headers["Catalogue-Suppliers"]) == machine.get("/api/v1/suppliers").json["total"]
    )
    since = machine.get("/api/v1/suppliers/changes", query_string={"since": answer.headers["Catalogue-Version"]}).json
    assert (since["items"], since["whole"]) == ([], False)


def test_who_leaves_the_catalogue_leaves_the_mirror(writing_machine: FlaskClient, own: Engine) -> None:
    first = writing_machine.get(MIRROR)
    same = {"If-None-Match": first.headers["ETag"]}
    again = writing_machine.get(MIRROR, headers=same)
    assert (again.status_code, again.data, SUPPLIER in first.text) == (304, b"", True)
    opt_out(own, SUPPLIER, author="essai", motive="à sa demande", now=datetime(2026, 12, 1, tzinfo=UTC))
    after = writing_machine.get(MIRROR, headers=same)
    assert (after.status_code, f'"{SUPPLIER}"' in after.text) == (200, False)


def test_a_mirror_changes_with_the_day_of_the_data(
    writing_machine: FlaskClient, own: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matcher.web.api.mirror.mentions", lambda *_: {})  # where one is due, it tells the day too
    same = {"If-None-Match": writing_machine.get(MIRROR).headers["ETag"]}
    with writing(own) as connection:
        connection.execute(update(IMPORT_RUNS).values(data_date=date(2020, 1, 2)))
    assert writing_machine.get(MIRROR, headers=same).status_code == 200


def test_a_mirror_changes_when_a_website_grows_too_old(
    writing_machine: FlaskClient, own: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = {"supplier_id": SUPPLIER, "position": 99, "type": "website", "value": "https://exemple.example"}
    with writing(own) as connection:
        connection.execute(insert(CONTACTS), {**site, "source": "essai", "ref": "1", "date": date(2026, 6, 1)})
    first = writing_machine.get(MIRROR)
    assert site["value"] in first.text
    monkeypatch.setattr("matcher.web.frame.app_state.Desk.contacts_since", lambda _: date(2026, 6, 2))
    after = writing_machine.get(MIRROR, headers={"If-None-Match": first.headers["ETag"]})
    assert (after.status_code, site["value"] in after.text) == (200, False)


def test_a_mirror_changes_with_the_sources_that_may_leave(
    machine: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matcher.web.api.mirror.mentions", lambda *_: {})
    same = {"If-None-Match": machine.get(MIRROR).headers["ETag"]}
    hosmoz = source_rules()["hosmoz"]
    agreed = source_rules() | {"hosmoz": replace(hosmoz, uses=dict.fromkeys(Use, True))}
    monkeypatch.setattr(rules, "source_rules", lambda: MappingProxyType(agreed))
    monkeypatch.setattr("matcher.web.api.mirror.source_rules", lambda: agreed)
    assert machine.get(MIRROR, headers=same).status_code == 200


def test_a_mirror_taken_is_a_line_of_the_audit_and_one_that_has_not_changed_is_none(team: Flask) -> None:
    client, headers = team.test_client(), token(team, "lecteur")
    mark = client.get(MIRROR, headers=headers).headers["ETag"]
    assert client.get(MIRROR, headers=headers | {"If-None-Match": mark}).status_code == 304
    assert client.head(MIRROR, headers=headers).status_code == 200
    first, second = read_whole_journal(team.extensions[EXTENSION].engine, most=2)
    assert (first.kind, first.action, first.target) == (AuditKind.EXPORT, Action.EXPORT, MIRROR)
    assert second.action == "donne un jeton"
