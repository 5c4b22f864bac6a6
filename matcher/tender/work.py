"""Background job that reads uploaded tender documents into proposed lots; the files are deleted once read, the proposal stored for `KEPT_DAYS` days."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from matcher.db import writing
from matcher.jobs.files import FileGone, drop_files
from matcher.jobs.worker import Hold, WorkKind
from matcher.jobs.works import Work
from matcher.journal.change import build, plain
from matcher.tender.reading import Tender, TenderRefused, read_tender

KEPT_DAYS = 90
_READ = "pièces"
# Key, in the parameters of the work, of the proposal as a person corrected it.
_VERIFIED = "vérifié"

# A lot as a person left it: its number, its title, and the values of its fields by their names in the address of a list.
Verified = Sequence[Mapping[str, Any]]


def _tender(hold: Hold) -> Mapping[str, Any]:
    """Run the job: read the documents once. A job that runs again already has its result: only the verified lots have changed."""
    if hold.work.result:
        return hold.work.result
    with ExitStack() as files:
        paths = [files.enter_context(hold.file(name)) for name in hold.work.files]
        tender = read_tender(paths, stop=hold.stop, tell=lambda done, total: hold.tell("Lecture", done, total))
    result = {_READ: plain(tender)}
    with writing(hold.engine) as connection:
        drop_files(connection, hold.work.id, hold.work.key)
        hold.end(connection, result)
    return result


TENDER = WorkKind("dce", _tender, (TenderRefused, FileGone), days=KEPT_DAYS)


def tender_of(work: Work) -> Tender:
    """Return the result of a finished work. Raises FrozenError if another version of the code wrote it."""
    return build(Tender, work.result[_READ], _READ)


def verified_of(work: Work) -> Verified:
    """Return the lots as a person corrected them, empty if nobody has."""
    verified: Verified = work.asked.get(_VERIFIED, ())
    return verified


def asked_with(work: Work, verified: Verified) -> dict[str, Any]:
    """Return the parameters of a work with the lots that a person verified."""
    return {**work.asked, _VERIFIED: list(verified)}
