"""Memory of a visitor, in the signed cookie of their session and nowhere else: their last needs, the day of the visit before this one.

It goes with the session: with a sign-out, with the browser where people sign in, after a month where one is alone.
"""

from datetime import date, datetime

from flask import session

from matcher.web.frame.app_state import desk

# A cookie holds four kilobytes, of which the rest of the session has its part.
MOST_NEEDS, LONGEST_ADDRESS = 5, 400
_NEEDS, _SEEN, _BEFORE = "besoins", "vu", "avant"


def remember_need(address: str) -> None:
    """Keep the address of a need as the last one looked at, in the place of those that begin with the same words; a long one is not kept."""
    if len(address) <= LONGEST_ADDRESS:
        same = address.partition("&")[0]
        others = [one for one in recent_needs() if one.partition("&")[0] != same]
        session[_NEEDS] = [address, *others][:MOST_NEEDS]


def recent_needs() -> tuple[str, ...]:
    """Return the addresses of the last needs, the last looked at first."""
    return tuple(session.get(_NEEDS, ()))


def forget_needs() -> None:
    """Forget the last needs."""
    session.pop(_NEEDS, None)


def visit_before(today: date) -> date | None:
    """Note that one is here today, and return the day of the visit before, None where this is the first."""
    seen = session.get(_SEEN)
    if seen != today.isoformat():
        session[_BEFORE], session[_SEEN] = seen, today.isoformat()
        session.permanent = not desk().team()
    before = session.get(_BEFORE)
    return date.fromisoformat(before) if before else None


def came_last(at: datetime | None) -> None:
    """Have the visit before be of this time, None for the first, where someone signs in: their browser has forgotten it."""
    if at is not None:
        session[_SEEN] = at.date().isoformat()
