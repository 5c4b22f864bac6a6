"""Links between trades: every activity has some, or says why not; they have a direction, and three levels."""

import numpy as np
import pytest

from matcher.reference.tables import rows
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.links import ALWAYS, CHANCES, NEVER, OFTEN, SAME, SOMETIMES, doing_too


def chance(asked: str, done: str) -> float:
    return float(doing_too(asked)[taxonomy().index[done]])


def test_every_activity_has_a_link_or_says_why_it_has_none() -> None:
    lines, leaves = rows("activites_liens"), {leaf.code for leaf in taxonomy().leaves}
    assert {row["besoin"] for row in lines} == leaves
    keys = [(row["besoin"], row["metier"]) for row in lines]
    assert keys == sorted(set(keys))
    assert all(row["besoin"] != row["metier"] and row["raison"] for row in lines)
    assert {row["metier"] for row in lines} <= leaves | {""}
    assert all(row["niveau"] == NEVER if not row["metier"] else row["niveau"] in CHANCES for row in lines)


@pytest.mark.parametrize(
    ("asked", "done", "expected"),
    [
        ("proprete.vitrerie", "proprete.vitrerie", SAME),
        ("proprete.vitrerie", "proprete.locaux", ALWAYS),
        ("dechets.textiles", "recyclage.textiles", ALWAYS),
        ("recyclage.textiles", "dechets.textiles", ALWAYS),
        ("batiment.menuiserie", "ameublement.bois", OFTEN),
    ],
)
def test_a_trade_goes_with_another_as_often_as_its_line_says(asked: str, done: str, expected: float) -> None:
    assert chance(asked, done) == pytest.approx(expected)


def test_a_link_has_a_direction() -> None:
    assert chance("proprete.locaux", "proprete.vitrerie") < ALWAYS


def test_staff_seconded_gives_no_works_nor_services() -> None:
    told = {row["besoin"] for row in rows("activites_liens") if row["metier"] == "conseil.mise-a-disposition"}
    assert told <= {"conseil.ressources-humaines", "medico-social.insertion"}


def test_a_group_alone_is_a_clue_where_its_trades_announce_one_another() -> None:
    assert chance("batiment.peinture", "batiment") == pytest.approx(OFTEN)
    assert chance("conseil.assurances", "conseil") == pytest.approx(SOMETIMES)
    assert chance("batiment.peinture", "linge") == 0
    assert chance("batiment", "batiment.peinture") == pytest.approx(ALWAYS)


def test_a_row_cannot_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        doing_too("batiment.peinture")[0] = np.float32(1)
