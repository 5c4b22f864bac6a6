"""Builds the « Contacts » table of a decision's spreadsheet: current contact details of the suppliers it names; never stored in a dossier."""

from collections.abc import Mapping

from matcher.domain.contact_details import ContactDetails, ContactLookup
from matcher.domain.french import UNKNOWN
from matcher.need.as_table import CONTACT, LAST_SIGN, contact_cells
from matcher.render.document import ColumnKind, DocumentColumn, DocumentRow, DocumentTable

_HEAD = tuple(
    DocumentColumn(header, ColumnKind.DAY if header == LAST_SIGN else ColumnKind.TEXT)
    for header in ("Structure", "SIRET", *(column.header for column in CONTACT), "Identifiant")
)


def contacts_table(named: Mapping[str, str], contacts_of: ContactLookup) -> DocumentTable:
    """Return one row per structure of `named` (names by id), in the same order."""
    contact_details = contacts_of(named.keys())
    rows = (
        DocumentRow(
            (
                name,
                contact_details.get(key, ContactDetails()).siret or UNKNOWN,
                *(
                    cell if isinstance(cell, str) else cell.isoformat()
                    for cell in contact_cells(contact_details.get(key))
                ),
                key,
            ),
            key,
        )
        for key, name in named.items()
    )
    return DocumentTable("Contacts", _HEAD, tuple(rows))
