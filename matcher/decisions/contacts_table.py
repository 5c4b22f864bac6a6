"""Table « Contacts » of a decision's workbook: the structures that it names and how each is reached today. No dossier keeps it."""

from collections.abc import Mapping

from matcher.domain.contact_details import ContactDetails, ContactLookup
from matcher.domain.french import UNKNOWN
from matcher.need.as_table import CONTACT, contact_cells
from matcher.render.document import DocumentColumn, DocumentRow, DocumentTable

_HEAD = ("Structure", "SIRET", *(column.header for column in CONTACT), "Identifiant")


def contacts_table(named: Mapping[str, str], contacts_of: ContactLookup) -> DocumentTable:
    """Return a line a structure of `named` (its name by id), in their order."""
    found = contacts_of(named.keys())
    rows = (
        (name, found.get(key, ContactDetails()).siret or UNKNOWN, *contact_cells(found.get(key)), key)
        for key, name in named.items()
    )
    return DocumentTable(
        "Contacts", tuple(map(DocumentColumn, _HEAD)), tuple(DocumentRow(cells, cells[-1]) for cells in rows)
    )
