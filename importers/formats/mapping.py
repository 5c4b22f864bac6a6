"""A mapping from the names of a file's columns to what a person says they hold, written in TOML or in JSON."""

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from importers.formats.columns import choices, field_named
from importers.formats.content import decode, load
from importers.importer import SourceError

_AT_LINE = re.compile(r"\bline (\d+)")  # in what the JSON and TOML readers say; TOML says nothing of the last line


def read_mapping(path: Path, table: str) -> dict[str, str]:
    """Read a mapping (`"Nom de colonne" = "champ"`), its columns named as `column_names` does, its fields those of a kind of sheet, by key
    or as a column of theirs may be called. SourceError in French."""
    text, _ = decode(load(path))
    try:
        content = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (json.JSONDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:  # nested too deep
        message = 'ni du TOML ni du JSON lisible. Une ligne par colonne : "Nom de colonne" = "nom".'
        at = _AT_LINE.search(str(error))
        raise SourceError(path, message, line=int(at[1]) if at else text.count("\n") + 1) from error
    for column, target in content.items():
        if not isinstance(target, str):
            raise SourceError(path, 'il faut un nom de champ entre guillemets, par exemple "nom".', column=column)
    return checked_mapping(
        path, {" ".join(column.replace("’", "'").split()): said for column, said in content.items()}, table
    )


def checked_mapping(path: Path, mapping: Mapping[str, str], table: str) -> dict[str, str]:
    """Return a mapping with its fields by their keys. SourceError where one is no field of this kind of sheet."""
    for column, said in mapping.items():
        if not field_named(table, said):
            raise SourceError(
                path, f"le champ « {said} » n’existe pas. Champs possibles : {choices(table)}.", column=column
            )
    return {column: field_named(table, said) for column, said in mapping.items()}
