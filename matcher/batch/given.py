"""Reads the input lots of a batch: from a file (JSON lines, a sheet, DECP contracts), a folder of Parquet files, or the stored notices of a period.

DECP: the open data of public contracts (« données essentielles de la commande publique »).
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from enum import Enum, auto
from operator import attrgetter
from pathlib import Path

from sqlalchemy import Engine

from importers.decp import is_flat_table
from importers.formats.columns import NO_MAPPING, ColumnMapping, columns_of_header
from importers.importer import RefusedRow, Remark
from importers.notices import NOTICES
from importers.notices.importer import NoticeRecord
from matcher.batch.parquet import parquet_lots
from matcher.db import reading
from matcher.decisions.purchases.line import purchase
from matcher.decisions.purchases.sheet import PROGRAMME, SPENDING, read_sheet
from matcher.domain.french import count
from matcher.domain.need import Need, NeedFault
from matcher.jobs.reader_process import COMMAND, ReadRefused, apart
from matcher.need.fields import LotRow, LotsError, locate_faults, needs_from_rows, read_lot_needs
from matcher.notices.clean import clean_notice, completed
from matcher.notices.intake import notices_in_subprocess
from matcher.notices.store import LotFilter, lots

_NO_PARQUET = (
    "« {name} » ne contient aucun fichier .parquet. Attendu : un dossier de fichiers Parquet, un lot par ligne."
)

_SUPPLIERS = (
    "« {name} », {where} : la colonne « {column} » nomme un fournisseur. C’est un relevé d’achats ou un annuaire, non des lots : « entremise historique » "
    "lit l’un, « entremise import » l’autre. Si ce sont des lots, dites-la « ignorer » dans un fichier de --mapping."
)
# Most lines of a sheet: a country's daily notices make a few thousand, and a reader process returns no more.
MOST_LINES = 20_000
_HEAD = 2**16
_WORKBOOKS = (b"PK", b"\xd0\xcf\x11\xe0")
_BLANKS = b"\xef\xbb\xbf\xff\xfe \r\n\t"

Tell = Callable[[str], None]


class LotsFileForm(Enum):
    """Form of a file of lots."""

    PARQUET = auto()
    LINES = auto()
    SHEET = auto()
    CONTRACTS = auto()
    CONTRACTS_TABLE = auto()


def lots_given(path: Path, tell: Tell, columns: ColumnMapping = NO_MAPPING) -> Iterator[Need]:
    """Yield the lots of a file, or of the Parquet files of a folder in the order of their names; `tell` is called with French remarks on skipped rows. A file
    is JSON lines, a sheet with the columns of a purchasing programme (`columns` maps its columns by hand), or DECP contracts in JSON, XML or as a table.
    Raises LotsError and ReadRefused."""
    match form := lots_form(path):
        case LotsFileForm.PARQUET:
            return needs_from_rows(_rows(path))
        case LotsFileForm.LINES:
            return read_lot_needs(path)
        case LotsFileForm.SHEET:
            return locate_faults(_of_sheet(path, tell, columns))
        case LotsFileForm.CONTRACTS | LotsFileForm.CONTRACTS_TABLE:
            return locate_faults(_of_contracts(path, "ligne" if form is LotsFileForm.CONTRACTS_TABLE else "rang", tell))


def lots_form(path: Path) -> LotsFileForm:
    """Return the form of a file by its first bytes; a folder is taken as Parquet, a stream (which can be read only once) as JSON lines. Raises OSError."""
    if path.is_dir():
        return LotsFileForm.PARQUET
    if not path.is_file():
        return LotsFileForm.LINES
    with path.open("rb") as file:
        head = file.read(_HEAD).replace(b"\0", b"").lstrip(_BLANKS)  # without NULs, UTF-16 reads as ASCII
    if head.startswith((b"{", b"[")):
        of_contracts = b'"marches"' in head or b'"titulaire' in head
        return LotsFileForm.CONTRACTS if of_contracts and not _is_lot(head.partition(b"\n")[0]) else LotsFileForm.LINES
    if head.startswith(b"<") and (b"<marche" in head or b"<contrat-concession" in head):
        return LotsFileForm.CONTRACTS
    is_workbook = head.startswith(_WORKBOOKS)
    if path.suffix.lower() in (".jsonl", ".ndjson", ".json") and not is_workbook:
        return LotsFileForm.LINES
    may_be = is_workbook or b"titulaire" in head
    with suppress(ReadRefused):  # reading it as a sheet will give the reason
        if may_be and apart(is_flat_table, limits=COMMAND)(path):
            return LotsFileForm.CONTRACTS_TABLE
    return LotsFileForm.SHEET


def _is_lot(line: bytes) -> bool:
    """Return True if a line is the JSON object of one lot."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and not value.keys() & {"marches", "titulaires"}


def _of_sheet(path: Path, tell: Tell, columns: ColumnMapping) -> Iterator[tuple[LotRow, Need]]:
    sheet = read_sheet(path, PROGRAMME, MOST_LINES, columns, limits=COMMAND)
    totals = sum(entry.total for entry in sheet.entries)
    skipped = (f"{count(totals, 'ligne de total laissée', 'lignes de total laissées')} à part.",) if totals else ()
    # Supplier columns are recognised by their whole title: « Titulaire sortant » belongs to a programme.
    named = columns_of_header(SPENDING, sheet.columns, columns).of
    suppliers = {*named.get("fournisseur", ()), *named.get("siret", ())}
    for entry in sheet.entries:
        if cell := next((cell for cell in entry.fields.values() if cell.column in suppliers), None):
            raise LotsError(_SUPPLIERS.format(name=path.name, where=entry.where, column=cell.column))
    read = f"colonnes lues : {' ; '.join(sheet.understood)}."
    for sentence in (read, *sheet.unused, *sheet.said, *skipped):
        tell(f"« {path.name} » : {sentence}")
    for entry in sheet.entries:
        line = purchase(entry)
        if line.need is None:
            continue
        doubts = (doubt.partition(" : ") for doubt in line.doubts)
        faults = (
            *line.need.faults,
            *(NeedFault("montant", says, where, is_question=True) for where, _, says in doubts),
        )
        lot = replace(line.need.lot, lot_id=entry.text("reference") or entry.key)
        row = LotRow(f"{path.name} », feuille « {entry.sheet}" if entry.sheet else path.name, entry.line, lot.lot_id)
        yield row, replace(line.need, lot=lot, faults=faults)


def _of_contracts(path: Path, called: str, tell: Tell) -> Iterator[tuple[LotRow, Need]]:
    first_lines: dict[str, int] = {}  # by reason of refusal
    times = Counter[str]()
    for item in notices_in_subprocess(NOTICES["decp"], limits=COMMAND).read(path):
        match item:
            case Remark():
                tell(f"« {path.name} », {called} {item.line} : {item.message}")
            case RefusedRow():
                first_lines.setdefault(item.reason, item.line)
                times[item.reason] += 1
            case NoticeRecord():
                notice = clean_notice(item)
                row = LotRow(path.name, item.line, notice.ref, called=called)
                for lot in notice.lots:
                    faults = tuple(
                        NeedFault("marche", doubt, f"marché « {item.folder} »")
                        for doubt in (*notice.doubts, *lot.doubts)
                    )
                    yield row, Need(replace(lot.lot, lot_id=notice.ref), faults)
    for reason, line in first_lines.items():
        skipped = count(times[reason], "marché laissé", "marchés laissés")
        tell(f"« {path.name} » : {skipped} de côté, {called} {line} d’abord : {reason}.")


def _rows(folder: Path) -> Iterator[LotRow]:
    files = sorted(folder.glob("*.parquet"))
    if not files:
        raise LotsError(_NO_PARQUET.format(name=folder.name))
    read = apart(parquet_lots, LotsError, limits=COMMAND)
    for file in files:
        for line, fields in enumerate(read(file), start=1):
            yield LotRow(file.name, line, f"{file.stem}-{line}", fields)


def lots_published(engine: Engine, since: date, until: date) -> Iterator[Need]:
    """Yield the stored lots published from one day to another, both included; the lot id is the row id. A lot not yet matched gets its contract's
    object, as the command `annonces match` would add it."""
    with reading(engine) as connection:
        published_lots = sorted(lots(connection, LotFilter(since=since, until=until)), key=attrgetter("id"))
    for stored in published_lots:
        lot = stored.published.lot
        lot = lot if stored.connu is not None else completed(lot, stored.notice.title)[0]
        yield Need(replace(lot, lot_id=str(stored.id)))
