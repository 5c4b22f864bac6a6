"""Economic figures by family of trades, to convert amounts into hours and jobs: labour share, hourly cost, price of an hour, turnover per
full-time equivalent (ETP), usual percentage of hours of a social clause.

The shipped table is `data/reference/calibration.csv`, empty (« à caler ») where public sources give nothing. A team may override families in its
catalogue: loading its shelf passes these lines to `follow_lines`. The values of price indices that it notes apply to every family.
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
from matcher.reference.clauses import modalities
from matcher.reference.price_index import HOURLY_INDEX, INDICES, CostUpdate, IndexValue, cost_update, latest_year
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.cpv import DIGITS, normalise_cpv

# Hours a full-time equivalent works in a year: France's legal year (25 M hours for about 15,700 ETP nationally in 2021 is 1,592).
HOURS_PER_ETP = 1607.0
# Gross hourly minimum wage (SMIC) since November 2024: lower bound of any cost of an hour.
LEAST_HOURLY = 11.88
# Each figure is a range: its two columns, then its least and greatest allowed values. Shares are in percent.
SPANS = {
    "share": ("part_basse", "part_haute", 1.0, 100.0),
    "hourly": ("cout_bas", "cout_haut", LEAST_HOURLY, 500.0),
    "price": ("prix_bas", "prix_haut", LEAST_HOURLY, 1_000.0),
    "turnover": ("euros_par_etp_bas", "euros_par_etp_haut", 1_000.0, 2_000_000.0),
    "clause": ("pourcentage_bas", "pourcentage_haut", 0.0, 100.0),
}
# Figures in euros, which are updated by price indices.
COSTS = frozenset(("hourly", "price", "turnover"))
TRANSFER = "reprise"
BY_FIGURE = ("source", "annee", "surete")
_TEXTS = ("indice", TRANSFER, *BY_FIGURE, "remarque")
_FIGURES = tuple(name for low, high, *_ in SPANS.values() for name in (low, high))
CLOSED_WAYS = "voies_fermees"
COLUMNS = ("famille", "mots", "cpv", "activites", *_FIGURES, *_TEXTS, CLOSED_WAYS)
# Columns missing from files of former versions.
_NEWER = frozenset(("prix_bas", "prix_haut", TRANSFER, "mots", "indice", CLOSED_WAYS))
_YES = "oui"
# Least share of a lot's activities in one family for the family not to be asked.
SURE_FAMILY = 0.7
# Labels of figures in texts that cover several: « part et coût : Maison de l’emploi Sud 77 ; pourcentage : … ».
_SAID = {"share": "part", "hourly": "coût", "price": "prix", "turnover": "chiffre d’affaires", "clause": "pourcentage"}


class CalibrationRefused(Exception):
    """A line of calibration that cannot be used. The message is French and names the file or the family, and the `column` (empty for none)."""

    def __init__(self, says: str, column: str = "") -> None:
        super().__init__(says)
        self.column = column


@dataclass(frozen=True, slots=True)
class Span:
    """A figure known as a range."""

    low: float
    high: float

    @property
    def middle(self) -> float:
        """Middle of the range."""
        return (self.low + self.high) / 2


@dataclass(frozen=True, slots=True)
class WorkFamily:
    """A family of trades with common figures; None for what no source gives.

    `share`: percentage of the price that pays labour; `hourly`: cost of an hour in euros; `price`: what a buyer pays for an hour; `turnover`:
    yearly euros before tax per full-time equivalent; `clause`: usual percentage of insertion hours. `transferred`: staff usually moves to the next
    contractor, so that few posts are newly filled. `words` identify the family in a text, `cpv` are prefixes, `activities` codes, groups or natures
    of the taxonomy. `index`: its price index; `indices`: all values that a team noted. `closed_ways`: codes of the ways to fulfil insertion hours
    (`modalites.csv`) that the law forbids there, `remark` gives the reason.
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
    closed_ways: tuple[str, ...] = ()
    # Not hashed, for speed: a hundred values.
    indices: tuple[IndexValue, ...] = field(default=(), hash=False)

    @property
    def works(self) -> bool:
        """Return True for contracts of works."""
        return any(code.startswith("45") for code in self.cpv)

    @property
    def euros_per_etp(self) -> Span | None:
        """Yearly euros before tax per full-time equivalent, from the labour share and the hourly cost, else the turnover; updated by the price
        index where known."""
        spans: list[Span | None] = []
        for figure, span in (("hourly", self.hourly), ("turnover", self.turnover)):
            update = self.update_of(figure) if span else None
            spans.append(Span(span.low * update.times, span.high * update.times) if span and update else span)
        hourly, turnover = spans
        if self.share is None or hourly is None:
            return turnover
        of_price = 100 * HOURS_PER_ETP
        return Span(hourly.low * of_price / self.share.high, hourly.high * of_price / self.share.low)

    @property
    def etp_year(self) -> str:
        """Year of the costs behind `euros_per_etp`, and the month to which an index updates them, in French."""
        figure = "hourly" if self.share is not None and self.hourly is not None else "turnover"
        update = self.update_of(figure)
        return f"{self.year_of(figure)}{f', réindexé {update.month:%m/%Y}' if update else ''}"

    def source_of(self, figure: str) -> str:
        """Return the source of a figure, by its name in `SPANS`."""
        return _text_of(self.source, figure) or self.source

    def year_of(self, figure: str) -> str:
        """Return the year of a figure, empty where unknown."""
        return _text_of(self.year, figure)

    def sureness_of(self, figure: str) -> str:
        """Return how sure a figure is, in French, empty where unknown."""
        return _text_of(self.sureness, figure)

    def update_of(self, figure: str) -> CostUpdate | None:
        """Return the growth of the price index since the year of a cost, None where unknown."""
        year = latest_year(self.year_of(figure))
        return None if year is None else cost_update(self.indices, self.index_of(figure), year)

    def index_of(self, figure: str) -> str:
        """Return the index that a cost follows: that of wages for the hourly cost, else the family's own."""
        return HOURLY_INDEX if figure == "hourly" else self.index

    @property
    def gives_work(self) -> bool:
        """Return whether insertion hours can be asked of such contracts: False where the usual percentage is 0."""
        return self.clause is None or self.clause.high > 0

    @property
    def no_clause(self) -> str:
        """French reason why insertion hours cannot be asked of such contracts, with what the law forbids there; empty where they can."""
        if self.gives_work:
            return ""
        forbidden = f" : {self.remark} ({self.source})" if self.closed_ways else ""
        return f"pas de clause d’insertion dans ce métier ({self.name.lower()}){forbidden}"


class FamilyRead(NamedTuple):
    """Possible families of a lot, the likeliest first; `by`: the evidence, in French; `sure`: the first need not be asked; `several`: the text names
    them all."""

    families: tuple[WorkFamily, ...] = ()
    by: str = "lue dans l’objet"
    sure: bool = False
    several: bool = False


class _Families(NamedTuple):
    """Every family, indexed by CPV prefix and by trade, group or nature."""

    every: tuple[WorkFamily, ...]
    by_prefix: Mapping[str, WorkFamily]
    by_trade: Mapping[str, WorkFamily]


def work_families() -> tuple[WorkFamily, ...]:
    """Return every family, the team's lines replacing the shipped ones."""
    return _table(_TEAM.get()).every


def follow_lines(team: Iterable[WorkFamily]) -> None:
    """Set the lines of a team that override the shipped table, for the current thread or task (context variable)."""
    _TEAM.set(tuple(team))


def family_named(written: str) -> WorkFamily:
    """Return the family of this name or beginning of a name. Raises CalibrationRefused where none or several match."""
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
    """Return the possible families of a lot: by the longest prefix of its first CPV, else by words of its text, else by its activities, weighted
    by their confidence."""
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
    named = (its for its in table.every if any(f" {word} " in text for word in its.words))
    return next(((its, "écrite dans l’objet") for its in named), None)


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
    """Return the yearly euros before tax per full-time equivalent in a lot's trade; None where not calibrated."""
    family = family_of(reading)
    return family.euros_per_etp if family else None


def read_family_lines(path: Path) -> list[dict[str, str]]:
    """Read and check a CSV file of families; return its cells by column. Raises CalibrationRefused, with line and column."""
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


# Lines of the team whose catalogue is open.
_TEAM: ContextVar[tuple[WorkFamily, ...]] = ContextVar("lines of a team", default=())


@lru_cache(maxsize=4)
def _table(team: tuple[WorkFamily, ...]) -> _Families:
    """Return the index of the shipped families, overridden by those of a team."""
    families = {row["famille"]: family_from(row) for row in shipped_lines()} | {its.name: its for its in team}
    every = tuple(families.values())
    by_prefix = {prefix: its for its in every for prefix in its.cpv}
    return _Families(every, by_prefix, {trade: its for its in every for trade in its.activities})


def _text_of(text: str, figure: str) -> str:
    """Return the part of a text that is about one figure; empty where it only names others, the whole text where it names none."""
    parts = [(names, part) for names, _, part in (each.partition(" : ") for each in text.split(" ; ")) if part]
    if own := next((part for names, part in parts if _SAID[figure] in names), ""):
        return own
    return "" if any(label in names for names, _ in parts for label in _SAID.values()) else text


def texts_by_figure(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """Return the texts (source, year, sureness) of an edited line, by column: a text that names no figure is attributed to the figures that changed,
    and unchanged ones keep their former text. Empty where no figure changed, or all did."""
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
    """Return the family of a line's `cells`, with the values of `indices`. Raises CalibrationRefused, naming `where`, for an invalid cell."""
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
        closed_ways=_closed_ways(cells, where),
        indices=tuple(indices),
        **spans,
    )


def _closed_ways(cells: Mapping[str, str], where: str) -> tuple[str, ...]:
    ways = [way.code for way in modalities()]
    codes = tuple(cells.get(CLOSED_WAYS, "").split())
    if unknown := next((code for code in codes if code not in ways), None):
        raise CalibrationRefused(
            f"{where}, colonne « {CLOSED_WAYS} » : « {unknown} » n’est pas une voie : {', '.join(ways)}.", CLOSED_WAYS
        )
    return codes


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
