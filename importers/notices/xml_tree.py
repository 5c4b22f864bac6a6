"""Parses a notice in XML into a tree of Nodes, within limits of size and depth; every fault is a SourceError in French."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.parsers.expat import ExpatError

from importers.formats.elements import Elements
from importers.formats.limits import MAX_DEPTH
from importers.importer import SourceError
from importers.notices.tree import MOST_NODES, TOO_DEEP, TOO_MANY, Node, TreeRefused

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
