"""Answers by link: what opens and what does not, kept, corrected, erased; above directories and under the team; waiting for the team."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from matcher.catalogue.identity.trust import STRUCTURE
from matcher.catalogue.steward.corrections import correct_supplier, corrections_of, withdraw_correction
from matcher.catalogue.steward.stated_record import CorrectionRefused
from matcher.catalogue.store.contacts import load_contacts
from matcher.catalogue.store.opt_outs import OPTED_OUT
from matcher.catalogue.store.read import catalogue_version, find_supplier
from matcher.club.leaving import LEAVING
from matcher.domain.supplier import Evidence, Supplier
from matcher.dossiers.asking import answering
from matcher.dossiers.asking.answer import GivenAnswer
from matcher.dossiers.asking.answering import (
    LinkClosed,
    accept_waiting,
    erase,
    keep_answer,
    leave_catalogue,
    open_invitation,
    refuse_answer,
)
from matcher.dossiers.asking.campaign import about_lot
from matcher.dossiers.asking.store import create_campaign, end_campaign, load_campaign
from matcher.dossiers.changes import AddLot, Close
from matcher.dossiers.dossier import Status
from matcher.dossiers.frozen_list import freeze
from matcher.dossiers.store import change_dossier, load_dossier
from matcher.dossiers.store import create_dossier as open_dossier
from matcher.journal.change import ChangeRefused
from matcher.mail.links import Correspondence
from matcher.ownership import FIRST_ORGANISATION
from tests.factories import siret, taking
from tests.matcher.dossiers.asking.campaigns import BY, GREEN, MONTHS, NOW, WASH, asked, filled, secrets, supplier
from tests.matcher.dossiers.kept import HEADER, IDS, SHORTLIST, WHO

FULL = GivenAnswer(
    trades={GREEN: True, WASH: False},
    workers="32",
    area="30 km",
    capacity="deux équipes",
    contact="Service commercial",
    phone="03 53 01 20 20",
)


def known(engine: Engine, number: int = 1) -> Supplier:
    found = find_supplier(engine, siret(number))
    assert found is not None
    return found


@pytest.fixture
def link(engine: Engine, tmp_path: Path) -> str:
    """The link of the first of three that are asked."""
    filled(engine, tmp_path)
    return secrets(engine, asked(engine).campaign.id)[siret(1)]


def test_opening_a_link_writes_nothing(engine: Engine, link: str) -> None:
    before = catalogue_version(engine)
    for _ in range(3):
        found = open_invitation(engine, link, NOW)
    assert (found.supplier.name, found.answer, found.is_trusted) == ("Atelier 1", None, True)
    assert [one.code for one in found.trades] == [GREEN]
    assert catalogue_version(engine) == before


def test_an_answer_is_a_source_of_its_own_above_directories(engine: Engine, link: str) -> None:
    keep_answer(engine, link, FULL, now=NOW)
    found = known(engine)
    (activity,) = found.activities
    assert (activity.code, activity.evidence, activity.source) == (GREEN, Evidence.ANSWER, STRUCTURE)
    assert [one.code for one in found.refused_activities] == [WASH]
    assert (found.workers, found.area_codes, found.capacity) == (32, ("km:30",), "deux équipes")
    phones = [one for one in load_contacts(engine, found.id) if one.type == "phone"]
    assert [(one.value, one.origin.source, one.origin.date) for one in phones] == [
        ("+33353012020", STRUCTURE, NOW.date())
    ]
    assert "Service commercial" not in str(found), "a person's name is no part of the catalogue"


def test_the_team_speaks_first_and_what_it_withdraws_no_longer_counts(engine: Engine, link: str) -> None:
    correct_supplier(engine, siret(1), {"effectif": ["40"], "activite": [WASH]}, author=WHO, motive="", now=NOW)
    keep_answer(engine, link, FULL, now=NOW)
    found = known(engine)
    assert found.workers == 40
    assert {one.code for one in found.activities} == {GREEN, WASH}
    (number,) = [one.id for one in corrections_of(engine, found.id) if one.who == "la structure"]
    withdraw_correction(engine, number, now=NOW)
    assert {one.code for one in known(engine).activities} == {WASH}
    keep_answer(engine, link, FULL, now=NOW)
    assert {one.code for one in known(engine).activities} == {GREEN, WASH}


def test_opened_again_it_shows_what_was_answered_and_takes_another(engine: Engine, link: str) -> None:
    keep_answer(engine, link, FULL, now=NOW)
    answer = open_invitation(engine, link, NOW).answer
    assert answer is not None
    assert answer.given == FULL
    keep_answer(engine, link, GivenAnswer(trades={GREEN: False}), now=NOW)
    found = known(engine)
    assert (found.activities, [one.code for one in found.refused_activities], found.workers) == ((), [GREEN], None)
    assert len(corrections_of(engine, found.id)) == 1
    erase(engine, link, now=NOW)
    assert known(engine).refused_activities == ()
    assert open_invitation(engine, link, NOW).answer is None


def test_what_cannot_be_understood_writes_nothing_and_keeps_the_former_answer(engine: Engine, link: str) -> None:
    keep_answer(engine, link, FULL, now=NOW)
    with pytest.raises(CorrectionRefused):
        keep_answer(engine, link, GivenAnswer(trades={GREEN: True}, added=("zzzz",)), now=NOW)
    answer = open_invitation(engine, link, NOW).answer
    assert answer is not None
    assert answer.given == FULL


def test_what_is_forged_expired_revoked_or_gone_is_one_and_the_same(engine: Engine, link: str) -> None:
    over = NOW + Correspondence.CAMPAIGN.lasts
    for secret, at in (("x" * 32, NOW), ("", NOW), (link, over)):
        with pytest.raises(LinkClosed):
            keep_answer(engine, secret, FULL, now=at)
    assert open_invitation(engine, link, over - timedelta(minutes=1)).supplier.name == "Atelier 1"
    end_campaign(engine, FIRST_ORGANISATION, 1, now=NOW, key=siret(1))
    with pytest.raises(LinkClosed):
        open_invitation(engine, link, NOW)
    assert load_campaign(engine, FIRST_ORGANISATION, 1).answered_structures == ()


def test_a_structure_leaves_by_its_link(engine: Engine, link: str, tmp_path: Path) -> None:
    keep_answer(engine, link, FULL, now=NOW)
    assert leave_catalogue(engine, link, now=NOW, leaving=LEAVING).suppliers == 1
    assert find_supplier(engine, siret(1)) is None
    with pytest.raises(LinkClosed):
        open_invitation(engine, link, NOW)
    report = taking(engine, tmp_path, NOW)(supplier(1))
    assert OPTED_OUT in str(report)


def test_who_leaves_twice_at_once_finds_the_link_closed(
    engine: Engine, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = open_invitation(engine, link, NOW)
    leave_catalogue(engine, link, now=NOW, leaving=LEAVING)
    monkeypatch.setattr(answering, "open_invitation", lambda *_: found)  # opened before the other request had ended
    with pytest.raises(LinkClosed):
        leave_catalogue(engine, link, now=NOW, leaving=LEAVING)


@pytest.fixture
def waiting(engine: Engine, tmp_path: Path) -> None:
    """An answer that waits for the team: its link went to an address that no directory gave."""
    taking(engine, tmp_path, NOW)(supplier(1, email=""))
    correct_supplier(engine, siret(1), {"courriel": ["un@autre.example"]}, author=WHO, motive="", now=NOW)
    link = secrets(engine, asked(engine).campaign.id)[siret(1)]
    keep_answer(engine, link, FULL, now=NOW)


@pytest.mark.usefixtures("waiting")
def test_an_answer_from_an_address_that_no_directory_gave_waits_for_the_team(engine: Engine) -> None:
    assert known(engine).activities == ()
    (one,) = load_campaign(engine, FIRST_ORGANISATION, 1).answered_structures
    assert one.answer is not None
    assert (one.answer.waiting, one.answer.is_refused) == (True, False)
    accept_waiting(engine, FIRST_ORGANISATION, 1, siret(1), author=WHO, now=NOW)
    assert [each.code for each in known(engine).activities] == [GREEN]
    assert "acceptée par" in corrections_of(engine, known(engine).id)[0].motive
    for judged in (
        lambda: accept_waiting(engine, FIRST_ORGANISATION, 1, siret(1), author=WHO, now=NOW),
        lambda: refuse_answer(engine, FIRST_ORGANISATION, 1, siret(1)),
    ):
        with pytest.raises(ChangeRefused, match="n’attend"):
            judged()


@pytest.mark.usefixtures("waiting")
def test_an_answer_that_the_team_refuses_stays_out_of_the_catalogue_and_in_its_campaign(engine: Engine) -> None:
    refuse_answer(engine, FIRST_ORGANISATION, 1, siret(1))
    (one,) = load_campaign(engine, FIRST_ORGANISATION, 1).answered_structures
    assert one.answer is not None
    assert (one.answer.waiting, one.answer.is_refused) == (False, True)
    assert one.answer.given == FULL
    assert known(engine).activities == ()
    with pytest.raises(ChangeRefused, match="n’attend"):
        accept_waiting(engine, FIRST_ORGANISATION, 1, siret(1), author=WHO, now=NOW)


def test_an_answer_about_a_need_moves_its_line_in_the_dossier(engine: Engine, tmp_path: Path) -> None:
    filled(engine, tmp_path)
    dossier = open_dossier(engine, FIRST_ORGANISATION, HEADER, author=WHO, now=NOW)
    dossier = change_dossier(
        engine,
        FIRST_ORGANISATION,
        dossier.id,
        [AddLot("Berges", freeze(SHORTLIST), IDS[:2])],
        version=1,
        author=WHO,
        now=NOW,
    )
    number = create_campaign(
        engine, FIRST_ORGANISATION, about_lot(dossier, 1, BY), IDS[:3], BY, author=WHO, now=NOW, months=MONTHS
    ).campaign.id
    links = secrets(engine, number)
    keep_answer(engine, links[siret(1)], GivenAnswer(available=False), now=NOW)
    keep_answer(engine, links[siret(3)], GivenAnswer(available=True), now=NOW)
    found = load_dossier(engine, FIRST_ORGANISATION, dossier.id)
    assert [one.status for one in found.lots[0].entries] == [Status.NOT_INTERESTED, Status.TO_CONTACT]
    assert found.lots[0].entries[0].status_by == "la structure"
    assert known(engine).activities == (), "availability for a need is no trade"
    change_dossier(engine, FIRST_ORGANISATION, dossier.id, [Close()], version=found.version, author=WHO, now=NOW)
    keep_answer(engine, links[siret(2)], GivenAnswer(available=True), now=NOW)
    assert len(load_campaign(engine, FIRST_ORGANISATION, number).answered_structures) == 3
