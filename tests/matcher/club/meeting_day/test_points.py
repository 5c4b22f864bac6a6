"""What is to be confirmed by telephone stays on the list until it is confirmed, corrected, or nobody comes any more."""

from dataclasses import replace

from matcher.club.meeting_day.answers import NotePoints, SettlePoints
from matcher.club.meeting_day.changes import Amend, Miss, WithdrawParticipant
from matcher.club.meeting_day.participant_need import ParticipantNeed
from matcher.club.meeting_day.points import PointToConfirm, Topic
from tests.matcher.club.day import BUYERS, after, full

HOURS = PointToConfirm(1, Topic.HOURS, "9:45", "Lu : dès 9 h 45.")
TRADE = PointToConfirm(1, Topic.TRADE, BUYERS[0].needs[0].text, "Lu : « Tonte » ?")
OTHER = PointToConfirm(2, Topic.OTHER, "oui", "Vend aussi.")


def test_points_wait_until_each_is_confirmed_and_are_noted_once() -> None:
    event = after(full(), NotePoints((HOURS, TRADE, OTHER)), SettlePoints((HOURS.code,)), NotePoints((HOURS, OTHER)))
    assert event.to_ring == (TRADE, OTHER)
    assert [one.settled for one in event.points] == [True, False, False]
    assert not after(event, SettlePoints((TRADE.code, OTHER.code))).to_ring


def test_a_correction_settles_what_it_corrects_and_nothing_else() -> None:
    event = after(full(), NotePoints((HOURS, TRADE, OTHER)))
    assert after(event, Amend((replace(BUYERS[0], arrival=600),))).to_ring == (TRADE, OTHER)
    assert after(event, Amend((replace(BUYERS[0], place="Lille"),))).to_ring == (HOURS, TRADE, OTHER)
    more = replace(BUYERS[0], needs=(*BUYERS[0].needs, ParticipantNeed("Repas")))
    assert after(event, Amend((more,))).to_ring == (HOURS, TRADE, OTHER)
    assert after(event, Amend((replace(BUYERS[0], needs=(ParticipantNeed("Repas"),)),))).to_ring == (HOURS, OTHER)


def test_who_does_not_come_is_not_to_be_rung() -> None:
    event = after(full(), NotePoints((HOURS, OTHER)))
    assert after(event, Miss(1)).to_ring == (OTHER,)
    assert after(event, WithdrawParticipant(2)).points == (HOURS,)
