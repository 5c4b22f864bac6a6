"""Imports a file of notices dropped on the import page, as a background job: a dry run first, then, once a person has confirmed, the import."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from importers.notices.importer import NoticeImporter
from matcher.catalogue.identity.trust import OF_NOTICES
from matcher.catalogue.intake.deposits import STEPS, TakeFile
from matcher.jobs.worker import Hold
from matcher.notices.intake import notices_in_subprocess, take_notice_files

# A key that is also a directory's stays the directory's there: DECP files are imported as awards.
OFFERED: Mapping[str, NoticeImporter] = OF_NOTICES


def _take(importer: NoticeImporter, hold: Hold, path: Path, confirmed: bool) -> Mapping[str, Any]:
    """Import a file of notices, or only try it if not `confirmed`; a worker that restarts it finds what was written unchanged (idempotent)."""
    report = take_notice_files(
        hold.engine,
        notices_in_subprocess(importer, stop=hold.stop),
        [path],
        now=hold.work.since,
        dry_run=not confirmed,
        progress=lambda step, done, total: hold.tell(step if step in STEPS else STEPS[0], done, total),
    )
    return report.as_dict()


DROPPED: Mapping[str, TakeFile] = {key: partial(_take, importer) for key, importer in OFFERED.items()}
