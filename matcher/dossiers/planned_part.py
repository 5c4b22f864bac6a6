"""Part of a contract that its promise and a plan of clauses kept in a dossier give to each way, for the calls and messages of a winner. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from matcher.cleaning.siret import clean_siret
from matcher.decisions.assumptions import DEFAULT
from matcher.decisions.clause.followup import HoursPromise
from matcher.decisions.clause.plan_document import HOURS
from matcher.domain.french import day, in_groups, number, unit
from matcher.domain.kinds import SupplierKind
from matcher.domain.persona import Persona
from matcher.dossiers.dossier import WHOLE, Dossier, Entry, SavedLot, Status
from matcher.need.title import cut_title
from matcher.reference.clauses import Modality, modalities
from matcher.reference.wordings import persona_wording
from matcher.render.document import (
    CellMark,
    DocumentCell,
    DocumentColumn,
    DocumentKind,
    DocumentRow,
    DocumentTable,
    Marked,
)

_CONTRACT = "Contrat"
_MONTHS = 12
_DAYS = 365.25  # of a year
_DECLARED = tuple(
    map(DocumentColumn, ("Contrat", "Structure", "SIRET", "Ce qu’elle fait", "Heures de cette voie", "Montant HT"))
)
_TO_FILL = Marked("à compléter", CellMark.UNKNOWN)


@dataclass(frozen=True, slots=True)
class PlannedPart:
    """Hours of one contract by way, those without hours left out, none where only their sum is known; `start` and `end` in words, `months` long.
    What is not known is None or empty."""

    hours: float | None = None
    ways: tuple[tuple[Modality, float], ...] = ()
    start: str = ""
    months: float | None = None
    end: str = ""

    def of(self, kinds: Collection[SupplierKind]) -> tuple[tuple[Modality, float], ...]:
        """Return the ways that suppliers of these kinds carry."""
        return tuple((way, hours) for way, hours in self.ways if not way.kinds.isdisjoint(kinds))

    def etp(self, hours: float) -> float:
        """Return hours as full-time equivalents of a year, over the months of the contract where they are known."""
        return hours / DEFAULT.hours_per_etp * (_MONTHS / self.months if self.months else 1)

    def size(self, kinds: Collection[SupplierKind]) -> str:
        """Return in French the hours that suppliers of these kinds would share, and their full-time equivalents; empty where there are none."""
        hours = sum(hours for _, hours in self.of(kinds))
        return f"{unit(hours, 'heures')} en tout, ≈ {unit(self.etp(hours), 'ETP', 1)}" if hours else ""


def persona_of(dossier: Dossier, stated: str) -> Persona:
    """Return the persona that a dossier is written for: `stated` by its organisation, else a buyer, or a winner where it keeps a plan of
    contracts. `stated` is empty where the organisation chose none."""
    return plan_persona(stated) if _plans(dossier) else Persona(stated or Persona.BUYER)


def plan_persona(stated: str) -> Persona:
    """Return the persona that a plan of contracts is written for: `stated` by its organisation, else a winner."""
    return Persona(stated or Persona.WINNER)


def promise_of(dossier: Dossier, lot: SavedLot) -> HoursPromise | None:
    """Return the promise of the contract of a lot, its own, else that of the whole dossier."""
    followed = dossier.followed.get(lot.number) or dossier.followed.get(WHOLE)
    return followed.promise if followed else None


def planned_part(dossier: Dossier, lot: SavedLot) -> PlannedPart | None:
    """Return what is known of the contract of a lot: what it promises, else what the last plan kept gives to it; None where nothing does. Ways are those of
    a plan of the hours promised; the promise of a whole dossier gives nothing to one of its lots."""
    plan, promise = _in_plan(dossier, lot), promise_of(dossier, lot)
    if promise is None or (lot.number not in dossier.followed and len(dossier.lots) > 1):
        return plan
    part = plan or PlannedPart()
    if promise.hours is not None and promise.hours != part.hours:
        part = replace(part, hours=promise.hours, ways=())
    if promise.end is not None:
        months = ((promise.end - promise.start).days + 1) * _MONTHS / _DAYS
        part = replace(part, end=f"jusqu’au {day(promise.end)}", months=months)
    return replace(part, start=f"le {day(promise.start)}")


def _in_plan(dossier: Dossier, lot: SavedLot) -> PlannedPart | None:
    """Return what the last plan that was kept gives to the contract of a lot, None where none plans it."""
    for tables in _plans(dossier):
        by_first: dict[str, DocumentTable] = {}  # the first table of hours of each label of a first column
        for table in reversed(tables):
            labels = [column.label for column in table.columns]
            if HOURS.label in labels:
                by_first[labels[0]] = table
        contracts, ways = by_first.get(_CONTRACT), by_first.get("Modalité")
        at = contract_at(contracts, dossier, lot) if contracts else None
        if contracts and ways and at is not None:
            cells = _by_label(contracts, contracts.rows[at])
            hours, months, start = (cells.get(label) for label in (HOURS.label, "Mois", "Début"))
            return PlannedPart(
                hours=hours if isinstance(hours, int | float) else None,
                ways=tuple(_ways(ways, at)),
                start=start if isinstance(start, str) else "",
                months=months if isinstance(months, int | float) else None,
            )
    return None


def contract_at(table: DocumentTable, dossier: Dossier, lot: SavedLot) -> int | None:
    """Return the index of the line of a table that is of the contract of a lot, by its words; by its turn where several have the same."""
    lines = _lines_of(table, lot)
    before = sum(_lines_of(table, one) == lines for one in dossier.lots if one.number < lot.number)
    return lines[min(before, len(lines) - 1)] if lines else None


def _lines_of(table: DocumentTable, lot: SavedLot) -> list[int]:
    """Return the indexes of the lines that bear the words of a lot: a plan of several contracts, which has a total, numbers them."""
    named = (lot.title, lot.frozen.reading.lot.objet)
    numbered = table.total and table.columns[0].label == _CONTRACT
    labels = [
        str(row.cells[0]).removeprefix(f"{at}. " if numbered else "")
        for at, row in enumerate(table.rows[: -1 if table.total else None], start=1)
    ]
    return [at for at, label in enumerate(labels) if label in named or cut_title(label) in named]


def part_facts(part: PlannedPart, entries: Iterable[Entry]) -> Iterator[tuple[str, str]]:
    """Yield the lines of a part for those that a winner asks, each a label and its text: when, the hours of their ways, else of any way that is not its own
    hiring, else of the whole contract, for whom."""
    kinds = {kind for entry in entries for kind in entry.match.kinds}
    over = part.end or (f"pendant {unit(part.months, 'mois', 1)}" if part.months else "")
    if when := ", ".join(filter(None, (f"dès {part.start}" if part.start else "", over))):
        yield "Dates", when
    for way, hours in part.of(kinds) or part.of(tuple(SupplierKind)):
        yield (
            f"Heures, {way.label[:1].lower()}{way.label[1:]}",
            f"{unit(hours, 'heures')} à partager, ≈ {unit(part.etp(hours), 'ETP', 1)}",
        )
    if part.hours and not part.ways:
        yield "Heures, tout le contrat", f"{unit(part.hours, 'heures')}, ≈ {unit(part.etp(part.hours), 'ETP', 1)}"
    yield "Public", "personnes éligibles à la clause sociale, que le facilitateur valide avant l’embauche ou la mission"


def declared_table(dossier: Dossier) -> DocumentTable:
    """The list to declare subcontracting from: the structures chosen for a contract, their SIRET checked, the amount to be filled in."""
    subcontracting = {kind for way in modalities() if way.subcontracts for kind in way.kinds}
    rows = tuple(
        DocumentRow(_declared_cells(lot, entry, planned_part(dossier, lot)), entry.match.id)
        for lot in dossier.lots
        for entry in lot.entries
        if entry.status is Status.CHOSEN and not entry.withdrawn and subcontracting.intersection(entry.match.kinds)
    )
    return DocumentTable("Sous-traitance à déclarer", _DECLARED, rows, (persona_wording("dc4"),) if rows else ())


def _declared_cells(lot: SavedLot, entry: Entry, part: PlannedPart | None) -> tuple[DocumentCell, ...]:
    siret = clean_siret(entry.match.siret)
    sound = bool(siret.value) and not siret.flag
    wrong = Marked("à vérifier : clé fausse ou numéro fictif" if entry.match.siret else "à compléter", CellMark.UNKNOWN)
    hours = sum(hours for way, hours in part.of(entry.match.kinds) if way.subcontracts) if part else 0
    hours_cell = f"{number(hours)}, à répartir" if hours else None
    return (
        lot.heading,
        entry.match.name,
        in_groups(entry.match.siret) if sound else wrong,
        lot.frozen.reading.lot.objet or lot.title,
        hours_cell,
        _TO_FILL,
    )


def _plans(dossier: Dossier) -> list[Sequence[DocumentTable]]:
    """The tables of each plan that was kept, the last first."""
    return [one.decision.tables for one in reversed(dossier.decisions) if one.decision.kind is DocumentKind.PLAN]


def _ways(table: DocumentTable, contract: int) -> Iterator[tuple[Modality, float]]:
    """The hours of a contract by way: the column that bears its number, that of the hours where it is alone."""
    numbered = (column.label for column in table.columns if column.label.startswith(f"{contract + 1}. "))
    label = next(numbered, HOURS.label)
    by_label = {way.label: way for way in modalities()}
    for row in table.rows:
        way, hours = by_label.get(str(row.cells[0])), _by_label(table, row).get(label)
        if way and isinstance(hours, int | float) and hours > 0:
            yield way, hours


def _by_label(table: DocumentTable, row: DocumentRow) -> Mapping[str, DocumentCell]:
    return {column.label: cell for column, cell in zip(table.columns, row.cells, strict=True)}
