"""Form of a page made from the inputs of a decision's question, and the question made from a filled form."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from matcher.decisions.question import Input, Question, default_of, inputs_of
from matcher.journal.change import LONGEST_LINE
from matcher.web.frame.forms import Line, Lines, OneOf, PageForm, Yes

LONGEST_PLACES = 3_000  # characters of a line of places
F = TypeVar("F", bound=PageForm)
Q = TypeVar("Q", bound=Question)


def asks(*questions: type[Question]) -> Callable[[type[F]], type[F]]:
    """Return the class decorator that adds a field for each input of these questions that has a label."""

    def add_fields(form: type[F]) -> type[F]:
        for question in questions:
            for name, asked_input in inputs_of(question).items():
                if asked_input.label:
                    setattr(form, asked_input.field_name, _field(asked_input, default_of(question, name)))
        return form

    return add_fields


def question_of(form: PageForm, question: type[Q], **more: Any) -> Q:
    """Return the question that a form asks; inputs without a field, or with a fault, have their default. `more`: other fields of the question."""
    values = {}
    for name, one in inputs_of(question).items():
        if one.field_name in form:
            value = form[one.field_name].data
            if one.choices and value:
                value = one.read(value) if value in dict(one.choices) else ""
            values[name] = default_of(question, name) if value in (None, "") else value
    return question(**{**values, **more})


def faults_of(question: Any) -> Iterator[tuple[str, str]]:
    """Yield the faults of a question as a whole, by the name of the page's field."""
    inputs = inputs_of(type(question))
    yield from ((inputs[name].field_name, says) for name, says in question.faults())


def _split_places(typed: str) -> tuple[str, ...]:
    """Return the places of a line, which « ; » separates."""
    return tuple(filter(None, map(str.strip, typed.split(";"))))


def _field(one: Input, default: Any) -> Any:
    """Return the WTForms field of an input."""
    if one.several:
        if one.on_one_line:
            places: dict[str, Any] = {"most": LONGEST_PLACES, "empty": (), "shown": " ; ".join}
            return Line(one.label, _split_places, needed=one.needed, **places)
        return Lines(one.label, most=int(one.most or 0), needed=one.needed, rows=one.rows)
    if one.flag:
        return Yes(one.label)
    if one.offered:
        return OneOf(one.label, [(value, value) for value in one.offered], default=default)
    if one.choices:
        return OneOf(one.label, [("", one.unset), *one.choices], one.refusal)
    if one.read is str:
        return Line(one.label, most=int(one.most or LONGEST_LINE), needed=one.needed, hint=one.hint, unit=one.unit)
    look: dict[str, Any] = {"unit": one.unit, "hint": one.hint, "needed": one.needed}
    return Line(one.label, one.read, empty=default, default=default, shown=one.shown, **look)
