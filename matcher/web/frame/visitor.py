"""A visitor's recent needs and the day of their previous visit, stored only in the signed session cookie.

The cookie ends at sign-out, when the browser closes where people sign in, or after a month for a person alone.
"""

from datetime import date, datetime

from flask import session

from matcher.web.frame.app_state import desk

# A cookie holds 4 kB, shared with the rest of the session.
MOST_NEEDS, LONGEST_ADDRESS = 5, 400
_NEEDS, _SEEN, _BEFORE = "besoins", "vu", "avant"


def remember_need(address: str) -> None:
    """Save the address of a need as the most recent, in place of those with the same first parameter; one too long is not saved."""
    if len(address) <= LONGEST_ADDRESS:
        same = address.partition("&")[0]
        others = [one for one in recent_needs() if one.partition("&")[0] != same]
        session[_NEEDS] = [address, *others][:MOST_NEEDS]


def recent_needs() -> tuple[str, ...]:
    """Return the addresses of the last needs, the most recent first."""
    return tuple(session.get(_NEEDS, ()))


def forget_needs() -> None:
    """Forget the last needs."""
    session.pop(_NEEDS, None)


def visit_before(today: date) -> date | None:
    """Save today as the current visit, and return the day of the previous one, None for the first."""
    seen = session.get(_SEEN)
    if seen != today.isoformat():
        session[_BEFORE], session[_SEEN] = seen, today.isoformat()
        session.permanent = not desk().team()
    before = session.get(_BEFORE)
    return date.fromisoformat(before) if before else None


def came_last(at: datetime | None) -> None:
    """Set the previous visit at sign-in to that of the last session (None: leave it): the browser has forgotten it."""
    if at is not None:
        session[_SEEN] = at.date().isoformat()
