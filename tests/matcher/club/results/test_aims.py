"""The aims of a timetable in their order, and « le meilleur possible » for what is proved alone."""

from dataclasses import replace

from matcher.club.meeting_day.changes import Amend, Bind, DescribeDay, Freeze
from matcher.club.meeting_day.meeting_day import Bond, Tie
from matcher.club.meeting_day.participant_need import UnservedNeed, WhyUnserved
from matcher.club.results.aims import aims, compare_rivals, needs_headline, price_of_total
from matcher.club.results.document import event_lines
from matcher.club.results.view import summary
from matcher.club.timetable.planning import replan_timetable
from matcher.club.timetable.unserved import unserved_trades
from matcher.domain.french import typeset
from tests.matcher.club.day import BUYERS, HEADER, RULES, SCHEDULE, after, frozen, full, laid_out


def test_what_is_proved_is_said_aim_by_aim() -> None:
    assert (aims(full()), needs_headline(full())) == ((), ())
    event = frozen(full())
    assert [one.proven for one in aims(event)] == [True] * 5
    assert needs_headline(event) == ("Besoins servis\u00a0: 4 sur 4 possibles.",)
    assert event.plan
    lost = UnservedNeed(2, "Blanchisserie", "Blanchisserie", WhyUnserved.NOBODY)
    fewer = after(event, Freeze(replace(event.plan, answered=3, most_answered=3, unserved=(lost,))))
    assert needs_headline(fewer) == ("Besoins servis\u00a0: 3 sur 3 possibles.", "1 impossible\u00a0: voici pourquoi.")
    assert ("Besoin non servi, Blanchisserie") in dict(event_lines(fewer))


def test_a_bound_that_is_not_reached_is_no_proof() -> None:
    event = frozen(full())
    assert event.plan
    lost = UnservedNeed(2, "Blanchisserie", "Blanchisserie", WhyUnserved.TAKEN, (6,))
    unsure = after(event, Freeze(replace(event.plan, answered=3, most_answered=4, unserved=(lost,))))
    found = summary(unsure)
    assert found
    assert (found.proven, found.doubtful) == (False, ("besoins servis",))
    assert "meilleur possible, c’est prouvé" not in found.quality
    assert [one.proven for one in aims(unsure)] == [True, True, False, True, True]
    assert needs_headline(unsure) == ("Besoins servis\u00a0: 3 sur 4 possibles au plus.",)
    before = after(event, Freeze(replace(event.plan, answered=None, most_answered=None, most_kept=None, fair=None)))
    assert needs_headline(before) == ()
    assert aims(before)[2].figure == "non compté"
    old = summary(before)
    assert old
    assert old.quality == typeset(
        "Le plus grand intérêt, à vœux et besoins égaux ; pour les besoins servis et les minimums, le plus possible est non compté."
    )


def test_a_timetable_made_again_proves_nothing_but_its_rules() -> None:
    """Its bounds are those of what was left to choose: a new plan may serve a need that it does not."""
    event = frozen(full())
    made, _ = replan_timetable(laid_out(event), from_slot=0)
    lost = UnservedNeed(2, "Blanchisserie", "Blanchisserie", WhyUnserved.TAKEN, (6,))
    again = after(event, Freeze(replace(made, answered=3, most_answered=3, unserved=(lost,))))
    found = summary(again)
    assert found
    assert ([one.proven for one in aims(again)], found.proven) == ([True, None, None, None, None], False)
    assert aims(again)[2].base == "sur 4"
    assert "Pas sans déplacer d’autres rendez-vous" in unserved_trades(again)[0].text


def test_the_headline_counts_the_needs_that_the_timetable_was_made_for() -> None:
    event = frozen(full())
    fewer = after(event, Amend((replace(BUYERS[1], needs=()),)))
    assert needs_headline(fewer) == needs_headline(event)
    assert aims(fewer)[2] == aims(event)[2]


def test_simpler_timetables_are_counted_alike_and_what_their_total_costs_is_said() -> None:
    hard = after(full(), DescribeDay(HEADER, replace(SCHEDULE, slots=1), RULES), Bind((Bond(Tie.MUST, 1, 5),)))
    event = frozen(hard)
    ours, greedy, drawn = compare_rivals(event)
    assert (ours.kept, greedy.kept) == (1, 0)
    assert greedy.total > ours.total
    assert [one.answered is not None and one.answered <= 4 for one in (ours, greedy, drawn)] == [True] * 3
    found = summary(event)
    assert found
    assert (found.needs, found.answered) == (4, ours.answered)
    assert "« la meilleure paire d’abord », qui y sacrifie 1 vœu" in price_of_total(event).replace("\u00a0", " ")
    assert price_of_total(frozen(full())) == ""
    assert compare_rivals(full()) == ()


def test_an_older_timetable_is_compared_on_what_it_counted() -> None:
    event = frozen(full())
    assert event.plan
    old = replace(
        event.plan, answered=None, rivals=tuple(replace(one, kept=None, answered=None) for one in event.plan.rivals)
    )
    event = after(event, Freeze(old))
    assert [one.answered for one in compare_rivals(event)] == [None] * 3
    assert "besoin" not in dict(event_lines(event))["Par comparaison, au hasard"]


def test_a_wish_noted_since_the_timetable_was_made_is_said_apart_and_nothing_proved_of_it() -> None:
    event = frozen(after(full(), Bind((Bond(Tie.MUST, 1, 4),))))
    late = after(event, Bind((Bond(Tie.MUST, 2, 7),)))
    found = summary(late)
    assert found
    assert (found.wished, found.kept, found.wished_since, found.kept_since) == (2, 1, 1, 0)
    assert found.proven
    assert aims(late)[1].base == "sur 1\u202f; 1 noté depuis"
    assert (
        dict(event_lines(late))["Vœux tenus"].replace("\u00a0", " ")
        == "1 sur 2, dont 1 vœu depuis que l’horaire est figé"
    )
    assert late.plan
    let_go = after(
        late, Freeze(replace(late.plan, bookings=late.plan.bookings[:-1]))
    )  # as to let go of one that was placed
    assert aims(let_go)[1].base == aims(late)[1].base
    anew = summary(frozen(late))
    assert anew
    assert (anew.wished, anew.kept, anew.wished_since) == (2, 2, 0)
