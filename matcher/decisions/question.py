"""Inputs of a decision, each declared once: the form of its page, the options of its command and the body of its API endpoint are made from them.

A question is a frozen dataclass whose fields are made by `entry`. Its French docstring describes it in the API.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

from matcher.cleaning.readers import (
    amount_reader,
    figure_reader,
    hours_reader,
    measure_reader,
    read_month,
    whole_reader,
)
from matcher.domain.french import number
from matcher.domain.kinds import SupplierKind
from matcher.need.fields import ASKED_LEVERS
from matcher.reference.levers import lever


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionInput:
    """One input of a decision: `label` on the page, `help` in the command and the API; a door without words for it does not ask it.

    `option`: name of the command's option, and of the page's field unless `field`; `metavar`: sort of value, in the command's help. `read` parses
    a typed text, or raises ValueError in French; `shown` writes a value as a person types it. `choices`: (value, label) pairs; `unset`: label of no choice; `offered`: values that the page
    offers where other doors take any text. `several`: a tuple of texts, at most `most`, which the page asks
    one a line, or `on_one_line` between « ; ». `least`, `most`, `above`: bounds of a number (`above` is
    excluded), length of a text. `in_body`: the API asks it too. `needed`: French refusal of an empty value. `unit`, `hint`, `rows`:
    how the page draws it. `example`: in the API's description.
    """

    option: str
    label: str = ""
    help: str = ""
    in_body: bool = True
    field: str = ""
    metavar: str = "TEXTE"
    read: Callable[[str], Any] = str
    shown: Callable[[Any], str] = str
    choices: Sequence[tuple[str, str]] = ()
    unset: str = ""
    offered: Sequence[str] = ()
    several: bool = False
    flag: bool = False
    least: float | None = None
    above: float | None = None
    most: float | None = None
    needed: str = ""
    refusal: str = ""
    unit: str = ""
    hint: str = ""
    rows: int = 3
    on_one_line: bool = False
    example: Any = None

    @property
    def field_name(self) -> str:
        """Name of the page's field."""
        return self.field or self.option


# Beyond this amount in euros, the unit is mistaken.
MOST_EUROS = 1e10


@dataclass(frozen=True, kw_only=True)
class DecisionQuestion:
    """A decision's inputs; a subclass is a frozen dataclass too."""

    def faults(self) -> Iterator[tuple[str, str]]:
        """Yield the faults that depend on several inputs: the name of an input, and the French sentence. Subclasses override it."""
        yield from ()


def entry(option: str, label: str = "", help_text: str | None = None, *, default: Any = MISSING, **more: Any) -> Any:
    """Return the field of a question that holds an input; its help is its label by default. `more`: other attributes of `DecisionInput`."""
    words = (f"{label}." if label else "") if help_text is None else help_text
    return field(default=default, metadata={"input": DecisionInput(option=option, label=label, help=words, **more)})


def typed_number(
    option: str, label: str, help_text: str | None, read: Callable[[str], float], *, digits: int = 0, **more: Any
) -> Any:
    """Return the field of an input of a number, None by default, that `read` parses and that is shown with `digits` decimals at most."""
    usual: dict[str, Any] = {"default": None, "metavar": "NOMBRE", "shown": lambda value: number(value, digits)}
    return entry(option, label, help_text, read=read, **{**usual, **more})


def text(option: str, label: str = "", help_text: str | None = None, *, most: int | None = None, **more: Any) -> Any:
    """Return the field of an input of one text, empty by default, of at most `most` characters (the door's own limit without it)."""
    return entry(option, label, help_text, default="", most=most, **more)


def texts(option: str, label: str, help_text: str, *, most: int, **more: Any) -> Any:
    """Return the field of an input of several texts, at most `most`, each once."""
    return entry(option, label, help_text, default=(), several=True, most=most, **more)


def whole(
    option: str, least: int, most: int, default: float, label: str = "", help_text: str | None = None, **more: Any
) -> Any:
    """Return the field of an input of a whole number from `least` to `most`."""
    read = whole_reader(label or (help_text or option).rstrip("."), least, most)
    return typed_number(option, label, help_text, read, default=default, least=least, most=most, **more)


def figure(option: str, least: float, most: float, label: str, help_text: str | None = None, **more: Any) -> Any:
    """Return the field of an input of a number from `least` to `most`."""
    return typed_number(option, label, help_text, figure_reader(label, least, most), least=least, most=most, **more)


def share(option: str, label: str, default: float) -> Any:
    """Return the field of an input of a share above 0, at most 1, typed and shown in percent, from 1 on."""
    read = figure_reader(label, 1, 100, share=True)
    words: dict[str, Any] = {"metavar": "POURCENT", "unit": "%", "shown": lambda value: number(100 * value)}
    return typed_number(option, label, None, read, default=default, above=0, most=1, **words)


def measure(option: str, most: float, label: str, help_text: str, *, units: Sequence[str], **more: Any) -> Any:
    """Return the field of an input of a number above zero, at most `most`, with or without one of its `units`."""
    return typed_number(option, label, help_text, measure_reader(most, *units), digits=2, above=0, most=most, **more)


def work_hours(option: str, most: float, label: str, help_text: str | None, *, zero: bool = False, **more: Any) -> Any:
    """Return the field of an input of hours of work above zero, or from `zero` on, at most `most`."""
    bounds: dict[str, Any] = {"least": 0, "most": most} if zero else {"above": 0, "most": most}
    return typed_number(option, label, help_text, hours_reader(most, zero=zero), unit="h", **bounds, **more)


def amount(option: str, name: str, label: str, help_text: str, **more: Any) -> Any:
    """Return the field of an input of an amount in euros before tax; `name` names it in its refusal."""
    bounds: dict[str, Any] = {"above": 0, "most": MOST_EUROS, "metavar": "EUROS", "unit": "€"}
    return typed_number(option, label, help_text, amount_reader(name), **bounds, **more)


def kinds(option: str, help_text: str, **more: Any) -> Any:
    """Return the field of an input of several kinds of suppliers, in their usual order."""
    values: dict[str, Any] = {"choices": tuple((kind.value, kind.value) for kind in SupplierKind), "read": SupplierKind}
    return texts(option, "Types", help_text, most=len(SupplierKind), **values, **more)


def month(option: str, label: str, help_text: str, **more: Any) -> Any:
    """Return the field of an input of a month, read as its first day."""
    values: dict[str, Any] = {"metavar": "MOIS", "read": read_month, "shown": lambda day: f"{day:%m/%Y}"}
    return entry(option, label, help_text, default=None, **values, **more)


def choice(option: str, label: str, help_text: str, choices: Iterable[tuple[str, str]], unset: str, **more: Any) -> Any:
    """Return the field of an input whose value is one of `choices` (value, label), empty by default; `unset` is the label of no choice."""
    values: dict[str, Any] = {
        "default": "",
        "choices": tuple((str(value), words) for value, words in choices),
        "unset": unset,
        **more,
    }
    return entry(option, label, help_text, **values)


def reserving_lever() -> Any:
    """Return the field of the lever of a lot (an article that reserves it, or a social clause), by its code."""
    levers = ((code, lever(code).label) for code in ASKED_LEVERS)
    words = "Réservation ou clause", "Article ou clause : écarte les fournisseurs non éligibles."
    return choice("levier", *words, levers, "Ni réservé, ni clause")


def inputs_of(question: type[DecisionQuestion]) -> Mapping[str, DecisionInput]:
    """Return the inputs of a question by the name of their field, in the order of its fields."""
    return {one.name: one.metadata["input"] for one in fields(question) if "input" in one.metadata}


def default_of(question: type[DecisionQuestion], name: str) -> Any:
    """Return the default of an input, None where it has none."""
    value = next(one.default for one in fields(question) if one.name == name)
    return None if value is MISSING else value


def chosen(choice_input: DecisionInput, values: Collection[str]) -> tuple[Any, ...]:
    """Return the values of an input of several choices, in the order of its choices; others are left out."""
    return tuple(choice_input.read(value) for value, _ in choice_input.choices if value in values)
