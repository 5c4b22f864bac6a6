"""The types of the domain: frozen, comparable, and empty or None where nothing is known."""

import dataclasses
import inspect
from typing import Any

import pytest
from msgspec import Struct, structs

from matcher.domain import kinds, match, place, reading, supplier
from matcher.domain.match import Match
from matcher.domain.reading import AmountRead, DurationRead, Lot, Reading
from matcher.domain.supplier import Evidence, Site, Supplier

TYPES: list[type[Any]] = [
    member
    for module in (kinds, match, place, reading, supplier)
    for _, member in inspect.getmembers(module, inspect.isclass)
    if member.__module__ == module.__name__ and (dataclasses.is_dataclass(member) or issubclass(member, Struct))
]


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: str(kind.__name__))
def test_a_type_is_frozen_and_has_no_field_beyond_its_own(kind: type[Any]) -> None:
    assert kind.__struct_config__.frozen if issubclass(kind, Struct) else kind.__dataclass_params__.frozen
    assert "__slots__" in vars(kind)
    assert inspect.getdoc(kind)


def test_there_are_types() -> None:
    assert {Lot, Supplier, Reading, Site, Match} <= set(TYPES)


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: str(kind.__name__))
def test_unknown_is_empty_or_none_never_zero(kind: type[Any]) -> None:
    for field in structs.fields(kind) if issubclass(kind, Struct) else dataclasses.fields(kind):
        if field.default is not dataclasses.MISSING and not isinstance(field.default, bool):
            assert field.default != 0, field.name


def test_the_least_of_a_supplier_knows_nothing_more() -> None:
    least = Supplier("asp:1", "Les Ateliers du Marais", ())
    assert least == Supplier("asp:1", "Les Ateliers du Marais", ())
    assert (least.workers, least.turnover, least.active, least.updated) == (None, None, None, None)
    assert (Site().lat, Site().lon) == (None, None)
    with pytest.raises(dataclasses.FrozenInstanceError):
        least.name = "Autre"  # type: ignore[misc]


def test_evidence_goes_from_the_strongest_to_the_weakest() -> None:
    levels = list(Evidence)
    assert (levels[0], levels[-1]) == (Evidence.DECLARED, Evidence.NAME)
    assert len({str(level) for level in Evidence}) == len(Evidence)


@pytest.mark.parametrize(
    ("yearly", "months", "told"),
    [
        (True, 48, "40 000 € HT par an × 4 ans = 160 000 € HT"),
        (True, 18, "40 000 € HT par an × 1,5 an = 60 000 € HT"),
        (True, 12, "40 000 € HT par an"),
        (True, None, "40 000 € HT par an"),
        (False, 48, "40 000 € HT sur toute la durée"),
    ],
)
def test_a_yearly_amount_is_shown_as_it_is_counted(yearly: bool, months: float | None, told: str) -> None:
    lot = Reading(Lot("Nettoyage", duree=months), amount=AmountRead(40_000, yearly, "40 000 € HT", before_tax=True))
    assert lot.amount_counted.replace("\u202f", " ").replace("\u00a0", " ") == told
    assert Reading(Lot("Nettoyage", duree=months)).amount_counted == ""


def test_an_amount_without_its_tax_is_shown_as_counted_before_tax() -> None:
    counted = Reading(Lot("Nettoyage", duree=24), amount=AmountRead(55_000, True, "55 000 euros par an")).amount_counted
    assert counted.endswith("= 110\u202f000\u00a0€ HT (HT ou TTC non dit : compté HT)")


def test_a_duration_is_shown_with_its_renewals() -> None:
    assert DurationRead(48, "1 an reconductible 3 fois", 36).sentence == "48\u00a0mois, dont 36 de reconduction"
    assert DurationRead(48, "48 mois", 0).sentence == "48\u00a0mois"
