"""Hours of insertion of a sheet, pasted or in a file: each cell read or said not to be. No name of a person is."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from importers.emit import Row
from importers.formats.column_tally import table_of_kind
from importers.formats.columns import UNTOLD, quoted
from importers.formats.excerpt import excerpt
from importers.importer import SourceError
from matcher.cleaning.dates import clean_month
from matcher.cleaning.names import name_key
from matcher.cleaning.numbers import clean_measure
from matcher.domain.french import count
from matcher.dossiers.insertion.changes import RecordHours
from matcher.dossiers.insertion.hours import PMSMP, HoursKind, MonthHours, MonthImmersions, added
from matcher.dossiers.insertion.layout import (
    FIELDS,
    HOURS,
    Cells,
    HoursLayout,
    HoursSheetRefused,
    layout_of,
    modality_named,
)
from matcher.jobs.reader_process import apart

MOST_LINES = 2_000
_WHOLE = ("personnes", "pmsmp")
_CUT = re.compile(r"[;\t]")
_UNITS = ("h", "heure", "heures")
_TOTAL = "total"
_TOLD = 5  # faults that are said at once
_SHOWN = 40  # characters of a cell that a fault repeats
_KNOWN = "écrivez embauche directe, intérim d’insertion, intérim ordinaire, ou le type de la structure (ACI, EI, AI, ETTI, GEIQ, EA, ESAT)"


@dataclass(frozen=True, slots=True)
class SheetHours:
    """Hours read, as the change that notes them, and in French what of the lines was added up or not read."""

    change: RecordHours
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HoursReading:
    """Choices for lines that do not say it: the `modality` of those that say none, the kind of hours under a modality or a month."""

    modality: str = ""
    kind: HoursKind = HoursKind.DONE


def read_pasted(text: str, how: HoursReading = HoursReading()) -> SheetHours:
    """Read lines as they are pasted, cells between tabs or semicolons under their names. Lines of one month and one modality are added up.
    Raises HoursSheetRefused, which tells the first faults: nothing is read in part."""
    lines = [(at, [cell.strip() for cell in _CUT.split(line)]) for at, line in enumerate(text.splitlines(), start=1)]
    lines = [(at, cells) for at, cells in lines if any(cells)]
    if not lines:
        raise HoursSheetRefused(
            "Collez les lignes du tableur, titres des colonnes compris (« Mois », « Modalité », « Faites »…), ou choisissez un fichier."
        )
    head = lines[0][1]
    its = _Lines(layout_of(head, how.kind), how.modality)
    for at, cells in lines[1:]:
        its.take(at, dict(zip(head, cells, strict=False)))
    return its.hours()


def read_file(path: Path, how: HoursReading = HoursReading()) -> SheetHours:
    """Read the sheet of a file that has the columns of hours, in a reader process. Raises ReadRefused, as `read_pasted` refuses."""
    return apart(_of_file, SourceError, HoursSheetRefused)(path, how)


def _of_file(path: Path, how: HoursReading) -> SheetHours:
    table = table_of_kind(path, HOURS, UNTOLD)
    its = _Lines(layout_of(table.columns, how.kind), how.modality, path.name)
    for row in table.rows:
        if isinstance(row, Row):
            its.take(row.line, {name: row.take(name) for name in table.columns})
        else:
            its.fault(row.line, row.reason.rstrip("."))
    return its.hours()


@dataclass(slots=True)
class _Lines:
    """Lines while they are read: hours by month and modality, PMSMP by month, what was added up or left, the faults, each once."""

    layout: HoursLayout
    modality: str
    file_name: str = ""
    months: dict[tuple[date, str], MonthHours] = field(default_factory=dict)
    immersions: dict[date, int] = field(default_factory=dict)
    read: int = 0
    summed: int = 0
    totals: int = 0
    faults: dict[str, None] = field(default_factory=dict)

    def hours(self) -> SheetHours:
        """Return what was read. Raises HoursSheetRefused where a line cannot be read, or none says anything."""
        if self.faults:
            more = len(self.faults) - _TOLD
            others = [f"Et {count(more, 'autre faute', 'autres fautes')}."] if more > 0 else []
            raise HoursSheetRefused(" ".join([*list(self.faults)[:_TOLD], *others]))
        if not self.months and not self.immersions:
            raise HoursSheetRefused("Aucune ligne ne donne d’heures ni de PMSMP.")
        periods = (MonthImmersions(*one) for one in self.immersions.items())
        return SheetHours(RecordHours(tuple(self.months.values()), tuple(periods)), tuple(self._said()))

    def take(self, at: int, texts: Mapping[str, str]) -> None:
        """Read one line, by the name of each column; one of totals is left. Raises HoursSheetRefused where there are too many."""
        self.read += 1
        if self.read > MOST_LINES:
            raise HoursSheetRefused(f"Plus de {MOST_LINES} lignes : donnez-les en plusieurs fois.")
        if any(
            name_key(texts.get(self.layout.taken.get(key, ""), "")).startswith(_TOTAL) for key in ("mois", "modalite")
        ):
            self.totals += 1
            return
        for cells in self.layout.lines(texts):
            self._take(at, cells)

    def fault(self, at: int, said: str, column: str = "") -> None:
        """Keep what is wrong with a line, or with a cell of it."""
        line = f"« {self.file_name} », ligne {at}" if self.file_name else f"Ligne {at}"
        self.faults[f"{line}, colonne « {column} » : {said}." if column else f"{line} : {said}."] = None

    def _take(self, at: int, cells: Cells) -> None:
        numbers = {
            key: self._number(at, *cells[key], whole=key in _WHOLE)
            for key in (*FIELDS.values(), *_WHOLE)
            if key in cells
        }
        said = {key: value for key, value in numbers.items() if value is not None}
        if not said:
            return
        column, text = cells["mois"]
        month = clean_month(text).value
        if month is None:
            self.fault(at, f"« {excerpt(text, _SHOWN)} » n’est pas un mois, par exemple 03/2026", column)
            return
        periods = said.pop("pmsmp", None)
        if periods is not None:
            self.immersions[month] = self.immersions.get(month, 0) + int(periods)
        if said and (modality := self._modality(at, cells)):
            people = said.get("personnes")
            self._add(
                MonthHours(
                    month,
                    modality,
                    planned=said.get("prevues"),
                    placed=said.get("placees"),
                    done=said.get("faites"),
                    people=None if people is None else int(people),
                )
            )

    def _modality(self, at: int, cells: Cells) -> str:
        """The modality of a line; "" where it has none, or one of no hours, which is a fault."""
        column, written = cells.get("modalite", ("", ""))
        named = modality_named(written) if written else self.modality
        if named == PMSMP:
            self.fault(
                at,
                "une PMSMP n’est pas une heure d’insertion : comptez les périodes dans une colonne « PMSMP »",
                column,
            )
            return ""
        if not named and written:
            self.fault(at, f"« {excerpt(written, _SHOWN)} » n’est pas une modalité : {_KNOWN}", column)
        elif not named:
            self.fault(
                at, "aucune modalité ; ajoutez une colonne « Modalité », ou choisissez celle de toutes les lignes"
            )
        return named

    def _number(self, at: int, column: str, text: str, *, whole: bool) -> float | None:
        """A number of 0 or more, `whole` where it counts things, None where the cell is empty; a fault for anything else."""
        if not text:
            return None
        value, doubt = clean_measure(text, *_UNITS)
        if value is None or doubt or (whole and value % 1):
            wanted = "un nombre entier, par exemple 3" if whole else "un nombre de 0 ou plus, par exemple 151,67"
            self.fault(at, f"« {excerpt(text, _SHOWN)} » n’est pas {wanted}", column)
            return None
        return value

    def _add(self, line: MonthHours) -> None:
        former = self.months.get((line.month, line.modality))
        self.summed += former is not None
        self.months[line.month, line.modality] = _sum(former, line) if former else line

    def _said(self) -> Iterator[str]:
        if self.summed:
            yield f"{count(self.summed, 'ligne')} du même mois et de la même modalité qu’une autre : additionnées."
        if self.totals:
            yield f"{count(self.totals, 'ligne')} de total : non reprise{'s' if self.totals > 1 else ''}."
        if left := self.layout.left:
            yield f"{quoted(left)} : non reprise{'s' if len(left) > 1 else ''}."


def _sum(one: MonthHours, other: MonthHours) -> MonthHours:
    people = added((one.people, other.people))
    return replace(
        one,
        planned=added((one.planned, other.planned)),
        placed=added((one.placed, other.placed)),
        done=added((one.done, other.done)),
        people=None if people is None else int(people),
    )
