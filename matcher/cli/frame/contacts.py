"""Contacts of suppliers for the commands: those that the retention keeps, on this computer's day."""

from functools import partial

from sqlalchemy import Engine

from matcher.catalogue.steward.privacy import kept_since
from matcher.catalogue.store.contacts import contact_details
from matcher.cli.frame.signed import today
from matcher.domain.contact_details import ContactLookup
from matcher.settings import retention_months


def contacts_of(engine: Engine) -> ContactLookup:
    """Return what gives the contact details of the suppliers of a catalogue."""
    return partial(contact_details, engine, since=kept_since(today(), retention_months()))
