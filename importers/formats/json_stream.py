"""Streaming JSON parser: reads concatenated documents and the elements of long lists one by one, in bounded memory; numbers stay text."""

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
# Numbers stay text: a SIRET or a coordinate is passed on as written. NaN becomes None.
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=lambda _name: None)
# A possible lone surrogate (« \\ud83d »), which no encoding can write.
_HALF_SIGN = re.compile(r"\\ud[89a-f]", re.IGNORECASE)


def parse(text: str) -> Any:
    """Return the value of a JSON text, numbers as written. Raises ValueError, in French."""
    try:
        return _whole(_DECODER.decode(text), text)
    except json.JSONDecodeError as error:
        raise ValueError(f"le JSON est interrompu ou fautif à la colonne {error.pos + 1}") from error
    except RecursionError as error:
        raise ValueError("le JSON est imbriqué sur trop de niveaux") from error


class JsonReader:
    """Streaming parser of JSON text, which holds only the current value in memory.

    Each method raises SourceError, with the line and the column, for truncated or faulty JSON, or too long a value."""

    def __init__(self, path: Path, parts: Iterator[str]) -> None:
        self._path, self._parts = path, parts
        self._text, self._at, self._ended = "", 0, False
        # Of the text already dropped: its lines, and the characters after the last line end.
        self._lines_before = self._columns_before = 0

    def more_documents(self) -> bool:
        """Skip blanks, and return True if another document follows."""
        while True:
            remainder = self._text[self._at :]
            if stripped := remainder.lstrip():
                self._at += len(remainder) - len(stripped)
                return True
            self._at = len(self._text)
            if not self._more():
                return False

    def next_is(self, sign: str) -> bool:
        """Skip blanks, and return True if the next character is `sign`."""
        return self._peek() == sign

    def take(self, *signs: str) -> str:
        """Consume the next character and return it; it must be one of `signs`."""
        sign = self._peek()
        if sign not in signs or not sign:
            raise self._fault(self._at)
        self._at += 1
        return sign

    def value(self) -> Any:
        """Consume and return the next value."""
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
        """Consume the next list, and yield its elements one by one."""
        self.take("[")
        if self.next_is("]"):
            self.take("]")
            return
        sign = ","
        while sign == ",":
            yield self.value()
            sign = self.take(",", "]")

    def members(self) -> Iterator[str]:
        """Consume the next object, and yield its keys; after each key, the caller must consume the value."""
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
        """Drop the consumed text and at least double the rest, so that parsing a long value takes linear time; False at the end."""
        if self._ended:
            return False
        consumed, unread = self._text[: self._at], self._text[self._at :]
        if "\n" in consumed:
            self._lines_before += consumed.count("\n")
            self._columns_before = 0
        self._columns_before += len(consumed) - consumed.rfind("\n") - 1
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
    """Return a value parsed from this part of a text, with lone surrogates replaced by « ? » in its texts and keys."""
    return _mend_surrogates(value) if _HALF_SIGN.search(text, first, len(text) if last is None else last) else value


def _mend_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [_mend_surrogates(element) for element in value]
    return (
        {_mend_surrogates(key): _mend_surrogates(member) for key, member in value.items()}
        if isinstance(value, dict)
        else value
    )
