"""Campaigns kept: who is asked, who is not and why, one follow-up, bounces, the end, who leaves."""

from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs
from sqlalchemy import Engine, select

from matcher.catalogue.intake.undo import undo_import
from matcher.catalogue.steward.privacy import forget_value, opt_out, purge
from matcher.club.leaving import LEAVING
from matcher.db import reading, writing
from matcher.domain.match import Band
from matcher.dossiers.asking.answer import GivenAnswer
from matcher.dossiers.asking.answering import keep_answer
from matcher.dossiers.asking.campaign import (
    ALREADY,
    BOUNCED,
    HAS_ANSWERED,
    LATER,
    LEFT,
    NO_ADDRESS,
    NOT_LISTED,
    about_lot,
)
from matcher.dossiers.asking.sending import queue_reminder, send_campaign
from matcher.dossiers.asking.store import (
    CampaignUnknown,
    create_campaign,
    end_campaign,
    leave_out_structure,
    list_campaigns,
    load_campaign,
    plan_campaign,
    record_bounce,
)
from matcher.dossiers.asking.tables import AskedRow, CampaignRow
from matcher.dossiers.changes import AddLot
from matcher.dossiers.frozen_list import freeze
from matcher.dossiers.store import change_dossier, load_dossier
from matcher.dossiers.store import create_dossier as open_dossier
from matcher.dossiers.todo import REMINDED_AFTER
from matcher.journal.change import ChangeRefused
from matcher.mail.delivery import Delivery
from matcher.mail.outbox import MessageState
from matcher.ownership import FIRST_ORGANISATION
from matcher.rows import table_of
from tests.factories import siret, taking
from tests.matcher.dossiers.asking.campaigns import (
    ADDRESS,
    BY,
    GREEN,
    MONTHS,
    NOW,
    WASH,
    asked,
    filled,
    secrets,
    supplier,
)
from tests.matcher.dossiers.kept import HEADER, SHORTLIST, WHO
from tests.matcher.mail.mailbox import Mailbox, serving


def test_those_whose_trade_is_not_known_are_asked_and_the_others_have_their_reason(
    engine: Engine, tmp_path: Path
) -> None:
    filled(engine, tmp_path)
    state = asked(engine, most=2)
    assert len(state.asked_structures) == 2
    assert sorted(one.left_out for one in state.left_out) == sorted([LATER, NO_ADDRESS])
    first = state.asked_structures[0]
    assert (first.source, str(first.as_of)) == ("essai", "2026-09-01")
    assert first.messages[0].state is MessageState.TO_SEND
    texts = {one.messages[0].text for one in state.asked_structures}
    assert len(texts) == 1, "the same for all"
    assert state.campaign.text in texts.pop()
    assert [one.id for one in list_campaigns(engine, FIRST_ORGANISATION)] == [state.campaign.id]
    with pytest.raises(CampaignUnknown):
        load_campaign(engine, FIRST_ORGANISATION, 99)


def test_nobody_to_ask_keeps_nothing(engine: Engine, tmp_path: Path) -> None:
    filled(engine, tmp_path, 0)
    with pytest.raises(ChangeRefused, match="sans courriel"):
        asked(engine)
    with reading(engine) as connection:
        assert (
            not connection.execute(select(table_of(CampaignRow))).all()
            + connection.execute(select(table_of(AskedRow))).all()
        )


def test_a_lot_is_asked_about_once(engine: Engine, tmp_path: Path) -> None:
    filled(engine, tmp_path)
    dossier = open_dossier(engine, FIRST_ORGANISATION, HEADER, author=WHO, now=NOW)
    matches = tuple(structs.replace(match, band=Band.A_APPELER) for match in SHORTLIST.matches)
    frozen = AddLot("Berges", freeze(replace(SHORTLIST, matches=matches)))
    dossier = change_dossier(engine, FIRST_ORGANISATION, dossier.id, [frozen], version=1, author=WHO, now=NOW)
    ids = [f"siret:{siret(number)}" for number in (1, 2)]
    draft = about_lot(dossier, 1, BY)
    create_campaign(engine, FIRST_ORGANISATION, draft, [ids[0], "siret:rien"], BY, author=WHO, now=NOW, months=MONTHS)
    state = create_campaign(engine, FIRST_ORGANISATION, draft, ids, BY, author=WHO, now=NOW, months=MONTHS)
    assert [(one.supplier_id, bool(one.left_out)) for one in state.structures] == [(ids[0], True), (ids[1], False)]
    assert [one.left_out for one in load_campaign(engine, FIRST_ORGANISATION, 1).left_out] == [NOT_LISTED]
    assert len(list_campaigns(engine, FIRST_ORGANISATION, dossier.id)) == 2
    assert list_campaigns(engine, FIRST_ORGANISATION, 77) == []


def test_a_structure_whose_id_has_changed_is_still_the_same(engine: Engine, tmp_path: Path) -> None:
    filled(engine, tmp_path)
    number = asked(engine).campaign.id
    with writing(engine) as connection:
        table = table_of(AskedRow)
        connection.execute(table.update().where(table.c.id == 1).values(supplier_id="essai:1"))
    assert [one.name for one in load_campaign(engine, FIRST_ORGANISATION, number).asked_structures] == [
        "Atelier 1",
        "Atelier 2",
        "Atelier 3",
    ]


def test_who_was_not_written_to_in_the_end_may_be_asked_again(engine: Engine, tmp_path: Path) -> None:
    filled(engine, tmp_path)
    dossier = open_dossier(engine, FIRST_ORGANISATION, HEADER, author=WHO, now=NOW)
    change_dossier(
        engine, FIRST_ORGANISATION, dossier.id, [AddLot("Berges", freeze(SHORTLIST))], version=1, author=WHO, now=NOW
    )
    draft = about_lot(load_dossier(engine, FIRST_ORGANISATION, dossier.id), 1, BY)
    ids = [f"siret:{siret(number)}" for number in (1, 2)]
    first = create_campaign(engine, FIRST_ORGANISATION, draft, ids, BY, author=WHO, now=NOW, months=MONTHS).campaign.id
    asked_about = {"today": NOW.date(), "months": MONTHS, "dossier_id": dossier.id, "lot": 1}
    assert [one.left_out for one in plan_campaign(engine, FIRST_ORGANISATION, ids, **asked_about)] == [ALREADY, ALREADY]
    end_campaign(engine, FIRST_ORGANISATION, first, now=NOW)
    foreseen = plan_campaign(engine, FIRST_ORGANISATION, ids, **asked_about)
    assert [(one.left_out, one.address and one.address.value) for one in foreseen] == [
        ("", "contact@atelier-1.example"),
        ("", "contact@atelier-2.example"),
    ]


def test_one_is_left_out_by_hand_with_a_reason_until_its_message_leaves(engine: Engine, tmp_path: Path) -> None:
    filled(engine, tmp_path)
    number = asked(engine).campaign.id
    with pytest.raises(ChangeRefused, match="la raison est gardée"):
        leave_out_structure(engine, FIRST_ORGANISATION, number, siret(1), " \n", now=NOW)
    leave_out_structure(engine, FIRST_ORGANISATION, number, siret(1), "en  redressement\njudiciaire", now=NOW)
    reasons = {one.name: one.left_out for one in load_campaign(engine, FIRST_ORGANISATION, number).left_out}
    assert reasons["Atelier 1"] == "en redressement judiciaire"
    assert siret(1) not in secrets(engine, number), "its message never leaves"
    for key in (siret(1), siret(2)):
        with pytest.raises(ChangeRefused, match="fermez son lien"):
            leave_out_structure(engine, FIRST_ORGANISATION, number, key, "trop tard", now=NOW)
    assert [one.linked for one in load_campaign(engine, FIRST_ORGANISATION, number).asked_structures] == [True, True]
    end_campaign(engine, FIRST_ORGANISATION, number, now=NOW, key=siret(2))
    assert sorted(one.linked for one in load_campaign(engine, FIRST_ORGANISATION, number).asked_structures) == [
        False,
        True,
    ]
    assert queue_reminder(engine, FIRST_ORGANISATION, number, now=NOW + REMINDED_AFTER) == 1, (
        "whose link was closed is not written to again"
    )


def test_nobody_gets_the_same_message_twice_but_one_that_was_called_off_may_be_made_anew(
    engine: Engine, tmp_path: Path
) -> None:
    filled(engine, tmp_path)
    first = asked(engine).campaign
    again = {"today": NOW.date(), "months": MONTHS, "text": first.text}
    ids = [f"siret:{siret(1)}"]
    assert [one.left_out for one in plan_campaign(engine, FIRST_ORGANISATION, ids, **again)] == [ALREADY]
    with pytest.raises(ChangeRefused, match="déjà interrogée"):
        asked(engine)
    end_campaign(engine, FIRST_ORGANISATION, first.id, now=NOW)
    assert len(asked(engine).asked_structures) == 3


def test_who_has_answered_bounced_or_whose_links_are_closed_is_not_written_to_again(
    engine: Engine, tmp_path: Path
) -> None:
    filled(engine, tmp_path, 4)
    number = asked(engine).campaign.id
    links = secrets(engine, number)
    end_campaign(engine, FIRST_ORGANISATION, number, now=NOW, key=siret(1))
    assert set(secrets(engine, number)) == {siret(n) for n in (2, 3, 4)}, "a link that was closed is not drawn anew"
    assert queue_reminder(engine, FIRST_ORGANISATION, number, now=NOW + REMINDED_AFTER) == 3
    keep_answer(engine, links[siret(2)], GivenAnswer(trades={GREEN: True}), now=NOW)
    record_bounce(engine, FIRST_ORGANISATION, number, siret(3), "boîte pleine", now=NOW)
    last = {
        one.supplier_id.removeprefix("siret:"): one.messages[-1]
        for one in load_campaign(engine, FIRST_ORGANISATION, number).asked_structures
    }
    assert [last[siret(n)].reason for n in (2, 3, 4)] == [HAS_ANSWERED, BOUNCED, ""]
    assert set(secrets(engine, number, "Objet")) == {last[siret(4)].subject}, "the reminder alone"


def test_a_supplier_is_one_under_the_ids_that_it_had(engine: Engine, tmp_path: Path) -> None:
    take_in = taking(engine, tmp_path, NOW)
    take_in(supplier(1, siret="", finess="590000014"))
    before = asked(engine).campaign.id
    links = secrets(engine, before, "Courriel")
    take_in(supplier(1, finess="590000014"))
    (one,) = load_campaign(engine, FIRST_ORGANISATION, before).asked_structures
    assert (one.supplier_id, one.name) == ("finess:590000014", "Atelier 1")
    with pytest.raises(ChangeRefused, match="déjà interrogée"):
        asked(engine)
    keep_answer(engine, links["contact@atelier-1.example"], GivenAnswer(trades={WASH: True}), now=NOW)


def test_who_is_no_longer_in_the_catalogue_gets_nothing(engine: Engine, tmp_path: Path) -> None:
    run = taking(engine, tmp_path, NOW)(supplier(1), supplier(2)).run
    assert run is not None
    number = asked(engine).campaign.id
    undo_import(engine, run, now=NOW)
    with serving(Mailbox()) as server:
        assert send_campaign(engine, FIRST_ORGANISATION, number, server, BY, ADDRESS, clock=lambda: NOW) == Delivery(
            0, 0, 0
        )
    assert {one.messages[0].reason for one in load_campaign(engine, FIRST_ORGANISATION, number).asked_structures} == {
        NOT_LISTED
    }


def test_those_who_are_silent_are_written_to_once_more(engine: Engine, tmp_path: Path) -> None:
    filled(engine, tmp_path)
    number = asked(engine).campaign.id
    with pytest.raises(ChangeRefused, match="Personne à relancer"):
        queue_reminder(engine, FIRST_ORGANISATION, number, now=NOW + REMINDED_AFTER)
    links = secrets(engine, number)
    keep_answer(engine, links[siret(1)], GivenAnswer(trades={GREEN: True}), now=NOW)
    record_bounce(engine, FIRST_ORGANISATION, number, siret(2), "boîte pleine", now=NOW)
    with pytest.raises(ChangeRefused, match="à partir du 4 décembre 2026"):
        queue_reminder(engine, FIRST_ORGANISATION, number, now=NOW)
    assert queue_reminder(engine, FIRST_ORGANISATION, number, now=NOW + REMINDED_AFTER) == 1
    with pytest.raises(ChangeRefused, match="une fois suffit"):
        queue_reminder(engine, FIRST_ORGANISATION, number, now=NOW + REMINDED_AFTER)
    (silent,) = [
        one for one in load_campaign(engine, FIRST_ORGANISATION, number).asked_structures if len(one.messages) == 2
    ]
    assert silent.supplier_id == f"siret:{siret(3)}"
    assert silent.messages[1].subject.startswith("Rappel : ")
    with pytest.raises(ChangeRefused, match="n’est pas dans la campagne"):
        record_bounce(engine, FIRST_ORGANISATION, number, siret(77), "", now=NOW)


def test_a_campaign_that_ends_closes_its_links_and_keeps_its_answers(engine: Engine, tmp_path: Path) -> None:
    filled(engine, tmp_path)
    number = asked(engine).campaign.id
    links = secrets(engine, number)
    keep_answer(engine, links[siret(1)], GivenAnswer(trades={GREEN: True}), now=NOW)
    assert end_campaign(engine, FIRST_ORGANISATION, number, now=NOW, key=siret(2)) == 1
    assert end_campaign(engine, FIRST_ORGANISATION, number, now=NOW) == 2
    assert len(load_campaign(engine, FIRST_ORGANISATION, number).answered_structures) == 1
    with pytest.raises(ChangeRefused, match="close"):
        secrets(engine, number)


def test_who_leaves_is_written_to_no_more_and_leaves_no_answer(engine: Engine, tmp_path: Path) -> None:
    filled(engine, tmp_path)
    number = asked(engine).campaign.id
    links = secrets(engine, number)
    keep_answer(engine, links[siret(1)], GivenAnswer(trades={GREEN: True}, contact="Accueil"), now=NOW)
    opt_out(engine, siret(1), author=WHO, motive="", now=NOW, leaving=LEAVING)
    state = load_campaign(engine, FIRST_ORGANISATION, number)
    (left,) = [one for one in state.left_out if one.left_out == LEFT]
    assert (left.supplier, left.answer, left.name) == (None, None, LEFT)
    assert "atelier-1" not in str(left.messages)
    assert len(state.asked_structures) == 2


def test_an_address_that_is_forgotten_and_answers_that_are_old_go(engine: Engine, tmp_path: Path) -> None:
    filled(engine, tmp_path)
    number = asked(engine).campaign.id
    links = secrets(engine, number)
    given = GivenAnswer(trades={GREEN: True}, phone="03 27 00 00 01", contact="Accueil")
    keep_answer(engine, links[siret(1)], given, now=NOW)
    forget_value(engine, "contact@atelier-2.example", now=NOW)
    assert siret(2) not in secrets(engine, number)
    purge(engine, before=NOW.date(), now=NOW)
    assert load_campaign(engine, FIRST_ORGANISATION, number).answered_structures[0].answer is not None
    purge(engine, before=NOW.date().replace(day=28), now=NOW)
    (old,) = load_campaign(engine, FIRST_ORGANISATION, number).answered_structures
    assert old.answer is not None
    assert (old.answer.given.phone, old.answer.given.contact) == ("", "")
    assert old.supplier is not None
    assert old.supplier.activities == ()
    assert ADDRESS not in str(load_campaign(engine, FIRST_ORGANISATION, number))
