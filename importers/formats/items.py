"""Streams the items of a JSON file, in any envelope: API pages, a bare list, one object, or JSON lines of any of these."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

from importers.emit import Row
from importers.formats.content import Content, File, read_text
from importers.formats.json_stream import JsonReader
from importers.importer import RefusedRow, Remark, SourceError


@dataclass(frozen=True, slots=True)
class JsonObject:
    """An item of a JSON file, as a dict; `line` is its rank in the file, from 1."""

    members: dict[str, Any]
    line: int


class JsonRow(Row):
    """An item of a JSON file: scalars are taken as text, lists by `take_list`. `line` is its rank in the file, from 1."""

    __slots__ = ("_lists", "_objects")

    def __init__(self, item: dict[str, Any], line: int) -> None:
        super().__init__({_text(key): _text(value) for key, value in item.items()}, line)
        self._lists = {key: value for key, value in item.items() if isinstance(value, list)}
        self._objects = {key: value for key, value in item.items() if isinstance(value, dict)}

    def take_object(self, column: str) -> Self | None:
        """Return the nested object at `column` as a row, or None."""
        self.ignore((column,))
        inner = self._objects.get(column)
        return None if inner is None else type(self)(inner, self.line)

    def take_list(self, *columns: str) -> list[Self | str]:
        """Return the elements of the first non-empty list among `columns`, with nested lists flattened: objects as rows, the rest as text."""
        self.ignore(columns)
        values = next((self._lists[column] for column in columns if self._lists.get(column)), [])
        elements = [element for value in values for element in (value if isinstance(value, list) else [value])]
        return [type(self)(item, self.line) if isinstance(item, dict) else _text(item) for item in elements]


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "oui" if value else "non"
    return ""


def read_json_rows(file: File, inside: str = "results") -> Iterator[JsonRow | RefusedRow | Remark]:
    """Yield the items as rows: scalars as text, numbers as written."""
    for item in read_json_objects(file, inside):
        yield JsonRow(item.members, item.line) if isinstance(item, JsonObject) else item


def read_json_objects(file: File, inside: str, known_by: str = "siret") -> Iterator[JsonObject | RefusedRow | Remark]:
    """Stream the items in order, numbers as written: the elements of a bare list, or of the member `inside` of an object (a list, or an object of lists), or
    the object itself if it has the member `known_by`. Raises SourceError with line and column for truncated JSON."""
    if file.content is Content.HTML:
        raise SourceError(file.path, "ce fichier est une page HTML ; il faut la réponse JSON de l’API.")
    if file.content is not Content.JSON:
        raise SourceError(file.path, "ce fichier n’est pas du JSON : il devrait commencer par « { » ou « [ ».")
    text = read_text(file)
    yield from text.remarks
    reader = JsonReader(file.path, text.parts())
    rank = 0
    while reader.more_documents():
        for item in _items(file, reader, inside, known_by):
            rank += 1
            if isinstance(item, dict):
                yield JsonObject(item, rank)
            else:
                yield RefusedRow(rank, "l’élément n’est pas un objet JSON.")


def _items(file: File, reader: JsonReader, inside: str, known_by: str) -> Iterator[Any]:
    if reader.next_is("["):
        yield from reader.elements()
        return
    if reader.next_is("{"):
        others: dict[str, Any] = {}
        listed = False
        for key in reader.members():
            if key == inside and (reader.next_is("[") or reader.next_is("{")):
                listed = True
                # the list itself, or an object of lists, whose other members are skipped
                for _name in [inside] if reader.next_is("[") else reader.members():
                    if reader.next_is("["):
                        yield from reader.elements()
                    else:
                        reader.value()
            else:
                others[key] = reader.value()
        if listed:
            return
        if known_by in others:
            yield others
            return
        if "detail" in others:
            raise SourceError(file.path, f"c’est une réponse d’erreur de l’API : « {_text(others['detail'])} ».")
    else:
        reader.value()
    raise SourceError(file.path, f"le JSON n’est pas une liste, et ne contient pas de liste « {inside} ».")
