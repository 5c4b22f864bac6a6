"""Whom a lot is reserved for is said by its code, then by its words, or is to be asked; nothing is reserved by a heading."""

import pytest

from matcher.domain.notice import ReservedFor
from matcher.notices.reserving import SOME, UNSAID, denies_reservation, reserved_for, social_clause

EA = "Marché réservé aux entreprises adaptées et aux ESAT (article L2113-12)."
SIAE = "Ce lot est réservé aux structures d’insertion par l’activité économique, article L. 2113-13 du code de la commande publique."
BOTH = "Lot réservé aux EA, aux ESAT et aux SIAE en application de l’article L2113-14."
OPEN = "Entretien des espaces verts de la commune."
HEADING = "III.1.5) Informations sur les marchés réservés"


@pytest.mark.parametrize(
    ("code", "words", "family"),
    [
        ("res-ws", EA, ReservedFor.HANDICAP),
        ("res-ws", SIAE, ReservedFor.INSERTION),
        ("res-ws", BOTH, ReservedFor.EITHER),
        ("res-ws", OPEN, ReservedFor.UNSAID),
        ("res-pub-ser", OPEN, ReservedFor.SOCIAL_ECONOMY),
        ("none", OPEN, None),
        ("none", HEADING, None),
        ("", OPEN, None),
        ("", HEADING, None),
        ("", EA, ReservedFor.HANDICAP),
        ("", SIAE, ReservedFor.INSERTION),
        ("oui", OPEN, ReservedFor.UNSAID),
        ("oui", SIAE, ReservedFor.INSERTION),
        ("Ateliers protégés : ESAT ou entreprise adaptée", OPEN, ReservedFor.HANDICAP),
        ("non", OPEN, None),
    ],
)
def test_whom_a_lot_is_reserved_for(code: str, words: str, family: ReservedFor | None) -> None:
    found, doubts = reserved_for(code, [words])
    assert found is family
    assert doubts == ((UNSAID,) if family is ReservedFor.UNSAID else ())


def test_a_text_that_says_the_contrary_of_its_code_is_asked() -> None:
    found, (doubt,) = reserved_for("none", [EA])
    assert found is None
    assert EA.removesuffix(".") in doubt


@pytest.mark.parametrize(
    ("execution", "social", "words", "clause"),
    [
        ("yes", (), OPEN, True),
        ("no", (), OPEN, None),
        ("", ("opp",), OPEN, True),
        ("", ("gen-eq",), OPEN, None),
        ("", ("Clause sociale",), OPEN, True),
        ("", (), "Le titulaire réalise 300 heures d’insertion au titre de la clause sociale.", True),
        ("", (), OPEN, None),
    ],
)
def test_a_social_clause(execution: str, social: tuple[str, ...], words: str, clause: bool | None) -> None:
    assert social_clause(execution, social, [words]) is clause


@pytest.mark.parametrize(
    ("code", "words", "family", "doubts"),
    [
        ("tout ou partie", "", ReservedFor.UNSAID, (SOME,)),
        ("tout ou partie", EA, ReservedFor.HANDICAP, ()),
        ("oui", "", ReservedFor.UNSAID, (UNSAID,)),
    ],
)
def test_one_of_several_lots_of_a_contract_reserved_in_part_is_asked(
    code: str, words: str, family: ReservedFor, doubts: tuple[str, ...]
) -> None:
    assert reserved_for(code, [words]) == (family, doubts)


def test_not_reserved_and_not_said_are_two() -> None:
    assert [denies_reservation(code) for code in ("none", "non", "", "oui", "tout ou partie", "res-ws")] == [
        True,
        True,
        *[False] * 4,
    ]
