"""Spoiled files of every form, read by whatever reads that form: `python -m tests.importers.mutants FOLDER EACH` reads them in turn in a process
bounded as a reader process is, and writes a line of JSON for each: its number, the sentence that refuses it, what ended the process."""

import json
import os
import random
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from traceback import format_exception_only
from types import FrameType
from typing import Any, NoReturn, TextIO

from importers import REGISTRY
from importers.documents.read import read_document
from importers.formats.column_tally import seen_headers
from importers.formats.columns import ColumnMapping
from importers.formats.grids import read_grids
from importers.importer import Source, SourceError
from importers.notices import NOTICES
from importers.recognise import recognise
from importers.tableur import KIND
from matcher.jobs.reader_child import set_limits
from matcher.jobs.reader_process import PAGE
from tests.importers.documents.writing import write_docx, write_odt, write_pdf
from tests.importers.mutations import spoiled
from tests.importers.reading import fixtures, key_of, notice_fixtures, write_ods, write_xls, write_xlsx

READERS: Mapping[str, Callable[[Path], Iterator[Any]]] = {
    **{f"annuaire {key}": lambda path, its=its: its.read(Source(path)) for key, its in REGISTRY.items()},
    **{f"avis {key}": its.read for key, its in NOTICES.items()},
    "document": read_document,
    "grille": lambda path: iter(read_grids(path, len, "de nom")[0]),
    "en-têtes": lambda path: iter(seen_headers(path, KIND, ColumnMapping())),
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


def main(folder: Path, each: int) -> None:
    """Read the files, `each` of every subject, in a process that is forked anew after a file that ended it."""
    its, number = subjects(folder), 0
    while number < each * len(its):
        read, written = os.pipe()
        child = os.fork()
        if not child:
            with os.fdopen(written, "w", encoding="utf-8", buffering=1) as answers:
                read_from(number, each, its, folder, answers)
        os.close(written)
        with os.fdopen(read, encoding="utf-8") as answers:
            for line in answers:
                sys.stdout.write(line)
                number += 1
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if ended < 0:  # by a signal: otherwise it has said itself what ended it
            sys.stdout.write(json.dumps([number, "", str(ended)]) + "\n")
            number += 1


def read_from(first: int, each: int, its: list[Subject], folder: Path, answers: TextIO) -> NoReturn:
    """Read the files from the `first` on, say a line of JSON of each, and end this process, at the first that is neither read nor refused."""
    set_limits(PAGE.__class__(seconds=0, memory=PAGE.memory, silence=PAGE.silence))
    signal.signal(signal.SIGVTALRM, _too_long)
    for number in range(first, each * len(its)):
        subject = its[number // each]
        path = folder / f"gâté-{subject.name}"
        path.write_bytes(mutant(subject, number % each))
        signal.setitimer(signal.ITIMER_VIRTUAL, PAGE.seconds)
        try:
            answers.write(json.dumps([number, said(subject.reader, path), ""]) + "\n")
        finally:  # a panic of the reader of workbooks is no Exception
            if error := sys.exc_info()[1]:
                answers.write(json.dumps([number, "", format_exception_only(error)[-1].strip()]) + "\n")
                os._exit(0)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
