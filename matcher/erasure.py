"""Erasure of personal data (GDPR): the register of every table and cache folder that may hold a person's or supplier's data, and the functions that remove a
value, or expired data, from all of them.

A table declares its content in the `holding` of its row class; cache folders are declared in `FOLDERS`. Backups are not touched."""

import html
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Connection, DateTime, LargeBinary, String, Table, delete, func, select, update

from matcher.private_files import write_private
from matcher.rows import Base, named_tables, pages
from matcher.settings import cache_folder, files_folder

# Function that removes the searched values from a text; the text itself if it holds none.
Cut = Callable[[str], str]
ERASED = "[effacé]"

_NINE_DIGITS = re.compile(r"(?<![^;,\t|\"])[1-9]\d{8}(?![^;,\t|\".])")
# Largest file searched, in bytes; larger ones are deleted, since downloading or uploading again is faster than searching.
_MOST_SEARCHED = 16 * 2**20
_TAG = re.compile(r"<[^<>]*>")
_ENCODINGS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"", "utf-8-sig"))


class Way(Enum):
    """Way of removing a value from a table."""

    CUT = "le parcours la retire de chaque texte"
    OWN = "la pièce qui tient la table la réécrit, avec son empreinte"
    COMPUTED = "recalculée sans elle"
    COPIES = "le fichier qui la tient est effacé"
    APART = "reste, pour la raison dite"


@dataclass(frozen=True, slots=True)
class Holding:
    """Declaration of what a table holds of persons and suppliers (`what`, in French), and how it is removed (`way`).

    Every text and JSON column is searched, except primary and foreign keys and those of `keys`. The columns of `person` describe one person: all are emptied
    if the first held the value, or once the first known date of `dates` exceeds the retention period. A row is deleted if all of `needs` are empty, or, with
    `whole`, if it held the value; with `days`, once the first of `dates` is that old. `supplier`: it may mention a supplier that opts out, only in rows where
    the column `supplier_if`, if given, is true. `ahead`: date columns that may lie in the future."""

    what: str
    way: Way = Way.CUT
    keys: tuple[str, ...] = ()
    person: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    whole: bool = False
    days: int = 0
    supplier: bool = False
    supplier_if: str = ""
    ahead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of the cache; `what`: its content, in French.

    Files that match `rewritten` (name patterns) are our own JSON, rewritten without the value; others are copies, deleted if they hold the value or cannot be
    searched. No file is kept longer than `days`. `supplier`: it may mention a supplier that opts out. `own`: another module erases it. `shared`: it is the
    folder of `ENTREMISE_FILES`, if set."""

    name: str
    what: str
    days: int
    rewritten: tuple[str, ...] = ()
    supplier: bool = False
    own: bool = False
    shared: bool = False

    @property
    def path(self) -> Path:
        """Path of the folder, which may not exist yet."""
        return (files_folder() if self.shared else None) or cache_folder() / self.name


_DOWNLOADED = "annuaires téléchargés et réponses des services de l’État, tels que reçus"
_FORMER = "fichiers déposés sur les pages d’une version antérieure"
FOLDERS: Mapping[str, Folder] = {
    one.name: one
    for one in (
        Folder(
            "rayons", "noms, villes, activités et mots des présentations, rangés pour la recherche", days=90, own=True
        ),
        Folder(
            "tables", "tables livrées avec Entremise (communes), rangées pour être lues sur place", days=90, own=True
        ),
        Folder(
            "travaux",
            "fichiers déposés sur les pages, le temps de les lire, ou gardés là où ENTREMISE_FILES le dit",
            days=90,
            supplier=True,
            shared=True,
        ),
        *(Folder(name, _FORMER, days=1, supplier=True) for name in ("depots", "etudes", "club")),
        Folder("programmes", "réponses d’un programme d’achats interrompu", days=7, rewritten=("*.jsonl",)),
        Folder(
            "sites", "pages des sites de fournisseurs, telles que reçues, et leur robots.txt", days=30, supplier=True
        ),
        *(
            Folder(service, _DOWNLOADED, days=90, supplier=True)
            for service in ("data-gouv", "recherche-entreprises", "emplois", "marche", "tabular", "boamp")
        ),
    )
}


def holding_of(table: Table) -> Holding:
    """Return the declaration of a table. Raises LookupError if its row class has none."""
    for mapper in Base.registry.mappers:
        if mapper.local_table is table and isinstance(holding := getattr(mapper.class_, "holding", None), Holding):
            return holding
    raise LookupError(f"table without a holding: {table.name}")


def walked_columns(table: Table) -> tuple[str, ...]:
    """Return the columns of a table to search: text and JSON, except keys."""
    keys = holding_of(table).keys
    return tuple(
        column.name
        for column in table.columns
        if isinstance(column.type, String | JSON)
        and not (column.primary_key or column.foreign_keys or column.name in keys)
    )


def cut_tables(connection: Connection, cut: Cut, *, of_supplier: bool = False) -> int:
    """Remove a value from every table, or only from those that may mention a supplier; return the number of rows changed."""
    changed = 0
    for table in named_tables(connection):
        holding = holding_of(table)
        if of_supplier and not holding.supplier:
            continue
        only = holding.supplier_if if of_supplier else ""
        if holding.way is Way.COPIES:
            changed += _cut_copies(connection, table, cut, only)
        if holding.way is not Way.CUT or not (names := walked_columns(table)):
            continue
        for row in _rows(connection, table):
            if only and not row[only]:
                continue
            if new := _changed_columns(row, names, holding, cut):
                _write(connection, table, row, new, gone=holding.whole)
                changed += 1
    return changed


def _changed_columns(row: Mapping[str, Any], names: Sequence[str], holding: Holding, cut: Cut) -> dict[str, Any]:
    """Return the changed columns of a row without the value, empty if it holds none; if the first column of a person held it, all are emptied."""
    new: dict[str, Any] = {
        name: without_value(row[name], cut, "" if name in holding.person else ERASED) for name in names
    }
    if all(new[name] == row[name] for name in names):
        return {}
    if holding.person and new[holding.person[0]] != row[holding.person[0]]:
        new |= dict.fromkeys(holding.person, "")
    return new


def purge_outlived(connection: Connection, now: datetime) -> int:
    """Delete the rows older than the `days` of their table at `now` (UTC); return how many."""
    deleted = 0
    for table in named_tables(connection):
        if (holding := holding_of(table)).days:
            old = table.columns[holding.dates[0]] < now.replace(tzinfo=None) - timedelta(holding.days)
            deleted += connection.execute(delete(table).where(old)).rowcount
    return deleted


def purge_tables(connection: Connection, before: date) -> int:
    """Erase the persons last known before a day; return how many."""
    changed = 0
    for table in named_tables(connection):
        holding = holding_of(table)
        if not holding.dates or holding.days:
            continue
        for row in _rows(connection, table):
            last = next(row[name] for name in holding.dates if row[name] is not None)
            old = (last.date() if isinstance(last, datetime) else last) < before
            if old and (holding.whole or any(row[name] for name in holding.person)):
                _write(connection, table, row, dict.fromkeys(holding.person, ""), gone=holding.whole)
                changed += 1
    return changed


def cut_folders(cut: Cut, *, of_supplier: bool = False, dry_run: bool = False) -> int:
    """Remove a value from the cache folders: rewrite our own files, delete copies that hold it. Return the number of files changed."""
    changed = 0
    for folder, path in _files():
        if folder.own or (of_supplier and not folder.supplier):
            continue
        new = _rewritten(path, cut) if any(map(path.match, folder.rewritten)) else None
        if new is None and (path.stat().st_size > _MOST_SEARCHED or _may_hold(path.read_bytes(), cut)):
            changed += 1
            if not dry_run:
                path.unlink(missing_ok=True)
        elif new is not None and new != path.read_bytes():
            changed += 1
            if not dry_run:
                write_private(path, new)
    return changed


def purge_folders(now: datetime, before: date, *, dry_run: bool = False) -> int:
    """Delete the files older than their folder's `days` at `now` (UTC), or than the day `before`; return how many."""
    changed = 0
    limit = datetime.combine(before, time.min, UTC)
    for folder, path in _files():
        if path.stat().st_mtime < max(limit, now.replace(tzinfo=UTC) - timedelta(folder.days)).timestamp():
            changed += 1
            if not dry_run:
                path.unlink(missing_ok=True)
    return changed


def last_written(connection: Connection) -> datetime | None:
    """Return the time of the last write in the catalogue, from its date columns (naive UTC); None for none."""
    moments = [
        connection.execute(select(func.max(column))).scalar()
        for table in named_tables(connection)
        for column in table.columns
        if isinstance(column.type, DateTime) and column.name not in holding_of(table).ahead
    ]
    return max(filter(None, moments), default=None)


def without_value(value: Any, cut: Cut, erased: str = ERASED) -> Any:
    """Apply `cut` to a text, or to all texts and keys of JSON; a text left empty becomes `erased`."""
    if isinstance(value, str):
        cleared = cut(value)
        return cleared or erased if cleared != value else value
    if isinstance(value, list | tuple):
        return [without_value(item, cut, erased) for item in value]
    if isinstance(value, dict):
        return {without_value(key, cut, erased): without_value(item, cut, erased) for key, item in value.items()}
    return value


def _rows(connection: Connection, table: Table) -> Iterator[dict[str, Any]]:
    return (row for page in pages(connection, table) for row in page)


def _cut_copies(connection: Connection, table: Table, cut: Cut, only: str) -> int:
    """Delete the files stored in a table (in parts, numbered by the last key column) that hold the value or cannot be searched; `only`: column
    that must be true. Return how many."""
    *own, part = table.primary_key.columns
    (content,) = (column for column in table.columns if isinstance(column.type, LargeBinary))
    size = func.sum(func.length(content))
    deleted = 0
    query = select(*own, size).where(table.columns[only]) if only else select(*own, size)
    for *key, weight in connection.execute(query.group_by(*own)).all():
        file = [column == value for column, value in zip(own, key, strict=True)]
        parts = select(content).where(*file).order_by(part)
        if weight > _MOST_SEARCHED or _may_hold(b"".join(connection.execute(parts).scalars()), cut):
            connection.execute(delete(table).where(*file))
            deleted += 1
    return deleted


def _write(connection: Connection, table: Table, row: dict[str, Any], new: dict[str, Any], *, gone: bool) -> None:
    own = [column == row[column.name] for column in table.primary_key.columns]
    needs = holding_of(table).needs
    if gone or (needs and not any((row | new)[name] for name in needs)):
        connection.execute(delete(table).where(*own))
    else:
        connection.execute(update(table).where(*own).values(new))


def _files() -> Iterator[tuple[Folder, Path]]:
    """Yield every file of the cache folders, after making these folders private (0700)."""
    for folder in FOLDERS.values():
        if folder.path.is_dir():
            folder.path.chmod(0o700)
            yield from ((folder, path) for path in sorted(folder.path.rglob("*")) if path.is_file())


def _rewritten(path: Path, cut: Cut) -> bytes | None:
    """Return a JSON or JSON Lines file without the value; None if it cannot be parsed."""
    content = path.read_bytes()
    try:
        lines = content.splitlines(keepends=True) if path.suffix == ".jsonl" else [content]
        new = [(line, json.loads(line)) for line in lines]
    except ValueError:
        return None
    cleared = []
    for line, payload in new:
        cleared_payload = without_value(payload, cut)
        cleared.append(
            line if cleared_payload == payload else json.dumps(cleared_payload, ensure_ascii=False).encode() + b"\n"
        )
    return b"".join(cleared)


def _may_hold(content: bytes, cut: Cut) -> bool:
    """Return whether a file holds the value, or cannot be searched (a workbook, an archive)."""
    encoding = next(name for mark, name in _ENCODINGS if content.startswith(mark))
    if b"\0" in content and encoding != "utf-16":
        return True
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    try:
        objects = _objects([json.loads(line) for line in text.splitlines() if line.strip()])
    except ValueError:
        try:
            objects = _objects(json.loads(text))
        except ValueError:
            page = text.lstrip().startswith("<")
            # of a table, each line, and each cell of nine digits, which may be a telephone number without its leading zero
            cells = (part for line in text.splitlines() for part in (line, *_NINE_DIGITS.findall(line)))
            objects = iter([html.unescape(_TAG.sub(" ", text))]) if page else cells
    return any(cut(line) != line for line in objects)


def _objects(payload: Any) -> Iterator[str]:
    """Yield each text of a JSON document, and the texts of each object joined (a surname and a first name may be two fields)."""
    if isinstance(payload, dict):
        yield " ".join(str(item) for item in payload.values() if isinstance(item, str | int))
    elif isinstance(payload, str | int):
        yield str(payload)
    for item in payload.values() if isinstance(payload, dict) else payload if isinstance(payload, list) else ():
        yield from _objects(item)
