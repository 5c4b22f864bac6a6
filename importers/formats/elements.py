"""Elements of a text in XML, one by one as they are read; entities are refused, with the declaration that brings them."""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable, Iterator
from xml.parsers import expat


class Elements(ABC):
    """The elements of a text in XML, handed one by one to the methods of a reader, by their names without prefix."""

    _parser: expat.XMLParserType

    @property
    def line(self) -> int:
        """Line that is being read, once it has begun."""
        return self._parser.CurrentLineNumber

    def parse(self, parts: Iterable[bytes]) -> None:
        """Read the text, whose bytes come in parts. Raises as `steps`."""
        deque(self.steps(parts), maxlen=0)

    def steps(self, parts: Iterable[bytes]) -> Iterator[None]:
        """Read the text a part at a time, and yield after each. Raises ExpatError where it is cut short or faulty, ValueError, LookupError."""
        parser = self._parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self.doctype
        parser.StartElementHandler = lambda name, given: self.begin(
            _local(name), {_local(key): it for key, it in given.items()}
        )
        parser.EndElementHandler = lambda name: self.end(_local(name))
        parser.CharacterDataHandler = self.text
        for data in parts:
            parser.Parse(data)
            yield
        parser.Parse(b"", True)
        yield

    def doctype(self, *_told: object) -> None:
        """Refuse a declaration of document type, with which entities come: neither office software nor a publisher of notices writes one."""
        raise ValueError("a document type, where entities may come")

    @abstractmethod
    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""

    @abstractmethod
    def end(self, name: str) -> None:
        """Take the end of an element."""

    @abstractmethod
    def text(self, data: str) -> None:
        """Take some of the text of an element."""


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
