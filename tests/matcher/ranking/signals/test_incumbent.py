"""Incumbent: a contract with the same buyer before the lot is shown, and moves the order only where it is asked."""

from dataclasses import replace
from datetime import date

import pytest

from matcher.domain.supplier import Reference
from matcher.ranking.engine import rank
from matcher.ranking.profiles import INCUMBENTS_FIRST
from matcher.ranking.signals import incumbent
from tests.factories import ask, siret, supplier

BUYER, OTHER = siret(7, "2"), siret(8, "2")
WON = Reference("decp", "1", True, "Blanchisserie", "linge.blanchisserie", buyer=BUYER, notified=date(2024, 5, 31))
LOT = {"objet": "Entretien des espaces verts", "lieu": "Maubeuge", "acheteur_siret": BUYER}
NEWCOMER, HOLDER = supplier("Jardins nouveaux"), supplier("B titulaire", references=(WON,))


@pytest.mark.parametrize(
    ("lot", "known"),
    [
        ({"date": date(2024, 6, 1)}, True),
        ({"date": date(2024, 5, 31)}, False),
        ({"date": None}, False),
        ({"date": date(2024, 6, 1), "acheteur_siret": OTHER}, False),
        ({"date": date(2024, 6, 1), "acheteur_siret": ""}, False),
    ],
    ids=["the day after", "the same day", "no date", "another buyer", "no buyer"],
)
def test_it_counts_from_the_day_after_for_the_same_buyer(lot: dict[str, object], known: bool) -> None:
    found = incumbent.values(ask(suppliers=[HOLDER], **{**LOT, **lot}))  # type: ignore[arg-type]
    assert (found[0] == 1) == known


def test_it_is_shown_and_moves_the_order_only_where_it_is_asked() -> None:
    asked = ask(suppliers=[NEWCOMER, HOLDER], date=date(2024, 6, 1), **LOT)  # type: ignore[arg-type]
    as_a_rule, wanted = rank(asked).top(2), rank(asked, INCUMBENTS_FIRST).top(2)
    assert [match.name for match in as_a_rule] == ["Jardins nouveaux", "B titulaire"]
    assert [match.name for match in wanted] == ["B titulaire", "Jardins nouveaux"]
    (told,) = (its for its in as_a_rule[1].contributions if its.signal == "incumbent")
    assert (told.value, told.points) == (1, 0)
    assert told.says.startswith("a déjà travaillé pour vous : « Blanchisserie »")
    assert "incumbent" not in {its.signal for its in as_a_rule[0].contributions}, (
        "nothing known, nothing weighed: nothing to say"
    )
    assert sum(its.points for its in wanted[0].contributions) == pytest.approx(wanted[0].score)


def test_the_organisation_is_said_where_another_siret_won() -> None:
    holder = replace(HOLDER, references=(replace(WON, own=False),))
    asked = ask(suppliers=[holder], date=date(2024, 6, 1), **LOT)  # type: ignore[arg-type]
    assert incumbent.say(asked, 0, 1.0).short.startswith("son organisation (même SIREN) a déjà travaillé pour vous")
