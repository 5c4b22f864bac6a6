"""Tree of a notice, the same from XML and JSON (names without namespace prefix, texts, attributes), with queries by path; built here, within limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers.expat import ExpatError

from importers.formats.elements import Elements
from importers.formats.limits import MAX_DEPTH
from importers.importer import SourceError

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


# Most bytes of a notice; 100 lots with every possible field have two million.
MOST_BYTES = 32 * 2**20


class XmlTree(Elements):
    """XML handler that builds the tree (`root`), and stores the name of its root element."""

    def __init__(self) -> None:
        self.name = ""
        self.root = Node()
        self._open: list[Node] = []
        self._texts: list[list[str]] = []
        self._nodes = 0

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        self._nodes += 1
        if len(self._open) >= MAX_DEPTH or self._nodes > MOST_NODES:
            raise TreeRefused(TOO_MANY if self._nodes > MOST_NODES else TOO_DEEP)
        node = Node(attributes={key: value.strip() for key, value in attributes.items()})
        if self._open:
            self._open[-1].inside.setdefault(name, []).append(node)
        else:
            self.name, self.root = name, node
        self._open.append(node)
        self._texts.append([])

    def end(self, _name: str) -> None:
        self._open.pop().text = "".join(self._texts.pop()).strip()

    def text(self, data: str) -> None:
        self._texts[-1].append(data)


def read_tree(path: Path, parts: Iterable[bytes]) -> XmlTree:
    """Return the tree of a notice from chunks of bytes; `path` is for error messages. Raises SourceError."""
    tree = XmlTree()
    try:
        tree.parse(_bounded_parts(path, parts))
    except ExpatError as error:
        message = f"le XML est interrompu ou fautif à la colonne {error.offset + 1} ; téléchargez l’avis à nouveau."
        raise SourceError(path, message, line=error.lineno) from error
    except TreeRefused as error:
        raise SourceError(path, str(error)) from error
    except (ValueError, LookupError) as error:
        raise SourceError(
            path, "ce XML déclare un type de document ou un codage que les avis n’ont pas : il est refusé par prudence."
        ) from error
    return tree


def _bounded_parts(path: Path, parts: Iterable[bytes]) -> Iterator[bytes]:
    read = 0
    for part in parts:
        read += len(part)
        if read > MOST_BYTES:
            raise SourceError(path, f"l’avis dépasse {MOST_BYTES // 2**20} Mio : il est refusé par prudence.")
        yield part
