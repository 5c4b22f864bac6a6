"""Tree of a published notice, the same whether it is written in XML or in JSON: names without prefix, texts and attributes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from importers.formats.limits import MAX_DEPTH

# An example of 100 lots that say all that can be said has 26,000; this many take some hundred megabytes.
MOST_NODES = 500_000
# The largest contracts are of some hundreds.
MOST_LOTS = 5_000
TOO_MANY_LOTS = f"l’avis a plus de {MOST_LOTS} lots : il est refusé par prudence."
TOO_DEEP = f"l’avis emboîte plus de {MAX_DEPTH} niveaux : il est refusé par prudence."
TOO_MANY = f"l’avis a plus de {MOST_NODES} éléments : il est refusé par prudence."


class TreeRefused(Exception):
    """A notice too deep or too large to be read. The message is French."""


@dataclass(slots=True)
class Node:
    """An element: its text, its attributes, and what it holds, by name, in order."""

    text: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    inside: dict[str, list[Node]] = field(default_factory=dict)

    def all(self, path: str) -> list[Node]:
        """Return every element at a path, « PlannedPeriod/DurationMeasure », in order."""
        nodes = [self]
        for name in path.split("/"):
            nodes = [each for node in nodes for each in node.inside.get(name, ())]
        return nodes

    def one(self, path: str) -> Node:
        """Return the first element at a path, an empty one where there is none."""
        return next(iter(self.all(path)), Node())

    def texts(self, path: str) -> list[str]:
        """Return the texts at a path that are not empty, each once, in order."""
        return list(dict.fromkeys(node.text for node in self.all(path) if node.text))

    def first(self, path: str) -> str:
        """Return the first text at a path, empty where there is none."""
        return next((node.text for node in self.all(path) if node.text), "")


def local_name(name: str) -> str:
    """Return a name without its prefix: « cbc:ID », « ID »."""
    return name.rpartition(":")[2]


def json_tree(value: object) -> Node:
    """Return the tree of an element written as a JSON value: a scalar, an object (« #text », « @attribute », names), the first of a list.

    One element stands as it is, several of a name as a list. Raises TreeRefused where it is too deep or too large.
    """
    room = iter(range(MOST_NODES))
    return next(_elements(value, 0, room), Node())


def _elements(value: object, depth: int, room: Iterator[int]) -> Iterator[Node]:
    """The elements that a value is: those of a list, lists in it opened; null is an empty one."""
    if depth > MAX_DEPTH:
        raise TreeRefused(TOO_DEEP)
    if isinstance(value, list):
        for each in value:
            yield from _elements(each, depth + 1, room)
        return
    if next(room, None) is None:
        raise TreeRefused(TOO_MANY)
    yield _of_object(value, depth, room) if isinstance(value, Mapping) else Node(_scalar(value))


def _of_object(value: Mapping[str, object], depth: int, room: Iterator[int]) -> Node:
    node = Node()
    for key, inner in value.items():
        if key == "#text":
            node.text = _scalar(inner)
        elif key.startswith("@"):
            node.attributes[local_name(key[1:])] = _scalar(inner)
        elif nodes := list(_elements(inner, depth + 1, room)):
            node.inside.setdefault(local_name(key), []).extend(nodes)
    return node


def _scalar(value: object) -> str:
    """A scalar as XML would write it; null is an empty text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value).strip()
    return ""
