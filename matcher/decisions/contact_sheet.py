"""Sheet « Contacts » of a decision's workbook: the structures that it names and how each is reached today."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from matcher.domain.contact_details import ContactDetails, ContactLookup
from matcher.domain.french import UNKNOWN
from matcher.need.contact_columns import CONTACT, contact_cells
from matcher.render.table import Column, write_table

if TYPE_CHECKING:
    import xlsxwriter

CONTACTS = (Column("Structure", 40), Column("SIRET", 17), *CONTACT, Column("Identifiant", 22))


def contact_sheet(book: "xlsxwriter.Workbook", named: Mapping[str, str], contacts_of: ContactLookup) -> None:
    """Write the sheet: a line a structure of `named` (its name by id), in their order."""
    found = contacts_of(named.keys())
    rows = (
        [name, found.get(key, ContactDetails()).siret or UNKNOWN, *contact_cells(found.get(key)), key]
        for key, name in named.items()
    )
    write_table(book, "Contacts", CONTACTS, rows, frozen=1)
