"""Pages of a list by key: each says the address of the next, which goes on after the last that was read whatever came since."""

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


def page_of(found: Sequence[T], key: Callable[[T], object], asked: ListParameters) -> tuple[Sequence[T], str | None]:
    """Return the elements of the page that is asked, and the address of the next one, None after the last. Raises ProblemDetails where the
    key is no more in the list."""
    first = 0
    if asked.after:
        first = next((at + 1 for at, one in enumerate(found) if str(key(one)) == asked.after), 0)
        if not first:
            raise ProblemDetails("suite-inconnue")
    taken = found[first : first + asked.limit]
    if first + len(taken) >= len(found):
        return taken, None
    return taken, _following(key(taken[-1]))


def cut(found: Sequence[T], key: Callable[[T], object], asked: ListParameters) -> tuple[Sequence[T], str | None]:
    """Return the same of a list that was read from its database after the key that is asked, one element farther than the page."""
    taken = found[: asked.limit]
    return taken, _following(key(taken[-1])) if len(found) > len(taken) else None


def _following(key: object) -> str:
    kept: list[tuple[str, Any]] = [(name, one) for name, one in request.args.items(multi=True) if name != "after"]
    return f"{quote(request.path)}?{urlencode([*kept, ('after', str(key))])}"
