"""Tree of a notice, the same from XML and JSON (names without namespace prefix, texts, attributes), with queries by path; built here from JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from importers.formats.limits import MAX_DEPTH

# 100 lots with every possible field have 26,000; so many take some hundred megabytes.
MOST_NODES = 500_000
# The largest contracts have some hundreds.
MOST_LOTS = 5_000
TOO_MANY_LOTS = f"l’avis a plus de {MOST_LOTS} lots : il est refusé par prudence."
TOO_DEEP = f"l’avis emboîte plus de {MAX_DEPTH} niveaux : il est refusé par prudence."
TOO_MANY = f"l’avis a plus de {MOST_NODES} éléments : il est refusé par prudence."


class TreeRefused(Exception):
    """The notice is too deep or too large. The message is French."""


@dataclass(slots=True)
class Node:
    """An element: its text, its attributes, and its children by name (`inside`), in order."""

    text: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    inside: dict[str, list[Node]] = field(default_factory=dict)

    def all(self, path: str) -> list[Node]:
        """Return every element at a path, « PlannedPeriod/DurationMeasure », in order."""
        nodes = [self]
        for name in path.split("/"):
            nodes = [child for node in nodes for child in node.inside.get(name, ())]
        return nodes

    def one(self, path: str) -> Node:
        """Return the first element at a path, or an empty one."""
        return next(iter(self.all(path)), Node())

    def texts(self, path: str) -> list[str]:
        """Return the distinct non-empty texts at a path, in order."""
        return list(dict.fromkeys(node.text for node in self.all(path) if node.text))

    def first(self, path: str) -> str:
        """Return the first text at a path, or an empty one."""
        return next((node.text for node in self.all(path) if node.text), "")


def local_name(name: str) -> str:
    """Return a name without its prefix: « ID » for « cbc:ID »."""
    return name.rpartition(":")[2]


def json_tree(value: object) -> Node:
    """Return the tree of a JSON value: a scalar, an object (keys « #text », « @attribute » and children's names), or the first of a list.

    Several children of one name are a list. Raises TreeRefused if it is too deep or too large."""
    room = iter(range(MOST_NODES))  # one step for each element still allowed
    return next(_elements(value, 0, room), Node())


def _elements(value: object, depth: int, room: Iterator[int]) -> Iterator[Node]:
    """Yield the elements of a value: those of a list, with nested lists flattened; null is an empty element."""
    if depth > MAX_DEPTH:
        raise TreeRefused(TOO_DEEP)
    if isinstance(value, list):
        for item in value:
            yield from _elements(item, depth + 1, room)
        return
    if next(room, None) is None:
        raise TreeRefused(TOO_MANY)
    if not isinstance(value, Mapping):
        yield Node(_scalar(value))
        return
    node = Node()
    for key, inner in value.items():
        if key == "#text":
            node.text = _scalar(inner)
        elif key.startswith("@"):
            node.attributes[local_name(key[1:])] = _scalar(inner)
        elif nodes := list(_elements(inner, depth + 1, room)):
            node.inside.setdefault(local_name(key), []).extend(nodes)
    yield node


def _scalar(value: object) -> str:
    """Return a scalar as XML would write it; null is an empty text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value).strip()
    return ""
