"""Who writes: the name given with a first correction or decision, kept in the session so that it is asked once."""

from collections.abc import Mapping

from flask import session

FIELD = "qui"
LONGEST = 80
_KEPT = "signature"


def signature() -> str:
    """Return the name that the person gave last, empty where none was given."""
    return str(session.get(_KEPT, ""))


def signed(form: Mapping[str, str]) -> str:
    """Return the name in a form, and keep it for the next one; empty where the form has none, or one that is too long."""
    name = " ".join(form.get(FIELD, "").split())
    if not name or len(name) > LONGEST:
        return ""
    session[_KEPT] = name
    return name
