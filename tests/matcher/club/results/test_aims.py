"""The aims of a timetable in their order, and « le meilleur possible » for what is proved alone."""

from dataclasses import replace

from matcher.club.meeting_day.changes import Freeze
from matcher.club.meeting_day.participant_need import UnservedNeed, WhyUnserved
from matcher.club.results.aims import aims, headline
from matcher.club.results.document import about
from matcher.club.results.view import summary
from tests.matcher.club.day import after, frozen, full


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
    unsure = after(event, Freeze(replace(event.plan, answered=3, most_answered=4)))
    found = summary(unsure)
    assert found
    assert (found.proven, found.doubtful) == (False, ("besoins servis",))
    assert "meilleur possible, c’est prouvé" not in found.quality
    assert [one.proven for one in aims(unsure)] == [True, True, False, True, True]
    assert headline(unsure) == ("Besoins servis\u00a0: 3 sur 4 possibles au plus.",)
    before = after(event, Freeze(replace(event.plan, answered=None, most_answered=None, most_kept=None, fair=None)))
    assert headline(before) == ()
    assert aims(before)[2].figure == "non compté"
