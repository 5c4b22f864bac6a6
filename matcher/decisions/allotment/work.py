"""Work that cuts a list of sites in lots, one cut an activity, and its result as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from matcher.catalogue.store.column_mappings import remembered_columns
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.decisions.allotment.answer import Allotted, allotted
from matcher.decisions.allotment.site_list import SITES, SiteList, SitesRefused, read_pasted, read_sites
from matcher.decisions.asked import DecisionRefused
from matcher.jobs.arrays import packed, unpacked
from matcher.jobs.files import FileGone
from matcher.jobs.reader_process import ReadRefused
from matcher.jobs.worker import Hold, WorkKind

READING = "lecture de la liste"
FILE = "fichier"
_DEFECT = (
    "Une erreur s’est produite de notre côté ; rien n’est perdu de ce que vous avez envoyé, que vous pouvez renvoyer."
)


@dataclass(frozen=True, slots=True)
class CutResult:
    """Result of the work: the cut of each activity, in their order, or why one of them `refused` is none."""

    cuts: tuple[Allotted, ...] = ()
    refused: str = ""


def cut_result(result: Mapping[str, Any]) -> CutResult:
    """Return the result of a work that is done."""
    return msgspec.convert(result, CutResult, dec_hook=unpacked)


def _cut(hold: Hold) -> Mapping[str, Any]:
    asked, shelf = hold.work.asked, load_shelf(hold.engine)
    hold.tell(READING, 0, 0)
    sites = _sites(hold)
    cuts = []
    try:
        for need in asked["needs"]:
            cut = allotted(
                shelf,
                sites,
                need,
                date.fromisoformat(asked["on"]),
                lever=asked["lever"],
                wanted=int(asked["wanted"]),
                lot_km=float(asked["lot_km"]),
                unit=asked["unit"],
                tell=hold.tell,
            )
            cuts.append(cut)
    except DecisionRefused as refusal:
        if not refusal.need:
            raise
        return {"refused": str(refusal)}
    found: Mapping[str, Any] = msgspec.to_builtins(CutResult(tuple(cuts)), enc_hook=packed)
    return found


CUT = WorkKind("allotissement", _cut, (DecisionRefused, SitesRefused, ReadRefused, FileGone), defect=_DEFECT)


def _sites(hold: Hold) -> SiteList:
    if FILE not in hold.work.files:
        return read_pasted(hold.work.asked["pasted"])
    with hold.file(FILE) as path:
        return read_sites(path, remembered_columns(hold.engine, SITES.table), stop=hold.stop)
