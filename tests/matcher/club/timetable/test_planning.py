"""From names to rows and back: wishes, refusals and hours reach the planner, words and places come back, and changes are few and said."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.club.meeting_day.changes import Amend, Arrive, Bind, DescribeDay, Freeze, Miss, Record, Register
from matcher.club.meeting_day.header import Rules
from matcher.club.meeting_day.meeting_day import (
    Bond,
    Booking,
    FrozenTimetable,
    MeetingDay,
    MeetingOutcome,
    Participant,
    ParticipantRole,
    Result,
    Tie,
)
from matcher.club.meeting_day.participant_need import ParticipantNeed
from matcher.club.timetable.planning import (
    Moves,
    compare_timetables,
    in_reach,
    move_sentences,
    moves_since,
    place_pair,
    plan_timetable,
    replan_timetable,
    setting_of,
    welcome_arrival,
)
from matcher.club.timetable.setting import WISHED, Setting, least_of, most_of
from matcher.db import open_database
from matcher.domain.french import typeset
from matcher.journal.change import ChangeRefused
from matcher.ownership import FIRST_ORGANISATION
from tests.matcher.club.day import (
    BUYERS,
    DAY,
    HEADER,
    RULES,
    SCHEDULE,
    SUPPLIERS,
    after,
    frozen,
    full,
    laid_out,
    opened,
)
from tests.matcher.club.made_day import answered, faults, made_day
from tests.matcher.club.played_day import listed, played
from tests.waiting import LONGEST_S

GREEN = tuple(
    Participant(
        key, ParticipantRole.SUPPLIER, f"Espaces {key}", activity="Entretien des espaces verts", place="Maubeuge"
    )
    for key in range(4, 10)
)


def pairs(plan: FrozenTimetable | None) -> set[tuple[int, int]]:
    assert plan is not None
    return {(one.buyer, one.supplier) for one in plan.bookings}


def busy() -> MeetingDay:
    """Three buyers of one trade, six suppliers who all do it, tables for all."""
    return full((*(replace(one, needs=BUYERS[0].needs) for one in BUYERS), *GREEN))


def test_the_best_meet_and_each_reader_is_told_why() -> None:
    plan = plan_timetable(laid_out(full()), seconds=LONGEST_S)
    assert pairs(plan) >= {(1, 4), (2, 5), (2, 6), (3, 7)}
    assert plan.total == pytest.approx(plan.bound)
    (green,) = (one for one in plan.bookings if (one.buyer, one.supplier) == (1, 4))
    assert green.level == 3
    assert green.to_buyer == typeset("Il déclare « Entretien des espaces verts » ; il est sur place (Maubeuge).")
    assert "c’est votre métier" in green.to_supplier
    assert "vous êtes sur place (Maubeuge)" in green.to_supplier
    assert len(green.on_supplier) == len(green.on_buyer) == 3
    assert "à demander" in green.on_supplier[2]
    (linen,) = (one for one in plan.bookings if one.supplier == 6)
    assert linen.to_buyer.startswith(typeset("Pour « Blanchisserie » : "))
    assert [rival.name for rival in plan.rivals] == ["la meilleure paire d’abord", "au hasard"]


def test_a_refusal_wins_over_a_wish_and_a_wish_over_a_former_meeting() -> None:
    event = after(
        full(), Bind((Bond(Tie.MUST, 1, 5), Bond(Tie.MET, 1, 5), Bond(Tie.NEVER, 4, 1), Bond(Tie.MUST, 1, 4)))
    )
    setting = laid_out(event)
    assert setting.worth[0].tolist()[:2] == [0.0, WISHED]
    assert setting.problem.must == ((0, 0), (0, 1))
    found = plan_timetable(setting, seconds=LONGEST_S)
    assert (1, 5) in pairs(found)
    assert (1, 4) not in pairs(found)
    (wished,) = (one for one in found.bookings if (one.buyer, one.supplier) == (1, 5))
    assert wished.to_buyer.endswith("Vous l’avez demandé.")
    assert wished.to_supplier.endswith("Il a demandé à vous voir.")


def test_each_side_has_its_bounds_and_suppliers_those_of_buyers_where_none_is_said() -> None:
    rules = Rules(tables=4, least=2, most=5)
    event = after(full(), DescribeDay(HEADER, SCHEDULE, replace(rules, supplier_least=1, supplier_most=3)))
    problem = laid_out(event).problem
    assert [set(side.least.tolist()) for side in (problem.buyers, problem.suppliers)] == [{2}, {1}]
    assert [set(side.most.tolist()) for side in (problem.buyers, problem.suppliers)] == [{5}, {3}]
    same = laid_out(after(full(), DescribeDay(HEADER, SCHEDULE, rules))).problem
    assert set(same.suppliers.least.tolist()) | set(same.suppliers.most.tolist()) == {2, 5}


def test_a_least_above_its_most_is_said_of_its_side() -> None:
    assert Rules(least=2, most=2).faults == {}
    assert Rules(least=2, most=3, supplier_most=1).faults.keys() == {"supplier_least"}
    assert Rules(least=4, most=3, supplier_least=0).faults == {
        "least": "Acheteurs : 4 rendez-vous au moins et 3 au plus. Le minimum ne peut pas dépasser le maximum."
    }


def test_hours_rest_and_most_reach_the_planner() -> None:
    changed = replace(
        SUPPLIERS[0], arrival=9 * 60 + 30, departure=11 * 60 + 30, most=2, least=3, abreast=2, step_free=True
    )
    event = after(full(), Amend((changed, replace(SUPPLIERS[1], absent=True))))
    problem = laid_out(event).problem
    assert problem.suppliers.free[0].tolist() == [False, False, True, True, True, True, False, False]
    assert not problem.suppliers.free[1].any()
    assert (problem.suppliers.most[0], problem.suppliers.least[0], problem.suppliers.people[0]) == (2, 3, 2)
    assert problem.suppliers.step_free.tolist() == [True, False, False, False]
    assert (most_of(SUPPLIERS[2], event), least_of(SUPPLIERS[2], event)) == (8, 1)
    assert least_of(event.participant(5), event) == 0  # nobody is under its least who does not come
    assert (problem.room.tables.tolist(), problem.room.accessible) == ([4] * 8, 1)


def test_nobody_sits_in_an_absence_in_the_middle_of_a_stay() -> None:
    event = after(full(), Amend((replace(SUPPLIERS[0], away=((9 * 60 + 20, 9 * 60 + 50),)),)))
    assert laid_out(event).problem.suppliers.free[0].tolist() == [True, False, False, *[True] * 5]


def test_who_met_at_an_earlier_day_is_not_proposed_unless_it_was_not_held() -> None:
    former = frozen(full())
    assert laid_out(full(), [former]).worth[0, 0] == 0
    unheld = after(former, Record(MeetingOutcome(1, 4, Result.NOT_HELD)))
    assert laid_out(full(), [unheld]).worth[0, 0] > 0
    away = after(former, Miss(4))
    assert laid_out(full(), [away]).worth[0, 0] > 0


def test_whoever_is_there_twice_sits_once() -> None:
    twice = replace(SUPPLIERS[1], same_as=4)
    event = after(full(), Amend((twice,)), Bind((Bond(Tie.MUST, 2, 5),)))
    setting = laid_out(event)
    assert [one.key for one in setting.affinities.suppliers] == [4, 6, 7]
    assert (2, 4) in pairs(plan_timetable(setting, seconds=LONGEST_S))


def test_an_absence_touches_only_who_is_absent() -> None:
    event = frozen(busy())
    missed = after(event, Miss(4))
    made, changed = replan_timetable(laid_out(missed), from_slot=0)
    assert event.plan is not None
    stay = [one for one in event.plan.bookings if 4 not in one.pair]
    assert all(one in made.bookings for one in stay)
    assert {one.supplier for one in changed.cancelled} <= {4}
    assert made.mended
    lines = move_sentences(missed, changed)
    assert len(lines) == len(changed) >= 3
    assert lines[0].startswith("annulé : ")
    assert " et Espaces 4, " in lines[0]
    follow = after(missed, Freeze(made))
    assert moves_since(follow, event.version) == changed
    assert moves_since(follow, follow.version) == Moves()


def test_what_happens_elsewhere_moves_nothing_of_a_frozen_day() -> None:
    """The same people met at another event that is frozen since, or the catalogue no longer says what they do: one absence is one absence."""
    event = frozen(busy())
    missed = after(event, Miss(4))
    alone = replan_timetable(laid_out(missed), from_slot=0)[1]
    assert replan_timetable(laid_out(event, [event]), from_slot=0)[1] == Moves()
    assert replan_timetable(laid_out(missed, [event]), from_slot=0)[1] == alone
    known = laid_out(missed)
    forgotten = Setting(missed, replace(known.affinities, worth=0 * known.affinities.worth), known.met)
    assert replan_timetable(forgotten, from_slot=0)[1].cancelled == alone.cancelled


def test_who_refuses_or_asks_for_something_else_since_is_no_longer_held() -> None:
    event = frozen(busy())
    assert event.plan is not None
    seen = event.plan.bookings[0]
    refused = after(event, Bind((Bond(Tie.NEVER, seen.buyer, seen.supplier),)))
    assert seen in replan_timetable(laid_out(refused), from_slot=0)[1].cancelled
    other = after(event, Amend((replace(event.seat(1), needs=(ParticipantNeed("Traiteur", "Lille"),)),)))
    assert {one.buyer for one in replan_timetable(laid_out(other), from_slot=0)[1].cancelled} == {1}


def test_one_table_is_closed_and_only_its_meetings_move() -> None:
    event = after(frozen(busy()), DescribeDay(HEADER, SCHEDULE, replace(RULES, tables=4, closed=(2,))))
    made, changed = replan_timetable(laid_out(event), from_slot=0)
    assert {one.table for one in made.bookings} <= {1, 3, 4}
    assert event.plan is not None
    assert {one.pair for one, _ in changed.moved} | {one.pair for one in changed.cancelled} == {
        one.pair for one in event.plan.bookings if one.table == 2
    }
    assert {one.table for one in plan_timetable(laid_out(event), seconds=LONGEST_S).bookings} <= {1, 3, 4}
    with pytest.raises(ChangeRefused, match="La table 2 est retirée"):
        place_pair(laid_out(event), 1, 4, 7, 2)
    with pytest.raises(ChangeRefused, match="numéros de 1 à 4"):
        after(event, DescribeDay(HEADER, SCHEDULE, replace(RULES, closed=(5,))))


def test_whoever_is_there_is_in_reach_where_registrations_come_from_several_departements() -> None:
    assert not in_reach(full((*BUYERS, *SUPPLIERS[:2])), ())
    event = full()  # one of Arras
    assert in_reach(event, ())
    assert not in_reach(after(event, DescribeDay(HEADER, SCHEDULE, replace(RULES, in_reach=False))), ())
    assert in_reach(after(full(BUYERS), DescribeDay(HEADER, SCHEDULE, replace(RULES, in_reach=True))), ())


def test_a_registration_from_elsewhere_turns_nothing_of_a_timetable_that_is_made(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{(tmp_path / 'vide.sqlite').as_posix()}")
    near = frozen(full((*BUYERS, *SUPPLIERS[:2])))
    far = replace(SUPPLIERS[2], key=near.next_key)  # of Arras
    event = after(near, Register((far,)))
    assert not in_reach(event, ())
    assert in_reach(replace(event, plan=None), ())
    again, anew = (setting_of(engine, FIRST_ORGANISATION, event, today=DAY, anew=how) for how in (False, True))
    assert (again.affinities.in_reach, anew.affinities.in_reach) == (False, True)
    assert replan_timetable(again, from_slot=0)[0].in_reach is False
    assert in_reach(after(event, DescribeDay(HEADER, SCHEDULE, replace(RULES, in_reach=True))), ())
    engine.dispose()


def test_a_place_wider_than_a_departement_says_nothing_of_where_people_come_from() -> None:
    wide = replace(BUYERS[0], needs=(replace(BUYERS[0].needs[0], place="Hauts-de-France"),))
    assert not in_reach(full((wide, *BUYERS[1:], *SUPPLIERS[:2])), ())


def test_who_may_read_a_name_changes_nothing_of_a_frozen_timetable() -> None:
    event = frozen(full())
    shown = after(event, Amend((replace(event.seat(4), visible=True, written="ESAT MARAIS"),)))
    assert laid_out(shown).changed_keys == frozenset()
    assert laid_out(after(shown, Amend((replace(shown.seat(4), most=1),)))).changed_keys == frozenset({4})


def test_each_need_that_is_served_has_a_meeting_that_is_about_it() -> None:
    """Both suppliers cook best; one of them alone washes linen too, and its meeting is about that."""
    both = replace(SUPPLIERS[0], activity="Traiteur ; Blanchisserie", place="Lille")
    plan = plan_timetable(laid_out(full((*BUYERS, both, SUPPLIERS[1]))), seconds=LONGEST_S)
    said = [one.to_buyer for one in plan.bookings if one.buyer == 2]
    assert sorted(text.replace("\u00a0", " ").split(" »")[0].partition("« ")[2] for text in said) == [
        "Blanchisserie",
        "Traiteur",
    ]


def test_what_is_past_stays_past() -> None:
    event = frozen(busy())
    made, _ = replan_timetable(laid_out(after(event, Miss(4, event.schedule.starts[3]))), from_slot=3)
    assert event.plan is not None
    assert [one for one in event.plan.bookings if one.slot < 3] == [one for one in made.bookings if one.slot < 3]
    assert not any(one.slot >= 3 and 4 in one.pair for one in made.bookings)


def test_who_arrives_after_all_gets_back_what_it_needs() -> None:
    buyers = tuple(replace(one, needs=BUYERS[0].needs, most=2) for one in BUYERS)
    event = frozen(full((*buyers, *GREEN[:3])))
    gone = after(event, Miss(4))
    gone = after(gone, Freeze(replan_timetable(laid_out(gone), from_slot=0)[0]))
    back = after(gone, Arrive(4, event.schedule.starts[0]))
    made, changed = welcome_arrival(laid_out(back), 4, from_slot=0)
    assert any(4 in one.pair for one in made.bookings)
    assert changed.added
    assert not any(one.held for one in made.bookings)


def test_a_pair_put_by_hand_is_held_even_by_a_new_plan() -> None:
    event = frozen(busy())
    made, _ = place_pair(laid_out(event), 1, 4, 7, 3)
    (held,) = (one for one in made.bookings if one.held)
    assert (held.slot, held.table, held.buyer, held.supplier) == (7, 3, 1, 4)
    again = plan_timetable(laid_out(after(event, Freeze(made))), seconds=LONGEST_S)
    assert held in again.bookings
    gone = after(event, Freeze(made), Miss(4))
    assert not any(4 in one.pair for one in replan_timetable(laid_out(gone), from_slot=0)[0].bookings)


def test_a_pair_put_by_hand_sits_at_the_buyers_table_or_at_one_that_nobody_has() -> None:
    event = full((*BUYERS, *SUPPLIERS))
    first = after(event, Freeze(FrozenTimetable((Booking(0, 2, 1, 4, 0.8, 3), Booking(0, 1, 2, 5, 0.7, 2)), 1.5, 1.5)))
    for buyer, supplier, table in ((1, 6, 2), (3, 7, 3)):
        made, _ = place_pair(laid_out(first), buyer, supplier, 4, None)
        assert next(one.table for one in made.bookings if one.pair == {buyer, supplier}) == table


def test_nothing_to_plan_again_is_a_defect_of_the_caller() -> None:
    for call in (
        lambda: replan_timetable(laid_out(full()), from_slot=0),
        lambda: place_pair(laid_out(full()), 1, 4, 0, None),
    ):
        with pytest.raises(ValueError, match="nothing"):
            call()
    assert compare_timetables(None, None) == Moves()


HOURS = st.none() | st.integers(8 * 60, 13 * 60)


def guests(sort: ParticipantRole) -> st.SearchStrategy[Participant]:
    return st.builds(
        Participant,
        key=st.just(0),
        sort=st.just(sort),
        name=st.sampled_from(("A", "B", "C")),
        needs=st.just(() if sort is ParticipantRole.SUPPLIER else BUYERS[0].needs),
        activity=st.sampled_from(("Entretien des espaces verts", "Traiteur", "")),
        place=st.sampled_from(("Maubeuge", "Lille")),
        arrival=HOURS,
        departure=HOURS,
        most=st.none() | st.integers(0, 3),
        least=st.none() | st.integers(0, 3),
        abreast=st.integers(1, 2),
        step_free=st.booleans(),
        interpreter=st.booleans(),
        absent=st.booleans(),
    )


@settings(max_examples=40)
@given(
    st.lists(guests(ParticipantRole.BUYER), max_size=4),
    st.lists(guests(ParticipantRole.SUPPLIER), max_size=5),
    st.lists(st.tuples(st.sampled_from(Tie), st.integers(0, 3), st.integers(0, 4)), max_size=5),
    st.integers(0, 3),
    st.integers(0, 8),
)
def test_no_clash_and_no_refused_pair_whatever_comes(
    buyers: Sequence[Participant],
    suppliers: Sequence[Participant],
    ties: Sequence[tuple[Tie, int, int]],
    tables: int,
    from_slot: int,
) -> None:
    everyone = tuple(replace(one, key=key) for key, one in enumerate((*buyers, *suppliers), start=1))
    event = full(everyone) if everyone else opened()
    event = replace(event, rules=replace(event.rules, tables=tables, accessible=min(1, tables), interpreters=1))
    bonds = tuple(
        Bond(tie, 1 + by, 1 + len(buyers) + other)
        for tie, by, other in ties
        if by < len(buyers) and other < len(suppliers)
    )
    event = after(event, Bind(bonds))
    plan = plan_timetable(laid_out(event), seconds=LONGEST_S)
    check(event, plan)
    if everyone:
        gone = after(event, Freeze(plan), Miss(everyone[0].key))
        check(gone, replan_timetable(laid_out(gone), from_slot=from_slot)[0], from_slot)


def check(event: MeetingDay, plan: FrozenTimetable, from_slot: int = 0) -> None:
    """Nobody at two tables more than it can, no table twice, maxima and refusals held, who is away does not meet."""
    refused = {bond.pair for bond in event.bonds if bond.tie is Tie.NEVER}
    assert len({(one.slot, one.table) for one in plan.bookings}) == len(plan.bookings)
    assert len({one.pair for one in plan.bookings}) == len(plan.bookings)
    for one in plan.bookings:
        assert one.pair not in refused
        assert 1 <= one.table <= event.rules.tables
        assert 0 < one.affinity <= 1
    for guest in event.participants:
        own = [one for one in plan.bookings if guest.key in one.pair]
        assert len(own) <= most_of(guest, event)
        assert all(sum(one.slot == slot for one in own) <= guest.abreast for slot in range(event.schedule.slots))
        if guest.absent:
            assert all(one.slot < from_slot for one in own)


@pytest.mark.usefixtures("read_here")
@pytest.mark.parametrize("seed", [3, 8])
def test_made_up_sheets_keep_every_hour_and_every_refusal(built: Path, tmp_path: Path, seed: int) -> None:
    catalogue = open_database(f"sqlite:///{built.as_posix()}")
    empty = open_database(f"sqlite:///{(tmp_path / 'vide.sqlite').as_posix()}")
    made = made_day(seed, 12, 24, listed(catalogue))
    answering = []
    for engine in (catalogue, empty):
        event, people = played(engine, made, tmp_path)
        assert list(faults(event, people, made)) == []
        assert event.bookings
        answering.append(answered(event, people, made))
        engine.dispose()
    assert answering[0] >= 0.95 * answering[1]
