"""Needs said several times are one where nothing that they say differs."""

from matcher.club.meeting_day.participant_need import ParticipantNeed, merge_needs

GREEN = ParticipantNeed("Entretien des espaces verts", "Valenciennes")
PRICED = ParticipantNeed("entretien des espaces verts", "Valenciennes", amount=50_000)


def test_a_need_and_the_same_with_its_amount_are_one() -> None:
    said = (ParticipantNeed("Entretien des espaces verts", "Valenciennes", 50_000),)
    assert merge_needs((GREEN, PRICED)) == said
    assert merge_needs((said[0], GREEN)) == said
    assert merge_needs((GREEN, GREEN)) == (GREEN,)


def test_another_amount_or_place_is_another_need() -> None:
    others = (PRICED, ParticipantNeed(PRICED.text, "Valenciennes", 20_000), ParticipantNeed(PRICED.text, "Lille"))
    assert merge_needs(others) == others
