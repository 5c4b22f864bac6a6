"""An answer as typed: tidied, bounded, understood or refused field by field."""

import pytest

from matcher.catalogue.intake.lookups import shipped_lookups
from matcher.domain.kinds import SupplierKind
from matcher.domain.supplier import Activity, Evidence, Supplier
from matcher.dossiers.asking.answer import (
    ANSWERED,
    ASKED_NOW,
    LONGEST_FIELD,
    MOST_ADDED,
    GivenAnswer,
    faults,
    tidy_answer,
    trades_to_confirm,
)
from tests.matcher.dossiers.asking.campaigns import GREEN, WASH

LOOKUPS = shipped_lookups()


def test_an_answer_says_what_a_correction_says() -> None:
    given = GivenAnswer({GREEN: True, WASH: False}, ("Nettoyage",), "32", "30 km", "", "Accueil", "03 27 00 00 00", "")
    assert given.statement() == {
        "activite": [GREEN, "Nettoyage"],
        "ne-fait-pas": [WASH],
        "effectif": ["32"],
        "zone": ["30 km"],
        "telephone": ["03 27 00 00 00"],
    }
    assert GivenAnswer().empty
    assert not GivenAnswer(available=False).empty


def test_texts_are_bounded_and_trades_that_are_none_are_left_out() -> None:
    found = tidy_answer(
        GivenAnswer(
            {GREEN: True, "zz": True}, ("a\n b", "a b", "", "c", "d", "e"), contact="x" * 999, capacity="\x00a\u202eb"
        )
    )
    assert found.trades == {GREEN: True}
    assert found.added == ("a b", "c", "d")[:MOST_ADDED]
    assert len(found.contact) == LONGEST_FIELD
    assert found.capacity == "ab"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (GivenAnswer(workers="beaucoup"), "workers"),
        (GivenAnswer(phone="12"), "phone"),
        (GivenAnswer(email="rien"), "email"),
        (GivenAnswer(added=("zzzz qqqq",)), "added"),
        (GivenAnswer(), "trades"),
    ],
)
def test_what_is_not_understood_is_said_beside_its_field(given: GivenAnswer, field: str) -> None:
    assert list(faults(given, LOOKUPS)) == [field]


def test_what_is_understood_has_no_fault() -> None:
    assert (
        faults(
            GivenAnswer({GREEN: True}, ("Nettoyage de locaux",), "12", "Nord", "dix", "Accueil", "03 27 00 00 00"),
            LOOKUPS,
        )
        == {}
    )


def test_trades_to_confirm_say_where_they_come_from() -> None:
    activities = (
        Activity(WASH, "linge", Evidence.DECLARED, "finess"),
        Activity("espaces-verts.elagage", "", Evidence.NAME, "emplois"),
    )
    found = trades_to_confirm(
        Supplier("a", "A", (SupplierKind.ESAT,), activities=activities), [GREEN, "zz"], ["espaces-verts.cours-eau"]
    )
    assert [one.code for one in found] == [GREEN, WASH, "espaces-verts.elagage", "espaces-verts.cours-eau"]
    assert found[0].why == ASKED_NOW
    assert "peut être faux" in found[2].why
    assert found[3].why == ANSWERED
