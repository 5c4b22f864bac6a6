"""Organisation of a request: the membership of the person in it, its id for every store, what it says of itself, whom it has bought from."""

from collections.abc import Iterable, Mapping

from flask import abort, g, url_for

from matcher.accounts.logo import has_logo
from matcher.accounts.organisations import OrganisationProfile, listed, load
from matcher.accounts.store import Membership
from matcher.decisions.purchases import past_suppliers
from matcher.decisions.purchases.past_suppliers import PastSupplier
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


def logo_address() -> str:
    """Return where the logo of the organisation is, empty where it has none."""
    return url_for("organisations.logo") if has_logo(desk().engine, owner()) else ""


def buyer_defaults() -> BuyerDefaults:
    """Return what a need supposes of its buyer where it does not say it."""
    its = profile()
    return BuyerDefaults(its.siret, its.place)


def past() -> Mapping[str, PastSupplier]:
    """Return the past suppliers of the organisation by id, read once a request."""
    if "past" not in g:
        g.past = past_suppliers.load(desk().engine, owner())
    found: Mapping[str, PastSupplier] = g.past
    return found


def past_said(ids: Iterable[str]) -> Mapping[str, str]:
    """Return what is said of those suppliers that the organisation has bought from, by id."""
    return past_suppliers.said(past(), desk().shelf(), ids)


def signed_for_all(form: Mapping[str, str]) -> str:
    """Return who signs what every organisation reads, the common catalogue: with the organisation they are in, where there are several."""
    who, its = signed(form), membership()
    return f"{who} ({its.organisation})" if who and its and len(listed(desk().engine)) > 1 else who
