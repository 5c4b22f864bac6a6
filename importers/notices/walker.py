"""Reads the tree of a notice by paths, and records the paths read, so that the keys that no code read can be reported."""

from __future__ import annotations

from collections.abc import Iterator

from importers.notices.tree import Node

Path = tuple[str, ...]


class Walker:
    """A node of a tree, read by paths: « OBJET/CPV/PRINCIPAL », « VALEUR/@DEVISE ».

    Given several paths, a method takes the first that has a value, and marks all of them as read."""

    __slots__ = ("_at", "_node", "_read", "_whole")

    def __init__(self, node: Node) -> None:
        self._node = node
        self._at: Path = ()
        self._read: set[Path] = set()  # shared with the walkers of the nodes inside
        self._whole: set[Path] = set()

    def all(self, *paths: str) -> list[Walker]:
        """Return the elements at the first path that has any."""
        for path in paths:
            if nodes := self._found(_parts(path)):
                return [self._inside(node, _parts(path)) for node in nodes]
        return []

    def holding(self, *names: str) -> list[Walker]:
        """Return every element, at any depth, that has a child of one of these names, in order."""
        walkers: list[Walker] = []
        stack: list[tuple[Path, Node]] = [((), self._node)]
        while stack:
            at, node = stack.pop()
            if not node.inside.keys().isdisjoint(names):
                walkers.append(self._inside(node, at))
            stack += _children(at, node)
        return walkers

    def texts(self, *paths: str) -> tuple[str, ...]:
        """Return the distinct texts at the first path that has any, in order."""
        texts = [self._texts(_parts(path)) for path in paths]
        return tuple(dict.fromkeys(next(filter(None, texts), [])))

    def first(self, *paths: str) -> str:
        """Return the first text at the first path that has any, or an empty one."""
        return next(iter(self.texts(*paths)), "")

    def words(self, *paths: str) -> str:
        """Return all texts under the first path that has any, one on a line."""
        texts = ["\n".join(text for node in self._found(_parts(path)) for text in _all_texts(node)) for path in paths]
        self.ignore(*paths)
        return next(filter(None, texts), "")

    def names(self, *paths: str) -> tuple[str, ...]:
        """Return the names of the children at these paths, and mark all of them as read."""
        self.ignore(*paths)
        return tuple(dict.fromkeys(key for path in paths for node in self._found(_parts(path)) for key in node.inside))

    def has(self, *paths: str) -> bool:
        """Return True if one of these paths has an element, even an empty one, such as « MARCHE_RESERVE_NON »."""
        self._read.update(self._at + _parts(path) for path in paths)
        return any(self._found(_parts(path)) for path in paths)

    def ignore(self, *paths: str) -> None:
        """Mark elements, with all their content, as read: they are useless, or must not be imported (names of persons)."""
        self._whole.update(self._at + _parts(path) for path in paths)

    def unread(self) -> tuple[str, ...]:
        """Return the distinct paths of the texts, attributes and empty elements that were neither read nor ignored."""
        leaves: list[Path] = []
        stack = [(self._at, self._node)]
        while stack:
            at, node = stack.pop()
            if at in self._whole:
                continue
            if at and (node.text or not (node.inside or node.attributes)):
                leaves.append(at)
            leaves += [(*at, f"@{name}") for name in node.attributes]
            stack += _children(at, node)
        return tuple(dict.fromkeys("/".join(path) for path in leaves if path not in self._read))

    def _inside(self, node: Node, parts: Path) -> Walker:
        walker = Walker(node)
        walker._at, walker._read, walker._whole = self._at + parts, self._read, self._whole
        return walker

    def _found(self, parts: Path) -> list[Node]:
        nodes = [self._node]
        for name in parts:
            nodes = [child for node in nodes for child in node.inside.get(name, ())]
        return nodes

    def _texts(self, parts: Path) -> list[str]:
        self._read.add(self._at + parts)
        *parents, last = parts or ("",)
        if last.startswith("@"):
            texts = [node.attributes.get(last[1:], "") for node in self._found(tuple(parents))]
        else:
            texts = [node.text for node in self._found(parts)]
        return [text for text in texts if text]


def _parts(path: str) -> Path:
    """Return the names of a path; none for « . », the element itself."""
    return () if path == "." else tuple(path.split("/"))


def _children(at: Path, node: Node) -> list[tuple[Path, Node]]:
    """Return the children of the node at a path, with their paths, last first: the order in which a stack is filled."""
    return [((*at, name), child) for name, nodes in reversed(node.inside.items()) for child in reversed(nodes)]


def _all_texts(node: Node) -> Iterator[str]:
    if node.text:
        yield node.text
    for nodes in node.inside.values():
        for child in nodes:
            yield from _all_texts(child)
