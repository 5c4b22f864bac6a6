"""Contacts of suppliers for the commands: those that the retention keeps, on this computer's day."""

from collections.abc import Collection, Mapping

from sqlalchemy import Engine

from matcher.cli.frame.signed import today
from matcher.domain.contact_details import ContactDetails, ContactLookup
from matcher.settings import retention_months


def contacts_of(engine: Engine) -> ContactLookup:
    """Return what gives the contact details of the suppliers of a catalogue."""

    def details(ids: Collection[str]) -> Mapping[str, ContactDetails]:
        # What reads directories, which a list without contacts does not wait for.
        from matcher.catalogue.steward.privacy import kept_since
        from matcher.catalogue.store.contacts import contact_details

        return contact_details(engine, ids, since=kept_since(today(), retention_months()))

    return details
