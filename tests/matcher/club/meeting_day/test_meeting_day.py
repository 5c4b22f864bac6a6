"""An event is the sum of its journal: what each change does, what it refuses, and that all of it comes back from JSON."""

import json
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.cleaning.hours import AFTER_BREAK, BEFORE_BREAK, MORNING, NO_MORNING, Presence
from matcher.club.meeting_day.answers import NEW, NOBODY, OTHER, NotePoints, SettlePoints
from matcher.club.meeting_day.changes import (
    ACTIONS,
    Amend,
    AnswerQuestion,
    Arrive,
    AskQuestion,
    Bind,
    DescribeDay,
    Freeze,
    Miss,
    OpenNext,
    Record,
    Register,
    RestoreDay,
    TellSequel,
    Unbind,
    WithdrawParticipant,
)
from matcher.club.meeting_day.entrance import CheckIn, UndoCheckIn
from matcher.club.meeting_day.header import DayHeader, TakenWord
from matcher.club.meeting_day.meeting_day import (
    Acceptance,
    Bond,
    Booking,
    Doubt,
    FrozenTimetable,
    ImportQuestion,
    MeetingDay,
    MeetingOutcome,
    Option,
    OwnNote,
    Result,
    Tie,
)
from matcher.club.meeting_day.own_words import Accept, GiveUp, NoteMeeting, TakeWords
from matcher.club.meeting_day.points import PointToConfirm, Topic
from matcher.club.meeting_day.schedule import Break, Schedule, clock
from matcher.club.meeting_day.sequels import Sequel, SequelStep
from matcher.journal.change import ChangeRefused, Delete, append, change_of, plain, replay
from tests.matcher.club.day import AT, BUYERS, HEADER, RULES, SCHEDULE, SUPPLIERS, WHO, after, full, opened
from tests.steps import steps_of

PLAN = FrozenTimetable((Booking(0, 1, 1, 4, 0.8, 3), Booking(1, 2, 2, 5, 0.7, 2)), 1.5, 1.5)
POINT = PointToConfirm(1, Topic.HOURS, "9:45", "Lu : dès 9 h 45.")
ASKED = (
    ImportQuestion(1, Doubt.WHO, 4, "Qui ?", (Option("siret:12345678900011", "ESAT"), Option(NEW, "nouveau"))),
    ImportQuestion(2, Doubt.TWICE, 5, "Deux fois ?", (Option("4", "une"), Option(OTHER, "deux"))),
    ImportQuestion(3, Doubt.WISH, 1, "Avec qui ?", (Option("5", "Table"), Option(NOBODY, "personne")), Tie.MUST),
)


def test_slots_go_around_the_breaks() -> None:
    assert [clock(start) for start in SCHEDULE.starts][3:5] == ["10\u00a0h\u00a000", "10\u00a0h\u00a040"]
    assert SCHEDULE.end == 12 * 60
    assert SCHEDULE.slot_from(10 * 60 + 1) == 4
    assert SCHEDULE.slot_from(23 * 60) == 8


@pytest.mark.parametrize(
    ("schedule", "word", "hours"),
    [
        (Schedule(540, 12, 15, (Break(630, 15),)), MORNING, (None, None)),
        (Schedule(540, 12, 15, (Break(630, 15),)), AFTER_BREAK, (645, None)),
        (Schedule(540, 12, 15, (Break(630, 15),)), BEFORE_BREAK, (None, 630)),
        (Schedule(540, 20, 20, (Break(630, 15), Break(735, 75))), MORNING, (None, 735)),
        (Schedule(540, 20, 20, (Break(630, 15), Break(735, 75))), NO_MORNING, (810, None)),
        (Schedule(540, 20, 20, (Break(630, 15), Break(735, 75))), AFTER_BREAK, None),
        (Schedule(540, 20, 20), MORNING, (None, 720)),
        (Schedule(540, 9, 20, (Break(620, 20), Break(720, 90))), MORNING, (None, 720)),  # one slot after lunch
        (Schedule(540, 10, 20, (Break(715, 10),)), MORNING, (None, None)),
        (Schedule(540, 8, 20), AFTER_BREAK, None),
    ],
)
def test_a_day_tells_the_hours_of_words(
    schedule: Schedule, word: str, hours: tuple[int | None, int | None] | None
) -> None:
    told = schedule.hours_of(Presence(words=(word,)))
    assert (told and (told.arrival, told.departure)) == hours


def test_no_slot_that_an_absence_meets_is_free() -> None:
    free = SCHEDULE.during(None, None, ((570, 590),))
    assert [clock(start) for start, there in zip(SCHEDULE.starts, free, strict=True) if not there] == [
        "9\u00a0h\u00a020",
        "9\u00a0h\u00a040",
    ]


@given(
    st.builds(
        Schedule,
        st.integers(0, 1439),
        st.integers(0, 20),
        st.integers(1, 60),
        st.lists(st.builds(Break, st.integers(0, 1439), st.integers(1, 90)), max_size=4).map(tuple),
        st.integers(0, 10),
    )
)
def test_no_slot_meets_a_break_or_another_slot(schedule: Schedule) -> None:
    spans = [(start, start + schedule.minutes) for start in schedule.starts]
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert all(end <= rest.start or rest.end <= start for start, end in spans for rest in schedule.breaks)


def test_everything_comes_back_from_the_json_of_the_journal() -> None:
    bond = Bond(Tie.MUST, 1, 4)
    event = after(
        full(),
        DescribeDay(replace(HEADER, place="Lille"), SCHEDULE, RULES),
        Amend((replace(BUYERS[0], people=3),)),
        Bind((bond, Bond(Tie.NEVER, 2, 4))),
        Unbind((bond,)),
        AskQuestion(ASKED),
        AnswerQuestion(1, "siret:12345678900011"),
        NotePoints((POINT, replace(POINT, about=2, topic=Topic.TRADE, written="voir le site"))),
        SettlePoints((POINT.code,)),
        Freeze(PLAN, "premier horaire"),
        Miss(6),
        Miss(5, 11 * 60),
        Arrive(6, 10 * 60),
        CheckIn(6, 10 * 60),
        UndoCheckIn(6),
        Record(MeetingOutcome(1, 4, Result.QUOTE, "pour janvier")),
        Accept((Acceptance(1, 4, 0),)),
        NoteMeeting(OwnNote(4, 1, Result.FOLLOW_UP, "à rappeler")),
        TellSequel(Sequel(4, 1, 4, SequelStep.QUOTE)),
        OpenNext(2),
        TakeWords((TakenWord(4, "zone", "30 km"),)),
        GiveUp(2),
        WithdrawParticipant(7, "ne vient pas"),
        Delete(),
        RestoreDay(),
    )
    assert {line.change.action for line in event.journal} == set(ACTIONS)
    lines = [
        replace(line, change=change_of(ACTIONS, line.change.action, json.loads(json.dumps(plain(line.change)))))
        for line in event.journal
    ]
    assert replay(MeetingDay(1), lines) == event
    assert all(line.change.says(event) for line in event.journal)
    assert event.participant(6).arrival == 600
    said = Bind((Bond(Tie.MUST, 1, 4), Bond(Tie.MUST, 1, 5), Bond(Tie.NEVER, 2, 4))).says(event)
    assert said == "note « doivent se voir » pour 2 paires, « ne doivent pas se voir » pour 1 paire"
    assert event.participant(5).departure == 660
    assert event.participant(4).siret == "12345678900011"


def test_a_key_is_never_given_twice() -> None:
    event = after(full(), WithdrawParticipant(7))
    assert event.next_key == 8
    with pytest.raises(ChangeRefused, match="n° 8"):
        after(event, Register((replace(SUPPLIERS[3], key=7),)))


def test_who_leaves_takes_wishes_and_meetings_along() -> None:
    event = after(
        full(),
        Bind((Bond(Tie.MUST, 1, 4),)),
        Freeze(PLAN),
        Record(MeetingOutcome(1, 4, Result.NOTHING)),
        NoteMeeting(OwnNote(1, 4, text="à rappeler")),
        WithdrawParticipant(4),
    )
    assert (event.bonds, event.outcomes, event.notes) == ((), {}, {})
    assert event.plan is not None
    assert [one.supplier for one in event.plan.bookings] == [5]


def test_two_of_one_number_are_one_until_someone_says_otherwise() -> None:
    twice = tuple(replace(one, siret="12345678900011") for one in SUPPLIERS[:2])
    event = full((*BUYERS, *twice, *SUPPLIERS[2:]))
    assert event.doubles == {5: 4}
    assert [one.key for one in event.list_seats(suppliers=True)] == [4, 6, 7]
    asked = after(event, AskQuestion(ASKED))
    assert after(asked, AnswerQuestion(2, OTHER)).doubles == {}
    assert after(full(), AskQuestion(ASKED), AnswerQuestion(2, "4")).doubles == {5: 4}


def test_a_buyer_there_twice_brings_all_its_needs_to_one_seat() -> None:
    event = after(full(), Amend((replace(BUYERS[1], same_as=1),)))
    (first, _) = event.list_seats(suppliers=False)
    assert [need.text for need in first.needs] == ["Entretien des espaces verts", "Traiteur", "Blanchisserie"]
    assert event.seat_of(2) == 1


def _steps(doubles: int) -> int:
    """How many instructions it takes to seat so many who are there twice."""
    lines = [replace(SUPPLIERS[0], key=key, siret=f"{key % doubles:014}") for key in range(1, 2 * doubles + 1)]
    event = replace(opened(), participants=tuple(lines))
    steps = steps_of(lambda: event.list_seats(suppliers=True))
    assert len(event.list_seats(suppliers=True)) == doubles
    return steps


def test_seating_twice_as_many_who_are_there_twice_takes_twice_the_work() -> None:
    assert _steps(400) < 2.5 * _steps(200)


def test_hours_of_presence_hold_a_slot() -> None:
    assert SCHEDULE.presence_fault(None, None) == SCHEDULE.presence_fault(580, 720) == ""
    assert "18\u00a0h\u00a000" in SCHEDULE.presence_fault(18 * 60, None)
    assert "jusqu’à 9\u00a0h\u00a005" in SCHEDULE.presence_fault(None, 9 * 60 + 5)
    assert "Aucun rendez-vous" in SCHEDULE.presence_fault(625, 650)  # over the break
    assert "après l’arrivée" in SCHEDULE.presence_fault(640, 640)


def test_an_answer_can_be_given_again() -> None:
    event = after(full(), AskQuestion(ASKED), AnswerQuestion(3, "5"))
    assert event.bonds == (Bond(Tie.MUST, 1, 5),)
    assert [one.number for one in event.open_questions] == [1, 2]
    assert after(event, AnswerQuestion(3, NOBODY)).bonds == ()
    with pytest.raises(ChangeRefused, match="« 5 », « personne »"):
        after(event, AnswerQuestion(3, "6"))
    with pytest.raises(ChangeRefused, match="pas de question 9"):
        after(event, AnswerQuestion(9, "6"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (DescribeDay(DayHeader(""), SCHEDULE, RULES), "titre"),
        (DescribeDay(HEADER, replace(SCHEDULE, slots=61), RULES), "créneaux"),
        (DescribeDay(HEADER, replace(SCHEDULE, start=23 * 60), RULES), "après minuit"),
        (DescribeDay(HEADER, SCHEDULE, replace(RULES, accessible=5)), "tables"),
        (Register((replace(SUPPLIERS[0], key=8, name=""),)), "nom"),
        (Register((replace(SUPPLIERS[0], key=8, people=0),)), "négatif"),
        (Amend((replace(SUPPLIERS[0], key=99),)), "n° 99"),
        (Bind((Bond(Tie.MUST, 1, 1),)), "soi-même"),
        (Freeze(replace(PLAN, bookings=(Booking(8, 1, 1, 4, 0.5, 1),))), "créneau 9"),
        (Record(MeetingOutcome(1, 5, Result.NOTHING)), "pas de rendez-vous"),
    ],
)
def test_what_cannot_be_is_refused_in_words(change: object, said: str) -> None:
    with pytest.raises(ChangeRefused, match=said):
        after(after(full(), Freeze(PLAN)), change)  # type: ignore[arg-type]


def test_an_outcome_with_an_absent_participant_is_refused_with_the_absence() -> None:
    with pytest.raises(ChangeRefused, match="Linge Exemple est absent, rien n’est à noter"):
        after(full(), Miss(6), Freeze(PLAN), Record(MeetingOutcome(2, 6, Result.NOT_HELD)))


def test_hours_that_change_drop_the_timetable() -> None:
    event = after(full(), Freeze(PLAN))
    assert after(event, DescribeDay(replace(HEADER, place="Arras"), SCHEDULE, RULES)).plan == PLAN
    assert after(event, DescribeDay(HEADER, replace(SCHEDULE, slots=6), RULES)).plan is None


def test_a_deleted_event_waits_to_be_restored() -> None:
    gone = after(full(), Delete())
    with pytest.raises(ChangeRefused, match="supprimé"):
        after(gone, WithdrawParticipant(4))
    assert not after(gone, RestoreDay()).deleted


def test_a_journal_starts_by_the_creation_and_is_signed() -> None:
    with pytest.raises(ChangeRefused, match="commence"):
        append(MeetingDay(1), Delete(), at=AT, author=WHO)
    with pytest.raises(ChangeRefused, match="qui le fait"):
        append(opened(), Delete(), at=AT, author=" ")


def test_who_is_there_twice_is_seated_at_the_hours_of_both_lines() -> None:
    one, again = (replace(SUPPLIERS[2], key=key, siret="00010102200010") for key in (1, 2))
    event = full((one, replace(again, departure=660, activity="Couture", workers=12.0, interpreter=True)))
    (seat,) = event.list_seats(suppliers=True)
    assert (seat.departure, seat.activity, seat.workers, seat.interpreter) == (
        660,
        "Blanchisserie\nCouture",
        12.0,
        True,
    )
    relay = full((replace(one, arrival=540, departure=600), replace(again, arrival=660, departure=720)))
    assert (relay.seat(2).arrival, relay.seat(2).departure) == (540, 720)
