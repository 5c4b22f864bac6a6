"""JSON → items, whatever the envelope: API pages, a bare list, one object, or JSON lines of any of these."""

import json
from collections.abc import Iterator
from typing import Any, Self

from importers.formats.content import Content, File, decode
from importers.importer import SourceError
from importers.record import RefusedRow, Remark
from importers.row import Row


class JsonRow(Row):
    """An item of a JSON file: scalars are taken as text, lists by `take_list`. `line` is its rank in the file, from 1."""

    __slots__ = ("_lists", "_objects")

    def __init__(self, item: dict[str, Any], line: int) -> None:
        super().__init__({_text(key): _text(value) for key, value in item.items()}, line)
        self._lists = {key: value for key, value in item.items() if isinstance(value, list)}
        self._objects = {key: value for key, value in item.items() if isinstance(value, dict)}

    def take_object(self, column: str) -> Self | None:
        """Return the object at `column` as a row, None where there is none."""
        self.ignore((column,))
        found = self._objects.get(column)
        return None if found is None else type(self)(found, self.line)

    def take_list(self, *columns: str) -> list[Self | str]:
        """Return the elements of the first non-empty list among `columns`, lists in it opened: objects as rows, the rest as text."""
        self.ignore(columns)
        listed = next((self._lists[column] for column in columns if self._lists.get(column)), [])
        elements = [each for held in listed for each in (held if isinstance(held, list) else [held])]
        return [type(self)(each, self.line) if isinstance(each, dict) else _text(each) for each in elements]


def _text(value: object) -> str:
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, bool):
        return "oui" if value else "non"
    return ""


def read_items(file: File, inside: str = "results") -> Iterator[JsonRow | RefusedRow | Remark]:
    """Yield the items in order, numbers as written: those of a bare list, or of what an object holds `inside` (a list, or an
    object of lists). SourceError with line and column where the JSON is cut short.
    """
    if file.content is Content.HTML:
        raise SourceError(file.path, "ce fichier est une page HTML ; il faut la réponse JSON de l’API.")
    if file.content is not Content.JSON:
        raise SourceError(file.path, "ce fichier n’est pas du JSON : il devrait commencer par « { » ou « [ ».")
    text, remarks = decode(file)
    yield from remarks
    rank = 0
    for document in _documents(file, text):
        for item in _items(file, document, inside):
            rank += 1
            if isinstance(item, dict):
                yield JsonRow(item, rank)
            else:
                yield RefusedRow(rank, "l’élément n’est pas un objet JSON.")


def _documents(file: File, text: str) -> Iterator[Any]:
    # Numbers stay text: a SIRET or a coordinate is passed on as written. NaN is no value.
    decoder = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=lambda _name: None)
    position = _skip_blank(text, 0)
    while position < len(text):
        try:
            document, position = decoder.raw_decode(text, position)
        except json.JSONDecodeError as error:
            message = f"le JSON est interrompu ou fautif à la colonne {error.colno} ; téléchargez-le à nouveau."
            raise SourceError(file.path, message, line=error.lineno) from error
        except RecursionError as error:
            raise SourceError(file.path, "le JSON est imbriqué sur trop de niveaux.") from error
        yield document
        position = _skip_blank(text, position)


def _skip_blank(text: str, position: int) -> int:
    while position < len(text) and text[position].isspace():
        position += 1
    return position


def _items(file: File, document: object, inside: str) -> list[Any]:
    if isinstance(document, list):
        return document
    if isinstance(document, dict):
        found = document.get(inside)
        if isinstance(found, list):
            return found
        if isinstance(found, dict):
            return [item for held in found.values() if isinstance(held, list) for item in held]
        if "siret" in document:
            return [document]
        if "detail" in document:
            raise SourceError(file.path, f"c’est une réponse d’erreur de l’API : « {_text(document['detail'])} ».")
    raise SourceError(file.path, f"le JSON n’est pas une liste, et ne contient pas de liste « {inside} ».")
