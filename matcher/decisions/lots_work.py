"""Background jobs on a user's list: cutting sites into lots (allotment), comparing lots with a network (coverage); their parameters and results."""

import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import msgspec
import numpy as np

from importers.formats.columns import SheetKind
from matcher.catalogue.store.column_mappings import remembered_columns
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.decisions.allotment.answer import AllotmentAnswer, AllotmentQuestion, cut_sites
from matcher.decisions.allotment.site_list import SITES, SitesRefused, read_pasted_sites, read_sites
from matcher.decisions.asked import DecisionRefused
from matcher.decisions.coverage.answer import Coverage, cover_lots
from matcher.decisions.coverage.network import AskedLots, Network, read_asked_lots
from matcher.decisions.purchases.sheet import PROGRAMME, SheetRefused
from matcher.decisions.question import inputs_of
from matcher.jobs.files import FileGone
from matcher.jobs.reader_process import ReadRefused
from matcher.jobs.worker import Hold, WorkKind
from matcher.typed_values import convert_value

T = TypeVar("T")

READING_SITES, READING_LOTS = "lecture de la liste", "lecture des lots"
FILE = "fichier"
# Days that a coverage is stored, as a purchase programme: a network comes back to it while its members answer.
KEPT_DAYS = 90
_DEFECT = (
    "Une erreur s’est produite de notre côté ; rien n’est perdu de ce que vous avez envoyé, que vous pouvez renvoyer."
)


@dataclass(frozen=True, slots=True)
class CutResult:
    """Result of an allotment: one cut per activity, in order, or the French error of an activity that could not be cut (`refused`)."""

    cuts: tuple[AllotmentAnswer, ...] = ()
    refused: str = ""


def cut_result(result: Mapping[str, Any]) -> CutResult:
    """Decode the JSON result of a finished allotment."""
    return convert_value(result, CutResult, dec_hook=unpack_array)


def coverage_asked(network: Network, lots: AskedLots | None, on: date) -> dict[str, Any]:
    """Return the parameters of a coverage job: the network, and the lots unless a file gives them."""
    lots_given = None if lots is None else msgspec.to_builtins(lots)
    return {"network": msgspec.to_builtins(network), "lots": lots_given, "on": on.isoformat()}


def coverage_result(result: Mapping[str, Any]) -> Coverage:
    """Decode the JSON result of a finished coverage."""
    return convert_value(result, Coverage, dec_hook=unpack_array)


def _read(hold: Hold, read: Callable[..., T], sheet: SheetKind) -> T:
    with hold.file(FILE) as path:
        return read(path, remembered_columns(hold.engine, sheet.table), stop=hold.stop)


def _cut(hold: Hold) -> Mapping[str, Any]:
    request, shelf = hold.work.asked, load_shelf(hold.engine)
    hold.tell(READING_SITES, 0, 0)
    sites = _read(hold, read_sites, SITES) if FILE in hold.work.files else read_pasted_sites(request["pasted"])
    question = convert_value({name: request[name] for name in inputs_of(AllotmentQuestion)}, AllotmentQuestion)
    on = date.fromisoformat(request["on"])
    try:
        cuts = cut_sites(hold.engine, shelf, sites, question, on, tell=hold.tell)
    except DecisionRefused as refusal:
        if not refusal.need:
            raise
        return {"refused": str(refusal)}
    result: Mapping[str, Any] = msgspec.to_builtins(CutResult(cuts), enc_hook=pack_array)
    return result


def _cover(hold: Hold) -> Mapping[str, Any]:
    request, shelf = hold.work.asked, load_shelf(hold.engine)
    hold.tell(READING_LOTS, 0, 0)
    lots_given, network = request["lots"], convert_value(request["network"], Network)
    lots = _read(hold, read_asked_lots, PROGRAMME) if lots_given is None else convert_value(lots_given, AskedLots)
    coverage = cover_lots(hold.engine, shelf, lots, network, date.fromisoformat(request["on"]), hold.tell)
    result: Mapping[str, Any] = msgspec.to_builtins(coverage, enc_hook=pack_array)
    return result


CUT = WorkKind("allotissement", _cut, (DecisionRefused, SitesRefused, ReadRefused, FileGone), defect=_DEFECT)
COVER = WorkKind("couverture", _cover, (DecisionRefused, SheetRefused, ReadRefused, FileGone), days=KEPT_DAYS)


def pack_array(value: Any) -> Any:
    """Return an array as [dtype, shape, base64 of its compressed bytes]. Raises NotImplementedError for another object."""
    if not isinstance(value, np.ndarray):
        raise NotImplementedError(type(value))
    return [value.dtype.str, list(value.shape), b64encode(zlib.compress(value.tobytes())).decode()]


def unpack_array(_: Any, value: Any) -> Any:
    """Return the array that `pack_array` wrote."""
    dtype, shape, data = value
    return np.frombuffer(zlib.decompress(b64decode(data)), np.dtype(dtype)).reshape(shape)
