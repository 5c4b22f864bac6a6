"""Lots to be covered, as a sheet of purchases gives them: what each asks, how the sheet calls it, where it stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from importers.formats.columns import UNTOLD, ToldColumns
from matcher.decisions.purchases.columns import PROGRAMME
from matcher.decisions.purchases.line import MOST_LINES, purchase
from matcher.decisions.purchases.sheet import PurchaseSheet, read_sheet
from matcher.domain.french import count
from matcher.domain.need import Need
from matcher.jobs.stop import Stop
from matcher.need.title import title_of


@dataclass(frozen=True, slots=True)
class AskedLot:
    """A need under the name by which people call it, its title, and where it stands in what they gave; empty where there is none."""

    label: str
    title: str
    where: str
    need: Need


@dataclass(frozen=True, slots=True)
class AskedLots:
    """The lots of a file or a DCE, and in French how they were read and what was left aside."""

    lots: tuple[AskedLot, ...]
    said: tuple[str, ...] = ()


def read_lots(path: Path, told: ToldColumns = UNTOLD, *, stop: Stop | None = None) -> AskedLots:
    """Read the lots of a sheet as a programme of purchases is read. Raises ReadRefused, SheetRefused and Stopped."""
    return lots_of(read_sheet(path, PROGRAMME, MOST_LINES, told, stop=stop))


def lots_of(sheet: PurchaseSheet) -> AskedLots:
    """Return the lots of a sheet; a line that adds others up is none."""
    lots = tuple(_lots(sheet))
    totals = len(sheet.entries) - len(lots)
    aside = (f"{count(totals, 'ligne de total laissée', 'lignes de total laissées')} à part.",) if totals else ()
    return AskedLots(lots, (*sheet.understood, *sheet.unused, *sheet.said, *aside))


def _lots(sheet: PurchaseSheet) -> Iterator[AskedLot]:
    for entry in sheet.entries:
        its = purchase(entry)
        if its.need is not None:
            where = entry.where
            label = entry.text("reference") or f"{where[0].upper()}{where[1:]}"
            yield AskedLot(label, title_of(entry.text("objet")), where, its.need)
