"""Answers taken back by who gave them, told once by a Club, contradicted in another lot, passed over by a status."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine

from matcher.club.meeting_day.changes import Register
from matcher.club.meeting_day.meeting_day import MeetingOutcome, Participant, ParticipantRole, Result
from matcher.club.meeting_day.store import change_latest_day as change_event
from matcher.club.meeting_day.store import create_day as create_event
from matcher.dossiers.answer_changes import change_status
from matcher.dossiers.answers import settle_answers, undo_answer
from matcher.dossiers.asking.answer import GivenAnswer
from matcher.dossiers.asking.answering import erase, keep_answer
from matcher.dossiers.changes import AddLot, Close
from matcher.dossiers.dossier import AnswerWay, CallOutcome, Dossier, Entry, SettledBy, Status
from matcher.dossiers.frozen_list import freeze
from matcher.dossiers.store import change_dossier, load_dossier
from matcher.journal.change import ChangeRefused
from matcher.ownership import FIRST_ORGANISATION as OWNER
from tests.matcher.club.day import HEADER as EVENT
from tests.matcher.club.day import RULES, SCHEDULE
from tests.matcher.dossiers.answered import KNOWN, UNKNOWN, entry_of, link_of, note, said, tell_club
from tests.matcher.dossiers.asking.campaigns import GREEN, NOW
from tests.matcher.dossiers.kept import WHO


@pytest.mark.parametrize("closed", [False, True])
def test_what_waited_for_an_answer_taken_back_counts(engine: Engine, dossier: Dossier, closed: bool) -> None:
    secret = link_of(engine, KNOWN)
    keep_answer(engine, secret, GivenAnswer(trades={GREEN: True}, available=True), now=NOW)
    note(engine, said(AnswerWay.PHONE, "non", CallOutcome.NOT_INTERESTED))
    assert entry_of(engine, KNOWN).rival is not None
    if closed:
        change_dossier(engine, OWNER, 1, [Close()], version=None, author=WHO, now=NOW)
    erase(engine, secret, now=NOW)
    held = entry_of(engine, KNOWN)
    assert [one.way for one in held.calls] == [AnswerWay.PHONE]
    assert (held.rival is None, held.status) == ((not closed), Status.TO_CONTACT if closed else Status.NOT_INTERESTED)


def test_taking_back_leaves_the_undoings_of_others_as_they_were(engine: Engine, dossier: Dossier) -> None:
    first = said(AnswerWay.PHONE, "", CallOutcome.INTERESTED)
    note(engine, first)
    secret = link_of(engine, KNOWN)
    keep_answer(engine, secret, GivenAnswer(workers="41"), now=NOW)
    note(engine, replace(first, key="once more"))
    for _ in range(2):
        undo_answer(engine, OWNER, 1, 1, KNOWN, author=WHO, now=NOW, corrects=WHO)
    erase(engine, secret, now=NOW)
    assert [one.key for one in entry_of(engine, KNOWN).calls] == [first.key]
    undo_answer(engine, OWNER, 1, 1, KNOWN, author=WHO, now=NOW, corrects=WHO)
    assert entry_of(engine, KNOWN).status is Status.TO_CONTACT


def test_each_meeting_of_a_day_is_an_answer_known_by_its_key(engine: Engine, dossier: Dossier) -> None:
    event = create_event(engine, OWNER, EVENT, SCHEDULE, RULES, author=WHO, now=NOW)
    coming = [Participant(1, ParticipantRole.SUPPLIER, "Atelier 2", supplier_id=UNKNOWN)]
    coming += [Participant(key, ParticipantRole.BUYER, f"Ville {key}") for key in (2, 3)]
    event = change_event(engine, OWNER, event.id, lambda _: [Register(tuple(coming))], author=WHO, now=NOW)
    both = {frozenset((1, key)): MeetingOutcome(key, 1, Result.QUOTE) for key in (2, 3)}
    assert len(tell_club(engine, replace(event, outcomes=both))) == 2
    assert [line.count("devis") for line in entry_of(engine, UNKNOWN).note.splitlines()] == [1, 1]
    undo_answer(engine, OWNER, 1, 1, UNKNOWN, author=WHO, now=NOW, corrects=WHO)
    assert "Ville 3" not in entry_of(engine, UNKNOWN).note
    (again,) = tell_club(engine, replace(event, outcomes=both))
    assert again.key == f"club {event.id}, 3-1"
    other = {**both, frozenset((1, 3)): MeetingOutcome(3, 1, Result.NOTHING)}
    (amended,) = tell_club(engine, replace(event, outcomes=other))
    held = entry_of(engine, UNKNOWN)
    assert (amended.outcome, len(list(held.calls)), held.rival) == (CallOutcome.ANSWERED, 2, None)
    assert held.note.count("Ville 3") == 1
    for _ in range(2):
        undo_answer(engine, OWNER, 1, 1, UNKNOWN, author=WHO, now=NOW, corrects=WHO)
    for result in (Result.QUOTE, Result.NOTHING):
        tell_club(engine, replace(event, outcomes={frozenset((1, 3)): MeetingOutcome(3, 1, result)}))
    assert entry_of(engine, UNKNOWN).status is Status.CONTACTED, "corrected, it promises nothing"


def test_another_lot_that_says_otherwise_is_asked_about_and_gives_a_day_to_call(
    engine: Engine, dossier: Dossier
) -> None:
    frozen = freeze(dossier.lot(1).frozen)
    change_dossier(engine, OWNER, 1, [AddLot("Bis", frozen, (KNOWN,))], version=None, author=WHO, now=NOW)
    note(engine, said(AnswerWay.PHONE, "oui", CallOutcome.INTERESTED))
    note(engine, replace(said(AnswerWay.PHONE, "non", CallOutcome.NOT_INTERESTED), lot=2, key="bis"))
    held = load_dossier(engine, OWNER, 1).entry(2, KNOWN)
    assert (held.call, held.rival and held.rival.key) == (None, "bis")
    settle_answers(engine, OWNER, 1, 2, KNOWN, SettledBy.ANOTHER, author=WHO, now=NOW, corrects=WHO)
    held = load_dossier(engine, OWNER, 1).entry(2, KNOWN)
    assert (held.rival, held.status, str(held.again)) == (None, Status.TO_CONTACT, "2026-11-29")


def test_a_status_is_an_answer_that_asks_before_it_passes_over_another(engine: Engine, dossier: Dossier) -> None:
    assert follow_as(engine, Status.CONTACTED).call is None
    note(engine, said(AnswerWay.PHONE, "oui", CallOutcome.INTERESTED))
    asked = follow_as(engine, Status.NO_ANSWER, "Léa")
    assert (asked.status, asked.rival and asked.rival.way) == (Status.INTERESTED, AnswerWay.FOLLOWED)
    with pytest.raises(ChangeRefused, match="laquelle compte"):
        follow_as(engine, Status.NOT_INTERESTED)
    undo_answer(engine, OWNER, 1, 1, KNOWN, author="Léa", now=NOW)
    with pytest.raises(ChangeRefused, match="annulez d’abord"):
        follow_as(engine, Status.TO_CONTACT)
    undo_answer(engine, OWNER, 1, 1, KNOWN, author=WHO, now=NOW, corrects=WHO)
    assert entry_of(engine, KNOWN).status is Status.CONTACTED
    assert follow_as(engine, Status.TO_CONTACT).status is Status.TO_CONTACT


def follow_as(engine: Engine, status: Status, who: str = WHO) -> Entry:
    """The entry of a supplier once a person has said where it stands."""
    seen = load_dossier(engine, OWNER, 1)
    change_dossier(
        engine,
        OWNER,
        1,
        [change_status(seen, 1, KNOWN, status, on=NOW.date(), author=who)],
        version=None,
        author=who,
        now=NOW,
    )
    return entry_of(engine, KNOWN)


@pytest.mark.parametrize("way", [AnswerWay.PHONE, AnswerWay.FOLLOWED, AnswerWay.CLUB])
def test_one_that_said_yes_is_chosen_and_taken_back(engine: Engine, dossier: Dossier, way: AnswerWay) -> None:
    note(engine, said(way, "", CallOutcome.INTERESTED))
    assert follow_as(engine, Status.CHOSEN).status is Status.CHOSEN
    taken_back = follow_as(engine, Status.INTERESTED)
    assert (taken_back.status, len(list(taken_back.calls))) == (Status.INTERESTED, 1)


def test_undoing_an_answer_leaves_the_status_that_its_writer_set_since(engine: Engine, dossier: Dossier) -> None:
    note(engine, said(AnswerWay.PHONE, "", CallOutcome.INTERESTED))
    follow_as(engine, Status.CHOSEN)
    undo_answer(engine, OWNER, 1, 1, KNOWN, author=WHO, now=NOW, corrects=WHO)
    assert (held := entry_of(engine, KNOWN)).status is Status.CHOSEN
    assert held.call is None


@pytest.mark.parametrize("does", [CallOutcome.INTERESTED, CallOutcome.NOT_INTERESTED])
@pytest.mark.parametrize("way", [AnswerWay.LINK, AnswerWay.CLUB])
def test_a_contradiction_is_asked_until_a_person_says_which_counts(
    engine: Engine, dossier: Dossier, way: AnswerWay, does: CallOutcome
) -> None:
    note(engine, said(AnswerWay.PHONE, "", CallOutcome.INTERESTED))
    note(engine, said(AnswerWay.PHONE, "", CallOutcome.NOT_INTERESTED), who="Max")
    note(engine, said(way, "", does))
    assert (waiting := entry_of(engine, KNOWN).rival) is not None
    assert (waiting.who, waiting.outcome) == ("Max", CallOutcome.NOT_INTERESTED)
