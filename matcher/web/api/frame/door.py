"""The doors of the API: each declares once its address, its leave, what it takes and answers, of which OpenAPI is made; pages of a list by key, writing once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated, Any, TypeVar
from urllib.parse import quote, urlencode

import msgspec
from flask import Blueprint, Response, g, request
from msgspec import Meta
from spectree import Response as Answers
from spectree import SpecTree
from spectree.model_adapter import get_msgspec_model_adapter
from spectree.plugins.base import Context
from spectree.plugins.flask_plugin import FlaskPlugin

from matcher.accounts.made_once import KeyReused, hash_parts, make_once
from matcher.accounts.roles import Action
from matcher.render.head_notice import with_notice
from matcher.render.json_text import json_text
from matcher.web.api.frame import reading
from matcher.web.frame.app_state import desk, owner, person
from matcher.web.frame.problem import API_ROOT, MACHINES, ProblemDetails, ProblemShape

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")
# Elements of a page of a list, and the parameter that goes on after them.
MOST = 500
_AFTER = "Reprend après l’élément de cette clé : suivez `next`, sans la fabriquer."
# The media in which a door answers.
JSON, JSON_LINES, HTML = "application/json", "application/jsonl", "text/html"
# The header under whose value something is made once.
IDEMPOTENCY, LONGEST_KEY = "Idempotency-Key", 255

api = Blueprint(MACHINES, "matcher.web.api", url_prefix=API_ROOT)


@dataclass(frozen=True, slots=True)
class Door:
    """A door as it was opened: the leave that it needs (None where it shows nothing of anybody), and a request of it that works.

    `form` is true where its body is a form, `abroad` where the pages of the origin that the settings allow may ask it, `once` where it
    writes once under a key (`write_once`); `media` is the type of its answer, `headers` the descriptions of the headers of its own.
    """

    rule: str
    method: str
    leave: Action | None
    example: Mapping[str, Any]
    form: bool = False
    media: str = JSON
    abroad: bool = False
    once: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


# By endpoint; what is missing is closed to all.
DOORS: dict[str, Door] = {}
# The problems that any door may answer, by status.
_ALWAYS = (400, 401, 403, 429, 500, 503)


class _StrictPlugin(FlaskPlugin):
    """Spectree's door to Flask, where a request is read strictly and an answer is written as the commands write it."""

    def request_validation(self, request: Any, query: Any, json: Any, form: Any, *_: Any) -> None:
        """Read the parameters and the body that the door declares, and no others. Raises ProblemDetails."""
        parameters = reading.read_parameters(request, query or reading.NoParameters, json)
        body = reading.read_body(request, json, query or reading.NoParameters) if json else None
        filled = reading.read_form(request, form) if form else None
        request.context = Context(parameters if query else None, body, filled, None, None)

    def validate_response(self, resp: Any, *_: Any) -> tuple[Response, None]:
        """Return an answer as JSON; the tests hold it to its description, not each request."""
        body, status = resp if isinstance(resp, tuple) else (resp, 200)
        if isinstance(body, Response):
            return body, None
        return Response(json_text(with_notice(body)), status, content_type=JSON), None


_NAMED: dict[str, Any] = {}


def _name(model: Any) -> str:
    """The name of a model in the description. Raises TypeError where another one has it: the last would be that of both."""
    name = bare(model.__name__)
    if (other := _NAMED.setdefault(name, model)) is not model:
        raise TypeError(f"{name}: {other} and {model}")
    return name


def bare(name: str) -> str:
    """Return the name of a type in the description: without its ending, `Shape` or `Body`."""
    return name.removesuffix("Shape").removesuffix("Body")


SPEC = SpecTree(
    backend=_StrictPlugin,
    model_adapter=get_msgspec_model_adapter(),
    mode="strict",
    page_templates={},
    naming_strategy=_name,
    nested_naming_strategy=lambda _parent, child: bare(child),
    validation_error_status=400,
    validation_error_model=ProblemShape,
    title="Entremise",
    version="1.1",
    description="Les mêmes besoins, listes et décisions que les pages et les commandes, pour un programme.",
)


def door(
    rule: str,
    *,
    leave: Action | None,
    answers: Any,
    of: str,
    method: str = "GET",
    status: int = 200,
    refuses: tuple[int, ...] = (),
    example: Mapping[str, Any] = MappingProxyType({}),
    media: str = JSON,
    abroad: bool = False,
    once: bool = False,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Callable[[F], F]:
    """Have a function answer at an address, to whoever has `leave`: `answers` is the shape of what it returns, of each line of JSON_LINES,
    None for a page, `of` the part of the description it stands in, `refuses` the statuses of its own problems. Its docstring is its description, in French."""

    def open_door(function: F) -> F:
        name = function.__name__
        statuses = (*_ALWAYS, *refuses, *((413, 415) if method == "POST" else ()))
        responses = {f"HTTP_{status}": answers, **{f"HTTP_{code}": ProblemShape for code in sorted(statuses)}}
        checked = SPEC.validate(resp=Answers(**responses), tags=[of], operation_id=name)(function)
        DOORS[f"{MACHINES}.{name}"] = Door(
            rule, method, leave, example, "form" in function.__annotations__, media, abroad, once, headers
        )
        api.add_url_rule(rule, name, checked, methods=[method], provide_automatic_options=False)
        return function

    return open_door


class ListParameters(msgspec.Struct, forbid_unknown_fields=True):
    """La page demandée d’une liste."""

    limit: Annotated[int, Meta(description="Nombre d’éléments d’une page.", ge=1, le=MOST)] = 50
    after: Annotated[str, Meta(description=_AFTER)] = ""


def position(list_parameters: ListParameters, read: Callable[[str], T]) -> T | None:
    """Return the position in its list that a page goes on after, as `read` reads it, None for the first page. Raises ProblemDetails."""
    try:
        return read(list_parameters.after) if list_parameters.after else None
    except ValueError as error:
        raise ProblemDetails("suite-inconnue") from error


def by_number(key: str) -> int:
    """Return the position in a list that goes by number. Raises ValueError."""
    if not (key.isascii() and key.isdecimal() and len(key) < len("2147483647")):
        raise ValueError(f"no number: {key!r}")
    return int(key)


def cut_page(
    items: Sequence[T], key: Callable[[T], object], list_parameters: ListParameters
) -> tuple[Sequence[T], str | None]:
    """Return the elements of a page, and the address of the next one, None after the last: `items` goes on after the position that is asked,
    one element farther than the page."""
    taken = items[: list_parameters.limit]
    if len(items) <= len(taken):
        return taken, None
    parameters: list[tuple[str, Any]] = [(name, one) for name, one in request.args.items(multi=True) if name != "after"]
    return taken, f"{quote(request.path)}?{urlencode([*parameters, ('after', str(key(taken[-1])))])}"


def write_once(make: Callable[[], int]) -> int:
    """Return the number of what the request makes, or made already under its key: `g.replayed` then. Raises ProblemDetails."""
    key = request.headers.get(IDEMPOTENCY)
    if key is None:
        return make()
    if not 0 < len(key) <= LONGEST_KEY:
        raise ProblemDetails("demande-mal-formee", f"« {IDEMPOTENCY} » a de 1 à {LONGEST_KEY} caractères.")
    mark, request_mark = hash_parts(owner(), person(), key), hash_parts(request.path, request.get_data().hex())
    try:
        number, g.replayed = make_once(desk().engine, mark, request_mark, make, now=desk().now())
    except KeyReused as refusal:
        raise ProblemDetails("cle-reutilisee") from refusal
    return number
