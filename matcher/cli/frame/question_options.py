"""Options of a command made from the inputs of a decision's question, and the question made from the options given."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

import click

from matcher.cleaning.readers import amount_reader
from matcher.cli.frame.options import combine_options
from matcher.decisions.question import DecisionInput, DecisionQuestion, chosen, default_of, inputs_of
from matcher.domain.french import NO_BREAK

Command = Callable[..., None]
Q = TypeVar("Q", bound=DecisionQuestion)


class TypedValue(click.ParamType[Any]):
    """Parameter type: a text that the reader of an input parses; its refusal is the input's."""

    name = "valeur"

    def __init__(self, read: Callable[[str], Any]) -> None:
        self.read = read

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return self.read(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


# An amount in euros before tax, « 40 000 » or « 40 k€ ».
EUROS = TypedValue(amount_reader("Le montant"))


def question_options(question: type[DecisionQuestion], *, into: str = "question") -> Callable[[Command], Command]:
    """Return the decorator that adds an option for each input of a question that has a help, and passes the question to the command as one
    argument, `into`. An input that is needed and lacks is a click.UsageError."""
    inputs = {name: entry for name, entry in inputs_of(question).items() if entry.help}

    def with_options(command: Command) -> Command:
        @wraps(command)
        def asked(**options: Any) -> None:
            values = {name: options.pop(name) for name in inputs}
            for name, entry in inputs.items():
                if entry.several:
                    values[name] = tuple(dict.fromkeys(filter(None, map(str.strip, values[name]))))
                if entry.choices and values[name]:
                    values[name] = chosen(entry, values[name]) if entry.several else entry.read(values[name])
                if entry.needed and not values[name]:
                    raise click.UsageError(f"{entry.needed} (--{entry.option})")
            made = question(**{name: value for name, value in values.items() if value is not None})
            for name, fault in made.faults():
                raise click.UsageError(f"{fault} (--{inputs[name].option})")
            command(**options, **{into: made})

        return combine_options(*(_option(name, entry, default_of(question, name)) for name, entry in inputs.items()))(
            asked
        )

    return with_options


def each_options(question: type[DecisionQuestion]) -> Callable[[Command], Command]:
    """Return the decorator that adds the options of a question, each repeatable: given once for all the lots or contracts, or once for each."""
    inputs = inputs_of(question)
    return combine_options(
        *(_option(entry.option, entry, None, repeated=True) for entry in inputs.values() if entry.help)
    )


def question_from(question: type[Q], values_by_option: Mapping[str, Any], **more: Any) -> Q:
    """Return the question that the values of options ask, by the name of the option. `more`: other fields of the question."""
    values = {}
    for name, entry in inputs_of(question).items():
        if (value := values_by_option.get(entry.option)) is not None:
            values[name] = entry.read(value) if entry.choices else value
    return question(**{**values, **more})


def _option(name: str, entry: DecisionInput, default: Any, *, repeated: bool = False) -> Callable[[Any], Any]:
    """Return the click option of an input."""
    help_text = f"{entry.help.removesuffix('.')} ; répétable." if entry.several else entry.help
    parameters: dict[str, Any] = {"help": help_text, "metavar": entry.metavar, "multiple": entry.several or repeated}
    if entry.flag:
        return click.option(f"--{entry.option}", name, is_flag=True, help=entry.help)
    if entry.choices:
        parameters |= {"type": click.Choice([value for value, _ in entry.choices]), "metavar": None}
    elif entry.read is not str:
        parameters["type"] = TypedValue(entry.read)
    if not parameters["multiple"]:
        usual = "" if default in (None, "") else entry.shown(default) + (f"{NO_BREAK}%" if entry.unit == "%" else "")
        parameters |= {"default": default or None, "show_default": usual or False}
    return click.option(f"--{entry.option}", name, **parameters)
