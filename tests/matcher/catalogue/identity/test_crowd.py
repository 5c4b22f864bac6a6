"""Thousands of near names of one town: each is compared with few, and what cannot be told apart waits for a person."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from matcher.catalogue.identity import blocking, same_supplier
from matcher.catalogue.identity.compare import PairVerdict, Side, Traits
from matcher.catalogue.identity.crowd import CROWD
from matcher.catalogue.identity.same_supplier import SupplierGroups, group_records
from matcher.domain.kinds import SupplierKind

LILLE = {"post_code": "59000", "insee": "59350", "city": "Lille", "kinds": (SupplierKind.EI,)}


def listed(source: str, names: Sequence[str], **fields: Any) -> list[Traits]:
    return [Traits(source, f"{rank:05d}", names=(name,), **LILLE | fields) for rank, name in enumerate(names)]


def compared(monkeypatch: pytest.MonkeyPatch, records: Sequence[Traits]) -> tuple[int, SupplierGroups]:
    """Group records; return how many pairs were looked at, by the first look and by the whole one."""
    count = 0

    def counted(judge: Callable[[Side, Side], Any]) -> Callable[[Side, Side], Any]:
        def look(one: Side, other: Side) -> Any:
            nonlocal count
            count += 1
            return judge(one, other)

        return look

    with monkeypatch.context() as patched:
        for module, name in ((blocking, "differ"), (blocking, "verdict"), (same_supplier, "compare_sides")):
            patched.setattr(module, name, counted(getattr(module, name)))
        groups = group_records(records)
    return count, groups


@pytest.mark.parametrize(
    "fields",
    [{}, {"phone": "+33320000000"}, {"address": "12 rue des Lilas"}, {"post_code": "", "insee": "", "city": ""}],
    ids=["one town", "one telephone", "one street", "no town"],
)
@pytest.mark.parametrize("second", ["Ei Killer bis {}", "Killer", "EI", "Ei Kiler{}"])
def test_near_names_are_compared_in_proportion_to_their_number(
    monkeypatch: pytest.MonkeyPatch, second: str, fields: dict[str, str]
) -> None:
    looks = []
    for number in (2 * CROWD, 4 * CROWD):
        first = listed("a", [f"EI Killer {rank}" for rank in range(number)], **fields)
        near = listed("b", [second.format(rank) for rank in range(number)], **fields)
        looks.append(compared(monkeypatch, [*first, *near])[0])
    assert looks[1] <= 2.2 * looks[0] + CROWD


def test_a_crowd_is_decided_by_what_few_of_it_share() -> None:
    number = 2 * CROWD
    first = listed("a", [f"EI Killer {rank}" for rank in range(number)])
    groups = group_records([*first, *listed("b", [f"Ei Killer bis {rank}" for rank in range(number)])])
    assert groups.crowded == frozenset()
    assert {groups.ids["b", record.ref] for record in first} == {groups.ids[record.key] for record in first}
    assert all(groups.ids["b", record.ref] == groups.ids[record.key] for record in first)


def test_a_misspelt_name_is_met_in_a_crowd_by_few_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    first = listed("a", ["Blanchisserie du Hainaut", *(f"EI Killer {rank}" for rank in range(2 * CROWD))])
    near = listed("b", ["Blanchiserie du Haineaut", "Lanchisserie du Hainaut"])
    looks, groups = compared(monkeypatch, [*first, *near])
    assert looks < CROWD
    assert [pair.other for pair in groups.pairs] == [("a", "00000")] * 2


def test_what_too_many_are_near_to_waits_for_a_person() -> None:
    first = listed("a", ["EI Killer"] * 2 * CROWD)
    groups = group_records([*first, *listed("b", ["Killer", "Blanchisserie du Hainaut"])])
    assert groups.crowded == {("b", "00000")}
    assert groups.ids["b", "00000"] == "b:00000"
    assert {pair.evidence.verdict for pair in groups.pairs} == {PairVerdict.REVIEW}
    assert groups.in_review == {("b", "00000")}
