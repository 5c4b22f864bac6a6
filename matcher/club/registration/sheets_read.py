"""Background job that reads uploaded spreadsheets of participants for a preview of their import; it writes nothing to the event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import or_
from typing import Any

import msgspec

from importers.formats.column_tally import SeenHeader
from importers.formats.columns import header_key
from matcher.catalogue.intake.read_apart import headers_in_subprocess
from matcher.catalogue.store.column_mappings import remembered_columns
from matcher.club.meeting_day.meeting_day import ParticipantRole
from matcher.club.registration.workbook import PARTICIPANTS, Spreadsheet, read_spreadsheets
from matcher.jobs.files import FileGone
from matcher.jobs.reader_process import ReadRefused
from matcher.jobs.worker import Hold, WorkKind
from matcher.typed_values import convert_value

# File fields of the form, and the role of participants whose line has none.
SHEETS: Mapping[str, ParticipantRole] = {"acheteurs": ParticipantRole.BUYER, "fournisseurs": ParticipantRole.SUPPLIER}


@dataclass(frozen=True, slots=True)
class ReadFiles:
    """Files of a preview, by field of the form: name and headers of each, the content of its sheets, or the French reason why it cannot be read."""

    headers: Mapping[str, tuple[str, Sequence[SeenHeader]]]
    sheets: Mapping[str, tuple[Spreadsheet, ...]]
    faults: Mapping[str, str]


def read_files(result: Mapping[str, Any]) -> ReadFiles:
    """Return the decoded result of a finished job."""
    return convert_value(result, ReadFiles)


def _read(hold: Hold) -> Mapping[str, Any]:
    """Read the files, with the column meanings that users gave before."""
    columns = remembered_columns(hold.engine, PARTICIPANTS.table)
    headers: dict[str, tuple[str, Sequence[SeenHeader]]] = {}
    sheets, faults = {}, {}
    for name in (name for name in SHEETS if name in hold.work.files):
        try:
            with hold.file(name) as path:
                seen = headers_in_subprocess(path, PARTICIPANTS, columns, stop=hold.stop)
                headers[name] = path.name, seen
                # A likely sheet that lacks a needed field is asked about once, before the others are read alone.
                fit = [header.has(PARTICIPANTS.needs) for header in seen]
                settled = [header_key(header.names) in columns.remembered for header in seen]
                if any(fit) and all(map(or_, fit, settled)):
                    sheets[name] = read_spreadsheets(path, SHEETS[name], columns, stop=hold.stop)
        except ReadRefused as refusal:
            faults[name] = str(refusal)
    content: Mapping[str, Any] = msgspec.to_builtins(ReadFiles(headers, sheets, faults))
    return content


READ = WorkKind("inscriptions", _read, (FileGone,))
