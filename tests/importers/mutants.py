"""Spoiled files of every form, read by whatever reads that form: `python -m tests.importers.mutants FOLDER EACH FIRST` reads them in turn
in a process bounded as a reader process is, writes one line of JSON for each, and ends at the first that is neither read nor refused."""

import json
import random
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from importers import REGISTRY
from importers.documents.read import read_document
from importers.formats.column_tally import seen_headers
from importers.formats.columns import ToldColumns
from importers.formats.grids import read_grids
from importers.importer import Source, SourceError
from importers.notices import NOTICES
from importers.recognise import recognise
from importers.tableur import KIND
from matcher.jobs.reader_child import bound
from matcher.jobs.reader_process import PAGE
from tests.importers.documents.writing import write_docx, write_odt, write_pdf
from tests.importers.mutations import spoiled
from tests.importers.reading import fixtures, key_of, notice_fixtures, write_ods, write_xls, write_xlsx

READERS: Mapping[str, Callable[[Path], Iterator[Any]]] = {
    **{f"annuaire {key}": lambda path, its=its: its.read(Source(path)) for key, its in REGISTRY.items()},
    **{f"avis {key}": its.read for key, its in NOTICES.items()},
    "document": read_document,
    "grille": lambda path: iter(read_grids(path, len, "de nom")[0]),
    "en-têtes": lambda path: iter(seen_headers(path, KIND, ToldColumns())),
    "reconnaissance": lambda path: iter([recognise(Source(path), [*NOTICES, *REGISTRY])]),
}
_LINES = ["Objet : tonte des pelouses à Maubeuge", "Lot 1 : (espaces verts) 12 000 € HT", "Durée : 24 mois"]


@dataclass(frozen=True, slots=True)
class Subject:
    """A whole file, and what reads it."""

    reader: str
    name: str
    content: bytes


def subjects(folder: Path) -> list[Subject]:
    """Return the files that are spoiled, of every form that each reader reads; those without a fixture are written in `folder`."""
    found = [Subject(f"annuaire {key_of(path)}", path.name, path.read_bytes()) for path in fixtures()]
    found += [Subject(f"avis {key}", path.name, path.read_bytes()) for key, path in notice_fixtures()]
    (sheet,) = (path for path in fixtures() if path.name == "tableur.csv")
    rows: list[list[object]] = [[*line.split(";")] for line in sheet.read_text(encoding="cp1252").splitlines()]
    books = [
        write(folder / name, rows)
        for write, name in ((write_xlsx, "liste.xlsx"), (write_xls, "liste.xls"), (write_ods, "liste.ods"))
    ]
    texts = [write_pdf(folder / "rc.pdf", [_LINES, _LINES]), write_odt(folder / "rc.odt", [_LINES, _LINES])]
    texts.append(write_docx(folder / "rc.docx", [*_LINES, ["Lot", "Montant"], ["1", "12 000"]]))
    sheets = [*books, sheet]
    read_by = {"annuaire tableur": books, "document": [*texts, *books], "grille": sheets, "en-têtes": sheets}
    read_by["reconnaissance"] = [*sheets, next(path for path in fixtures() if path.suffix == ".html")]
    found += [Subject(reader, path.name, path.read_bytes()) for reader, paths in read_by.items() for path in paths]
    return found


def mutant(subject: Subject, rank: int) -> bytes:
    """Return one spoiled file, always the same."""
    return spoiled(subject.content, random.Random(f"{subject.reader} {subject.name} {rank}"))  # noqa: S311  # no secret


def said(reader: str, path: Path) -> str:
    """Return the sentence by which a file is refused, empty where it ends in values that can be written."""
    try:
        for value in READERS[reader](path):
            told = value if isinstance(value, str) else asdict(value)
            json.dumps(told, ensure_ascii=False, default=str).encode()
    except SourceError as error:
        return str(error)
    return ""


def _too_long(_signal: int, _frame: FrameType | None) -> None:
    raise TimeoutError(f"plus de {PAGE.seconds} secondes de calcul")


def main(folder: Path, each: int, first: int) -> None:
    """Read the files from the `first` on, `each` of every subject."""
    its = subjects(folder)
    bound(PAGE.__class__(seconds=0, memory=PAGE.memory, silence=PAGE.silence))
    signal.signal(signal.SIGVTALRM, _too_long)
    for number in range(first, each * len(its)):
        subject = its[number // each]
        path = folder / f"gâté-{subject.name}"
        path.write_bytes(mutant(subject, number % each))
        signal.setitimer(signal.ITIMER_VIRTUAL, PAGE.seconds)
        found = said(subject.reader, path)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        sys.stdout.write(json.dumps([number, found]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
