"""Reads an organiser's spreadsheet of participants: every sheet of a workbook, with the role of its lines. No lookup in catalogue or event here."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from importers.formats.column_tally import MOST_COLUMNS, columns_of_table, sheets_left, tables_of_kind
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
# Fields of which a sheet among others has one, where its title gives no role: it lists participants.
_OF_A_ROLE = ("sort", "needs", "activity")


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

    @property
    def columns_sentence(self) -> str:
        """French sentence on how its columns were understood."""
        role = f", pris comme {self.taken_as}" if self.taken_as else ""
        return f"« {self.name} »{role} : {' ; '.join(self.columns.says)}."


def read_spreadsheets(
    path: Path, sort: ParticipantRole | None, columns: ColumnMapping = NO_MAPPING, *, stop: Stop | None = None
) -> tuple[Spreadsheet, ...]:
    """Read the participants of a file (CSV, XLSX, XLS, ODS) in a reader process, one content per sheet. `sort`: role of lines whose columns give none, nor
    the title of their sheet; `columns`: meanings of columns that users gave. Raises ReadRefused where the file is no table, has no column of names or no
    participant; and Stopped."""
    return apart(_sheets, SourceError, stop=stop)(path, sort, columns)


def _sheets(path: Path, sort: ParticipantRole | None, column_mapping: ColumnMapping) -> tuple[Spreadsheet, ...]:
    tables, _, skipped = tables_of_kind(path, PARTICIPANTS, column_mapping)
    columns = {table.sheet: columns_of_table(PARTICIPANTS, table, column_mapping) for table in tables}
    listing, others = _listing(columns)
    sheets: dict[str, Spreadsheet] = {}
    for table in tables:
        if table.sheet in listing:
            name = f"{path.name}, feuille {table.sheet}" if len(listing) > 1 else path.name
            sheets[table.sheet] = _sheet(path, name, table, columns[table.sheet], sort, listing[table.sheet])
    filled = [sheet for sheet in sheets.values() if sheet.entrants or sheet.refused]
    if not filled:
        raise SourceError(path, "aucun participant sous l’en-tête.", line=tables[0].line)
    empty = sheets_left(
        [title for title, sheet in sheets.items() if sheet not in filled], "aucun participant sous l’en-tête."
    )
    said = tuple(f"« {path.name} » : {one}" for one in (*skipped, *others, empty) if one)
    return replace(filled[0], skipped=said), *filled[1:]


def _listing(columns: Mapping[str, Columns]) -> tuple[dict[str, ParticipantRole | None], tuple[str, str]]:
    """Return (the role that each sheet that lists participants gives its lines; French remarks on the others), from the columns of each sheet by title."""
    away = [title for title in columns if word_of(title) == AWAY]
    coming = [title for title in columns if title not in away]
    if not coming:
        coming, away = away, []
    roles = {title: _role_of(title, columns) for title in coming}
    listing = [title for title in coming if roles[title] or columns[title].has([_OF_A_ROLE])]
    listing = listing or coming[:1]
    others = [title for title in coming if title not in listing]
    return (
        {title: roles[title] if len(listing) > 1 else None for title in listing},
        (
            sheets_left(others, "ni besoin, ni activité, ni sorte."),
            sheets_left(away, "d’après le titre, ses inscrits ne viennent pas."),
        ),
    )


def _role_of(title: str, columns: Mapping[str, Columns]) -> ParticipantRole | None:
    """Return the role that a sheet among others gives its lines: by its title (« Offreurs ESS »), else supplier for activities where another sheet has
    needs."""
    if (word := word_of(title)) in list(ParticipantRole):
        return ParticipantRole(word)
    buys = any("needs" in one.of for one in columns.values())
    return (
        ParticipantRole.SUPPLIER
        if buys and "activity" in columns[title].of and "needs" not in columns[title].of
        else None
    )


def _sheet(
    path: Path,
    name: str,
    table: Table,
    columns: Columns,
    sort: ParticipantRole | None,
    taken_as: ParticipantRole | None,
) -> Spreadsheet:
    sort = taken_as or sort
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
