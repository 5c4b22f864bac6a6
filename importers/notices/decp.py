"""Reads DECP files (open data of awarded public contracts) as award notices: each contract is one awarded lot, with its place of execution."""

from collections.abc import Iterator
from pathlib import Path

from importers import decp
from importers.emit import References
from importers.formats import JsonRow
from importers.importer import RefusedRow
from importers.notices.importer import LotWritten, NoticeImporter, NoticeItem, NoticeRecord, PlaceWritten, WinnerWritten

KEY = "decp"
AWARD = "ATTRIBUTION"
RESERVED = "Marché réservé"


def _read(path: Path) -> Iterator[NoticeItem]:
    references = References()
    for item in decp.read_contracts(path):
        yield _notice(*item, references) if isinstance(item, tuple) else item


def _notice(row: JsonRow, contract: decp.Contract, references: References) -> NoticeItem:
    if contract.lacks:
        return RefusedRow(row.line, contract.lacks)
    reference = references.own(f"{contract.buyer}/{contract.number}", contract)
    if reference is None:
        return RefusedRow(row.line, decp.REPEATED)
    # the place of execution: a nested object, or flattened
    place = row.take_object("lieuExecution")
    code, kind, name = (
        (place.take(part) if place is not None else "") or row.take(f"lieuExecution.{part}", f"lieuExecution_{part}")
        for part in ("code", "typeCode", "nom")
    )
    lot = LotWritten(
        number="1",
        title=contract.objet,
        cpv=tuple(filter(None, (contract.cpv,))),
        places=(PlaceWritten(code=code, code_type=kind, text=name),) if code or name else (),
        duration=contract.months,
        duration_unit="MONTH" if contract.months else "",
        reserved="oui" if RESERVED in contract.social else "",
        social=contract.social,
        awarded=contract.amount,
        currency="EUR",
        awarded_on=contract.notified,
        winners=tuple(
            WinnerWritten(number, awarded=contract.amount, shared=contract.shared) for number, _ in contract.winners
        ),
    )
    return NoticeRecord(
        source=KEY,
        source_ref=reference,
        line=row.line,
        nature=AWARD,
        folder=contract.number,
        published=row.take("datePublicationDonnees") or contract.notified,
        title=contract.objet,
        buyer=contract.buyer,
        buyer_name=contract.buyer_name,
        lots=(lot,),
        unread=row.leftovers(),
    )


IMPORTER = NoticeImporter(
    key=KEY,
    title=decp.IMPORTER.title,
    publisher=decp.IMPORTER.publisher,
    url=decp.IMPORTER.url,
    licence=decp.IMPORTER.licence,
    obtain=decp.IMPORTER.obtain,
    holds="Les marchés attribués : qui a gagné quoi, pour qui, où, pour combien et jusqu’à quand. Aucun lot n’y est ouvert.",
    read=_read,
)
