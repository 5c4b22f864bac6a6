"""Contacts of suppliers for the commands: those that the retention keeps, on this computer's day.

What reads directories is imported where a contact is shown: a list on the terminal does not wait for it.
"""

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import Engine

from matcher.cli.frame.signed import today
from matcher.domain.contact_details import ContactDetails, ContactLookup
from matcher.settings import retention_months


def contacts_since() -> date:
    """Return the day before which contacts last known are neither shown nor exported."""
    from matcher.catalogue.steward.privacy import kept_since

    return kept_since(today(), retention_months())


def contacts_of(engine: Engine) -> ContactLookup:
    """Return what gives the contact details of the suppliers of a catalogue."""

    def details(ids: Collection[str]) -> Mapping[str, ContactDetails]:
        from matcher.catalogue.store.contacts import contact_details

        return contact_details(engine, ids, since=contacts_since())

    return details
