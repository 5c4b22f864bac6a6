"""Form of a page made from the inputs of a decision's question, and the question made from a filled form."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from matcher.decisions.question import DecisionInput, DecisionQuestion, chosen, default_of, inputs_of
from matcher.journal.change import LONGEST_LINE
from matcher.need.fields import offered_levers
from matcher.reference.wordings import persona_wording
from matcher.web.frame.forms import Line, Lines, OneOf, PageForm, Yes, places_field

LONGEST_PLACES = 3_000  # characters of a line of places
LEVER = "levier"
F = TypeVar("F", bound=PageForm)
Q = TypeVar("Q", bound=DecisionQuestion)


class LeverField(OneOf):
    """The choice of a reservation or a clause, in the words of the persona, among the levers that it is offered."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.label.text = persona_wording("besoin_levier")

    def iter_choices(self) -> Iterator[Any]:
        """Yield the choices offered to the persona."""
        offered = offered_levers(self.data or "")
        choices: Iterable[Any] = super().iter_choices()
        for choice in choices:
            if not choice.value:
                yield choice._replace(label=persona_wording("besoin_levier_aucun"))
            elif choice.value in offered:
                yield choice


def asks(*questions: type[DecisionQuestion]) -> Callable[[type[F]], type[F]]:
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
    for name, entry in inputs_of(question).items():
        if entry.field_name in form:
            value = form[entry.field_name].data
            if entry.choices and entry.several:
                value = chosen(entry, value)
            elif entry.choices and value:
                value = entry.read(value) if value in dict(entry.choices) else ""
            values[name] = default_of(question, name) if value in (None, "") else value
    return question(**{**values, **more})


def faults_of(question: Any) -> Iterator[tuple[str, str]]:
    """Yield the faults of a question as a whole, by the name of the page's field."""
    inputs = inputs_of(type(question))
    yield from ((inputs[name].field_name, says) for name, says in question.faults())


def _field(entry: DecisionInput, default: Any) -> Any:
    """Return the WTForms field of an input."""
    if entry.several:
        if entry.on_one_line:
            return places_field(entry.label, most=LONGEST_PLACES, needed=entry.needed)
        return Lines(entry.label, most=int(entry.most or 0), needed=entry.needed, rows=entry.rows)
    if entry.flag:
        return Yes(entry.label)
    if entry.offered:
        return OneOf(entry.label, [(value, value) for value in entry.offered], default=default)
    if entry.choices:
        kind = LeverField if entry.field_name == LEVER else OneOf
        return kind(entry.label, [("", entry.unset), *entry.choices], entry.refusal)
    if entry.read is str:
        return Line(
            entry.label, most=int(entry.most or LONGEST_LINE), needed=entry.needed, hint=entry.hint, unit=entry.unit
        )
    look: dict[str, Any] = {"unit": entry.unit, "hint": entry.hint, "needed": entry.needed}
    return Line(entry.label, entry.read, empty=default, default=default, shown=entry.shown, **look)
