"""Streams the contracts of a DECP file in XML (open data of public contracts) as the same nested rows as its JSON, in bounded memory."""

import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

from importers.formats.content import PART_BYTES, file_parts
from importers.formats.elements import Elements
from importers.formats.items import JsonRow
from importers.formats.limits import LONGEST_VALUE, MAX_DEPTH
from importers.importer import SourceError

_ROOT, _CONTRACTS = "marches", ("marche", "contrat-concession")
_BEGINS = (b"<?xml", b"<marche", b"<contrat-concession")
_COMMENTS = re.compile(rb"^(?:<!--.*?-->\s*)+", re.DOTALL)
_HTML = b"<html"
_OTHER = "ce XML n’est pas un fichier des DECP : sa racine est « {} », au lieu de « marches ». Un avis s’importe sous « boamp » ou « eforms »."
_BROKEN = "le XML est interrompu ou fautif à la colonne {} ; téléchargez-le à nouveau."
_REFUSED = "ce XML déclare un type de document ou un codage que les DECP n’ont pas : il est refusé par prudence."


class _Refused(Exception):
    """The XML is not DECP, or exceeds a limit. The message is French."""


class _Contracts(Elements):
    """SAX-like handler that builds each contract as nested dicts, lists and texts, and appends it to `ended` when its element closes."""

    def __init__(self) -> None:
        self.ended: list[dict[str, Any]] = []
        self._names: list[str] = []
        self._open: list[tuple[dict[str, Any], list[str]]] = []  # stack of (children, texts), from the contract down
        self._signs = 0  # characters of the current contract

    def begin(self, name: str, _attributes: dict[str, str]) -> None:
        if not self._names and name not in (_ROOT, *_CONTRACTS):
            raise _Refused(_OTHER.format(name[:60]))
        if len(self._names) >= MAX_DEPTH:
            raise _Refused(f"le XML emboîte plus de {MAX_DEPTH} niveaux : il est refusé par prudence.")
        if self._open or (name in _CONTRACTS and self._names in ([], [_ROOT])):
            self._open.append(({}, []))
            self._count(name)
        self._names.append(name)

    def end(self, name: str) -> None:
        self._names.pop()
        if not self._open:
            return
        children, texts = self._open.pop()
        value = children or "".join(texts).strip()
        if not self._open:
            self.ended.append(children)
            self._signs = 0
            return
        siblings = self._open[-1][0]
        if name not in siblings:
            siblings[name] = value
        elif isinstance(siblings[name], list):
            siblings[name].append(value)
        else:
            siblings[name] = [siblings[name], value]

    def text(self, data: str) -> None:
        if self._open:
            self._open[-1][1].append(data)
            self._count(data)

    def _count(self, written: str) -> None:
        self._signs += len(written)
        if self._signs > LONGEST_VALUE:
            raise _Refused(f"un marché y a plus de {LONGEST_VALUE} signes : il est refusé par prudence.")


def holds_xml_contracts(path: Path) -> bool:
    """Return True if a file is XML and not HTML. Raises SourceError if it cannot be read."""
    head = next(file_parts(path, PART_BYTES), b"").replace(b"\0", b"")  # without NULs, UTF-16 reads as ASCII
    head = _COMMENTS.sub(b"", head.lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t"), count=1)
    return head.startswith(_BEGINS) and _HTML not in head[:1024].lower()


def read_xml_contracts(path: Path) -> Iterator[JsonRow]:
    """Yield the contracts of a file, in order, each with its rank as line. Raises SourceError."""
    contracts, rank = _Contracts(), count(1)
    try:
        for _ in contracts.steps(file_parts(path)):
            yield from (JsonRow(contract, next(rank)) for contract in contracts.ended)
            contracts.ended.clear()
    except ExpatError as error:
        raise SourceError(path, _BROKEN.format(error.offset + 1), line=error.lineno) from error
    except _Refused as error:
        raise SourceError(path, str(error), line=contracts.line) from error
    except (ValueError, LookupError) as error:
        raise SourceError(path, _REFUSED, line=contracts.line) from error
