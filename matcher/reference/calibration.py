"""Calibration of work by family of trades: labour share, hourly cost, price of an hour, euros per full-time equivalent, usual percentage of a
clause.

The shipped table is `data/reference/calibration.csv`; what public sources do not give is left empty there, « à caler ». The lines that a
team fills are in its catalogue: whoever opens its shelf says so by `follow`, and they stand in the place of the family that they name.
"""

import csv
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
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

# Hours a full-time equivalent works in a year: France's legal year (25 M hours for about 15,700 ETP nationally in 2021 is 1,592).
HOURS_PER_ETP = 1607.0
# Each figure is a range: its two columns, the least and the most that it may be. Shares are in percent: « 0,45 » would be a share of one.
SPANS = {
    "share": ("part_basse", "part_haute", 1.0, 100.0),
    "hourly": ("cout_bas", "cout_haut", 5.0, 500.0),
    "price": ("prix_bas", "prix_haut", 5.0, 1_000.0),
    "turnover": ("euros_par_etp_bas", "euros_par_etp_haut", 1_000.0, 2_000_000.0),
    "clause": ("pourcentage_bas", "pourcentage_haut", 0.0, 100.0),
}
TRANSFER = "reprise"
_TEXTS = (TRANSFER, "source", "annee", "surete", "remarque")
COLUMNS = ("famille", "cpv", "activites", *(name for low, high, *_ in SPANS.values() for name in (low, high)), *_TEXTS)
# A file written for version 0.2 lacks them.
_NEWER = frozenset(("prix_bas", "prix_haut", TRANSFER))
_YES = "oui"
# How a source of several figures says which one it is of: « part et coût : Maison de l’emploi Sud 77 ; pourcentage : … ».
_SAID = {"share": "part", "hourly": "coût", "price": "prix", "turnover": "chiffre d’affaires", "clause": "pourcentage"}


class CalibrationRefused(Exception):
    """A line of calibration that cannot be used; the message is French and names the file or the family, and the column, which is `column`
    too, empty where it is none."""

    def __init__(self, says: str, column: str = "") -> None:
        super().__init__(says)
        self.column = column


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

    `share` is the percentage of the price that pays work; `hourly` the cost of an hour, in euros, `price` what a buyer pays for it;
    `turnover` the euros before tax that one full-time equivalent turns over in a year; `clause` the usual percentage of hours for insertion.
    `transferred`: the staff usually goes from one holder to the next, so that few posts are newly filled. `cpv` are prefixes,
    `activities` codes, groups or natures of the taxonomy.
    """

    name: str
    cpv: tuple[str, ...]
    activities: tuple[str, ...]
    share: Span | None
    hourly: Span | None
    price: Span | None
    turnover: Span | None
    clause: Span | None
    transferred: bool
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

    def source_of(self, figure: str) -> str:
        """Return where one of its figures, by its name in `SPANS`, comes from: the part of the source that names it, else the whole."""
        parts = [part for part in self.source.split(" ; ") if _SAID[figure] in part.partition(" : ")[0]]
        return parts[0].partition(" : ")[2] if parts else self.source

    @property
    def gives_work(self) -> bool:
        """Whether hours for insertion can be asked of such a contract: not where the usual percentage is none."""
        return self.clause is None or self.clause.high > 0


class _Families(NamedTuple):
    """Every family, and how one is found: by a prefix of the CPV, by a trade, its group or its nature."""

    every: tuple[WorkFamily, ...]
    by_prefix: Mapping[str, WorkFamily]
    by_trade: Mapping[str, WorkFamily]


def families() -> tuple[WorkFamily, ...]:
    """Return every family by name, the lines of the team in the place of those shipped."""
    return _table(_TEAM.get()).every


def follow(team: Iterable[WorkFamily]) -> None:
    """From now on, in this thread or task, read the table with these lines of a team."""
    _TEAM.set(tuple(team))


def family_of(reading: Reading) -> WorkFamily | None:
    """Return the family that a lot is of: by the longest prefix of its first CPV, else by its likeliest activity, the group or the nature
    of that; None where the table has none."""
    table = _table(_TEAM.get())
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


def lines_of(path: Path) -> list[dict[str, str]]:
    """Read the cells of a file of families, by column. Raises CalibrationRefused for what cannot be used, at its line and column."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CalibrationRefused(
            f"« {path} » n’est pas en UTF-8 (octet {error.start}). Enregistrez-le en UTF-8."
        ) from error
    table = csv.DictReader(text.splitlines(), delimiter=";")
    if missing := [column for column in COLUMNS if column not in (table.fieldnames or ()) and column not in _NEWER]:
        raise CalibrationRefused(f"« {path} », ligne 1 : colonne absente : {', '.join(missing)}.")
    rows = [{column: (row.get(column) or "").strip() for column in COLUMNS} for row in table]
    for line, row in enumerate(rows, start=2):
        family_from(row, f"« {path} », ligne {line}")
    return rows


def shipped_lines() -> list[dict[str, str]]:
    """Return the cells of the shipped families, by column."""
    return lines_of(shipped("data/reference/calibration.csv"))


# What the team whose catalogue is open has filled.
_TEAM: ContextVar[tuple[WorkFamily, ...]] = ContextVar("lines of a team", default=())


@lru_cache(maxsize=4)
def _table(team: tuple[WorkFamily, ...]) -> _Families:
    """The shipped families, those of a team in the place of the ones that they name."""
    families = {row["famille"]: family_from(row) for row in shipped_lines()} | {its.name: its for its in team}
    every = tuple(families.values())
    by_prefix = {prefix: its for its in every for prefix in its.cpv}
    return _Families(every, by_prefix, {trade: its for its in every for trade in its.activities})


def family_from(cells: Mapping[str, str], where: str = "") -> WorkFamily:
    """Return the family that a line says. Raises CalibrationRefused, from `where`, for a cell that cannot be used."""
    where = where or f"« {cells['famille']} »"
    spans = {name: _span(cells, name, where) for name in SPANS}
    if not cells["famille"]:
        raise CalibrationRefused(f"{where}, colonne « famille » : écrivez le nom de la famille.", "famille")
    if any(its is not None for its in spans.values()) and not cells["source"]:
        raise CalibrationRefused(f"{where}, colonne « source » : dites d’où viennent ces chiffres.", "source")
    cpv = tuple(cells["cpv"].split())
    if wrong := next((code for code in cpv if not (code.isdigit() and len(code) <= DIGITS)), None):
        raise CalibrationRefused(f"{where}, colonne « cpv » : « {wrong} » n’est pas un code CPV, ni son début.", "cpv")
    return WorkFamily(
        name=cells["famille"],
        cpv=cpv,
        activities=tuple(cells["activites"].split()),
        transferred=cells[TRANSFER] == _YES,
        source=cells["source"],
        year=cells["annee"],
        sureness=cells["surete"],
        remark=cells["remarque"],
        **spans,
    )


def _span(cells: Mapping[str, str], name: str, where: str) -> Span | None:
    low_column, high_column, least, most = SPANS[name]
    ends = [_figure(cells[column], column, least, most, where) for column in (low_column, high_column) if cells[column]]
    if not ends:
        return None
    if len(ends) == 2 and ends[0] > ends[1]:
        raise CalibrationRefused(f"{where}, colonne « {high_column} » : elle est sous « {low_column} ».", high_column)
    return Span(ends[0], ends[-1])


def _figure(written: str, column: str, least: float, most: float, where: str) -> float:
    value, flag = clean_measure(written, "%", "€")
    if value is None or flag or not least <= value <= most:
        raise CalibrationRefused(
            f"{where}, colonne « {column} » : « {written} » n’est pas un nombre entre {number(least)} et {number(most)}.",
            column,
        )
    return value
