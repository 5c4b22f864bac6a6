"""The aims of a timetable in their order, and « le meilleur possible » for what is proved alone."""

from dataclasses import replace

from matcher.club.meeting_day.changes import Amend, Freeze
from matcher.club.meeting_day.participant_need import UnservedNeed, WhyUnserved
from matcher.club.results.aims import aims, headline
from matcher.club.results.document import about
from matcher.club.results.view import summary
from matcher.club.timetable.planning import replanned
from matcher.club.timetable.unserved import unserved_trades
from matcher.domain.french import typeset
from tests.matcher.club.day import BUYERS, after, frozen, full, laid_out


def test_what_is_proved_is_said_aim_by_aim() -> None:
    assert (aims(full()), headline(full())) == ((), ())
    event = frozen(full())
    assert [one.proven for one in aims(event)] == [True] * 5
    assert headline(event) == ("Besoins servis\u00a0: 4 sur 4 possibles.",)
    assert event.plan
    lost = UnservedNeed(2, "Blanchisserie", "Blanchisserie", WhyUnserved.NOBODY)
    fewer = after(event, Freeze(replace(event.plan, answered=3, most_answered=3, unserved=(lost,))))
    assert headline(fewer) == ("Besoins servis\u00a0: 3 sur 3 possibles.", "1 impossible\u00a0: voici pourquoi.")
    assert ("Besoin non servi, Blanchisserie") in dict(about(fewer))


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
    assert headline(unsure) == ("Besoins servis\u00a0: 3 sur 4 possibles au plus.",)
    before = after(event, Freeze(replace(event.plan, answered=None, most_answered=None, most_kept=None, fair=None)))
    assert headline(before) == ()
    assert aims(before)[2].figure == "non compté"
    old = summary(before)
    assert old
    assert old.quality == typeset(
        "Le plus grand intérêt, à vœux et besoins égaux ; pour les besoins servis et les minimums, le plus possible est non compté."
    )


def test_a_timetable_made_again_proves_nothing_but_its_rules() -> None:
    """Its bounds are those of what was left to choose: a new plan may serve a need that it does not."""
    event = frozen(full())
    made, _ = replanned(laid_out(event), from_slot=0)
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
    assert headline(fewer) == headline(event)
    assert aims(fewer)[2] == aims(event)[2]
