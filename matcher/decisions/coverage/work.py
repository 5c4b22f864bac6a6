"""Work that sets lots against a network, and its result as JSON."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from matcher.catalogue.store.column_mappings import remembered_columns
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.decisions.asked import DecisionRefused
from matcher.decisions.coverage.answer import Coverage, covered
from matcher.decisions.coverage.network import AskedLots, Network, read_lots
from matcher.decisions.purchases.sheet import PROGRAMME, SheetRefused
from matcher.jobs.arrays import packed, unpacked
from matcher.jobs.files import FileGone
from matcher.jobs.reader_process import ReadRefused
from matcher.jobs.worker import Hold, WorkKind

READING = "lecture des lots"
FILE = "fichier"
# As a programme of purchases: a network comes back to it while its members answer.
KEPT_DAYS = 90


def asked_of(network: Network, lots: AskedLots | None, on: date) -> dict[str, Any]:
    """Return what is asked of a work: a network, and the lots where no file gives them."""
    given = None if lots is None else msgspec.to_builtins(lots)
    return {"network": msgspec.to_builtins(network), "lots": given, "on": on.isoformat()}


def coverage_of(result: Mapping[str, Any]) -> Coverage:
    """Return the result of a work that is done."""
    return msgspec.convert(result, Coverage, dec_hook=unpacked)


def _cover(hold: Hold) -> Mapping[str, Any]:
    asked, shelf = hold.work.asked, load_shelf(hold.engine)
    hold.tell(READING, 0, 0)
    network = msgspec.convert(asked["network"], Network)
    found = covered(hold.engine, shelf, _lots(hold), network, date.fromisoformat(asked["on"]), hold.tell)
    result: Mapping[str, Any] = msgspec.to_builtins(found, enc_hook=packed)
    return result


COVER = WorkKind("couverture", _cover, (DecisionRefused, SheetRefused, ReadRefused, FileGone), days=KEPT_DAYS)


def _lots(hold: Hold) -> AskedLots:
    if hold.work.asked["lots"] is not None:
        return msgspec.convert(hold.work.asked["lots"], AskedLots)
    with hold.file(FILE) as path:
        return read_lots(path, remembered_columns(hold.engine, PROGRAMME.table), stop=hold.stop)
