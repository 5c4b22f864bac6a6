"""Events of the Club asked by a program: never those of another organisation."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.accounts.organisations import OrganisationProfile, create_organisation
from matcher.accounts.roles import Role
from matcher.club.meeting_day.store import create_day as open_event
from matcher.ownership import FIRST_ORGANISATION
from matcher.web.frame.app_state import EXTENSION
from tests.matcher.club import day
from tests.matcher.web.api.conftest import token
from tests.matcher.web.conftest import OPENED


def test_an_event_is_listed(own: Engine, writing_machine: FlaskClient) -> None:
    made = open_event(own, FIRST_ORGANISATION, day.HEADER, day.SCHEDULE, day.RULES, author="essai", now=OPENED)
    (line,) = writing_machine.get("/api/v1/events").json["items"]
    assert (line["id"], line["title"]) == (made.id, day.HEADER.title)
    assert writing_machine.get(f"/api/v1/events?after={made.id + 1}").json["items"] == [line]
    assert writing_machine.get(f"/api/v1/events?after={made.id}").json["items"] == []


def test_the_event_of_another_organisation_does_not_exist(team: Flask) -> None:
    engine, headers = team.extensions[EXTENSION].engine, token(team, "administrateur", Role.ADMINISTRATOR)
    other = create_organisation(engine, OrganisationProfile("Agglomération d’Outremont"), author="essai", now=OPENED)
    theirs = open_event(engine, other.id, day.HEADER, day.SCHEDULE, day.RULES, author="essai", now=OPENED)
    refused = team.test_client().get(f"/api/v1/events/{theirs.id}", headers=headers)
    assert (refused.status_code, refused.json["code"]) == (404, "introuvable")
    assert team.test_client().get("/api/v1/events", headers=headers).json["items"] == []
