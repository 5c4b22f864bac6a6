"""Groupements: they cover all they say, nobody is there for nothing, and the order of the parts does not matter."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.decisions.assumptions import DEFAULT
from matcher.decisions.candidates import Candidate
from matcher.decisions.groupement.compute import REPEATED, LotPart, find_groupements
from tests.matcher.decisions.people import candidate, someone, to_call


def near(name: str, km: float, **fields: object) -> Candidate:
    return candidate(name, distance_km=km, **fields)


def two_sites(*, both_km: float = 45.0) -> list[LotPart]:
    return [
        LotPart("Denain", (near("Denain", 1.0, at=(50.33, 3.39)), near("Loin", both_km))),
        LotPart("Maubeuge", (near("Sambre", 1.0, at=(50.28, 3.97)), near("Loin", both_km))),
    ]


def test_one_near_each_site_is_proposed_before_one_far_from_both() -> None:
    found = find_groupements(two_sites(), DEFAULT)
    best = found.groupements[0]
    assert [(member.name, [share.part for share in member.shares]) for member in best.members] == [
        ("Denain", ["Denain"]),
        ("Sambre", ["Maubeuge"]),
    ]
    assert best.apart_km == pytest.approx(41.5, abs=1)
    assert [its.members[0].name for its in found.alone] == ["Loin"]
    assert best.score > found.alone[0].score


def test_whoever_is_near_all_stands_alone_first() -> None:
    found = find_groupements(two_sites(both_km=1.0), DEFAULT)
    assert found.alone[0].members[0].name == "Loin"
    assert found.alone[0].score > found.groupements[0].score


def test_those_who_are_known_lead_whatever_their_chance() -> None:
    parts = [
        LotPart(site, (near(f"{site} connu", 60.0), to_call(f"{site} proche", distance_km=0.0, fit=0.9)))
        for site in ("A", "B")
    ]
    found = find_groupements(parts, DEFAULT).groupements
    assert [its.to_call for its in found] == sorted(its.to_call for its in found)
    assert {member.name for member in found[0].members} == {"A connu", "B connu"}
    assert all(its.members[0].name.endswith("connu") for its in found if its.to_call < len(its.members))
    assert found[0].score < found[-1].score


def test_a_part_that_nobody_carries_is_named_and_no_groupement_pretends() -> None:
    found = find_groupements([*two_sites(), LotPart("Brest", ())], DEFAULT)
    assert found.uncovered == ("Brest",)
    assert found.groupements == found.alone == ()
    assert find_groupements([], DEFAULT).groupements == ()


def test_the_people_of_one_establishment_are_counted_once() -> None:
    small, large = near("Petite", 1.0, workers=12.0), near("Grande", 10.0, workers=60.0)
    found = find_groupements([LotPart("A", (small, large), 5.0), LotPart("B", (small, large), 5.0)], DEFAULT)
    assert [its.members[0].name for its in found.alone] == ["Grande"]


def test_one_that_sells_leads_and_the_largest_known_of_those() -> None:
    parts = [
        LotPart("A", (near("Interim", 1.0, workers=90.0, kinds=candidate(kind="ETTI").kinds),)),
        LotPart("B", (near("Atelier", 1.0, workers=30.0),)),
    ]
    best = find_groupements(parts, DEFAULT).groupements[0]
    assert (best.leader, best.why_leader) == ("Atelier", "le plus grand effectif connu")


def test_what_members_share_is_said() -> None:
    shared = {
        "essai:Denain": ["marché gagné ensemble : Enedis"],
        "essai:Sambre": ["marché gagné ensemble : Enedis", "réseau"],
    }
    assert find_groupements(two_sites(), DEFAULT, shared=shared).groupements[0].together == (
        "marché gagné ensemble : Enedis",
    )


def test_proposals_differ() -> None:
    parts = [LotPart(site, tuple(to_call(f"{site}{n}", fit=0.3 + n / 100) for n in range(9))) for site in ("A", "B")]
    found = find_groupements(parts, DEFAULT, most=6).groupements
    assert len(found) == 6
    names = [member.name for its in found for member in its.members]
    assert max(names.count(name) for name in names) == REPEATED


@given(st.lists(st.lists(someone(), max_size=6), min_size=1, max_size=4), st.none() | st.floats(0.5, 20), st.randoms())
def test_a_groupement_covers_all_it_says_and_the_order_of_the_parts_does_not_matter(
    given_parts: list[list[Candidate]], etp: float | None, random: object
) -> None:
    parts = [
        LotPart(f"part {place}", tuple(replace(one, id=f"essai:{place}-{n}") for n, one in enumerate(found)), etp)
        for place, found in enumerate(given_parts)
    ]
    found = find_groupements(parts, DEFAULT)
    shuffled = list(parts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert find_groupements(shuffled, DEFAULT) == found
    for its in (*found.alone, *found.groupements):
        carried = [share.part for member in its.members for share in member.shares]
        assert sorted(carried) == sorted(part.label for part in parts)
        assert all(member.shares for member in its.members)
        assert len({member.organisation for member in its.members}) == len(its.members)
        by_label = {part.label: {one.id for one in part.candidates} for part in parts}
        assert all(share.by.id in by_label[share.part] for member in its.members for share in member.shares)
        assert 0 < its.score <= 1
