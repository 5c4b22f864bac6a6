"""Organisation of a request: the membership of the person in it, its id for every store, and what it says of itself."""

from collections.abc import Mapping

from flask import abort, g

from matcher.accounts.organisations import OrganisationProfile, listed, load
from matcher.accounts.store import Membership
from matcher.domain.need import BuyerDefaults
from matcher.ownership import OrganisationId
from matcher.web.frame.app_state import desk
from matcher.web.frame.signature import signed


def membership() -> Membership | None:
    """Return the membership under which the person signed in is here, None where nobody signs in, or they are of no organisation."""
    found: Membership | None = g.get("membership")
    return found


def owner() -> OrganisationId:
    """Return the organisation that what is read and written here is of; the request ends where the person is of none."""
    found: OrganisationId | None = g.get("owner")
    if found is None:
        abort(403)
    return found


def profile() -> OrganisationProfile:
    """Return what the organisation says of itself, read once a request."""
    if "profile" not in g:
        g.profile = load(desk().engine, owner()).its
    found: OrganisationProfile = g.profile
    return found


def buyer_defaults() -> BuyerDefaults:
    """Return what a need supposes of its buyer where it does not say it."""
    its = profile()
    return BuyerDefaults(its.siret, its.place)


def signed_for_all(form: Mapping[str, str]) -> str:
    """Return who signs what every organisation reads, the common catalogue: with the organisation they are in, where there are several."""
    who, its = signed(form), membership()
    return f"{who} ({its.organisation})" if who and its and len(listed(desk().engine)) > 1 else who
