"""The register of personal data: every place where a value of a person or of a supplier can lie, and the one walk that takes it out.

A table declares what it holds, beside its row class (`holding`); the folders that the code writes are in `FOLDERS`, and no
other module asks where the cache is. Backups are apart: nothing here touches them.
"""

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

# Returns a text without the values that are looked for; the text itself where it holds none.
Cut = Callable[[str], str]
ERASED = "[effacé]"

_NINE_DIGITS = re.compile(r"(?<![^;,\t|\"])[1-9]\d{8}(?![^;,\t|\".])")
# Bytes of a copy: a megabyte takes about a second to search, and what is larger is downloaded or dropped again in less.
_MOST_SEARCHED = 16 * 2**20
_TAG = re.compile(r"<[^<>]*>")
_ENCODINGS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"", "utf-8-sig"))


class Way(Enum):
    """Road by which a value leaves a table."""

    CUT = "le parcours la retire de chaque texte"
    OWN = "la pièce qui tient la table la réécrit, avec son empreinte"
    COMPUTED = "recalculée sans elle"
    COPIES = "le fichier qui la tient est effacé"
    APART = "reste, pour la raison dite"


@dataclass(frozen=True, slots=True)
class Holding:
    """Declaration of what a table holds of persons and suppliers, in French, and of how it leaves.

    Every text and JSON column is walked but its keys: primary and foreign ones, and those of `keys`. The columns of `person` are one
    person's: all go where the first held the value, or once the first known date of `dates` is older than what is kept. A row goes where all
    of `needs` are empty, or, `whole`, where it held the value; with `days`, once the first of `dates` is so old. `supplier`: it may speak of a supplier that leaves, and where the column
    `supplier_if` is given, in the rows alone where it is true. The moments of `ahead` may be to come: nothing was written at them.
    """

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
    """A folder of the cache that the code writes: what it holds, in French.

    The files of `rewritten` (patterns of names) are JSON of ours and keep their place, without the value; any other is a copy of a file that
    is elsewhere, and goes where it holds the value or cannot be searched. Nothing stays longer than `days`. `supplier`: it may speak of a
    supplier that leaves. `own`: its room drops it by itself. `shared`: it is the folder of `ENTREMISE_FILES`, where that is set.
    """

    name: str
    what: str
    days: int
    rewritten: tuple[str, ...] = ()
    supplier: bool = False
    own: bool = False
    shared: bool = False

    @property
    def path(self) -> Path:
        """Return where it is. It may not exist yet."""
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
    """Return what a table declares that it holds. Raises LookupError where its row class declares nothing."""
    for mapper in Base.registry.mappers:
        if mapper.local_table is table and isinstance(holding := getattr(mapper.class_, "holding", None), Holding):
            return holding
    raise LookupError(f"table without a holding: {table.name}")


def walked_columns(table: Table) -> tuple[str, ...]:
    """Return the columns of a table that are walked: its texts and its JSON, keys aside."""
    keys = holding_of(table).keys
    return tuple(
        column.name
        for column in table.columns
        if isinstance(column.type, String | JSON)
        and not (column.primary_key or column.foreign_keys or column.name in keys)
    )


def cut_tables(connection: Connection, cut: Cut, *, of_supplier: bool = False) -> int:
    """Take a value out of every table of the register, or of those alone that may speak of a supplier; return in how many rows it was."""
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
            if new := _changed(row, names, holding, cut):
                _write(connection, table, row, new, gone=holding.whole)
                changed += 1
    return changed


def _changed(row: Mapping[str, Any], names: Sequence[str], holding: Holding, cut: Cut) -> dict[str, Any]:
    """The columns of a row without a value, empty where it is in none; a person whose first column held it goes whole."""
    new: dict[str, Any] = {
        name: without_value(row[name], cut, "" if name in holding.person else ERASED) for name in names
    }
    if all(new[name] == row[name] for name in names):
        return {}
    if holding.person and new[holding.person[0]] != row[holding.person[0]]:
        new |= dict.fromkeys(holding.person, "")
    return new


def purge_outlived(connection: Connection, now: datetime) -> int:
    """Delete the rows that have outlived the days of their table at `now` (UTC); return how many."""
    gone = 0
    for table in named_tables(connection):
        if (holding := holding_of(table)).days:
            old = table.columns[holding.dates[0]] < now.replace(tzinfo=None) - timedelta(holding.days)
            gone += connection.execute(delete(table).where(old)).rowcount
    return gone


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
    """Take a value out of the folders of the register: what is ours is rewritten, copies go. Return how many files it changed."""
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
    """Delete the files that have outlived their folder's days at `now` (UTC), or are older than what is kept; return how many."""
    changed = 0
    limit = datetime.combine(before, time.min, UTC)
    for folder, path in _files():
        if path.stat().st_mtime < max(limit, now.replace(tzinfo=UTC) - timedelta(folder.days)).timestamp():
            changed += 1
            if not dry_run:
                path.unlink(missing_ok=True)
    return changed


def last_written(connection: Connection) -> datetime | None:
    """Return the latest moment at which anything was written in the catalogue, by its own rows (UTC without zone); None where none has one."""
    moments = [
        connection.execute(select(func.max(column))).scalar()
        for table in named_tables(connection)
        for column in table.columns
        if isinstance(column.type, DateTime) and column.name not in holding_of(table).ahead
    ]
    return max(filter(None, moments), default=None)


def without_value(value: Any, cut: Cut, erased: str = ERASED) -> Any:
    """Return a text, or JSON, without what `cut` takes out of its texts and keys; a text that held nothing else becomes `erased`."""
    if isinstance(value, str):
        left = cut(value)
        return left or erased if left != value else value
    if isinstance(value, list | tuple):
        return [without_value(item, cut, erased) for item in value]
    if isinstance(value, dict):
        return {without_value(key, cut, erased): without_value(item, cut, erased) for key, item in value.items()}
    return value


def _rows(connection: Connection, table: Table) -> Iterator[dict[str, Any]]:
    return (row for page in pages(connection, table) for row in page)


def _cut_copies(connection: Connection, table: Table, cut: Cut, only: str) -> int:
    """Delete the files of a table, whose parts its key numbers last, that hold the value or cannot be searched, those alone where the
    column `only` is true; return how many."""
    *own, part = table.primary_key.columns
    (content,) = (column for column in table.columns if isinstance(column.type, LargeBinary))
    size = func.sum(func.length(content))
    gone = 0
    query = select(*own, size).where(table.columns[only]) if only else select(*own, size)
    for *key, weight in connection.execute(query.group_by(*own)).all():
        file = [column == value for column, value in zip(own, key, strict=True)]
        parts = select(content).where(*file).order_by(part)
        if weight > _MOST_SEARCHED or _may_hold(b"".join(connection.execute(parts).scalars()), cut):
            connection.execute(delete(table).where(*file))
            gone += 1
    return gone


def _write(connection: Connection, table: Table, row: dict[str, Any], new: dict[str, Any], *, gone: bool) -> None:
    own = [column == row[column.name] for column in table.primary_key.columns]
    needs = holding_of(table).needs
    if gone or (needs and not any((row | new)[name] for name in needs)):
        connection.execute(delete(table).where(*own))
    else:
        connection.execute(update(table).where(*own).values(new))


def _files() -> Iterator[tuple[Folder, Path]]:
    """Every file of the folders of the register, which are closed to others where an earlier version left them open."""
    for folder in FOLDERS.values():
        if folder.path.is_dir():
            folder.path.chmod(0o700)
            yield from ((folder, path) for path in sorted(folder.path.rglob("*")) if path.is_file())


def _rewritten(path: Path, cut: Cut) -> bytes | None:
    """A file of JSON of ours, or of JSON lines, without the value; None where it is not one."""
    content = path.read_bytes()
    try:
        lines = content.splitlines(keepends=True) if path.suffix == ".jsonl" else [content]
        new = [(line, json.loads(line)) for line in lines]
    except ValueError:
        return None
    cleared = []
    for line, payload in new:
        left = without_value(payload, cut)
        cleared.append(line if left == payload else json.dumps(left, ensure_ascii=False).encode() + b"\n")
    return b"".join(cleared)


def _may_hold(content: bytes, cut: Cut) -> bool:
    """Return whether a copy holds the value, or cannot be searched: a workbook, an archive."""
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
            objects = iter([html.unescape(_TAG.sub(" ", text))]) if page else _lines(text)
    return any(cut(line) != line for line in objects)


def _lines(text: str) -> Iterator[str]:
    """Each line of a table, and each cell of it that is nine digits: perhaps a telephone that has lost its zero."""
    for line in text.splitlines():
        yield line
        yield from _NINE_DIGITS.findall(line)


def _objects(payload: Any) -> Iterator[str]:
    """Each text of a JSON document, and each object's texts together: a surname and a first name are two fields."""
    if isinstance(payload, dict):
        yield " ".join(str(item) for item in payload.values() if isinstance(item, str | int))
    elif isinstance(payload, str | int):
        yield str(payload)
    for item in payload.values() if isinstance(payload, dict) else payload if isinstance(payload, list) else ():
        yield from _objects(item)
