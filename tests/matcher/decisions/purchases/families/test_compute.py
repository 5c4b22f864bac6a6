"""Families of lines: sums that the law counts together, unknown amounts, services, corrections, and what cannot be grouped."""

from datetime import date
from random import Random

import pytest

from matcher.decisions.purchases.families import compute
from matcher.decisions.purchases.families.compute import (
    FamiliesRefused,
    NeedFamilies,
    NeedLine,
    WrittenNeed,
    correct_family,
    form_families,
    lines_of_sheet,
)
from matcher.reference.law import BuyerNature
from tests.matcher.decisions.purchases.test_line import entry

ON = date(2026, 11, 27)
LOCAL = BuyerNature.OTHER
CLEANING = "Nettoyage des locaux"
VISITED = "Nettoyage des locaux de la mairie"
GREEN = "Entretien des espaces verts"


def lines(*rows: tuple[str, ...]) -> tuple[NeedLine, ...]:
    fields = ("objet", "montant", "acheteur", "annee")
    net = [tuple(f"{cell} HT" if cell.isdigit() and at == 1 else cell for at, cell in enumerate(row)) for row in rows]
    return lines_of_sheet(entry(**dict(zip(fields, row, strict=False))) for row in net)


def found(*rows: tuple[str, ...], settled: dict[WrittenNeed, str] | None = None) -> NeedFamilies:
    return form_families(lines(*rows), settled or {}, ON, LOCAL)


def by_lines(its: NeedFamilies) -> dict[tuple[int, ...], str]:
    return {one.lines: one.name for one in its.families}


def test_amounts_of_a_family_are_counted_together() -> None:
    (one,) = found((CLEANING, "40000"), (VISITED, "30000"), (CLEANING, "200000")).families
    assert (one.lines, one.euros, one.unknown, one.works) == ((0, 1, 2), 270_000, 0, False)
    assert (one.law.direct, one.law.above) == (False, True)


def test_an_unknown_amount_is_not_zero() -> None:
    (low,) = found((CLEANING, "40000"), (VISITED, "")).families
    assert (low.euros, low.unknown, low.law.direct, low.law.above) == (40_000, 1, None, None)
    (high,) = found((CLEANING, "70000"), (VISITED, "")).families
    assert high.law.direct is False
    (none,) = found((CLEANING, "")).families
    assert not none.has_amount


def test_an_amount_with_tax_is_not_added_to_those_without() -> None:
    (one,) = found((CLEANING, "40000 TTC"), (VISITED, "10000")).families
    assert (one.euros, one.with_tax, one.unknown) == (10_000, 40_000, 1)


def test_the_year_that_has_most_counts_and_a_line_without_year_may_add_to_it() -> None:
    (one,) = found(
        (CLEANING, "40000", "", "2025"), (VISITED, "50000", "", "2026"), (CLEANING, "5000"), (VISITED, "1", "", "2026")
    ).families
    assert (one.euros, one.year, one.unknown) == (50_001, "2026", 1)


def test_services_that_buy_the_same_are_told_apart() -> None:
    one, other = found((CLEANING, "40000", "Mairie"), (VISITED, "", "École"), (GREEN, "10", "Mairie")).families
    assert [(part.service, part.euros, part.unknown) for part in one.services] == [
        ("Mairie", 40_000, 0),
        ("École", 0, 1),
    ]
    assert one.to_pool
    assert not other.to_pool


def test_the_order_of_the_lines_changes_no_family() -> None:
    rows = [(CLEANING, "1"), (VISITED, "2"), (GREEN, "3"), ("Tonte et entretien des espaces verts", "4"), ("Repas", "")]
    told = []
    for seed in range(4):
        Random(seed).shuffle(rows)  # noqa: S311  # an order to repeat
        its = found(*rows)
        told.append({one.name: frozenset(rows[rank][0] for rank in one.lines) for one in its.families})
    assert all(one == told[0] for one in told)


def test_lines_written_alike_are_one_need_and_lines_that_say_nothing_are_in_none() -> None:
    its = found((f"{CLEANING} 2026", "1"), (f"{CLEANING.upper()} 2027", "2"), ("", "3"), ("2024-001", "4"))
    assert its.unsaid == (2,)
    assert sorted(one.lines for one in its.families) == [(0, 1), (3,)]


@pytest.mark.parametrize("count", [0, 1, 10_000])
def test_no_line_one_or_ten_thousand_the_same(count: int) -> None:
    its = found(*[(CLEANING, "1")] * count)
    assert [len(one.lines) for one in its.families] == [count] * bool(count)


def test_too_many_different_needs_are_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compute, "MOST_NEEDS", 2)
    assert len(found((CLEANING, "1"), (GREEN, "1"), (CLEANING, "2")).families) == 2
    with pytest.raises(FamiliesRefused, match=r"3 besoins différents.*plusieurs fichiers"):
        found((CLEANING, "1"), (GREEN, "1"), ("Repas", "1"))


def settle(its: NeedFamilies, ranks: tuple[int, ...], whole: bool, name: str) -> dict[WrittenNeed, str]:
    family = next(one for one in its.families if ranks[0] in one.lines)
    return correct_family(its, family, () if whole else ranks, name)


def test_a_family_is_renamed_split_and_merged_and_the_next_file_starts_from_it() -> None:
    rows = ((CLEANING, "1"), (VISITED, "2"), (GREEN, "3"))
    its = found(*rows)
    renamed = settle(its, (0,), True, "Propreté")
    its = found(*rows, settled=renamed)
    assert by_lines(its)[0, 1] == "Propreté"
    assert next(one for one in its.families if one.name == "Propreté").settled
    split = renamed | settle(its, (1,), False, "Mairie")
    its = found(*rows, settled=split)
    assert (by_lines(its)[0,], by_lines(its)[1,]) == ("Propreté", "Mairie")
    merged = split | settle(its, (2,), True, "Mairie")
    its = found(*rows, settled=merged)
    assert by_lines(its) == {(0,): "Propreté", (1, 2): "Mairie"}
    following = found((f"{VISITED} 2028", "5"), ("Tonte, entretien des espaces verts", "6"), settled=merged)
    assert by_lines(following) == {(0, 1): "Mairie"}


def test_a_family_takes_the_name_of_its_greatest_amount() -> None:
    (one,) = found((CLEANING, "40000"), (VISITED, "500000")).families
    assert one.name == VISITED
    (often,) = found((CLEANING, "40000"), (VISITED, "500000"), (CLEANING, "1")).families
    assert often.name == CLEANING


def test_a_family_takes_its_name_from_its_lines_and_no_two_have_the_same() -> None:
    long = "Prestations de nettoyage " + "très " * 40 + "longues"
    assert all(len(one.name) <= 90 for one in found((long, "1")).families)
    its = lines_of_sheet([entry(objet="Lot 1", cpv="90911200"), entry(objet="Lot 1", cpv="15894000")])
    names = [one.name for one in form_families(its, {}, ON).families]
    assert len(set(names)) == len(names)
    (by_code,) = form_families(lines_of_sheet([entry(cpv="90911200-8")]), {}, ON).families
    assert "nettoyage" in by_code.name.lower()
