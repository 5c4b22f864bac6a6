import pytest

from matcher.reading.place.bracketed import bracketed_departements
from matcher.reading.place.sentence import Sentence


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Peinture, (59)", ["59"]),
        ("Saint-Martin (59)", ["59"]),
        ("Nettoyage, (2a)", ["2A"]),
        ("Fourniture de chaises (40)", []),
        ("Lot 3 (99)", []),
        ("Entretien (12 mois)", []),
        ("Peinture, (٥٩)", []),
    ],
)
def test_a_number_in_brackets_is_a_departement_alone_or_after_a_commune(text: str, expected: list[str]) -> None:
    assert [code for code, _, _ in bracketed_departements(Sentence.of(text), frozenset())] == expected


def test_a_name_that_is_read_before_it_has_its_number_already() -> None:
    sentence = Sentence.of("Saint-Martin (59)")
    ((code, at, doubt),) = bracketed_departements(sentence, frozenset())
    assert (code, doubt.startswith("« Saint-Martin (59) »")) == ("59", True)
    assert list(bracketed_departements(sentence, {at})) == []
