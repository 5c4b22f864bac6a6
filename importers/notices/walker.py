"""Reading of a notice's tree by paths: the walker remembers which it was asked, and names in the end what no path reached."""

from __future__ import annotations

from collections.abc import Iterator

from importers.notices.tree import Node

Path = tuple[str, ...]


class Walker:
    """A node of a tree, read by paths: « OBJET/CPV/PRINCIPAL », « VALEUR/@DEVISE ».

    Of several paths the first that holds something is taken, and all of them count as read.
    """

    __slots__ = ("_at", "_node", "_read", "_whole")

    def __init__(self, node: Node) -> None:
        self._node = node
        self._at: Path = ()
        self._read: set[Path] = set()  # by walkers of the nodes inside too
        self._whole: set[Path] = set()

    def all(self, *paths: str) -> list[Walker]:
        """Return the elements at the first path that has any."""
        for path in paths:
            if nodes := self._found(_parts(path)):
                return [self._inside(node, _parts(path)) for node in nodes]
        return []

    def holding(self, *names: str) -> list[Walker]:
        """Return every element, however deep, that holds one of these names, in order; what they hold is read by paths as elsewhere."""
        walkers: list[Walker] = []
        left: list[tuple[Path, Node]] = [((), self._node)]
        while left:
            at, node = left.pop()
            if not node.inside.keys().isdisjoint(names):
                walkers.append(self._inside(node, at))
            left += [((*at, name), each) for name, held in reversed(node.inside.items()) for each in reversed(held)]
        return walkers

    def texts(self, *paths: str) -> tuple[str, ...]:
        """Return the texts at the first path that has any, each once, in order."""
        texts = [self._texts(_parts(path)) for path in paths]
        return tuple(dict.fromkeys(next(filter(None, texts), [])))

    def first(self, *paths: str) -> str:
        """Return the first text at the first path that has any, empty where none has."""
        return next(iter(self.texts(*paths)), "")

    def words(self, *paths: str) -> str:
        """Return every text under the first path that has any, a line each."""
        texts = ["\n".join(text for node in self._found(_parts(path)) for text in _all_texts(node)) for path in paths]
        self.ignore(*paths)
        return next(filter(None, texts), "")

    def names(self, *paths: str) -> tuple[str, ...]:
        """Return the names of what the elements at these paths hold, and count all of it as read."""
        self.ignore(*paths)
        return tuple(
            dict.fromkeys(name for path in paths for node in self._found(_parts(path)) for name in node.inside)
        )

    def has(self, *paths: str) -> bool:
        """Return whether an element stands at one of these paths, even empty: « MARCHE_RESERVE_NON » means by its name alone."""
        self._read.update(self._at + _parts(path) for path in paths)
        return any(self._found(_parts(path)) for path in paths)

    def ignore(self, *paths: str) -> None:
        """Declare elements, with all that they hold, that are of no use for a lot, or that must not enter (names of persons)."""
        self._whole.update(self._at + _parts(path) for path in paths)

    def unread(self) -> tuple[str, ...]:
        """Return the path of each text, attribute and empty element that was neither read nor ignored, once."""
        leaves: list[Path] = []
        left = [(self._at, self._node)]
        while left:
            at, node = left.pop()
            if at in self._whole:
                continue
            if at and (node.text or not (node.inside or node.attributes)):
                leaves.append(at)
            leaves += [(*at, f"@{name}") for name in node.attributes]
            left += [((*at, name), each) for name, held in reversed(node.inside.items()) for each in reversed(held)]
        return tuple(dict.fromkeys("/".join(path) for path in leaves if path not in self._read))

    def _inside(self, node: Node, parts: Path) -> Walker:
        walker = Walker(node)
        walker._at, walker._read, walker._whole = self._at + parts, self._read, self._whole
        return walker

    def _found(self, parts: Path) -> list[Node]:
        nodes = [self._node]
        for name in parts:
            nodes = [each for node in nodes for each in node.inside.get(name, ())]
        return nodes

    def _texts(self, parts: Path) -> list[str]:
        self._read.add(self._at + parts)
        *above, last = parts or ("",)
        if last.startswith("@"):
            texts = [node.attributes.get(last[1:], "") for node in self._found(tuple(above))]
        else:
            texts = [node.text for node in self._found(parts)]
        return [text for text in texts if text]


def _parts(path: str) -> Path:
    """The names of a path; of « . », the element itself."""
    return () if path == "." else tuple(path.split("/"))


def _all_texts(node: Node) -> Iterator[str]:
    """The texts of an element and of all that it holds."""
    if node.text:
        yield node.text
    for nodes in node.inside.values():
        for each in nodes:
            yield from _all_texts(each)
