"""The decorator `endpoint`, which adds a function to the API (`/api/v1`): it declares the address, the permission, the input and the output of an
endpoint, checks requests by them, and feeds the OpenAPI description. Also keyset pagination of lists, and idempotent writes."""

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
from matcher.render.described_file import json_text, with_notice
from matcher.web.api.frame import reading
from matcher.web.frame.app_state import desk, owner, person
from matcher.web.frame.problem import API_ROOT, MACHINES, ProblemDetails, ProblemShape

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")
# Most elements of a page of a list.
MOST = 500
_AFTER = "Reprend après l’élément de cette clé : suivez `next`, sans la fabriquer."
# Media types of answers.
JSON, JSON_LINES, HTML = "application/json", "application/jsonl", "text/html"
# The request header whose value makes a write idempotent.
IDEMPOTENCY, LONGEST_KEY = "Idempotency-Key", 255

api = Blueprint(MACHINES, "matcher.web.api", url_prefix=API_ROOT)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A declared endpoint: the `action` that the caller's role must allow (None where no token is needed), and an `example` request that works.

    `form`: its body is an HTML form. `cross_origin`: pages of the origin that the settings allow may call it. `idempotent`: it writes once
    per key (`write_once`). `media` is the media type of its answer, `headers` describes the response headers that only it has.
    """

    rule: str
    method: str
    action: Action | None
    example: Mapping[str, Any]
    form: bool = False
    media: str = JSON
    cross_origin: bool = False
    idempotent: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


# By Flask endpoint name; an endpoint missing here is closed to everyone.
ENDPOINTS: dict[str, Endpoint] = {}
# Error statuses that any endpoint may answer.
_ALWAYS = (400, 401, 403, 429, 500, 503)


class _StrictPlugin(FlaskPlugin):
    """Spectree's plugin for Flask, which here reads requests strictly and writes answers as the commands write their JSON."""

    def request_validation(self, request: Any, query: Any, json: Any, form: Any, *_: Any) -> None:
        """Read the parameters and the body that the endpoint declares, and refuse any others. Raises ProblemDetails."""
        parameters = reading.read_parameters(request, query or reading.NoParameters, json)
        body = reading.read_body(request, json, query or reading.NoParameters) if json else None
        filled = reading.read_form(request, form) if form else None
        request.context = Context(parameters if query else None, body, filled, None, None)

    def validate_response(self, resp: Any, *_: Any) -> tuple[Response, None]:
        """Return an answer as JSON; the tests check it against its schema, requests do not."""
        body, status = resp if isinstance(resp, tuple) else (resp, 200)
        if isinstance(body, Response):
            return body, None
        return Response(json_text(with_notice(body)), status, content_type=JSON), None


_NAMED: dict[str, Any] = {}


def _name(model: Any) -> str:
    """Return the name of a model in the description. Raises TypeError where another model has it, whose schema it would replace."""
    name = bare(model.__name__)
    if (other := _NAMED.setdefault(name, model)) is not model:
        raise TypeError(f"{name}: {other} and {model}")
    return name


def bare(name: str) -> str:
    """Return the name of a type in the description, without its ending `Shape` or `Body`."""
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


def endpoint(
    rule: str,
    *,
    action: Action | None,
    returns: Any,
    tag: str,
    method: str = "GET",
    status: int = 200,
    errors: tuple[int, ...] = (),
    example: Mapping[str, Any] = MappingProxyType({}),
    media: str = JSON,
    cross_origin: bool = False,
    idempotent: bool = False,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Callable[[F], F]:
    """Return the decorator that adds a function to the API at the address `rule`, for callers whose role allows `action`.

    `returns` is the schema of its answer (of each line of JSON Lines, None for a page), `tag` its section of the description, `errors` the error
    statuses that only it answers. The function's docstring is its description, in French."""

    def register(function: F) -> F:
        name = function.__name__
        statuses = (*_ALWAYS, *errors, *((413, 415) if method == "POST" else ()))
        responses = {f"HTTP_{status}": returns, **{f"HTTP_{code}": ProblemShape for code in sorted(statuses)}}
        checked = SPEC.validate(resp=Answers(**responses), tags=[tag], operation_id=name)(function)
        ENDPOINTS[f"{MACHINES}.{name}"] = Endpoint(
            rule, method, action, example, "form" in function.__annotations__, media, cross_origin, idempotent, headers
        )
        api.add_url_rule(rule, name, checked, methods=[method], provide_automatic_options=False)
        return function

    return register


class ListParameters(msgspec.Struct, forbid_unknown_fields=True):
    """La page demandée d’une liste."""

    limit: Annotated[int, Meta(description="Nombre d’éléments d’une page.", ge=1, le=MOST)] = 50
    after: Annotated[str, Meta(description=_AFTER)] = ""


def position(list_parameters: ListParameters, read: Callable[[str], T]) -> T | None:
    """Return the key after which a page of a list starts (`after`), parsed by `read`; None for the first page. Raises ProblemDetails."""
    try:
        return read(list_parameters.after) if list_parameters.after else None
    except ValueError as error:
        raise ProblemDetails("suite-inconnue") from error


def by_number(key: str) -> int:
    """Parse the key of a list ordered by number. Raises ValueError."""
    if not (key.isascii() and key.isdecimal() and len(key) < len("2147483647")):
        raise ValueError(f"no number: {key!r}")
    return int(key)


def cut_page(
    items: Sequence[T], key: Callable[[T], object], list_parameters: ListParameters
) -> tuple[Sequence[T], str | None]:
    """Return the elements of a page and the address of the next page, None after the last. `items` holds one element more than a page where there
    is a next one."""
    page_items = items[: list_parameters.limit]
    if len(items) <= len(page_items):
        return page_items, None
    parameters: list[tuple[str, Any]] = [(name, one) for name, one in request.args.items(multi=True) if name != "after"]
    return page_items, f"{quote(request.path)}?{urlencode([*parameters, ('after', str(key(page_items[-1])))])}"


def write_once(make: Callable[[], int]) -> int:
    """Return the number of what `make` creates, or of what the same request created under the same idempotency key (`g.replayed` is then true).
    Raises ProblemDetails."""
    key = request.headers.get(IDEMPOTENCY)
    if key is None:
        return make()
    if not 0 < len(key) <= LONGEST_KEY:
        raise ProblemDetails("demande-mal-formee", f"« {IDEMPOTENCY} » a de 1 à {LONGEST_KEY} caractères.")
    key_hash, request_hash = hash_parts(owner(), person(), key), hash_parts(request.path, request.get_data().hex())
    try:
        number, g.replayed = make_once(desk().engine, key_hash, request_hash, make, now=desk().now())
    except KeyReused as refusal:
        raise ProblemDetails("cle-reutilisee") from refusal
    return number
