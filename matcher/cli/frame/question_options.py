"""Options of a command made from the inputs of a decision's question, and the question made from the options given."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

import click

from matcher.cleaning.readers import amount_reader
from matcher.cli.frame.options import combine_options
from matcher.decisions.question import Input, Question, default_of, inputs_of
from matcher.domain.french import NO_BREAK

Command = Callable[..., None]
Q = TypeVar("Q", bound=Question)


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


def question_options(question: type[Question], *, into: str = "question") -> Callable[[Command], Command]:
    """Return the decorator that adds an option for each input of a question that has a help, and passes the question to the command as one
    argument, `into`. An input that is needed and lacks is a click.UsageError."""
    inputs = {name: one for name, one in inputs_of(question).items() if one.help}

    def with_options(command: Command) -> Command:
        @wraps(command)
        def asked(**options: Any) -> None:
            values = {name: options.pop(name) for name in inputs}
            for name, one in inputs.items():
                if one.several:
                    values[name] = tuple(dict.fromkeys(filter(None, map(str.strip, values[name]))))
                if one.choices and values[name]:
                    values[name] = one.read(values[name])
                if one.needed and not values[name]:
                    raise click.UsageError(f"{one.needed} (--{one.option})")
            made = question(**{name: value for name, value in values.items() if value is not None})
            for _, fault in made.faults():
                raise click.UsageError(fault)
            command(**options, **{into: made})

        return combine_options(*(_option(name, one, default_of(question, name)) for name, one in inputs.items()))(asked)

    return with_options


def each_options(question: type[Question]) -> Callable[[Command], Command]:
    """Return the decorator that adds the options of a question, each repeatable: given once for all the lots or contracts, or once for each."""
    inputs = inputs_of(question)
    return combine_options(*(_option(one.option, one, None, repeated=True) for one in inputs.values() if one.help))


def question_from(question: type[Q], values_by_option: Mapping[str, Any], **more: Any) -> Q:
    """Return the question that the values of options ask, by the name of the option. `more`: other fields of the question."""
    values = {}
    for name, one in inputs_of(question).items():
        if (value := values_by_option.get(one.option)) is not None:
            values[name] = one.read(value) if one.choices else value
    return question(**{**values, **more})


def _option(name: str, one: Input, default: Any, *, repeated: bool = False) -> Callable[[Any], Any]:
    """Return the click option of an input."""
    help_text = f"{one.help.removesuffix('.')} ; répétable." if one.several else one.help
    parameters: dict[str, Any] = {"help": help_text, "metavar": one.metavar, "multiple": one.several or repeated}
    if one.flag:
        return click.option(f"--{one.option}", name, is_flag=True, help=one.help)
    if one.choices:
        parameters |= {"type": click.Choice([value for value, _ in one.choices]), "metavar": None}
    elif one.read is not str:
        parameters["type"] = TypedValue(one.read)
    if not parameters["multiple"]:
        usual = "" if default in (None, "") else one.shown(default) + (f"{NO_BREAK}%" if one.unit == "%" else "")
        parameters |= {"default": default or None, "show_default": usual or False}
    return click.option(f"--{one.option}", name, **parameters)
