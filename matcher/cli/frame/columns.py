"""Option `--mapping` of commands that read a spreadsheet: which field each column holds, as stated by the user and remembered for files with that header."""

from collections.abc import Sequence
from pathlib import Path

import click
from sqlalchemy import Engine

from importers.formats.column_mapping import read_mapping
from importers.formats.columns import ColumnMapping, SheetKind, quote_names, sheet_fields
from importers.importer import SourceError
from matcher.catalogue.intake.read_apart import headers_in_subprocess
from matcher.catalogue.store.column_mappings import remember_columns, remembered_columns
from matcher.cli.frame.options import RequestRefused, existing, mapping_option
from matcher.clock import now
from matcher.decisions.purchases.sheet import PurchaseSheet, read_sheet
from matcher.jobs.reader_process import COMMAND

__all__ = ["mapping_of_files", "mapping_option", "purchase_sheet", "with_proposed"]


def with_proposed(column_mapping: ColumnMapping, kind: SheetKind, paths: Sequence[Path], *, ask: bool) -> ColumnMapping:
    """Return a mapping of columns completed with guesses for column names that are nearly known, each printed; if `ask`, raise RequestRefused with the
    guesses instead."""
    columns = [
        column
        for path in paths
        for header in headers_in_subprocess(path, kind, column_mapping, limits=COMMAND)
        for column in header.columns
    ]
    labels = sheet_fields(kind.table)
    guessed = [column for column in columns if column.likely and column.filled and not column.field]
    proposed = {column.name: column.likely for column in guessed}
    proposals = [f"« {name} » : {labels[key].label}" for name, key in proposed.items()]
    if proposals and ask:
        guesses = " ; ".join(proposals)
        raise RequestRefused(f"Est-ce bien ce que disent ces colonnes ? {guesses}. Répondez par --mapping.")
    for proposal in proposals:
        click.echo(
            f"Colonne prise comme proposé, {proposal} (--demander pour arrêter, --mapping pour dire autre chose)."
        )
    return ColumnMapping({**proposed, **column_mapping.of_file}, column_mapping.remembered)


def mapping_of_files(
    engine: Engine, kind: SheetKind, paths: Sequence[Path], mapping: Path | None, *, dry_run: bool = False
) -> ColumnMapping:
    """Return the mapping of the columns of these files: from the file `mapping`, which is remembered except in a dry run, and from earlier files. Raises
    SourceError where `mapping` is invalid or names a column that no file has, ReadRefused, DatabaseError."""
    columns = remembered_columns(engine, kind.table)
    if mapping is None:
        return columns
    columns = ColumnMapping(read_mapping(existing(mapping), kind.table), columns.remembered)
    headers = {header.names for path in paths for header in headers_in_subprocess(path, kind, columns, limits=COMMAND)}
    seen = list(dict.fromkeys(name for names in sorted(headers) for name in names))
    for absent in sorted(columns.of_file.keys() - set(seen)):
        raise SourceError(
            mapping, f"aucun tableau n’a cette colonne. Colonnes vues : {quote_names(seen)}.", column=absent
        )
    if not dry_run:
        mapped = {names: columns.of(names) for names in headers if not columns.of_file.keys().isdisjoint(names)}
        remember_columns(engine, kind.table, mapped, now=now())
    return columns


def purchase_sheet(engine: Engine, kind: SheetKind, path: Path, most: int, mapping: Path | None) -> PurchaseSheet:
    """Read a buyer's spreadsheet, up to `most` lines, with the mapping of `mapping_of_files`. Raises the same errors."""
    return read_sheet(existing(path), kind, most, mapping_of_files(engine, kind, [path], mapping))
