"""A dossier as files: a workbook (list, criteria, journal), CSV, and the JSON that makes it again; the lines of a mail merge."""

import io
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

from matcher.domain.contact_details import ContactDetails, ContactLookup
from matcher.domain.french import UNKNOWN, day, moment
from matcher.dossiers.changes import ACTIONS, course_said
from matcher.dossiers.dossier import Dossier, Entry, SavedLot
from matcher.dossiers.messages import Message, Recipient
from matcher.jobs.reader_process import apart
from matcher.jobs.stop import Stop
from matcher.journal.change import JournalEntry, change_of, kept
from matcher.journal.texts import ChangeRefused, without_unseen
from matcher.need.as_table import HEAD, TAIL, candidate, criteria, points_columns
from matcher.need.contact_columns import CONTACT, contact_cells
from matcher.need.criteria import data_dates, guide
from matcher.render.table import Cell, Column, Line, csv_of, write_lines, write_table
from matcher.render.workbook import said_lines

FORMAT, SCHEMA = "entremise/dossier", 2
LARGEST_FILE = 50_000_000  # octets: a hundred lots of five hundred candidates hold in it

_FOLLOWED = (
    Column("Lot", 24),
    Column("Place", 6),
    Column("Fournisseur", 36),
    Column("Statut", 16),
    Column("Depuis le", 18),
    Column("Suivi par", 16),
    Column("Note", 40),
    Column("Motif", 30),
    Column("Origine", 18),
)
_JOURNAL = (Column("Ligne", 6), Column("Date", 30), Column("Qui", 20), Column("Quoi", 110))
_MERGE = (
    Column("Structure", 36),
    Column("SIRET", 17),
    *CONTACT,
    Column("Objet", 50),
    Column("Message", 100),
    Column("À demander en particulier", 60),
)


class DossierFileError(Exception):
    """A file that is no dossier, or that does not hold together. The message is French and says what to do."""


@dataclass(frozen=True, slots=True)
class Brought:
    """A dossier read from a file: its journal, and the number it had there."""

    number: str
    lines: tuple[JournalEntry, ...]


def to_xlsx(dossier: Dossier, contacts_of: ContactLookup, zone: tzinfo | None = None) -> bytes:
    """Sheets « Liste », its suppliers reached as they are today,, « Critères », « Décisions » where any was kept, and « Journal »; times in `zone`, by default this computer's."""
    import xlsxwriter  # only who asks for a workbook waits for it

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"title": dossier.header.title, "author": "Entremise", "created": dossier.created})
        write_table(book, "Liste", _columns(dossier), _rows(dossier, contacts_of, "\n"), frozen=3)
        write_lines(book, "Critères", list(_criteria(dossier, zone)))
        if decisions := list(_decisions(dossier, zone)):
            write_lines(book, "Décisions", decisions)
        write_table(book, "Journal", _JOURNAL, journal_rows(dossier, zone), frozen=1)
    return buffer.getvalue()


def to_csv(dossier: Dossier, contacts_of: ContactLookup) -> bytes:
    """One line a supplier kept, then those taken off, lot by lot; unknown is written so."""
    return csv_of(_columns(dossier), _rows(dossier, contacts_of, " | "))


def to_json(dossier: Dossier) -> str:
    """Return the dossier whole, its frozen lists and its journal, as `read_json` reads it again anywhere. No contact is in it."""
    journal = [{**kept(line), "at": line.at.isoformat()} for line in dossier.journal]
    head = {"format": FORMAT, "schema": SCHEMA, "number": dossier.number, "title": dossier.header.title}
    return json.dumps({**head, "journal": journal}, ensure_ascii=False, indent=1) + "\n"


def read_json(path: Path, *, stop: Stop | None = None) -> Brought:
    """Read the file that `to_json` wrote, in a reader process; whether its journal holds is seen when it is replayed.

    Raises ReadRefused for a file that is no dossier, DossierFileError for a line of its journal that is none, and Stopped.
    """
    number, *lines = apart(_told, DossierFileError, stop=stop)(path)
    return Brought(str(number), tuple(_event(at, line) for at, line in enumerate(lines, start=1)))


def _told(path: Path) -> Iterator[Any]:
    """Yield the number of a dossier in the file that holds it, then the lines of its journal."""
    if path.stat().st_size > LARGEST_FILE:
        raise DossierFileError(f"Ce fichier est trop gros pour un dossier (plus de {LARGEST_FILE // 1_000_000} Mo).")
    try:
        found = json.loads(path.read_bytes().decode("utf-8-sig"), parse_constant=_finite, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise DossierFileError(
            "Ce fichier n’est pas du JSON : donnez celui que « entremise dossier export --format json » a écrit."
        ) from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise DossierFileError(f"Ce fichier n’est pas un dossier d’Entremise (format « {FORMAT} » attendu).")
    if found.get("schema") not in range(
        1, SCHEMA + 1
    ):  # 1 kept the tables of a decision in another shape, which is read too
        raise DossierFileError("Ce dossier vient d’une version plus récente d’Entremise ; mettez Entremise à jour.")
    lines = found.get("journal")
    if not isinstance(lines, list) or not lines:
        raise DossierFileError("Le journal de ce dossier manque ou est vide.")
    yield without_unseen(str(found.get("number", "")))
    yield from map(without_unseen, lines)


def merge_csv(recipients: Iterable[Recipient], message: Message) -> bytes:
    """One line a supplier to write to, for a mail merge: the same message to all, what is to be asked of it apart."""
    rows: Iterator[list[Cell]] = (
        [
            one.entry.match.name,
            one.entry.match.siret or UNKNOWN,
            *contact_cells(one.contact),
            message.subject,
            message.text,
            " | ".join(one.questions),
        ]
        for one in recipients
    )
    return csv_of(_MERGE, rows)


def journal_rows(dossier: Dossier, zone: tzinfo | None = None) -> Iterator[list[Cell]]:
    """The journal: number, when, who, what in French, in the order in which it was done."""
    for event in dossier.journal:
        yield [event.number, moment(event.at, zone), event.who, event.change.says(dossier)]


def _columns(dossier: Dossier) -> list[Column]:
    return [*_FOLLOWED, *HEAD[:2], *HEAD[3:], *_points(dossier), *TAIL]


def _points(dossier: Dossier) -> list[Column]:
    return points_columns(entry.match for lot in dossier.lots for entry in _all(lot))


def _all(lot: SavedLot) -> Sequence[Entry]:
    return (*lot.entries, *(one.entry for one in lot.removed))


def _rows(dossier: Dossier, contacts_of: ContactLookup, between: str) -> Iterator[list[Cell]]:
    entries = [entry for lot in dossier.lots for entry in _all(lot)]
    contacts = contacts_of({entry.match.id for entry in entries if not entry.withdrawn})
    weights = [column.header for column in _points(dossier)]
    for lot in dossier.lots:
        title = f"{lot.number}. {lot.title}"
        for place, entry in enumerate(lot.entries, start=1):
            yield [
                title,
                place,
                *_followed(entry, entry.status, entry.reason),
                *_facts(entry, contacts.get(entry.match.id), weights, between),
            ]
        for one in lot.removed:
            said = _followed(one.entry, f"retiré de la liste par {one.who}", one.reason)
            contact = contacts.get(one.entry.match.id)
            yield [title, None, *said, *_facts(one.entry, contact, weights, between)]


def _followed(entry: Entry, status: str, reason: str) -> list[Cell]:
    since = day(entry.status_on) if entry.status_on else ""
    origin = "retiré du catalogue" if entry.withdrawn else "ajouté" if entry.added else "liste figée"
    return [entry.match.name, str(status), since, entry.status_by, entry.note, reason, origin]


def _facts(entry: Entry, contact: ContactDetails | None, weights: Sequence[str], between: str) -> list[Cell]:
    band, place, _, *facts = candidate(entry.match, contact, weights, between)
    if entry.withdrawn:  # what has left is not « non connu »
        facts = [cell if not isinstance(cell, str) else None for cell in facts[:-1]] + [entry.match.id]
    return [band, place, *facts]


def _criteria(dossier: Dossier, zone: tzinfo | None) -> Iterator[Line]:
    yield from heading(dossier, zone)
    yield "", ""
    for lot in dossier.lots:
        yield "Lot", f"{lot.number}. {lot.title}"
        yield "Liste figée le", frozen_on(lot, zone)
        yield from criteria(lot.frozen, lot.answer)
        yield from data_dates(lot.sources)
        yield "", ""
    yield from guide()


def _decisions(dossier: Dossier, zone: tzinfo | None) -> Iterator[Line]:
    """Each opinion and decision kept: what was said, its tables a line each."""
    opinions = [(lot.opinion, moment(lot.at, zone)) for lot in dossier.lots if lot.opinion]
    for its, on in (
        *opinions,
        *((one.decision, f"{moment(one.at, zone)}, par {one.who}") for one in dossier.decisions),
    ):
        yield its.kind.capitalize(), its.title
        yield "Figé le", on
        yield from said_lines(its)
        for table in its.tables:
            head = tuple(column.label for column in table.columns)
            yield from ((table.title, " | ".join(cells)) for cells in (head, *table.lines()))
        yield "", ""


def heading(dossier: Dossier, zone: tzinfo | None = None) -> Iterator[Line]:
    """Heading of the dossier: number, title, buyer, state, note; what was not given is left out."""
    header = dossier.header
    given = (
        ("Dossier", dossier.number),
        ("Titre", header.title),
        ("Acheteur", header.buyer),
        ("SIRET de l’acheteur", header.buyer_siret),
        ("Territoire", header.territory),
        ("Référence", header.reference),
        ("Réponses attendues le", day(header.deadline) if header.deadline else ""),
        *course_said(dossier.course),
        ("État", str(dossier.state)),
        ("Ouvert le", moment(dossier.created, zone)),
        ("Dernier changement", moment(dossier.updated, zone)),
        ("Note", dossier.note),
    )
    yield from ((label, text) for label, text in given if text)


def frozen_on(lot: SavedLot, zone: tzinfo | None = None) -> str:
    """Date a list was frozen, and the catalogue it was frozen on."""
    of = f" importé le {day(lot.catalogue_date)}" if lot.catalogue_date else f" version {lot.frozen.catalogue_version}"
    return f"{moment(lot.at, zone)}, sur le catalogue{of}"


def _event(number: int, line: Any) -> JournalEntry:
    try:
        at = datetime.fromisoformat(line["at"])
        at = at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at
        who, action, data = line["who"], line["action"], line["data"]
        if line["number"] != number or not isinstance(who, str) or not who.strip() or not isinstance(data, dict):
            raise DossierFileError(f"Ligne {number} du journal : numéro, auteur ou données inattendus.")
        return JournalEntry(number, at, who, change_of(ACTIONS, str(action), data).tidied())
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise DossierFileError(f"Ligne {number} du journal : il manque une date, un auteur ou une action.") from error
    except ChangeRefused as error:
        raise DossierFileError(f"Ligne {number} du journal : {error}") from error


def _finite(written: str) -> float:
    if not math.isfinite(value := float(written)):
        raise ValueError(written)
    return value
