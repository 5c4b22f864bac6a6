"""Standing of each structure: one for each, whatever became of its messages; the counts add up to all."""

from dataclasses import replace

import pytest

from matcher.dossiers.asking.answer import GivenAnswer
from matcher.dossiers.asking.campaign import LEFT, NO_ADDRESS
from matcher.dossiers.asking.standing import Standing, count_standings, structure_standing
from matcher.dossiers.asking.store import AskedSupplier, Campaign, CampaignState, StoredAnswer
from matcher.mail.links import Correspondence
from matcher.mail.outbox import MessageState, OutboxMessage
from matcher.ownership import FIRST_ORGANISATION
from tests.matcher.dossiers.asking.campaigns import GREEN, NOW

CAMPAIGN = Campaign(1, FIRST_ORGANISATION, "Titre", None, None, (), "Objet", "Texte", "Léa", NOW, None, None)
ANSWER = StoredAnswer(NOW, GivenAnswer(trades={GREEN: True}), waiting=False, correction_id=4)


def structure(*states: MessageState, left_out: str = "", answer: StoredAnswer | None = None) -> AskedSupplier:
    messages = tuple(
        OutboxMessage(1, "t", Correspondence.CAMPAIGN, 1, "a@b.example", "O", "T", state, "", 1, NOW)
        for state in states
    )
    return AskedSupplier(1, "siret:1", left_out, "essai", None, None, messages, answer)


@pytest.mark.parametrize("state", MessageState)
def test_each_state_of_a_message_is_a_standing(state: MessageState) -> None:
    assert structure_standing(structure(state)) in Standing


def test_an_answer_goes_before_its_messages_and_a_reason_before_all() -> None:
    sent, off = MessageState.SENT, MessageState.CANCELLED
    assert structure_standing(structure(sent, answer=ANSWER)) is Standing.ANSWERED
    assert structure_standing(structure(sent, answer=replace(ANSWER, waiting=True))) is Standing.TO_READ
    assert structure_standing(structure(sent, answer=ANSWER, left_out=LEFT)) is Standing.LEFT
    assert structure_standing(structure(off, left_out=NO_ADDRESS)) is Standing.LEFT_OUT
    assert structure_standing(structure(sent, off)) is Standing.SENT, "the follow-up was called off"
    assert structure_standing(structure(off)) is Standing.CANCELLED


def test_counts_add_up() -> None:
    held = (structure(MessageState.SENT), structure(MessageState.SENT, answer=ANSWER), structure(left_out=NO_ADDRESS))
    found = count_standings(CampaignState(CAMPAIGN, held))
    assert found == {Standing.ANSWERED: 1, Standing.SENT: 1, Standing.LEFT_OUT: 1}
    assert sum(found.values()) == len(held)
