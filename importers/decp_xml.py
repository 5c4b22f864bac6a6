"""Contracts of DECP in XML (`marches` of `marche` and `contrat-concession`), one by one, in the fields of their JSON, in bounded memory."""

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
    """A file whose elements are not those of contracts. The message is French."""


class _Contracts(Elements):
    """Contracts as they end: `ended` holds those that nobody took yet, each an object of texts, of objects and of lists of them."""

    def __init__(self) -> None:
        self.ended: list[dict[str, Any]] = []
        self._names: list[str] = []
        self._open: list[tuple[dict[str, Any], list[str]]] = []  # from the contract down
        self._signs = 0

    def begin(self, name: str, _given: dict[str, str]) -> None:
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
        inside, texts = self._open.pop()
        value = inside or "".join(texts).strip()
        if not self._open:
            self.ended.append(inside)
            self._signs = 0
            return
        beside = self._open[-1][0]
        if name not in beside:
            beside[name] = value
        elif isinstance(beside[name], list):
            beside[name].append(value)
        else:
            beside[name] = [beside[name], value]

    def text(self, data: str) -> None:
        if self._open:
            self._open[-1][1].append(data)
            self._count(data)

    def _count(self, written: str) -> None:
        self._signs += len(written)
        if self._signs > LONGEST_VALUE:
            raise _Refused(f"un marché y a plus de {LONGEST_VALUE} signes : il est refusé par prudence.")


def holds_xml_contracts(path: Path) -> bool:
    """Return whether a file is in XML and no page. Raises SourceError where it cannot be read."""
    head = next(file_parts(path, PART_BYTES), b"").replace(b"\0", b"")  # its signs, in UTF-16 too
    head = _COMMENTS.sub(b"", head.lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t"), count=1)
    return head.startswith(_BEGINS) and _HTML not in head[:1024].lower()


def read_xml_contracts(path: Path) -> Iterator[JsonRow]:
    """Yield the contracts of a file, in order, each under its rank. Raises SourceError."""
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
