"""The lines of the security journal as a file for a spreadsheet."""

from collections.abc import Iterable

from matcher.accounts.audit import Done
from matcher.render.described_file import DescribedFile
from matcher.render.table import Column, csv_of

_COLUMNS = tuple(
    Column(header, 20)
    for header in (
        "Quand (UTC)",
        "Nature",
        "Qui",
        "Quoi",
        "Sur quoi",
        "Précision",
        "Fois",
        "Réseau",
        "Organisation",
        "Ligne",
    )
)


def audit_csv(lines: Iterable[Done]) -> DescribedFile:
    """Return lines under their headers, in the order given."""
    return csv_of(
        _COLUMNS,
        (
            (
                line.at.isoformat(sep=" ", timespec="seconds"),
                line.kind.value,
                line.who,
                line.action,
                line.target,
                line.detail,
                line.times,
                line.network,
                line.organisation,
                line.id,
            )
            for line in lines
        ),
    )
