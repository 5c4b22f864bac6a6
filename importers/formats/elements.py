"""Base class of streaming XML readers (SAX style, on expat), without namespaces; document type declarations, and so entities, are refused."""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable, Iterator
from xml.parsers import expat


class Elements(ABC):
    """XML handler: subclasses define `begin`, `end` and `text`, which are called for each element, by its local name."""

    _parser: expat.XMLParserType

    @property
    def line(self) -> int:
        """The current line, once reading has begun."""
        return self._parser.CurrentLineNumber

    def parse(self, parts: Iterable[bytes]) -> None:
        """Read the XML from chunks of bytes. Raises as `steps`."""
        deque(self.steps(parts), maxlen=0)

    def steps(self, parts: Iterable[bytes]) -> Iterator[None]:
        """Read the XML, and yield after each chunk. Raises ExpatError for truncated or faulty XML, ValueError, LookupError."""
        parser = self._parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self.doctype
        parser.StartElementHandler = lambda name, attributes: self.begin(
            _local(name), {_local(key): value for key, value in attributes.items()}
        )
        parser.EndElementHandler = lambda name: self.end(_local(name))
        parser.CharacterDataHandler = self.text
        for data in parts:
            parser.Parse(data)
            yield
        parser.Parse(b"", True)
        yield

    def doctype(self, *_arguments: object) -> None:
        """Refuse a document type declaration, which may define entities: neither office software nor publishers of notices write one."""
        raise ValueError("a document type, where entities may come")

    @abstractmethod
    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """Handle the start of an element."""

    @abstractmethod
    def end(self, name: str) -> None:
        """Handle the end of an element."""

    @abstractmethod
    def text(self, data: str) -> None:
        """Handle a piece of an element's text."""


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
