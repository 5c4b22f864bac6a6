"""Reads an organiser's spreadsheet of participants: every sheet of a workbook, with the role of its lines. No lookup in catalogue or event here."""

from dataclasses import dataclass, replace
from pathlib import Path

from importers.formats.column_tally import MOST_COLUMNS, columns_of_table, tables_of_kind
from importers.formats.columns import NO_MAPPING, ColumnMapping, Columns, SheetKind, quote_names
from importers.formats.table import Table
from importers.importer import SourceError
from matcher.club.meeting_day.meeting_day import ParticipantRole
from matcher.club.registration.cell_words import AWAY, word_of
from matcher.club.registration.remarks import Fault
from matcher.club.registration.spreadsheet import Entrant, SheetReading
from matcher.jobs.reader_process import apart
from matcher.jobs.stop import Stop

MOST_ROWS = 10_000
PARTICIPANTS = SheetKind("club", (("name", "siret"),), every_sheet=True, merged=True)


@dataclass(frozen=True, slots=True)
class Spreadsheet:
    """Content of a sheet. `name`: its file, and its title where others are read; `unused`: French sentences on columns not read; `faults`: values left out;
    `refused`: lines left out; `skipped`: French sentences on the sheets of the file that are not read, with the first one read; `taken_as`: the role that its
    title or columns give its lines, where others are read."""

    name: str
    columns: Columns
    unused: tuple[str, ...]
    entrants: tuple[Entrant, ...]
    faults: tuple[Fault, ...]
    refused: tuple[Fault, ...]
    skipped: tuple[str, ...] = ()
    taken_as: ParticipantRole | None = None


def read_spreadsheets(
    path: Path, sort: ParticipantRole | None, columns: ColumnMapping = NO_MAPPING, *, stop: Stop | None = None
) -> tuple[Spreadsheet, ...]:
    """Read the participants of a file (CSV, XLSX, XLS, ODS) in a reader process, one content per sheet. `sort`: role of lines whose columns give none, nor
    the title of their sheet; `columns`: meanings of columns that users gave. Raises ReadRefused where the file is no table, has no column of names or no
    participant; and Stopped."""
    return apart(_sheets, SourceError, stop=stop)(path, sort, columns)


def _sheets(path: Path, sort: ParticipantRole | None, column_mapping: ColumnMapping) -> tuple[Spreadsheet, ...]:
    tables, _, skipped = tables_of_kind(path, PARTICIPANTS, column_mapping)
    coming = [table for table in tables if len(tables) == 1 or word_of(table.sheet) != AWAY] or list(tables)
    skipped += tuple(
        f"La feuille « {table.sheet} » n’est pas lue : d’après son titre, ses inscrits ne viennent pas."
        for table in tables
        if table not in coming
    )
    columns = [columns_of_table(PARTICIPANTS, table, column_mapping) for table in coming]
    several, buys = len(coming) > 1, any("needs" in one.of for one in columns)
    read = []
    for table, of_sheet in zip(coming, columns, strict=True):
        role = _role_of(table.sheet, of_sheet, buys=buys) if several else None
        name = f"{path.name}, feuille {table.sheet}" if several else path.name
        read.append(_sheet(path, name, table, of_sheet, role or sort, taken_as=role))
    filled = [sheet for sheet in read if sheet.entrants or sheet.refused]
    if not filled:
        raise SourceError(path, "aucun participant sous l’en-tête.", line=coming[0].line)
    skipped += tuple(
        f"La feuille « {table.sheet} » n’a aucun participant sous l’en-tête."
        for table, sheet in zip(coming, read, strict=True)
        if sheet not in filled
    )
    return replace(filled[0], skipped=tuple(f"« {path.name} » : {said}" for said in skipped)), *filled[1:]


def _role_of(title: str, columns: Columns, *, buys: bool) -> ParticipantRole | None:
    """Return the role that a sheet among others gives its lines: by its title (« Offreurs ESS »), else supplier for activities where another sheet has needs
    (`buys`)."""
    if (word := word_of(title)) in list(ParticipantRole):
        return ParticipantRole(word)
    return ParticipantRole.SUPPLIER if buys and "activity" in columns.of and "needs" not in columns.of else None


def _sheet(
    path: Path,
    name: str,
    table: Table,
    columns: Columns,
    sort: ParticipantRole | None,
    *,
    taken_as: ParticipantRole | None,
) -> Spreadsheet:
    if len(table.columns) > MOST_COLUMNS:
        raise SourceError(
            path,
            f"{len(table.columns)} colonnes ; {MOST_COLUMNS} au plus. N’y gardez que celles qui parlent des participants.",
            line=table.line,
        )
    if not columns.has(PARTICIPANTS.needs):
        raise SourceError(
            path,
            f"aucune colonne ne donne le nom des structures. Colonnes vues : {quote_names(columns.names)}. Il faut une ligne d’en-tête : "
            "Structure, Besoin ou Activité, Lieu, Contact, Courriel… Ou dites ce qu’elles contiennent (au terminal : --mapping).",
            line=table.line,
        )
    if sort is None and "sort" not in columns.of:
        where = f"{name[len(path.name) + 2 :]} : " if name != path.name else ""
        raise SourceError(
            path,
            f"{where}rien ne dit qui est acheteur ou fournisseur : ajoutez une colonne « Sorte » (ou « Type »), ou dites-le.",
            line=table.line,
        )
    reading = SheetReading(columns, sort)
    for number, row in enumerate(table.rows, start=1):
        if number > MOST_ROWS:
            raise SourceError(path, f"plus de {MOST_ROWS} lignes : un événement n’en reçoit pas tant.", line=row.line)
        reading.take(row)
    return Spreadsheet(
        name,
        columns,
        reading.tally.remarks,
        tuple(reading.entrants),
        tuple(reading.faults),
        tuple(reading.refused),
        taken_as=taken_as,
    )
