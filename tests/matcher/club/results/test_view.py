"""What is read of an event: its figures, its lines, each sheet, and its report."""

from dataclasses import replace

from matcher.club.meeting_day.changes import Amend, Bind, Freeze, Miss, Record
from matcher.club.meeting_day.meeting_day import Bond, Booking, FrozenTimetable, MeetingOutcome, Result, Tie
from matcher.club.meeting_day.store import Person
from matcher.club.results.document import event_lines
from matcher.club.results.report import report_day
from matcher.club.results.view import (
    Filling,
    alphabetical,
    by_participant,
    by_table,
    make_sheet,
    movers,
    shared_tables,
    sheets,
    step_free_tables,
    summary,
    time_zone,
)
from matcher.ranking.lay_out import build_shelf
from tests.factories import declares, supplier
from tests.matcher.club.day import HEADER, SUPPLIERS, after, frozen, full, laid_out

PEOPLE = {1: (Person("Mme Spécimen", "+33353010001"),), 4: (Person("M. Témoin"),)}


def test_a_sheet_has_every_slot_and_the_break_in_order() -> None:
    event = after(frozen(full()), Amend((replace(SUPPLIERS[0], arrival=9 * 60 + 20, departure=11 * 60 + 40),)))
    found = make_sheet(event, 4, PEOPLE)
    assert [line.start for line in found.lines] == sorted((*event.schedule.starts, 10 * 60 + 20))
    assert [line.filling for line in found.lines].count(Filling.BREAK) == 1
    assert found.people == PEOPLE[4]
    met = [line for line in found.lines if line.filling is Filling.MEETING]
    assert found.meetings == len(met) >= 1
    assert met[0].people == ("Mme Spécimen",)
    assert met[0].why
    assert len(met[0].facts) == 3
    assert found.lines[-1].filling is Filling.AWAY or found.lines[-1].filling is Filling.MEETING


def test_sheets_are_those_of_who_comes() -> None:
    event = after(frozen(full()), Miss(5))
    assert [one.participant.key for one in sheets(event, {})] == [2, 3, 1, 4, 7, 6]


def test_an_accent_does_not_send_a_name_to_the_end() -> None:
    named = [
        replace(one, name=name) for one, name in zip(SUPPLIERS, ("Zinc", "Éco-Textile", "esat Abel"), strict=False)
    ]
    assert [one.name for one in alphabetical(named)] == ["Éco-Textile", "esat Abel", "Zinc"]


def test_the_lines_of_each_side_and_of_tables_hold_every_meeting_once() -> None:
    event = frozen(full())
    assert event.plan is not None
    for lines in (by_participant(event, suppliers=False), by_participant(event, suppliers=True), by_table(event)):
        held = [one for line in lines for cell in line.cells for one in cell]
        assert sorted(held, key=lambda one: (one.slot, one.table)) == list(event.plan.bookings)
        assert all(len(line.cells) == event.schedule.slots for line in lines)


def test_figures_say_the_least_served_and_the_wishes_kept() -> None:
    assert summary(full()) is None
    event = frozen(after(full(), Bind((Bond(Tie.MUST, 1, 4), Bond(Tie.MUST, 1, 5)))))
    found = summary(event)
    assert found is not None
    assert (found.wished, found.kept, found.buyers, found.suppliers) == (2, 2, 3, 4)
    assert found.fewest == min(sum(one.key in b.pair for b in event.plan.bookings) for one in event.participants)  # type: ignore[union-attr]
    assert found.quality == "Le meilleur possible, c’est prouvé."
    assert event.plan is not None
    worse = summary(after(event, Freeze(replace(event.plan, total=0.9 * event.plan.bound))))
    assert worse is not None
    assert worse.quality == "À 10\u00a0% au plus du meilleur possible."
    empty = summary(after(event, Freeze(FrozenTimetable((), 0.0, 0.0))))
    assert empty is not None
    assert (empty.quality, empty.unkept) == ("Aucun rendez-vous.", ((1, 4), (1, 5)))


def test_the_zone_that_is_said_wins_over_that_of_the_place() -> None:
    header = replace(HEADER, place="Martinique et Guadeloupe", zone="America/Martinique")
    assert time_zone(header).key == "America/Martinique"
    assert time_zone(replace(header, place="Fort-de-France", zone="")).key == "America/Martinique"


def test_the_report_counts_outcomes_and_names_what_lacked() -> None:
    event = frozen(full())
    assert event.plan is not None
    first = event.plan.bookings[0]
    event = after(event, Record(MeetingOutcome(first.buyer, first.supplier, Result.FOLLOW_UP)))
    held = supplier("Au catalogue", "EA", activities=declares("espaces-verts.creation-entretien"))
    found = report_day(laid_out(event), build_shelf([held]))
    assert (found.results[Result.FOLLOW_UP], found.unsaid) == (1, len(event.plan.bookings) - 1)
    assert [(one.buyer, one.supplier) for one in found.promising] == [(first.buyer, first.supplier)]
    (green,) = (one for one in found.lacks if 1 in one.buyers)
    assert (green.doing, green.present, green.catalogue) == (1, 1, 1)
    assert green.need == event.participant(1).needs[0].text


def test_a_supplier_of_the_trade_who_is_far_is_counted_apart() -> None:
    event = frozen(full())
    event = event.with_participant(replace(event.participant(6), place="Marseille"))
    (linen,) = (one for one in report_day(laid_out(event), build_shelf([])).lacks if one.trade == "Blanchisserie")
    assert (linen.need, linen.doing, linen.present, linen.catalogue) == ("Blanchisserie", 1, 0, 0)


def test_as_many_tables_without_a_step_are_wanted_as_buyers_who_sit_at_one() -> None:
    event = frozen(full())
    assert event.plan is not None
    assert step_free_tables(event) == 0
    marked = event.with_participant(replace(event.participant(4), step_free=True))
    assert step_free_tables(marked) == len({one.buyer for one in event.plan.bookings if one.supplier == 4}) > 0


def test_who_changes_tables_is_named_and_a_delegation_that_holds_two_is_not() -> None:
    event = frozen(full())
    assert event.plan is not None
    assert movers(event) == ()
    first = event.plan.bookings[0]
    other = replace(first, supplier=first.supplier + 1, slot=first.slot + 1, table=first.table + 20)
    moved = after(event, Freeze(replace(event.plan, bookings=(*event.plan.bookings, other))))
    assert movers(moved) == (first.buyer,)
    assert shared_tables(moved) == {}
    delegation = moved.with_participant(replace(moved.participant(first.buyer), people=2, abreast=2))
    assert movers(delegation) == ()


def test_buyers_of_one_table_are_named_in_their_order() -> None:
    bookings = (Booking(3, 1, 1, 4, 0.8, 3), Booking(0, 1, 2, 5, 0.7, 2), Booking(0, 2, 3, 7, 0.7, 2))
    event = after(full(), Freeze(FrozenTimetable(bookings, 1.5, 1.5)))
    assert shared_tables(event) == {1: (2, 1)}
    assert ("Table partagée", "Table 1 : Hôpital Modèle, puis Ville de Valbrune") in list(event_lines(event))
