"""Columns of files that say how to reach a supplier and when it was last seen to work, in the same words wherever one is named; unknown is said."""

from matcher.domain.contact_details import ContactDetails
from matcher.domain.french import UNKNOWN
from matcher.render.table import Column

CONTACT = (
    Column("Téléphone", 16),
    Column("Courriel", 30),
    Column("Adresse", 36),
    Column("Source des coordonnées", 44),
    Column("Registre public", 44),
    Column("Dernier signe de vie", 12),
    Column("Signe", 30),
)


def contact_cells(details: ContactDetails | None) -> tuple[str, ...]:
    """Return the cells of a supplier under `CONTACT`; None is one that the catalogue no longer has."""
    its = details or ContactDetails()
    seen = (its.last_sign.day.isoformat(), its.last_sign.what) if its.last_sign else ("", "")
    return tuple(text or UNKNOWN for text in (its.phone, its.email, its.address, its.source, its.register, *seen))
