"""JSON read as it comes: documents that follow one another, and the items of their long lists one by one."""

import json
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from importers.formats.limits import LONGEST_VALUE
from importers.importer import SourceError

_BLANKS = " \t\n\r"
_LEAST_AFTER_NUMBER = 3  # « 1 » may be the beginning of « 1e+5 »
# Numbers stay text: a SIRET or a coordinate is passed on as written. NaN is no value.
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=lambda _name: None)
# Half of a sign written « \\ud83d »: text of no encoding, which nothing can write.
_HALF_SIGN = re.compile(r"\\ud[89a-f]", re.IGNORECASE)


def parse(text: str) -> Any:
    """Return the value that a whole text of JSON is, numbers as written. Raises ValueError, in French, where it is none."""
    try:
        return _whole(_DECODER.decode(text), text)
    except json.JSONDecodeError as error:
        raise ValueError(f"le JSON est interrompu ou fautif à la colonne {error.pos + 1}") from error
    except RecursionError as error:
        raise ValueError("le JSON est imbriqué sur trop de niveaux") from error


class JsonReader:
    """Streaming reader of JSON text. Only what is being read is in memory, whatever the length of the file.

    Each method raises SourceError, with the line and the column, where the JSON is cut short or faulty, or a value too long.
    """

    def __init__(self, path: Path, parts: Iterator[str]) -> None:
        self._path, self._parts = path, parts
        self._text, self._at, self._ended = "", 0, False
        self._lines_before = self._columns_before = (
            0  # what was read and left: its lines, and the characters after the last
        )

    def more_documents(self) -> bool:
        """Return whether a document follows, blanks skipped."""
        while True:
            rest = self._text[self._at :]
            if stripped := rest.lstrip():
                self._at += len(rest) - len(stripped)
                return True
            self._at = len(self._text)
            if not self._more():
                return False

    def next_is(self, sign: str) -> bool:
        """Return whether `sign` comes next, blanks skipped."""
        return self._peek() == sign

    def take(self, *signs: str) -> str:
        """Take the next sign and return it; it must be one of `signs`."""
        sign = self._peek()
        if sign not in signs or not sign:
            raise self._fault(self._at)
        self._at += 1
        return sign

    def value(self) -> Any:
        """Take the next value, whole; blanks are skipped."""
        self._peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
                value = _whole(value, self._text, self._at, end)
            except json.JSONDecodeError as error:
                faulty = error.pos
            except RecursionError as error:
                raise SourceError(self._path, "le JSON est imbriqué sur trop de niveaux.") from error
            else:
                if self._ended or not self._text[end - 1].isdigit() or len(self._text) - end >= _LEAST_AFTER_NUMBER:
                    self._at = end
                    return value
                faulty = self._at
            if self._ended or len(self._text) - self._at > LONGEST_VALUE:
                raise self._fault(faulty, "interrompu ou fautif" if self._ended else "fautif ou démesuré")
            self._more()

    def elements(self) -> Iterator[Any]:
        """Take the next list, one element after the other."""
        self.take("[")
        if self.next_is("]"):
            self.take("]")
            return
        sign = ","
        while sign == ",":
            yield self.value()
            sign = self.take(",", "]")

    def members(self) -> Iterator[str]:
        """Take the next object, one key after the other: after each, the caller takes the value."""
        self.take("{")
        if self.next_is("}"):
            self.take("}")
            return
        sign = ","
        while sign == ",":
            if not self.next_is('"'):
                raise self._fault(self._at)
            key = self.value()
            self.take(":")
            yield key
            sign = self.take(",", "}")

    def _peek(self) -> str:
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in _BLANKS:
                    return self._text[self._at]
                self._at += 1
            if not self._more():
                return ""

    def _more(self) -> bool:
        """Forget what was read and double what is not, so that a long value is not begun again at each part; False at the end."""
        if self._ended:
            return False
        left, unread = self._text[: self._at], self._text[self._at :]
        if "\n" in left:
            self._lines_before += left.count("\n")
            self._columns_before = 0
        self._columns_before += len(left) - left.rfind("\n") - 1
        added, parts = 0, []
        for part in self._parts:
            parts.append(part)
            added += len(part)
            if added > len(unread):
                break
        else:
            self._ended = True
        self._text, self._at = "".join(chain((unread,), parts)), 0
        return added > 0

    def _fault(self, at: int, trouble: str = "interrompu ou fautif") -> SourceError:
        line = self._lines_before + self._text.count("\n", 0, at) + 1
        before = self._text.rfind("\n", 0, at)
        column = at - before + (self._columns_before if before < 0 else 0)
        message = f"le JSON est {trouble} à la colonne {column} ; téléchargez-le à nouveau."
        return SourceError(self._path, message, line=line)


def _whole(value: Any, text: str, first: int = 0, last: int | None = None) -> Any:
    """A value read from this part of a text, with « ? » in the place of each half of a sign, in its texts and its keys."""
    return _mended(value) if _HALF_SIGN.search(text, first, len(text) if last is None else last) else value


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [_mended(each) for each in value]
    return {_mended(key): _mended(held) for key, held in value.items()} if isinstance(value, dict) else value
