"""Writing once what a program asks several times: under the key that it gives, where it gives one."""

from collections.abc import Callable

from flask import g, request

from matcher.accounts.made_once import KeyReused, make_once, mark_of
from matcher.web.frame.app_state import desk, owner, person
from matcher.web.frame.problem import ProblemDetails

HEADER = "Idempotency-Key"
LONGEST = 255


def once(make: Callable[[], int]) -> int:
    """Return the number of what the request makes, or made already under its key: `g.replayed` then. Raises ProblemDetails."""
    key = request.headers.get(HEADER)
    if key is None:
        return make()
    if not 0 < len(key) <= LONGEST:
        raise ProblemDetails("demande-mal-formee", f"« {HEADER} » a de 1 à {LONGEST} caractères.")
    mark, asked = mark_of(owner(), person(), key), mark_of(request.path, request.get_data().hex())
    try:
        number, g.replayed = make_once(desk().engine, mark, asked, make, now=desk().now())
    except KeyReused as refusal:
        raise ProblemDetails("cle-reutilisee") from refusal
    return number
