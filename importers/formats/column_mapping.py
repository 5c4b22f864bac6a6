"""Reads a column mapping that a person writes in TOML or JSON (« column name » = « field ») and checks its fields; for the option `--mapping`."""

import json
from bisect import bisect_left
from collections.abc import Mapping
from pathlib import Path

from importers.formats.columns import choices, field_named
from importers.formats.content import decode, load
from importers.importer import SourceError


def _unreadable_line(text: str) -> int:
    """Return the number of the first line that makes `text` invalid TOML (by bisection over its beginnings)."""
    import tomllib

    def is_refused(number: int) -> bool:
        try:
            tomllib.loads("\n".join(lines[:number]))
        except (ValueError, RecursionError):
            return True
        return False

    lines = text.splitlines()
    return bisect_left(range(1, len(lines)), True, key=is_refused) + 1


def read_mapping(path: Path, table: str) -> dict[str, str]:
    """Read a mapping (`"Nom de colonne" = "champ"`) as {normalised column name: field key}; a field of the kind of sheet `table` is written as its key, or
    as one of its usual column names. Raises SourceError in French."""
    import tomllib  # imported here: every command loads this module, and few read a mapping

    text, _ = decode(load(path))
    try:
        content = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (json.JSONDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:  # nested too deep
        message = 'ni du TOML ni du JSON lisible. Une ligne par colonne : "Nom de colonne" = "nom".'
        line = error.lineno if isinstance(error, json.JSONDecodeError) else _unreadable_line(text)
        raise SourceError(path, message, line=line) from error
    for column, target in content.items():
        if not isinstance(target, str):
            raise SourceError(path, 'il faut un nom de champ entre guillemets, par exemple "nom".', column=column)
    return checked_mapping(
        path, {" ".join(column.replace("’", "'").split()): target for column, target in content.items()}, table
    )


def checked_mapping(path: Path, mapping: Mapping[str, str], table: str) -> dict[str, str]:
    """Return a mapping with its fields replaced by their keys. Raises SourceError for a field that this kind of sheet does not have."""
    for column, field in mapping.items():
        if not field_named(table, field):
            raise SourceError(
                path, f"le champ « {field} » n’existe pas. Champs possibles : {choices(table)}.", column=column
            )
    return {column: field_named(table, written) for column, written in mapping.items()}
