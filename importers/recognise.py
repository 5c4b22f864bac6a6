"""Finds which importer a file is for, a directory's or notices': each one reads the first rows, and the one that recognises the most values wins."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import fields, replace
from itertools import islice
from pathlib import Path

from importers import REGISTRY
from importers.formats import Content, load
from importers.formats.column_tally import table_of_kind
from importers.formats.columns import NO_MAPPING, SheetKind, columns_of_header
from importers.formats.delimited import find_delimiter, split_rows
from importers.formats.table import text_of
from importers.formats.workbook import read_sheets
from importers.importer import AwardRecord, Remark, Source, SourceError, SupplierRecord
from importers.notices import NOTICES
from importers.notices.importer import NoticeRecord
from importers.notices.page import KEY as WHOLE_TEXT
from importers.notices.page import speaks_of_notice
from importers.tableur import KIND as LISTED

# Rows read by each importer; remarks on columns are not counted.
_SAMPLE = 40
_NOT_COUNTED = frozenset({"source", "source_ref", "line", "projection", "listing", "shape", "text", "unread"})
# Importer of any sheet of suppliers; sheets of purchases are refused.
LISTS = "tableur"
_SPENT = "montant"
_BOUGHT = SheetKind("achats", ((_SPENT,),))
PURCHASES = (
    "c’est un relevé d’achats (« {} »), non un annuaire : « entremise historique » dit sa part inclusive, « entremise rapprocher » y reconnaît "
    "les fournisseurs du catalogue ; aux pages, « Achats »."
)
_COUNTED = {
    kind: tuple(field.name for field in fields(kind) if field.name not in _NOT_COUNTED)
    for kind in (SupplierRecord, AwardRecord, NoticeRecord)
}


def recognise(source: Source, keys: Sequence[str]) -> str:
    """Return the key of the importer, among `keys`, that recognises a file best, the first of equals; the importer of any sheet must be last.

    An importer that knows every column wins over one that takes more values; a key of both a directory and notices is the directory's. Raises SourceError if
    none recognises the file: the error of the last importer, or that there is no supplier in it."""
    keys = _possible(keys, source.path)
    chosen: tuple[tuple[bool, int], str] | None = None
    trouble: SourceError | None = None
    for key in keys:
        try:
            worth = _worth(key, source)
        except SourceError as error:
            trouble = error
            continue
        trouble = None
        if worth[1] and (chosen is None or worth > chosen[0]):
            chosen = worth, key
    if chosen is not None:
        if chosen[1] == LISTS and (column := _spending_column(source)):
            raise SourceError(source.path, PURCHASES.format(column))
        return chosen[1]
    if WHOLE_TEXT in keys:
        with suppress(SourceError):
            items = NOTICES[WHOLE_TEXT].read(source.path)
            if any(isinstance(item, NoticeRecord) and speaks_of_notice(item.text) for item in items):
                return WHOLE_TEXT
    if trouble is None or load(source.path).content is Content.JSON:
        raise SourceError(
            source.path, "aucun fournisseur n’y est lu : ce n’est le fichier d’aucun annuaire connu, ni un avis."
        )
    raise trouble


def _possible(keys: Sequence[str], path: Path) -> Sequence[str]:
    """Return the keys, without the importer of plain texts if the file is a workbook, XML or a CSV (most rows have the same number of cells, at least
    two)."""
    if WHOLE_TEXT not in keys:
        return keys
    structured = [key for key in keys if key != WHOLE_TEXT]
    try:
        if (file := load(path)).content is Content.HTML:
            return keys
        if file.content is not Content.TEXT:
            return structured if read_sheets(file) else keys
        text = text_of(file)
        if "".join(islice(text.parts(), 1)).lstrip().startswith("<"):
            return structured
        delimiter = find_delimiter(text.lines(), lambda _: 0)  # the most regular one, since no header is known
        rows = islice(split_rows(path, text.lines(), delimiter), _SAMPLE)
        widths = Counter(len(cells) for _, cells in rows if any(map(str.strip, cells)))
    except SourceError:  # a document, or a text that is not a CSV
        return keys
    (width, alike), *_ = widths.most_common(1) or [(1, 0)]
    return structured if width > 1 and 1 < alike > widths.total() / 2 else keys


def _spending_column(source: Source) -> str:
    """Return the column of amounts spent, if a sheet has more fields of purchases than of suppliers; else an empty text."""
    names = table_of_kind(source.path, LISTED, NO_MAPPING).columns
    bought = columns_of_header(_BOUGHT, names).of
    of_suppliers = sum(map(len, columns_of_header(replace(LISTED, believes=False), names).of.values()))
    is_spending = bought.keys() >= {_SPENT} and sum(map(len, bought.values())) > of_suppliers
    return bought[_SPENT][0] if is_spending else ""


def _worth(key: str, source: Source) -> tuple[bool, int]:
    """Return (whether the importer reads every column, number of values that it takes from the first rows); False for a plain text."""
    unknown = taken = rows = 0
    for item in REGISTRY[key].read(source) if key in REGISTRY else NOTICES[key].read(source.path):
        if isinstance(item, Remark):
            unknown += item.message.startswith("Colonne ") and "non reprise" in item.message
            continue
        rows += 1
        unknown += isinstance(item, NoticeRecord) and bool(item.text)
        if isinstance(item, SupplierRecord | AwardRecord | NoticeRecord):
            taken += sum(1 for name in _COUNTED[type(item)] if getattr(item, name))
        if rows == _SAMPLE:
            break
    return not unknown, taken
