"""Signature of changes: the person signed in; else, on this computer alone, the name asked once and kept in the session. And the version
that a form was read at."""

from collections.abc import Mapping

from flask import abort, flash, g, redirect, request, session

from matcher.accounts.store import Account
from matcher.cleaning.numbers import whole

FIELD = "qui"
LONGEST = 80
NO_NAME = "Dites votre nom : le journal garde qui et quand."
_KEPT = "signature"


def account() -> Account | None:
    """Return the account signed in, None where nobody signs in."""
    found: Account | None = g.get("account")
    return found


def signature() -> str:
    """Return the name that what is done will be signed with, empty where none was given yet."""
    person = account()
    return person.name if person else str(session.get(_KEPT, ""))


def person() -> str:
    """Return what tells whoever asks from the others who wait: the account, else the address of the computer."""
    its = account()
    return its.login if its else str(request.remote_addr)


def signed(form: Mapping[str, str]) -> str:
    """Return who signs a form. Without accounts it may give a name, kept for the next ones; empty where nobody has a name, or
    where it is too long."""
    if account() is not None or FIELD not in form:
        return signature()
    name = " ".join("".join(letter if letter.isprintable() else " " for letter in form[FIELD]).split())
    if not name or len(name) > LONGEST:
        return ""
    session[_KEPT] = name
    return name


def named_or_back(who: str, page: str) -> str:
    """Return who signs a form; where nobody does, the request ends at a page, which says that a name is needed."""
    if not who:
        flash(NO_NAME, "refus")
        abort(redirect(page, 303))
    return who


def named_or_fault(who: str, faults: dict[str, str]) -> str:
    """Return who signs a form; where nobody does, that is a fault of it."""
    if not who:
        faults[FIELD] = NO_NAME
    return who


def version_read(current: int) -> int:
    """Return the version of a journal that a form was read at, of those up to the current one; the request ends where it gives none."""
    version = whole(request.form.get("version", ""), range(1, current + 1))
    if version is None:
        abort(400)
    return version
