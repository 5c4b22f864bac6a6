"""Which participant a name is: surely one, or those to be asked about."""

import pytest

from matcher.club.meeting_day.meeting_day import Participant, ParticipantRole
from matcher.club.registration.who_is_it import among


@pytest.mark.parametrize(
    ("typed", "names", "sure", "asked"),
    [
        ("LABORATOIRE DU VAL", ["LABORATOIREDU VAL"], "1", []),  # two words stuck together
        ("Asso Arbres", ["AAsso Arbres", "Asso Ailes"], "1", []),  # the first letter misspelt
        ("Insertion 59", ["Insertion59", "Insertion"], "1", []),
        ("EBS Nord Pas de Calais", ["EBS Nord Pas dde Calais", "SCOP EBS Nord Pas de Calais"], "", ["1", "2"]),
        ("Collège du Val 2", ["Collège du Val 1"], "", ["1"]),  # a figure is no misspelling
    ],
)
def test_a_name_is_surely_one_unless_it_may_be_another(
    typed: str, names: list[str], sure: str, asked: list[str]
) -> None:
    who = among(typed, [Participant(key, ParticipantRole.SUPPLIER, name) for key, name in enumerate(names, start=1)])
    assert (who.sure, sorted(option.code for option in who.options)) == (sure, asked)
