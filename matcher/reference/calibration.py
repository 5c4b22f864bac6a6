"""Calibration of work by family of trades: labour share, hourly cost, price of an hour, euros per full-time equivalent, usual percentage of a
clause.

The shipped table is `data/reference/calibration.csv`; what public sources do not give is left empty there, « à caler ». The lines that a
team fills are in its catalogue: whoever opens its shelf hands them to `follow_lines`, and they stand in the place of the family that they name. The
values of indices that it notes are those of every family.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from matcher.cleaning.numbers import clean_measure
from matcher.cleaning.words import fold, words
from matcher.domain.french import enumeration, number
from matcher.domain.reading import SUPPOSED, Reading
from matcher.paths import shipped_path
from matcher.reference.price_index import HOURLY_INDEX, INDICES, CostUpdate, IndexValue, cost_update, latest_year
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.cpv import DIGITS, normalise_cpv

# Hours a full-time equivalent works in a year: France's legal year (25 M hours for about 15,700 ETP nationally in 2021 is 1,592).
HOURS_PER_ETP = 1607.0
# The gross SMIC of an hour since November 2024: whatever an hour costs, it is more.
LEAST_HOURLY = 11.88
# Each figure is a range: its two columns, the least and the most that it may be. Shares are in percent: « 0,45 » would be a share of one.
SPANS = {
    "share": ("part_basse", "part_haute", 1.0, 100.0),
    "hourly": ("cout_bas", "cout_haut", LEAST_HOURLY, 500.0),
    "price": ("prix_bas", "prix_haut", LEAST_HOURLY, 1_000.0),
    "turnover": ("euros_par_etp_bas", "euros_par_etp_haut", 1_000.0, 2_000_000.0),
    "clause": ("pourcentage_bas", "pourcentage_haut", 0.0, 100.0),
}
# Figures in euros, which grow old.
COSTS = frozenset(("hourly", "price", "turnover"))
TRANSFER = "reprise"
BY_FIGURE = ("source", "annee", "surete")
_TEXTS = ("indice", TRANSFER, *BY_FIGURE, "remarque")
_FIGURES = tuple(name for low, high, *_ in SPANS.values() for name in (low, high))
COLUMNS = ("famille", "mots", "cpv", "activites", *_FIGURES, *_TEXTS)
# A file written for a former version lacks them.
_NEWER = frozenset(("prix_bas", "prix_haut", TRANSFER, "mots", "indice"))
_YES = "oui"
# Share of all that is read of a lot from which its family need not be asked.
SURE_FAMILY = 0.7
# How a source, a year or a sureness of several figures names its own: « part et coût : Maison de l’emploi Sud 77 ; pourcentage : … ».
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
    `transferred`: the staff usually goes from one holder to the next, so that few posts are newly filled. `words` name it outright, `cpv` are
    prefixes, `activities` codes, groups or natures of the taxonomy. `index` is that of its prices, `indices` all the values that a team noted.
    """

    name: str
    words: tuple[str, ...]
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
    index: str = HOURLY_INDEX
    # Not hashed: a hundred values of each family, at every look-up in the table.
    indices: tuple[IndexValue, ...] = field(default=(), hash=False)

    @property
    def works(self) -> bool:
        """Return True for contracts of works."""
        return any(code.startswith("45") for code in self.cpv)

    @property
    def euros_per_etp(self) -> Span | None:
        """Euros before tax that take one full-time equivalent for a year: from the labour share and the hourly cost, else the turnover; as of
        the last month of the index, where it is known."""
        hourly, turnover = (self._updated(figure) for figure in ("hourly", "turnover"))
        if self.share is None or hourly is None:
            return turnover
        of_price = 100 * HOURS_PER_ETP
        return Span(hourly.low * of_price / self.share.high, hourly.high * of_price / self.share.low)

    @property
    def etp_year(self) -> str:
        """Year of the costs behind `euros_per_etp`, and up to when an index brings them."""
        figure = "hourly" if self.share is not None and self.hourly is not None else "turnover"
        update = self.update_of(figure)
        return f"{self.year_of(figure)}{f', réindexé {update.month:%m/%Y}' if update else ''}"

    def source_of(self, figure: str) -> str:
        """Return where one of its figures, by its name in `SPANS`, comes from."""
        return _text_of(self.source, figure) or self.source

    def year_of(self, figure: str) -> str:
        """Return of which year one of its figures is, empty where that is not known."""
        return _text_of(self.year, figure)

    def sureness_of(self, figure: str) -> str:
        """Return how sure one of its figures is, empty where that is not known."""
        return _text_of(self.sureness, figure)

    def update_of(self, figure: str) -> CostUpdate | None:
        """Return how its index has grown since one of its costs, None where that is not known."""
        year = latest_year(self.year_of(figure))
        return None if year is None else cost_update(self.indices, self.index_of(figure), year)

    def index_of(self, figure: str) -> str:
        """Return the index that one of its costs follows: wages for an hour of work, its own for prices."""
        return HOURLY_INDEX if figure == "hourly" else self.index

    def _updated(self, figure: str) -> Span | None:
        span: Span | None = getattr(self, figure)
        update = self.update_of(figure) if span else None
        return Span(span.low * update.times, span.high * update.times) if span and update else span

    @property
    def gives_work(self) -> bool:
        """Return whether hours for insertion can be asked of such a contract: not where the usual percentage is none."""
        return self.clause is None or self.clause.high > 0


class FamilyRead(NamedTuple):
    """Families that a lot may be of, the likeliest first, and the evidence `by` which, in French; `sure` whether the first need not be asked, `several`
    whether the text names them all.
    """

    families: tuple[WorkFamily, ...] = ()
    by: str = "lue dans l’objet"
    sure: bool = False
    several: bool = False


class _Families(NamedTuple):
    """Every family, and how one is found: by a prefix of the CPV, by a trade, its group or its nature."""

    every: tuple[WorkFamily, ...]
    by_prefix: Mapping[str, WorkFamily]
    by_trade: Mapping[str, WorkFamily]


def work_families() -> tuple[WorkFamily, ...]:
    """Return every family by name, the lines of the team in the place of those shipped."""
    return _table(_TEAM.get()).every


def follow_lines(team: Iterable[WorkFamily]) -> None:
    """From now on, in this thread or task, read the table with these lines of a team."""
    _TEAM.set(tuple(team))


def family_named(written: str) -> WorkFamily:
    """Return the family that a person names, by its name or the beginning of it. Raises CalibrationRefused."""
    named = [its for its in work_families() if fold(its.name).startswith(fold(written))]
    exact = [its for its in named if fold(its.name) == fold(written)]
    if len(exact or named) != 1:
        names = enumeration([f"« {its.name} »" for its in (named or work_families())], "ou")
        raise CalibrationRefused(f"« {written} » n’est pas le nom d’une famille : {names}.", "famille")
    return (exact or named)[0]


def family_of(reading: Reading) -> WorkFamily | None:
    """Return the likeliest family of a lot; None where the table has none."""
    return next(iter(likely_families(reading).families), None)


def likely_families(reading: Reading) -> FamilyRead:
    """Return the families that a lot may be of: that of the longest prefix of its first CPV, else the one that its words name outright, else
    those of its activities, each by all that is read of it."""
    table = _table(_TEAM.get())
    read = _by_activities(reading, table)
    if (outright := _outright(reading, table)) is None:
        return read
    family, by = outright
    return FamilyRead((family, *(its for its in read.families if its != family)), by, sure=True)


def _outright(reading: Reading, table: _Families) -> tuple[WorkFamily, str] | None:
    code = next((code for raw in reading.lot.cpv if (code := normalise_cpv(raw)[0])), "")
    for length in range(len(code), 1, -1):
        if family := table.by_prefix.get(code[:length]):
            return family, f"d’après le CPV {code}"
    text = f" {' '.join(words(reading.lot.objet))} "
    return next(
        ((its, "écrite dans l’objet") for its in table.every if any(f" {word} " in text for word in its.words)), None
    )


def _by_activities(reading: Reading, table: _Families) -> FamilyRead:
    weights: dict[WorkFamily | None, float] = defaultdict(float)
    named, names = set(), taxonomy()
    for guess in reading.activities:
        wider = (guess.code, names.group_of(guess.code), names.nature_of(guess.code))
        work_family = next((table.by_trade[trade] for trade in wider if trade in table.by_trade), None)
        weights[work_family] += guess.confidence
        if guess.named:
            named.add(work_family)
    ordered = sorted(weights, key=lambda its: -weights[its])
    if not ordered or ordered[0] is None:
        return FamilyRead()
    whole = sum(weights.values())
    likely = tuple(its for its in ordered if its is not None and weights[its] >= SUPPOSED * whole)
    if weights[ordered[0]] >= SURE_FAMILY * whole:
        return FamilyRead(likely, sure=True)
    both = tuple(its for its in likely if its in named)
    return FamilyRead(both, several=True) if len(both) > 1 else FamilyRead(likely)


def euros_per_etp(reading: Reading) -> Span | None:
    """Return the euros before tax that take one full-time equivalent for a year in the trade of a lot; None where it is to be calibrated."""
    family = family_of(reading)
    return family.euros_per_etp if family else None


def read_family_lines(path: Path) -> list[dict[str, str]]:
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
    return read_family_lines(shipped_path("data/reference/calibration.csv"))


# What the team whose catalogue is open has filled.
_TEAM: ContextVar[tuple[WorkFamily, ...]] = ContextVar("lines of a team", default=())


@lru_cache(maxsize=4)
def _table(team: tuple[WorkFamily, ...]) -> _Families:
    """The shipped families, those of a team in the place of the ones that they name."""
    families = {row["famille"]: family_from(row) for row in shipped_lines()} | {its.name: its for its in team}
    every = tuple(families.values())
    by_prefix = {prefix: its for its in every for prefix in its.cpv}
    return _Families(every, by_prefix, {trade: its for its in every for trade in its.activities})


def _text_of(text: str, figure: str) -> str:
    """Return the text of one figure: the part that names it, empty where it names others alone, the whole where it names none."""
    parts = [(names, part) for names, _, part in (each.partition(" : ") for each in text.split(" ; ")) if part]
    if own := next((part for names, part in parts if _SAID[figure] in names), ""):
        return own
    return "" if any(label in names for names, _ in parts for label in _SAID.values()) else text


def texts_by_figure(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """Return the sources, years and surenesses of a line that was filled anew: a text that names no figure is that of those that changed,
    of all where none did, and of none that stay as they were.
    """
    merged = {**before, **now}
    filled = [name for name, (low, *_) in SPANS.items() if merged[low]]
    changed = {name for name in filled if _ends(before, name) != _ends(merged, name)}
    if not changed or changed == set(filled):
        return {}
    texts = {}
    for column in BY_FIGURE:
        written, former = merged[column], before[column]
        if written == former or any(_text_of(written, name) != written for name in SPANS):
            continue
        # « part et coût : relevé ; pourcentage : charte »
        figures: dict[str, list[str]] = {}
        for name in filled:
            text = written if name in changed else _text_of(former, name)
            figures.setdefault(text, []).append(_SAID[name])
        texts[column] = " ; ".join(f"{enumeration(names)} : {text}" for text, names in figures.items() if text)
    return texts


def _ends(cells: Mapping[str, str], name: str) -> list[float | str]:
    return [clean_measure(cells[end], "%", "€").value or cells[end] for end in SPANS[name][:2]]


def family_from(cells: Mapping[str, str], where: str = "", indices: Sequence[IndexValue] = ()) -> WorkFamily:
    """Return the family of a line, with the values of `indices`. Raises CalibrationRefused, from `where`, for a cell that cannot be used."""
    where = where or f"« {cells['famille']} »"
    spans = {name: _span(cells, name, where) for name in SPANS}
    if not cells["famille"]:
        raise CalibrationRefused(f"{where}, colonne « famille » : écrivez le nom de la famille.", "famille")
    if any(its is not None for its in spans.values()) and not cells["source"]:
        raise CalibrationRefused(f"{where}, colonne « source » : dites d’où viennent ces chiffres.", "source")
    cpv = tuple(cells["cpv"].split())
    if wrong := next((code for code in cpv if not (code.isdigit() and len(code) <= DIGITS)), None):
        raise CalibrationRefused(f"{where}, colonne « cpv » : « {wrong} » n’est pas un code CPV, ni son début.", "cpv")
    index = cells.get("indice") or HOURLY_INDEX
    if index not in INDICES:
        raise CalibrationRefused(
            f"{where}, colonne « indice » : « {index} » n’est pas {enumeration(list(INDICES), 'ou')}.", "indice"
        )
    return WorkFamily(
        name=cells["famille"],
        words=tuple(" ".join(words(said)) for said in cells.get("mots", "").split(",") if said),
        cpv=cpv,
        activities=tuple(cells["activites"].split()),
        transferred=cells[TRANSFER] == _YES,
        source=cells["source"],
        year=cells["annee"],
        sureness=cells["surete"],
        remark=cells["remarque"],
        index=index,
        indices=tuple(indices),
        **spans,
    )


def _span(cells: Mapping[str, str], name: str, where: str) -> Span | None:
    low_column, high_column, least, most = SPANS[name]
    ends = []
    for column in filter(cells.__getitem__, (low_column, high_column)):
        value, flag = clean_measure(cells[column], "%", "€")
        if value is None or flag or not least <= value <= most:
            raise CalibrationRefused(
                f"{where}, colonne « {column} » : « {cells[column]} » n’est pas un nombre entre {number(least, 2)} et {number(most)}.",
                column,
            )
        ends.append(value)
    if not ends:
        return None
    if len(ends) == 2 and ends[0] > ends[1]:
        raise CalibrationRefused(f"{where}, colonne « {high_column} » : elle est sous « {low_column} ».", high_column)
    return Span(ends[0], ends[-1])
