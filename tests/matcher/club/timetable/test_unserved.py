"""Each need that a timetable serves not is said with its reason."""

from dataclasses import replace

from matcher.club.meeting_day.changes import Bind, Freeze
from matcher.club.meeting_day.meeting_day import Bond, ParticipantRole, Tie
from matcher.club.meeting_day.participant_need import ParticipantNeed, WhyUnserved
from matcher.club.timetable.planning import plan_timetable
from matcher.club.timetable.unserved import unserved_trades
from tests.matcher.club.day import BUYERS, SUPPLIERS, after, full, laid_out
from tests.waiting import LONGEST_S


def test_the_reason_of_each_need_that_is_not_served_is_said() -> None:
    linen = BUYERS[1].needs[1]
    buyers = (
        replace(BUYERS[0], needs=(ParticipantNeed("Désamiantage", "Lille"), ParticipantNeed("xyzzy"))),
        replace(BUYERS[1], needs=(linen,)),
        replace(BUYERS[2], sort=ParticipantRole.BUYER, needs=(linen,), arrival=11 * 60),
    )
    event = after(
        full((*buyers, *SUPPLIERS[:2], replace(SUPPLIERS[2], departure=10 * 60))), Bind((Bond(Tie.NEVER, 6, 2),))
    )
    found = after(event, Freeze(plan_timetable(laid_out(event), seconds=LONGEST_S)))
    assert found.plan is not None
    assert [(one.buyer, one.why) for one in found.plan.unserved] == [
        (1, WhyUnserved.NOBODY),
        (1, WhyUnserved.NOT_READ),
        (2, WhyUnserved.REFUSED),
        (3, WhyUnserved.APART),
    ]
    assert (found.plan.answered, found.plan.most_answered) == (0, 0)
    said = [one.text for one in unserved_trades(found)]
    assert any("Hôpital Modèle" in text and "Linge Exemple" in text and "refus" in text for text in said)
    assert any("jamais là en même temps" in text for text in said)


def test_too_far_is_said_of_distance_and_barred_of_the_rest() -> None:
    """The one supplier of the trade declares the département where it works, and its type is not known."""
    far = ParticipantNeed("Blanchisserie", "Marseille")
    reserved = ParticipantNeed("Blanchisserie réservée aux EA (L2113-12)", "Arras")
    linen = replace(SUPPLIERS[2], key=2, area="Pas-de-Calais")
    plan = plan_timetable(laid_out(full((replace(BUYERS[0], needs=(far, reserved)), linen))), seconds=LONGEST_S)
    assert [one.why for one in plan.unserved] == [WhyUnserved.TOO_FAR, WhyUnserved.BARRED]


def test_a_buyer_who_comes_after_the_end_is_the_reason_itself() -> None:
    late = replace(BUYERS[1], needs=(BUYERS[1].needs[1],), arrival=22 * 60)
    event = full((BUYERS[0], late, BUYERS[2], *SUPPLIERS))
    found = after(event, Freeze(plan_timetable(laid_out(event), seconds=LONGEST_S)))
    assert found.plan is not None
    assert [one.why for one in found.plan.unserved if one.buyer == late.key] == [WhyUnserved.NEVER_HERE]
    assert [one.text for one in unserved_trades(found) if one.why is WhyUnserved.NEVER_HERE] == [
        "Hôpital Modèle. Aucun tour n’est dans les heures de présence données\u00a0: vérifiez-les."
    ]
