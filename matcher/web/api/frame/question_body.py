"""Body of an API endpoint made from the inputs of a decision's question, and the question made from a body."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal, TypeVar, get_args, get_type_hints

import msgspec
from msgspec import Meta

from matcher.decisions.question import Input, Question, default_of, inputs_of

Q = TypeVar("Q", bound=Question)
# Characters of a text. The time to read one grows with its length.
LONGEST_TEXT = 20_000


def question_body(
    name: str,
    describes: str,
    *questions: type[Question],
    base: type[msgspec.Struct] | None = None,
    more: Iterable[tuple[Any, ...]] = (),
) -> type[msgspec.Struct]:
    """Return a body: the fields of `base`, the inputs of questions that the API asks, and `more` members (name, type, default). `name` and
    `describes` (in French) are its name and description in OpenAPI."""
    members: list[tuple[Any, ...]] = []
    for question in questions:
        for member, one in inputs_of(question).items():
            if one.in_body:
                kind = _type(one, get_type_hints(question)[member])
                members.append((member, kind) if one.needed else (member, kind, default_of(question, member)))
    bases = (base,) if base else None
    return msgspec.defstruct(
        name, [*members, *more], bases=bases, namespace={"__doc__": describes}, forbid_unknown_fields=True, kw_only=True
    )


def listed(body: type[msgspec.Struct], most: int) -> Any:
    """Return the type of a list of one to `most` bodies."""
    return Annotated[list[body], Meta(min_length=1, max_length=most)]  # type: ignore[valid-type]


def question_in(body: Any, question: type[Q], **more: Any) -> Q:
    """Return the question that a body asks. `more`: other fields of the question."""
    values = {name: getattr(body, name) for name, one in inputs_of(question).items() if one.in_body}
    made = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    return question(**{**made, **more})


def _type(one: Input, hint: Any) -> Any:
    """Return the type of a member of a body: that of the question's field, with the bounds and the words of its input."""
    words = Meta(description=one.help or one.label or None, examples=[one.example] if one.example else None)
    if one.several:
        element: Any = get_args(hint)[0]
        text: Any = Annotated[element, Meta(max_length=LONGEST_TEXT)] if element is str else element
        return Annotated[list[text], Meta(min_length=1 if one.needed else 0, max_length=int(one.most or 0)), words]
    if one.choices and str in (hint, *get_args(hint)):
        codes: Any = Literal[*(value for value, _ in one.choices)]
        return Annotated[Literal["", codes] if hint is str else codes | None, words]
    if hint is str:
        return Annotated[str, Meta(max_length=int(one.most or LONGEST_TEXT)), words]
    number = next((kind for kind in (float, int) if kind in (hint, *get_args(hint))), None)
    if number is None:
        return Annotated[hint, words]
    least = Meta(ge=one.least) if one.above is None else Meta(gt=one.above)
    bounded: Any = Annotated[number, least, Meta(le=one.most)]
    return Annotated[bounded if hint is number else bounded | None, words]
