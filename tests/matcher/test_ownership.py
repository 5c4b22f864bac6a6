"""The wall between two organisations, in the stores themselves: what another owns is neither read, listed nor written."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from matcher.accounts.organisations import OrganisationProfile
from matcher.accounts.organisations import create_organisation as open_organisation
from matcher.club.meeting_day import registration_link as links
from matcher.club.meeting_day import store as days
from matcher.club.meeting_day.store import Person
from matcher.db import writing
from matcher.dossiers import store as dossiers
from matcher.dossiers.answers import settle_answers, take_into_catalogue, undo_answer
from matcher.dossiers.asking import answering
from matcher.dossiers.asking import sending as sendings
from matcher.dossiers.asking import store as campaigns
from matcher.dossiers.asking.sending import queue_reminder
from matcher.dossiers.asking.store import CampaignUnknown
from matcher.dossiers.asking.tables import CampaignRow
from matcher.dossiers.changes import NoteDossier
from matcher.dossiers.dossier import SettledBy
from matcher.dossiers.store import DossierFilter
from matcher.jobs.works import WorkStore
from matcher.journal.store import JournalUnknown
from matcher.ownership import FIRST_ORGANISATION, OrganisationId
from matcher.rows import table_of
from matcher.settings import Controller
from tests.matcher.club import day
from tests.matcher.dossiers.kept import AT, HEADER, WHO

BY = Controller("Ville", "1 place", "dpo@ville.example")


@pytest.fixture
def theirs(engine: Engine) -> OrganisationId:
    """Another organisation, to whom all that these tests make belongs: number 1 of each."""
    other = open_organisation(engine, OrganisationProfile("Autre"), author=WHO, now=AT).id
    dossiers.create_dossier(engine, other, HEADER, author=WHO, now=AT)
    days.create_day(engine, other, day.HEADER, day.SCHEDULE, day.RULES, author=WHO, now=AT)
    row = {"organisation_id": other, "title": "T", "trades": [], "subject": "S", "text": "X", "who": WHO}
    with writing(engine) as connection:
        connection.execute(insert(table_of(CampaignRow)), row | {"created": AT.replace(tzinfo=None)})
    return other


DOSSIERS_AND_DAYS: tuple[Callable[[Engine, OrganisationId], Any], ...] = (
    lambda engine, owner: dossiers.load_dossier(engine, owner, 1),
    lambda engine, owner: dossiers.change_dossier(
        engine, owner, 1, [NoteDossier("x")], version=None, author=WHO, now=AT
    ),
    lambda engine, owner: take_into_catalogue(engine, owner, 1, 1, "x", author=WHO, now=AT),
    lambda engine, owner: undo_answer(engine, owner, 1, 1, "x", author=WHO, now=AT),
    lambda engine, owner: settle_answers(engine, owner, 1, 1, "x", SettledBy.CHANGED, author=WHO, now=AT),
    lambda engine, owner: days.load_day(engine, owner, 1),
    lambda engine, owner: days.change_day(engine, owner, 1, [day.Register(day.BUYERS)], version=1, author=WHO, now=AT),
    lambda engine, owner: days.change_latest_day(
        engine, owner, 1, lambda _: [], author=WHO, now=AT, people={1: (Person("Paul Spécimen"),)}
    ),
    lambda engine, owner: links.open_door(engine, owner, 1, author=WHO, now=AT),
    lambda engine, owner: links.keep_request(engine, owner, 1, day.BUYERS[0], (), now=AT),
)
CAMPAIGNS: tuple[Callable[[Engine, OrganisationId], Any], ...] = (
    lambda engine, owner: campaigns.load_campaign(engine, owner, 1),
    lambda engine, owner: queue_reminder(engine, owner, 1, now=AT),
    lambda engine, owner: campaigns.record_bounce(engine, owner, 1, "x", "dit", now=AT),
    lambda engine, owner: campaigns.leave_out_structure(engine, owner, 1, "x", "dit", now=AT),
    lambda engine, owner: campaigns.end_campaign(engine, owner, 1, now=AT),
    lambda engine, owner: answering.accept_waiting(engine, owner, 1, "x", author=WHO, now=AT),
    lambda engine, owner: answering.refuse_answer(engine, owner, 1, "x"),
    lambda engine, owner: sendings.merge_file(engine, owner, 1, "https://e.example", now=AT, workbook=False),
    lambda engine, owner: sendings.send_campaign(engine, owner, 1, None, BY, "https://e.example", clock=lambda: AT),
)


def test_what_another_owns_is_unknown_and_stays_as_it_was(engine: Engine, theirs: OrganisationId) -> None:
    before = (
        dossiers.load_dossier(engine, theirs, 1),
        days.load_day(engine, theirs, 1),
        campaigns.load_campaign(engine, theirs, 1),
    )
    for does in DOSSIERS_AND_DAYS:
        with pytest.raises(JournalUnknown):
            does(engine, FIRST_ORGANISATION)
    for does in CAMPAIGNS:
        with pytest.raises(CampaignUnknown):
            does(engine, FIRST_ORGANISATION)
    after = (
        dossiers.load_dossier(engine, theirs, 1),
        days.load_day(engine, theirs, 1),
        campaigns.load_campaign(engine, theirs, 1),
    )
    assert after == before


def test_lists_hold_what_is_owned_alone(engine: Engine, theirs: OrganisationId) -> None:
    for owner, many in ((theirs, 1), (FIRST_ORGANISATION, 0)):
        assert len(dossiers.list_dossiers(engine, owner, DossierFilter())) == many
        assert len(days.list_days(engine, owner)) == many
        assert len(campaigns.list_campaigns(engine, owner)) == many
    earlier = days.load_day(engine, theirs, 1)
    assert days.earlier(engine, FIRST_ORGANISATION, earlier, date.max) == []
    assert days.load_people(engine, FIRST_ORGANISATION, 1, since=date.min) == {}


def test_a_link_and_what_waits_behind_it_are_of_whose_event_it_is(engine: Engine, theirs: OrganisationId) -> None:
    token = links.open_door(engine, theirs, 1, author=WHO, now=AT)
    assert links.event_behind(engine, token) == (theirs, 1)
    links.keep_request(engine, theirs, 1, day.BUYERS[0], (), now=AT)
    links.close_door(engine, FIRST_ORGANISATION, 1)
    waits = links.load_requests(engine, theirs, 1)
    links.drop_requests(engine, FIRST_ORGANISATION, 1, [one.id for one in waits])
    assert links.load_requests(engine, theirs, 1) == waits != []
    assert links.load_requests(engine, FIRST_ORGANISATION, 1) == []
    assert links.door_of(engine, FIRST_ORGANISATION, 1) is None is not links.door_of(engine, theirs, 1)


def test_a_work_is_reached_by_whose_it_is_alone(engine: Engine, theirs: OrganisationId) -> None:
    works = WorkStore(engine)
    work = works.put(theirs, "programme", {})
    for owner in (FIRST_ORGANISATION, None):
        assert works.get(owner, work.key) is works.take(owner, work.key) is works.wait_for(owner, work.key, 0) is None
        assert works.of(owner, "programme") == []
        assert not works.again(owner, work.key, {})
        assert not works.forget(owner, work.key)
    assert works.of(theirs, "programme") == [work]
