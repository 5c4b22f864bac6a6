"""Body of an API endpoint made from the inputs of a decision's question, and the question made from a body."""

from collections.abc import Iterable
from types import NoneType
from typing import Annotated, Any, Literal, TypeVar, get_args, get_type_hints

import msgspec
from msgspec import Meta

from matcher.decisions.question import DecisionInput, DecisionQuestion, default_of, inputs_of

Q = TypeVar("Q", bound=DecisionQuestion)
# Characters of a text. The time to read one grows with its length.
LONGEST_TEXT = 20_000


def question_body(
    name: str,
    describes: str,
    *questions: type[DecisionQuestion],
    base: type[msgspec.Struct] | None = None,
    more: Iterable[tuple[Any, ...]] = (),
) -> type[msgspec.Struct]:
    """Return a body: the fields of `base`, the inputs of questions that the API asks, and `more` members (name, type, default). `name` and
    `describes` (in French) are its name and description in OpenAPI."""
    members: list[tuple[Any, ...]] = []
    for question in questions:
        for member, entry in inputs_of(question).items():
            if entry.in_body:
                kind = _type(entry, get_type_hints(question)[member])
                usual = [] if entry.several else default_of(question, member)
                members.append((member, kind) if entry.needed else (member, kind, usual))
    bases = (base,) if base else None
    return msgspec.defstruct(
        name, [*members, *more], bases=bases, namespace={"__doc__": describes}, forbid_unknown_fields=True, kw_only=True
    )


def listed(body: type[msgspec.Struct], most: int) -> Any:
    """Return the type of a list of one to `most` bodies."""
    return Annotated[list[body], Meta(min_length=1, max_length=most)]  # type: ignore[valid-type]


def question_in(body: Any, question: type[Q], **more: Any) -> Q:
    """Return the question that a body asks. `more`: other fields of the question."""
    values = {name: getattr(body, name) for name, entry in inputs_of(question).items() if entry.in_body}
    made = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    return question(**{**made, **more})


def _type(entry: DecisionInput, hint: Any) -> Any:
    """Return the type of a member of a body: that of the question's field, with the bounds and the words of its input."""
    kinds = {hint, *get_args(hint)}
    optional, most = NoneType in kinds, int(entry.most or LONGEST_TEXT)
    if entry.several:
        first = get_args(hint)[0]
        element: Any = Annotated[str, Meta(max_length=LONGEST_TEXT)] if first is str else first
        kind: Any = Annotated[list[element], Meta(min_length=int(bool(entry.needed)), max_length=most)]
    elif entry.choices and str in kinds:
        codes = [value for value, _ in entry.choices]
        kind = Literal[*(codes if optional else ["", *codes])]
    elif str in kinds:
        kind = Annotated[str, Meta(max_length=most)]
    elif kinds & {int, float}:
        kind = _bounded(entry, float if float in kinds else int)
    else:
        kind, optional = hint, False
    words = Meta(description=entry.help or entry.label or None, examples=[entry.example] if entry.example else None)
    return Annotated[kind | None if optional else kind, words]


def _bounded(entry: DecisionInput, kind: Any) -> Any:
    """Return the type of a number within the bounds of an input."""
    return Annotated[kind, Meta(ge=entry.least) if entry.above is None else Meta(gt=entry.above), Meta(le=entry.most)]
