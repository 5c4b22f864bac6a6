"""DECP as notices of award: each contract is one lot that was won, with the place where it is carried out."""

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


def _notice(row: JsonRow, told: decp.Contract, references: References) -> NoticeItem:
    if told.lacks:
        return RefusedRow(row.line, told.lacks)
    reference = references.own(f"{told.buyer}/{told.number}", told)
    if reference is None:
        return RefusedRow(row.line, decp.REPEATED)
    lot = LotWritten(
        number="1",
        title=told.objet,
        cpv=tuple(filter(None, (told.cpv,))),
        places=tuple(_places(row)),
        duration=told.months,
        duration_unit="MONTH" if told.months else "",
        reserved="oui" if RESERVED in told.social else "",
        social=told.social,
        awarded=told.amount,
        currency="EUR",
        awarded_on=told.notified,
        winners=tuple(WinnerWritten(number, awarded=told.amount, shared=told.shared) for number, _ in told.winners),
    )
    return NoticeRecord(
        source=KEY,
        source_ref=reference,
        line=row.line,
        nature=AWARD,
        folder=told.number,
        published=row.take("datePublicationDonnees") or told.notified,
        title=told.objet,
        buyer=told.buyer,
        buyer_name=told.buyer_name,
        lots=(lot,),
        unread=row.leftovers(),
    )


def _places(row: JsonRow) -> Iterator[PlaceWritten]:
    """The place where a contract is carried out: an object, or flattened."""
    place = row.take_object("lieuExecution")
    code, kind, name = (
        (place.take(part) if place is not None else "") or row.take(f"lieuExecution.{part}", f"lieuExecution_{part}")
        for part in ("code", "typeCode", "nom")
    )
    if code or name:
        yield PlaceWritten(code=code, code_type=kind, text=name)


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
