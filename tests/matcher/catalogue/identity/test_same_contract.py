"""Contracts that two sources tell are one where that is sure, said in doubt where it is likely, else two."""

from datetime import date, timedelta
from typing import Any

import pytest

from matcher.catalogue.identity.same_contract import PublishedContract, same_contracts
from tests.factories import siret

BUYER, OTHER = siret(1, "2"), siret(2, "2")
WINNER = siret(3)[:9]
DAY = date(2024, 2, 15)
TITLE = "Entretien des espaces verts"


def told(
    source: str = "decp", number: str = "2024-1", amount: float | None = 48_120.5, days: int | None = 0, **more: Any
) -> PublishedContract:
    given = {"buyer": BUYER, "objet": TITLE, "cpv": "77310000", "winners": frozenset({WINNER})} | more
    return PublishedContract(
        source, number=number, amount=amount, notified=None if days is None else DAY + timedelta(days), **given
    )


def notice(**more: Any) -> PublishedContract:
    return told("boamp", **({"number": "24-1"} | more))


@pytest.mark.parametrize(
    ("other", "groups", "perhaps"),
    [
        (notice(number="2024-1"), 1, 0),
        (notice(number="2024-1", amount=None), 1, 0),
        (notice(number="2024-1", amount=50_000), 2, 0),
        (notice(), 1, 0),
        (notice(days=45), 1, 0),
        (notice(days=45, buyer=BUYER[:9] + "00099"), 1, 0),
        (notice(days=-30), 1, 0),
        (notice(days=90), 2, 1),
        (notice(days=400), 2, 0),
        (notice(days=None), 2, 1),
        (notice(cpv="45000000"), 2, 1),
        (notice(amount=None, days=30), 2, 1),
        (notice(amount=None, days=30, cpv="45000000"), 2, 0),
        (notice(amount=None, days=90), 2, 0),
        (notice(amount=48_000), 2, 0),
        (notice(buyer=OTHER), 2, 0),
        (notice(buyer=""), 2, 1),
        (notice(buyer="", amount=None), 2, 0),
        (notice(winners=frozenset({siret(9)[:9]})), 2, 0),
        (notice(winners=frozenset({siret(9)[:9], WINNER})), 1, 0),
        (told(number="2024-2"), 2, 0),
    ],
)  # fmt: skip
def test_two_contracts(other: PublishedContract, groups: int, perhaps: int) -> None:
    found = same_contracts([other, told()])
    assert (len(found.groups), len(found.perhaps)) == (groups, perhaps)
    assert found.groups[0][0] == (1 if other.source == "boamp" else 0), "the buyer's own data come first"


@pytest.mark.parametrize(("days", "objet", "groups"), [(0, "Tonte", 1), (9, TITLE.upper(), 1), (9, "Tonte", 2)])
def test_a_round_amount_proves_little_but_on_the_day(days: int, objet: str, groups: int) -> None:
    found = same_contracts([told(amount=180_000), notice(amount=180_000, days=days, objet=objet)])
    assert (len(found.groups), len(found.perhaps)) == (groups, groups - 1)


def test_lots_that_share_an_amount_are_as_many_as_in_the_source_that_tells_most() -> None:
    lots = [told(number=f"2024-{number}", objet=f"Lot {number}") for number in (1, 2, 3)]
    notices = [notice(number=f"24-{number}", objet=f"Lot {number}", days=10) for number in (3, 1)]
    found = same_contracts([*notices, *lots])
    assert sorted(map(sorted, found.groups)) == [[0, 4], [1, 2], [3]]
    assert found.perhaps == set()


def test_three_sources_tell_one() -> None:
    folder = "0f6f5a1e-2c47-4c0e-9d52-6b1f6f3c9a10"
    found = same_contracts([told("boamp", folder, None, None), told("eforms", folder, days=20), told()])
    assert found.groups == [[2, 1, 0]]
