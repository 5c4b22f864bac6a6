"""Pages of a list by key: each says the address of the next, which goes on after the position of the last that was read, gone since or not."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar
from urllib.parse import quote, urlencode

import msgspec
from flask import request
from msgspec import Meta

from matcher.web.frame.problem import ProblemDetails

T = TypeVar("T")

MOST = 500
_AFTER = "Reprend après l’élément de cette clé : suivez `next`, sans la fabriquer."


class ListParameters(msgspec.Struct, forbid_unknown_fields=True):
    """La page demandée d’une liste."""

    limit: Annotated[int, Meta(description="Nombre d’éléments d’une page.", ge=1, le=MOST)] = 50
    after: Annotated[str, Meta(description=_AFTER)] = ""


def position(asked: ListParameters, read: Callable[[str], T]) -> T | None:
    """Return the position in its list that a page goes on after, as `read` reads it, None for the first page. Raises ProblemDetails."""
    try:
        return read(asked.after) if asked.after else None
    except ValueError as error:
        raise ProblemDetails("suite-inconnue") from error


def number(key: str) -> int:
    """Return the position in a list that goes by number. Raises ValueError."""
    if not (key.isascii() and key.isdecimal() and len(key) < len("2147483647")):
        raise ValueError(f"no number: {key!r}")
    return int(key)


def cut(found: Sequence[T], key: Callable[[T], object], asked: ListParameters) -> tuple[Sequence[T], str | None]:
    """Return the elements of a page, and the address of the next one, None after the last: `found` goes on after the position that is asked,
    one element farther than the page."""
    taken = found[: asked.limit]
    return taken, _following(key(taken[-1])) if len(found) > len(taken) else None


def _following(key: object) -> str:
    kept: list[tuple[str, Any]] = [(name, one) for name, one in request.args.items(multi=True) if name != "after"]
    return f"{quote(request.path)}?{urlencode([*kept, ('after', str(key))])}"
