"""Many spoiled files, of every form and for every reader: each ends in values or in a French sentence, within limits, and never otherwise."""

import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from importers import REGISTRY
from importers.documents.read import read_document
from importers.importer import Source, SourceError
from importers.notices import NOTICES
from matcher.jobs.reader_process import ReadRefused, apart
from tests.conftest import ROOT
from tests.importers.mutants import READERS, Subject, mutant, subjects
from tests.waiting import tries

pytestmark = pytest.mark.slow(reason="it reads many files, each spoiled in many ways")

EACH = tries(16)
LEAST = 60 * EACH
# The reader of workbooks may end the process that calls it, which is why that one has no other work; nothing else may.
WORKBOOKS, PANICS, ABORTED = (".xls", ".xlsx", ".ods"), "PanicException", str(-signal.SIGABRT)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One file as it was read: by which sentence it was refused, empty for none; by which error, or signal, it ended the process."""

    subject: Subject
    rank: int
    said: str
    ended: str = ""

    @property
    def name(self) -> str:
        return f"gâté-{self.subject.name}"

    @property
    def fault(self) -> str:
        """What is wrong in how it ends, empty where nothing is."""
        if self.ended:
            known = self.subject.name.endswith(WORKBOOKS) and (PANICS in self.ended or self.ended == ABORTED)
            return "" if known else self.ended
        ended_well = self.said.startswith(f"« {self.name} »") and self.said.rstrip("» ").endswith((".", "…"))
        return "" if ended_well or not self.said else f"dit « {self.said} »"


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> list[Outcome]:
    return list(read_all(tmp_path_factory.mktemp("gâtés")))


def read_all(folder: Path) -> Iterator[Outcome]:
    """Every file, in a process of its own."""
    command = [sys.executable, "-m", "tests.importers.mutants", str(folder), str(EACH)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    its = subjects(folder)
    for line in done.stdout.splitlines():
        number, said, ended = json.loads(line)
        yield Outcome(its[number // EACH], number % EACH, said, ended)


def test_every_reader_has_files_of_its_own(tmp_path: Path) -> None:
    """A new importer, or a new module that reads, is spoiled too, or this fails."""
    its = subjects(tmp_path)
    assert {subject.reader for subject in its} == set(READERS)
    assert {*(f"annuaire {key}" for key in REGISTRY), *(f"avis {key}" for key in NOTICES)} < set(READERS)
    entered: set[str] = set()
    sys.setprofile(lambda frame, *_: entered.add(frame.f_code.co_filename))
    try:
        for at, subject in enumerate(its):
            path = tmp_path / f"{at}-{subject.name}"
            path.write_bytes(subject.content)
            with suppress(SourceError):  # an example of what is not valid
                list(READERS[subject.reader](path))
    finally:
        sys.setprofile(None)
    ours = {"__init__.py", "tables.py"}  # the latter reads the tables that are shipped, once a process
    modules = {path for path in (ROOT / "importers").rglob("*.py") if path.name not in ours}
    reading = {path for path in modules if "online" not in path.parts and "def " in path.read_text(encoding="utf-8")}
    assert {path.relative_to(ROOT).as_posix() for path in reading if str(path) not in entered} == set()


def test_each_ends_in_values_or_in_a_french_sentence_that_names_the_file(outcomes: list[Outcome]) -> None:
    assert len(outcomes) >= LEAST
    assert min(Counter((one.subject.reader, one.subject.name) for one in outcomes).values()) == EACH
    faults = [f"{one.subject.reader}, {one.subject.name}, {one.rank} : {one.fault}" for one in outcomes if one.fault]
    assert faults == []


def test_what_ends_a_process_is_refused_by_the_one_it_has_for_itself(outcomes: list[Outcome], tmp_path: Path) -> None:
    """And so is a file of each reader, by the process that pages and commands have it read in."""
    ended = [one for one in outcomes if one.ended]
    sample = {one.subject.reader: one for one in outcomes if not one.ended}
    for one in (*ended[:6], *sample.values()):
        path = tmp_path / one.name
        path.write_bytes(mutant(one.subject, one.rank))
        refusal = refused(one.subject.reader, path)
        assert not one.ended or refusal.startswith(f"« {path.name} »"), one.subject
        assert "Traceback" not in refusal


def refused(reader: str, path: Path) -> str:
    """What is told of a file that its reader process does not read, empty where it does."""
    kind, _, key = reader.partition(" ")
    directory: Any = REGISTRY.get(key if kind == "annuaire" else "tableur")
    read, given = (directory.read, Source(path)) if kind not in ("avis", "document") else (read_document, path)
    if kind == "avis":
        read = NOTICES[key].read
    try:
        list(apart(read, SourceError)(given))
    except ReadRefused as refusal:
        return str(refusal)
    return ""
