"""Work that makes a dossier again from its file, once: it is opened in the transaction of the work's end."""

from collections.abc import Mapping
from datetime import UTC

from sqlalchemy import Connection

from matcher.dossiers.changes import Bring
from matcher.dossiers.dossier import Dossier
from matcher.dossiers.files.transfer import DossierFileError, read_dossier
from matcher.dossiers.store import bring
from matcher.jobs.files import FileGone
from matcher.jobs.reader_process import ReadRefused
from matcher.jobs.worker import Hold, WorkKind
from matcher.journal.change import ChangeRefused
from matcher.journal.plain_json import FrozenError

FILE = "fichier"


def _brought(hold: Hold) -> Mapping[str, int]:
    with hold.file(FILE) as path:
        brought = read_dossier(path, stop=hold.stop)

    def end(connection: Connection, made: Dossier) -> None:
        hold.end(connection, {"dossier": made.id})

    changes, at = [Bring(brought.number)], hold.work.since.replace(tzinfo=UTC)
    made = bring(hold.engine, hold.owner, brought.lines, changes, who=hold.work.asked["who"], now=at, ending=end)
    return {"dossier": made.id}


BRING = WorkKind("dossier", _brought, (ReadRefused, DossierFileError, ChangeRefused, FrozenError, FileGone))
