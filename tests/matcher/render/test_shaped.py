"""JSON objects made of shapes: names, order, nulls, nested shapes, and what is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NotRequired, TypedDict

import msgspec
import pytest

from matcher.render.shaped import json_value, shaped


class Colour(StrEnum):
    RED = "rouge"


class Wheel(msgspec.Struct, frozen=True):
    size: float
    made: date | None = None
    maker: str = ""


@dataclass(frozen=True)
class Car:
    name: str
    colour: Colour | None = None
    colours: tuple[Colour, ...] = ()
    owner: str = ""
    wheels: tuple[Wheel, ...] = ()
    spare: Wheel | None = None
    note: str = ""
    seller: str | None = ""
    marks: tuple[str, ...] = ()
    distances: Mapping[str, float] = field(default_factory=dict)

    @property
    def built(self) -> date:
        return date(2026, 3, 1)


class WheelShape(TypedDict):
    maker: str | None
    size: float
    made: str | None


class CarShape(TypedDict):
    built: str
    name: str
    owner: str | None
    colour: str | None
    colours: list[str]
    note: NotRequired[str]
    wheels: list[WheelShape]
    spare: WheelShape | None
    marks: NotRequired[list[str]]
    distances: dict[str, float]


CAR = Car(
    "Ami",
    Colour.RED,
    (Colour.RED,),
    "",
    (Wheel(15.0, date(2025, 1, 2), "M"), Wheel(14.0)),
    distances=MappingProxyType({"a": 1.5}),
)
SHAPED: dict[str, Any] = {
    "built": "2026-03-01",
    "name": "Ami",
    "owner": None,
    "colour": "rouge",
    "colours": ["rouge"],
    "wheels": [{"maker": "M", "size": 15.0, "made": "2025-01-02"}, {"maker": None, "size": 14.0, "made": None}],
    "spare": None,
    "distances": {"a": 1.5},
}  # fmt: skip


def test_fields_are_read_by_name_in_the_order_of_the_shape() -> None:
    made = shaped(CarShape, CAR)
    assert made == SHAPED
    assert list(made) == list(SHAPED)
    assert {type(made["colour"]), type(made["colours"][0])} == {str}


def test_what_is_not_required_is_there_where_it_is_not_empty() -> None:
    assert "marks" not in shaped(CarShape, CAR, marks=[])
    made = shaped(CarShape, CAR, note="neuf", marks=("a",))
    assert (made["note"], made["marks"]) == ("neuf", ["a"])
    assert list(made)[5] == "note"


def test_what_is_given_wins_and_is_shaped_too() -> None:
    spare = {"maker": "à la main"}
    made = shaped(CarShape, CAR, owner="Léa", spare=spare, wheels=[Wheel(12.0)], built=date(2020, 1, 1), colour="")
    assert (made["owner"], made["spare"], made["built"], made["colour"]) == ("Léa", spare, "2020-01-01", None)
    assert made["wheels"] == [{"maker": None, "size": 12.0, "made": None}]


def test_names_in_a_line() -> None:
    made = shaped("number name owner? note colours spare?", CAR, number=7)
    assert made == {"number": 7, "name": "Ami", "owner": None, "note": "", "colours": ["rouge"], "spare": None}
    assert list(made) == ["number", "name", "owner", "note", "colours", "spare"]
    assert shaped("seller?", CAR) == {"seller": None}
    assert shaped("who?=owner first=wheels day=built.day", CAR, first=1) == {"who": None, "first": 1, "day": 1}
    assert shaped("a b", a=(date(2026, 1, 2), 0), b="") == {"a": ["2026-01-02", 0], "b": ""}


def test_a_class_whose_annotations_are_for_readers_alone() -> None:
    class Later:
        name: "Unknown"  # type: ignore[name-defined]  # noqa: F821

    later = Later()
    later.name = Colour.RED
    assert shaped("name", later) == {"name": "rouge"}


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(TypeError, match="nom"):
        shaped(CarShape, CAR, nom="x")
    with pytest.raises(AttributeError, match="colur"):
        shaped("colur", CAR)


@pytest.mark.parametrize(
    ("value", "made"),
    [
        (Colour.RED, "rouge"),
        ((Colour.RED, None, (1, 2.5)), ["rouge", None, [1, 2.5]]),
        (Wheel(1.0), {"size": 1.0, "made": None, "maker": ""}),
        (CAR.distances, {"a": 1.5}),
        (True, True),
    ],
)
def test_a_value_of_no_declared_shape(value: Any, made: Any) -> None:
    assert json_value(value) == made
