"""Export of one dossier as tables: a workbook (lists, criteria, decisions, hours, journal), a CSV of its list, a CSV for a mail merge."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, tzinfo
from types import MappingProxyType

from matcher.decisions.clause.followup import label_of, promise_said, public_label
from matcher.domain.contact_details import ContactDetails, ContactLookup
from matcher.domain.french import UNKNOWN, day, in_zone, moment
from matcher.dossiers.calling import answer_sentences, answered_signals
from matcher.dossiers.changes import course_said
from matcher.dossiers.clause_contract import followed_contracts
from matcher.dossiers.contract_changes import contract_lines
from matcher.dossiers.dossier import Dossier, Entry, SavedLot
from matcher.dossiers.files.content import SHEET
from matcher.dossiers.files.transfer import SHEET_COLUMN, sheet_rows
from matcher.dossiers.messages import Message, Recipient
from matcher.dossiers.planned_part import declared_table
from matcher.dossiers.withdrawn import WITHDRAWN
from matcher.need.as_table import CONTACT, HEAD, TAIL, candidate, contact_cells, criteria, points_columns
from matcher.need.criteria import guide, source_dates
from matcher.reference.wordings import persona_wording
from matcher.render.described_file import DescribedFile
from matcher.render.document import DocumentTable
from matcher.render.table import MONTH, Cell, Column, Line, Sheet, csv_of, said_lines, workbook_of

_FOLLOWED = (
    Column("Lot", 24),
    Column("Place", 6),
    Column("Fournisseur", 36),
    Column("Statut", 16),
    Column("Depuis le", 18),
    Column("Suivi par", 16),
    Column("Note", 40),
    Column("Rappeler le", 18),
    Column("Réponses au téléphone", 50),
    Column("Motif", 30),
    Column("Origine", 18),
)
_FROZEN = (Column("Lot", 24), Column("Liste", 16), Column("Fournisseur", 36))
_REGISTER = (
    Column("Lot", 24),
    Column("Date", 18),
    Column("Par", 20),
    Column("Structure", 36),
    Column("Comment", 24),
    Column("Ce qui a été dit", 50),
    Column("Texte", 100),
)
_HOURS = (
    Column("Mois", 10, MONTH),
    Column("Modalité", 44),
    *(Column(f"Heures {kind}", 12, "0.00") for kind in ("prévues", "placées", "faites")),
    Column("Nombre de personnes", 12),
    Column("PMSMP", 12),
)
_CONTRACT, _PUBLIC = Column("Contrat", 36), Column("Public", 36)
_NOT_KEPT = "non retenue"
_JOURNAL = (Column("Ligne", 6), Column("Date", 30), Column("Qui", 20), Column("Quoi", 110))
_MERGE = ("Structure", "SIRET", *CONTACT, "Objet", "Message", "À demander en particulier")


def dossier_xlsx(
    dossier: Dossier,
    contacts_of: ContactLookup,
    zone: tzinfo | None = None,
    *,
    registers: Mapping[int, DocumentTable] = MappingProxyType({}),
) -> bytes:
    """Return the workbook of a dossier. Sheets: « Liste » (suppliers kept) and « Liste figée » (whole frozen list), with today's contacts, « Critères »,
    « Journal », the sheet that imports the dossier again; and, where there is any, « Décisions », « Heures » of insertion, « Sous-traitance à déclarer »,
    « Communiqué » (`registers` of messages, by lot number). Times are in `zone`, by default this computer's."""
    reached = contacts_of(_living(dossier))
    weights = [column.header for column in _points(dossier)]
    seen = (
        (
            f"{lot.number}. {lot.title}",
            became,
            entry.match.name,
            *_facts(entry, reached.get(entry.match.id), weights, "\n"),
        )
        for lot in dossier.lots
        for entry, became in _seen_entries(lot)
    )
    columns, hours = hours_columns_and_rows(dossier)
    declared = declared_table(dossier)
    informed: list[tuple[Cell, ...]] = [
        (f"{lot.number}. {lot.title}", date.fromisoformat(str(row.cells[0])), *map(str, row.cells[1:]))
        for lot in dossier.lots
        for row in (registers[lot.number].rows if lot.number in registers else ())
    ]
    journal = (
        (event.number, in_zone(event.at, zone), event.who, event.change.says(dossier)) for event in dossier.journal
    )
    where_any = (
        Sheet("Décisions", (), list(_decisions(dossier, zone))),
        Sheet("Heures", columns, hours, frozen=2),
        Sheet(declared.title, [Column(one.label, 30) for one in declared.columns], declared.lines(), frozen=1),
        Sheet("Communiqué", _REGISTER, informed, frozen=1),
    )
    return workbook_of(
        dossier.header.title,
        dossier.created,
        Sheet("Liste", _columns(dossier), _rows(dossier, reached, "\n"), frozen=3),
        Sheet("Liste figée", [*_FROZEN, *_facts_columns(dossier)], seen, frozen=3),
        Sheet("Critères", (), _criteria(dossier, zone)),
        *(sheet for sheet in where_any if sheet.rows),
        Sheet("Journal", _JOURNAL, journal, frozen=1),
        Sheet(SHEET, [SHEET_COLUMN], sheet_rows(dossier)),
    )


def dossier_csv(dossier: Dossier, contacts_of: ContactLookup) -> DescribedFile:
    """Return a CSV, lot by lot: a line a supplier kept, then those taken off, then the rest of the frozen list; an unknown cell says so."""
    reached = contacts_of(_living(dossier))
    return csv_of(_columns(dossier), _rows(dossier, reached, " | ", whole=True))


def merge_csv(recipients: Iterable[Recipient], message: Message) -> DescribedFile:
    """Return a CSV for a mail merge, a line a supplier to write to: the same message for all, and its own questions in a separate column."""
    rows = (
        (
            *(one.entry.match.name, one.entry.match.siret or UNKNOWN, *contact_cells(one.contact)),
            *(message.subject, message.text, " | ".join(one.questions)),
        )
        for one in recipients
    )
    return csv_of(_MERGE, rows)


def hours_columns_and_rows(dossier: Dossier) -> tuple[list[Column], list[list[Cell]]]:
    """Return columns and rows of the hours of insertion, in the layout that the page of hours accepts when pasted: a row a contract, month, modality and
    public, then the PMSMP (immersion periods) by month. A column names the contract where there are several, the public where there is any."""
    contracts = followed_contracts(dossier)
    several = len(contracts) > 1
    public = any(one.public for contract in contracts for one in contract.hours.months)
    rows: list[list[Cell]] = []
    for contract in contracts:
        title: list[Cell] = [contract.title] if several else []
        for month_hours in contract.hours.months:
            figures: list[Cell] = [
                month_hours.month,
                label_of(month_hours.modality),
                month_hours.planned,
                month_hours.placed,
                month_hours.done,
                month_hours.people,
            ]
            rows.append(
                [
                    *figures,
                    None,
                    *title,
                    *([public_label(month_hours.public) if month_hours.public else None] if public else []),
                ]
            )
        rows += (
            [its.month, "PMSMP", *[None] * 4, its.count, *title, *([None] if public else [])]
            for its in contract.hours.immersions
        )
    return [*_HOURS, *([_CONTRACT] if several else []), *([_PUBLIC] if public else [])], rows


def _columns(dossier: Dossier) -> list[Column]:
    return [*_FOLLOWED, *_facts_columns(dossier)]


def _facts_columns(dossier: Dossier) -> list[Column]:
    return [*HEAD[:2], *HEAD[3:], *_points(dossier), *TAIL]


def _points(dossier: Dossier) -> list[Column]:
    matches = (entry.match for lot in dossier.lots for entry in _followed_entries(lot))
    return points_columns((*matches, *(match for lot in dossier.lots for match in lot.frozen.matches)))


def _followed_entries(lot: SavedLot) -> Sequence[Entry]:
    return (*lot.entries, *(one.entry for one in lot.removed))


def _seen_entries(lot: SavedLot) -> Iterator[tuple[Entry, str]]:
    """Yield the whole frozen list in order, each supplier with its state today: kept, taken off, or not kept."""
    kept_ids, removed = ({entry.match.id for entry in its} for its in (lot.entries, [one.entry for one in lot.removed]))
    for match in lot.frozen.matches:
        became = "retenue" if match.id in kept_ids else "retirée" if match.id in removed else _NOT_KEPT
        yield Entry(match, withdrawn=match.name == WITHDRAWN), became


def _living(dossier: Dossier) -> set[str]:
    """Return the ids of the suppliers whose contacts may be read, without those that left the catalogue."""
    entries = [entry for lot in dossier.lots for entry in _followed_entries(lot)]
    seen = [entry for lot in dossier.lots for entry, _ in _seen_entries(lot)]
    return {entry.match.id for entry in (*entries, *seen) if not entry.withdrawn}


def _rows(
    dossier: Dossier, contacts: Mapping[str, ContactDetails], separator: str, *, whole: bool = False
) -> Iterator[list[Cell]]:
    """Yield a row a supplier kept, then those taken off; if `whole`, then the rest of the frozen list."""
    weights = [column.header for column in _points(dossier)]
    for lot in dossier.lots:
        title = f"{lot.number}. {lot.title}"
        for place, entry in enumerate(lot.entries, start=1):
            yield [
                title,
                place,
                *_follow_up_cells(entry, entry.status, entry.reason),
                *_facts(entry, contacts.get(entry.match.id), weights, separator),
            ]
        for removal in lot.removed:
            follow_up = _follow_up_cells(removal.entry, f"retiré de la liste par {removal.who}", removal.reason)
            contact = contacts.get(removal.entry.match.id)
            yield [title, None, *follow_up, *_facts(removal.entry, contact, weights, separator)]
        for entry in (entry for entry, became in _seen_entries(lot) if whole and became == _NOT_KEPT):
            facts = _facts(entry, contacts.get(entry.match.id), weights, separator)
            yield [title, None, *_follow_up_cells(entry, _NOT_KEPT, ""), *facts]


def _follow_up_cells(entry: Entry, status: str, reason: str) -> list[Cell]:
    origin = "retiré du catalogue" if entry.withdrawn else "ajouté" if entry.added else "liste figée"
    answered = " | ".join(answer_sentences(entry.call.answers)) if entry.call else ""
    followed = (str(status), entry.status_on, entry.status_by, entry.note, entry.again, answered, reason, origin)
    return [entry.match.name, *followed]


def _facts(entry: Entry, contact: ContactDetails | None, weights: Sequence[str], separator: str) -> list[Cell]:
    band, place, _, *facts = candidate(entry.match, contact, weights, separator, answered_signals(entry))
    if entry.withdrawn:  # cells of a supplier that left are empty, not « non connu »
        facts = [*(None if isinstance(cell, str | date) else cell for cell in facts[:-1]), entry.match.id]
    return [band, place, *facts]


def _criteria(dossier: Dossier, zone: tzinfo | None) -> Iterator[Line]:
    yield from heading(dossier, zone)
    yield "", ""
    for lot in dossier.lots:
        yield "Lot", f"{lot.number}. {lot.title}"
        yield "Liste figée le", frozen_on(lot, zone)
        yield from criteria(lot.frozen, lot.answer)
        yield from source_dates(lot.sources)
        yield "", ""
    yield from guide()


def _decisions(dossier: Dossier, zone: tzinfo | None) -> Iterator[Line]:
    """Yield the lines of each kept opinion and decision; a row of its tables is one line."""
    opinions = [(lot.opinion, moment(lot.at, zone)) for lot in dossier.lots if lot.opinion]
    for document, on in (
        *opinions,
        *((one.decision, f"{moment(one.at, zone)}, par {one.who}") for one in dossier.decisions),
    ):
        yield document.kind.capitalize(), document.title
        yield "Figé le", on
        yield from said_lines(document)
        for table in document.tables:
            head = tuple(column.label for column in table.columns)
            yield from ((table.title, " | ".join(cells)) for cells in (head, *table.lines()))
        yield "", ""


def heading(dossier: Dossier, zone: tzinfo | None = None) -> Iterator[Line]:
    """Yield the heading of a dossier as pairs (label, text): number, title, buyer, state, note…; what was not given is left out."""
    header = dossier.header
    labelled = (
        ("Dossier", dossier.number),
        ("Titre", header.title),
        (persona_wording("client"), header.buyer),
        (persona_wording("client_siret"), header.buyer_siret),
        ("Territoire", header.territory),
        ("Référence", header.reference),
        (persona_wording("reponses_le"), day(header.deadline) if header.deadline else ""),
        *course_said(dossier.course),
        *contract_lines(dossier),
        *(
            (f"Clause sociale, lot {lot}" if len(dossier.followed) > 1 else "Clause sociale", promise_said(its.promise))
            for lot, its in sorted(dossier.followed.items())
            if its.promise
        ),
        ("État", str(dossier.state)),
        ("Ouvert le", moment(dossier.created, zone)),
        ("Dernier changement", moment(dossier.updated, zone)),
        ("Note", dossier.note),
    )
    yield from ((label, text) for label, text in labelled if text)


def frozen_on(lot: SavedLot, zone: tzinfo | None = None) -> str:
    """Return the date at which a list was frozen, and the date or version of its catalogue."""
    of = f" importé le {day(lot.catalogue_date)}" if lot.catalogue_date else f" version {lot.frozen.catalogue_version}"
    return f"{moment(lot.at, zone)}, sur le catalogue{of}"
