"""Lots of a watch as a calendar of deadlines and as a table, for CSV and XLSX: the same words as its page."""

from collections.abc import Iterable, Sequence

from matcher.notices.store import KeptLot
from matcher.notices.watching.feed import feed_lines
from matcher.notices.watching.lot_words import LotWords
from matcher.render.calendar import CalendarEntry, calendar_of
from matcher.render.document import ColumnKind, DocumentColumn, DocumentRow, DocumentTable

_COLUMNS = (
    *(DocumentColumn("À rendre"), DocumentColumn("Reste"), DocumentColumn("Lot"), DocumentColumn("Acheteur, réservation, montant", ColumnKind.LIST)),
    *(DocumentColumn("Pourquoi", ColumnKind.LIST), DocumentColumn("Contre", ColumnKind.LIST), DocumentColumn("Manque", ColumnKind.LIST)),
    *(DocumentColumn("Avec qui", ColumnKind.LIST), DocumentColumn("Avis")),
)  # fmt: skip


def deadlines_ics(lots: Iterable[tuple[KeptLot, LotWords]], address: str) -> bytes:
    """Return the deadlines of lots as a calendar; a lot without one is not in it."""
    entries = []
    for lot, words in lots:
        if deadline := lot.published.deadline:
            entry = CalendarEntry(
                uid=f"lot-{lot.id}@entremise",
                stamp=lot.changed,
                start=deadline.at,
                summary=f"À rendre : {words.title}",
                location=words.facts[0] if words.facts else "",
                description="\n".join(feed_lines(words)),
                url=f"{address}/lots/{words.id}",
            )
            entries.append(entry)
    return calendar_of("Veille", entries)


def watch_table(lots: Sequence[LotWords]) -> DocumentTable:
    """Return lots as a table, one line each."""
    rows = []
    for words in lots:
        cells = (
            *(words.until, words.left, words.title, words.facts),
            *(words.suits, words.against, (*words.missing, *words.lacks), tuple(map(str, words.partners)), words.url),
        )
        rows.append(DocumentRow(cells))
    return DocumentTable("Lots", _COLUMNS, tuple(rows))
