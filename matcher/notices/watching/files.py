"""Writes the lots of a watch (a saved search) as an iCalendar of deadlines, a table for CSV and XLSX, and an Atom feed (RFC 4287); deterministic bytes."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5
from xml.etree.ElementTree import Element, SubElement, tostring

from matcher.journal.change import without_unseen
from matcher.notices.store import KeptLot
from matcher.notices.watching.lot_words import LotWords
from matcher.render.calendar import CalendarEntry, calendar_of
from matcher.render.document import ColumnKind, DocumentColumn, DocumentRow, DocumentTable

_COLUMNS = (
    *(DocumentColumn("À rendre"), DocumentColumn("Reste"), DocumentColumn("Lot"), DocumentColumn("Acheteur, réservation, montant", ColumnKind.LIST)),
    *(DocumentColumn("Pourquoi", ColumnKind.LIST), DocumentColumn("Contre", ColumnKind.LIST), DocumentColumn("Manque", ColumnKind.LIST)),
    *(DocumentColumn("Avec qui", ColumnKind.LIST), DocumentColumn("Avis")),
)  # fmt: skip


def deadlines_ics(lots: Iterable[tuple[KeptLot, LotWords]], address: str) -> bytes:
    """Return the deadlines of lots as an iCalendar file; lots without a deadline are skipped."""
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


_ATOM = "http://www.w3.org/2005/Atom"


def atom(title: str, address: str, number: int, lots: Iterable[tuple[LotWords, datetime]], opened: datetime) -> bytes:
    """Return the Atom feed of watch `number`, whose page is at `address`: `lots` with their last change, and `opened`, in UTC without zone. The feed does
    not depend on the time of the request."""
    entries = list(lots)
    feed = Element("feed", {"xmlns": _ATOM, "xml:lang": "fr"})
    _head(feed, f"veille/{number}", title, max([opened, *(changed for _, changed in entries)]), address)
    SubElement(feed, "link", rel="self", type="application/atom+xml", href=f"{address}/lots.atom")
    SubElement(SubElement(feed, "author"), "name").text = "Entremise"
    for words, changed in entries:
        entry = SubElement(feed, "entry")
        _head(entry, f"lot/{words.id}", words.title, changed, f"{address}/lots/{words.id}")
        SubElement(entry, "content", type="text").text = without_unseen("\n".join(feed_lines(words)))
    content: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return content


def feed_lines(words: LotWords) -> Iterator[str]:
    """Yield the lines about a lot, without the time left, which changes every day."""
    yield f"À rendre le {words.until}." if words.until else "Date limite non connue."
    yield f"{', '.join(words.facts)}."
    yield from (*words.suits, *words.against, *words.missing, *words.lacks)
    yield from (f"Avec qui : {partner}" for partner in words.partners)


def _head(parent: Element, what: str, title: str, changed: datetime, page: str) -> None:
    """Write the common elements of a feed or an entry; the identifier does not depend on the server's address."""
    SubElement(parent, "id").text = uuid5(NAMESPACE_URL, f"entremise/{what}").urn
    SubElement(parent, "title").text = without_unseen(title)
    SubElement(parent, "updated").text = f"{changed:%Y-%m-%dT%H:%M:%SZ}"
    SubElement(parent, "link", rel="alternate", type="text/html", href=page)
