"""Abandoning of works: by who asked for them, or who manages the organisation."""

from flask import abort

from matcher.accounts.roles import Action, allowed
from matcher.web.frame.app_state import account, desk, membership, owner, person


def may_abandon(asked_by: str) -> bool:
    """Return whether the person may stop, and so forget, a work that `asked_by` asked for (`Work.person`); each may where nobody signs in."""
    its, its_role = account(), membership()
    if its is None or its_role is None:
        return its is None
    may = allowed(its_role.role, installation=its.installation)
    return Action.STOP_WORKS in may or (Action.KEEP_DOSSIERS in may and asked_by == person())


def abandon_work(key: str, *kinds: str, going: bool = False) -> bool:
    """Stop a work of these kinds and forget it with its files, one that has ended only where `going` does not spare it; return whether it was
    there. The request ends where it is not the person's to stop."""
    work = desk().works.get(owner(), key, *kinds)
    if work is None or (going and not work.going):
        return False
    if not may_abandon(work.person):
        abort(403)
    return desk().works.forget(owner(), key, unless=lambda now: going and not now.going)
