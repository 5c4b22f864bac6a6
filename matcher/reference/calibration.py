"""Calibration of work by family of trades: labour share, hourly cost, euros per full-time equivalent, usual percentage of a clause.

The shipped table is `data/reference/calibration.csv`; what public sources do not give is left empty there, « à caler ». A file of the same
columns in the user's data folder (settings.calibration_file) completes it: its lines stand in the place of the family that they name.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from matcher.cleaning.numbers import clean_measure
from matcher.domain.french import number
from matcher.domain.reading import Reading
from matcher.paths import shipped
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.cpv import DIGITS, normalise_cpv
from matcher.settings import calibration_file

# Hours a full-time equivalent works in a year: France's legal year (25 M hours for about 15,700 ETP nationally in 2021 is 1,592).
HOURS_PER_ETP = 1607.0
# Each figure is a range: its two columns, the least and the most that it may be. Shares are in percent: « 0,45 » would be a share of one.
SPANS = {
    "share": ("part_basse", "part_haute", 1.0, 100.0),
    "hourly": ("cout_bas", "cout_haut", 5.0, 500.0),
    "turnover": ("euros_par_etp_bas", "euros_par_etp_haut", 1_000.0, 2_000_000.0),
    "clause": ("pourcentage_bas", "pourcentage_haut", 0.0, 100.0),
}
_TEXTS = ("source", "annee", "surete", "remarque")
COLUMNS = ("famille", "cpv", "activites", *(name for low, high, *_ in SPANS.values() for name in (low, high)), *_TEXTS)


class CalibrationRefused(Exception):
    """A file of calibration that cannot be used; the message is French and names the file, the line and the column."""


@dataclass(frozen=True, slots=True)
class Span:
    """A figure known between two ends."""

    low: float
    high: float

    @property
    def middle(self) -> float:
        """Half way between the ends."""
        return (self.low + self.high) / 2


@dataclass(frozen=True, slots=True)
class WorkFamily:
    """A family of trades that is calibrated as one; None for what no source gives.

    `share` is the percentage of the price that pays work; `hourly` the cost of an hour, in euros; `turnover` the euros before tax that
    one full-time equivalent turns over in a year; `clause` the usual percentage of hours for insertion. `cpv` are prefixes, `activities`
    codes, groups or natures of the taxonomy.
    """

    name: str
    cpv: tuple[str, ...]
    activities: tuple[str, ...]
    share: Span | None
    hourly: Span | None
    turnover: Span | None
    clause: Span | None
    source: str
    year: str
    sureness: str
    remark: str

    @property
    def euros_per_etp(self) -> Span | None:
        """Euros before tax that take one full-time equivalent for a year: from the labour share and the hourly cost, else the turnover."""
        if self.share is None or self.hourly is None:
            return self.turnover
        of_price = 100 * HOURS_PER_ETP
        return Span(self.hourly.low * of_price / self.share.high, self.hourly.high * of_price / self.share.low)

    @property
    def gives_work(self) -> bool:
        """Whether hours for insertion can be asked of such a contract: not where the usual percentage is none."""
        return self.clause is None or self.clause.high > 0

    @property
    def per_hour(self) -> Span | None:
        """Euros before tax of the contract that take one hour of work; None where it is to be calibrated."""
        a_year = self.euros_per_etp
        return None if a_year is None else Span(a_year.low / HOURS_PER_ETP, a_year.high / HOURS_PER_ETP)


class _Families(NamedTuple):
    """Every family, and how one is found: by a prefix of the CPV, by a trade, its group or its nature."""

    every: tuple[WorkFamily, ...]
    by_prefix: Mapping[str, WorkFamily]
    by_trade: Mapping[str, WorkFamily]


def families() -> tuple[WorkFamily, ...]:
    """Return every family by name, the user's own lines in the place of those shipped. Raises CalibrationRefused."""
    return _now().every


def family_of(reading: Reading) -> WorkFamily | None:
    """Return the family that a lot is of: by the longest prefix of its first CPV, else by its likeliest activity, the group or the nature
    of that; None where the table has none. Raises CalibrationRefused."""
    table = _now()
    code = next((code for raw in reading.lot.cpv if (code := normalise_cpv(raw)[0])), "")
    for length in range(len(code), 1, -1):
        if found := table.by_prefix.get(code[:length]):
            return found
    if not reading.activities:
        return None
    activity = reading.activities[0].code
    names = taxonomy()
    wider = (activity, names.group_of(activity), names.nature_of(activity))
    return next((table.by_trade[trade] for trade in wider if trade in table.by_trade), None)


def euros_per_etp(reading: Reading) -> Span | None:
    """Return the euros before tax that take one full-time equivalent for a year in the trade of a lot; None where it is to be calibrated."""
    family = family_of(reading)
    return family.euros_per_etp if family else None


def load_calibration(path: Path) -> tuple[WorkFamily, ...]:
    """Read a table of families. Raises CalibrationRefused for what cannot be used, at its line and column."""
    return tuple(_family(row, f"« {path} », ligne {line}") for line, row in enumerate(_rows(path), start=2))


def _shipped() -> Path:
    return shipped("data/reference/calibration.csv")


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CalibrationRefused(
            f"« {path} » n’est pas en UTF-8 (octet {error.start}). Enregistrez-le en UTF-8."
        ) from error
    table = csv.DictReader(text.splitlines(), delimiter=";")
    if missing := [column for column in COLUMNS if column not in (table.fieldnames or ())]:
        raise CalibrationRefused(
            f"« {path} », ligne 1 : colonne absente : {', '.join(missing)}. « entremise reference calibration » écrit ce fichier."
        )
    return [{column: (row[column] or "").strip() for column in COLUMNS} for row in table]


def fill(cells: Mapping[str, str]) -> WorkFamily:
    """Keep a line of a family in the user's file, in the place of the one that it has there; what `cells` leave out is as known so far.

    Raises CalibrationRefused where a cell cannot be used, with nothing written.
    """
    own, name = calibration_file(), cells.get("famille", "")
    kept = {row["famille"]: row for row in _rows(own)} if own.is_file() else {}
    shipped_rows = {row["famille"]: row for row in _rows(_shipped())}
    row = {**dict.fromkeys(COLUMNS, ""), **shipped_rows.get(name, {}), **kept.get(name, {}), **cells}
    family = _family(row, f"« {name} »")
    text = io.StringIO()
    written = csv.DictWriter(text, COLUMNS, delimiter=";", lineterminator="\n")
    written.writeheader()
    written.writerows(dict(sorted({**kept, name: row}.items())).values())
    own.parent.mkdir(parents=True, exist_ok=True)
    whole = own.with_suffix(".tmp")
    whole.write_text(text.getvalue(), encoding="utf-8")
    whole.replace(own)
    return family


def _now() -> _Families:
    """The table as it stands: the user's own file may have changed."""
    own = calibration_file()
    return _read(own, own.stat().st_mtime_ns if own.is_file() else 0)


@lru_cache(maxsize=1)
def _read(own: Path, written: int) -> _Families:
    """The shipped families, and those of the user's own file as it was `written` at a time, in nanoseconds: none at 0."""
    families = {its.name: its for its in load_calibration(_shipped())}
    if written:
        families |= {its.name: its for its in load_calibration(own)}
    every = tuple(families.values())
    by_prefix = {prefix: its for its in every for prefix in its.cpv}
    return _Families(every, by_prefix, {trade: its for its in every for trade in its.activities})


def _family(cells: Mapping[str, str], where: str) -> WorkFamily:
    spans = {name: _span(cells, name, where) for name in SPANS}
    if not cells["famille"]:
        raise CalibrationRefused(f"{where}, colonne « famille » : écrivez le nom de la famille.")
    if any(its is not None for its in spans.values()) and not cells["source"]:
        raise CalibrationRefused(f"{where}, colonne « source » : dites d’où viennent ces chiffres.")
    cpv = tuple(cells["cpv"].split())
    if wrong := next((code for code in cpv if not (code.isdigit() and len(code) <= DIGITS)), None):
        raise CalibrationRefused(f"{where}, colonne « cpv » : « {wrong} » n’est pas un code CPV, ni son début.")
    return WorkFamily(
        name=cells["famille"],
        cpv=cpv,
        activities=tuple(cells["activites"].split()),
        source=cells["source"],
        year=cells["annee"],
        sureness=cells["surete"],
        remark=cells["remarque"],
        **spans,
    )


def _span(cells: Mapping[str, str], name: str, where: str) -> Span | None:
    low_column, high_column, least, most = SPANS[name]
    ends = [
        _figure(cells[column], least, most, f"{where}, colonne « {column} »")
        for column in (low_column, high_column)
        if cells[column]
    ]
    if not ends:
        return None
    if len(ends) == 2 and ends[0] > ends[1]:
        raise CalibrationRefused(f"{where}, colonne « {high_column} » : elle est sous « {low_column} ».")
    return Span(ends[0], ends[-1])


def _figure(written: str, least: float, most: float, where: str) -> float:
    value, flag = clean_measure(written, "%", "€")
    if value is None or flag or not least <= value <= most:
        raise CalibrationRefused(
            f"{where} : « {written} » n’est pas un nombre entre {number(least)} et {number(most)}."
        )
    return value
