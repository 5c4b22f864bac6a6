"""Who may stop a work and forget it: whoever asked for it, or a manager; never who only reads."""

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient

from matcher.accounts.roles import Role
from matcher.jobs.works import DroppedFile, Work, WorkStore
from matcher.ownership import FIRST_ORGANISATION
from matcher.web.frame.app_state import EXTENSION
from tests.matcher.web.conftest import signed_in

# What stops a work of each kind.
STOPS = {
    "allotissement": "/allotissement/{}/abandon",
    "couverture": "/couverture/{}/abandon",
    "dossier": "/dossiers/importer/{}/abandon",
    "dce": "/dce/{}/oubli",
    "programme": "/achats/{}/oubli",
}


def _works(team: Flask) -> WorkStore:
    """The works as no worker looks at them: those of a test wait for ever."""
    return WorkStore(team.extensions[EXTENSION].engine)


def _asked(team: Flask, kind: str, person: str) -> Work:
    asked = {"on": "2026-11-25", "place": "", "siret": "", "who": "", "form": {}, "file_name": "liste.csv"}
    files = {"fichier": DroppedFile("liste.csv", io.BytesIO(b"a;b"))}
    return _works(team).put(FIRST_ORGANISATION, kind, asked, person, files=files)


def _stopped(client: FlaskClient, team: Flask, kind: str, person: str) -> tuple[int, bool]:
    """The status of a stop, and whether the work is gone."""
    team.config["WTF_CSRF_ENABLED"] = False
    work = _asked(team, kind, person)
    status = client.post(STOPS[kind].format(work.key)).status_code
    return status, _works(team).get(FIRST_ORGANISATION, work.key) is None


@pytest.mark.parametrize("kind", STOPS)
def test_who_only_reads_stops_no_work(team: Flask, kind: str) -> None:
    client = signed_in(team, Role.READER)
    assert _stopped(client, team, kind, Role.STEWARD.value) == (403, False)


@pytest.mark.parametrize("kind", STOPS)
def test_a_buyer_stops_what_they_asked_for_alone(team: Flask, kind: str) -> None:
    client = signed_in(team, Role.BUYER)
    assert _stopped(client, team, kind, Role.STEWARD.value) == (403, False)
    assert _stopped(client, team, kind, Role.BUYER.value) == (303, True)


@pytest.mark.parametrize("kind", STOPS)
def test_a_manager_stops_any(team: Flask, kind: str) -> None:
    assert _stopped(signed_in(team, Role.STEWARD), team, kind, Role.BUYER.value) == (303, True)


def test_what_one_may_not_stop_is_not_offered(team: Flask) -> None:
    work = _asked(team, "dce", Role.STEWARD.value)
    action = f'action="/dce/{work.key}/oubli"'
    assert action not in signed_in(team, Role.BUYER).get(f"/dce/{work.key}").text
    assert action in signed_in(team, Role.STEWARD).get(f"/dce/{work.key}").text
