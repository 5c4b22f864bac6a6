"""Requests of this computer to itself: the pages of a person alone, where nobody has to sign in."""

from flask import request

from matcher.web.frame.app_state import desk
from matcher.web.frame.serve import is_loopback

# What a server that passes a request on adds to it, besides X-Forwarded-…
_PASSED_ON = frozenset({"Forwarded", "Via", "X-Real-Ip"})


def alone() -> bool:
    """Whether nobody signs in, and the request is one of this computer to itself."""
    return not (desk().settings.shared or desk().team() or passed_on()) and is_loopback(request.remote_addr or "")


def passed_on() -> bool:
    """Whether a server that is not declared passed the request on; what a declared one does not vouch for is gone before it comes here."""
    return not desk().settings.proxy and any(
        name in _PASSED_ON or name.startswith("X-Forwarded-") for name, _ in request.headers
    )
