"""Work that reads the spreadsheets of an event, without writing anything of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from importers.formats.column_tally import SeenHeader
from matcher.catalogue.intake.read_apart import headers_apart
from matcher.catalogue.store.column_mappings import remembered_columns
from matcher.club.meeting_day.meeting_day import ParticipantRole
from matcher.club.registration.spreadsheet import PARTICIPANTS, Spreadsheet, read_spreadsheet
from matcher.jobs.files import FileGone
from matcher.jobs.reader_process import ReadRefused
from matcher.jobs.worker import Hold, WorkKind

# The field of the form, and what those come as whom no column says it of.
SHEETS: Mapping[str, ParticipantRole] = {"acheteurs": ParticipantRole.BUYER, "fournisseurs": ParticipantRole.SUPPLIER}


@dataclass(frozen=True, slots=True)
class ReadFiles:
    """The files of a trial, by the field of the form: the name of each and its headers, what was read of it, or what is wrong with it."""

    headers: Mapping[str, tuple[str, Sequence[SeenHeader]]]
    sheets: Mapping[str, Spreadsheet]
    faults: Mapping[str, str]


def read_files(result: Mapping[str, Any]) -> ReadFiles:
    """Return the result of a work that is done."""
    return msgspec.convert(result, ReadFiles)


def _read(hold: Hold) -> Mapping[str, Any]:
    """Read the files, by what persons answered on such columns."""
    columns = remembered_columns(hold.engine, PARTICIPANTS.table)
    headers: dict[str, tuple[str, Sequence[SeenHeader]]] = {}
    sheets, faults = {}, {}
    for name in (name for name in SHEETS if name in hold.work.files):
        try:
            with hold.file(name) as path:
                seen = headers_apart(path, PARTICIPANTS, columns, stop=hold.stop)
                headers[name] = path.name, seen
                if seen[0].has(PARTICIPANTS.needs):
                    sheets[name] = read_spreadsheet(path, SHEETS[name], columns, stop=hold.stop)
        except ReadRefused as refusal:
            faults[name] = str(refusal)
    content: Mapping[str, Any] = msgspec.to_builtins(ReadFiles(headers, sheets, faults))
    return content


READ = WorkKind("inscriptions", _read, (FileGone,))
