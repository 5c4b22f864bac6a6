"""Hours of a contract planned for each way (hiring, temporary work, subcontracting…), from its promise and from the plan of social clauses kept in the
dossier, for the calls and messages of the company that won the contract; and its table of subcontracting to declare. Pure."""

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
    MarkedText,
)

_CONTRACT = "Contrat"
_MONTHS = 12
_DAYS = 365.25  # of a year
_DECLARED = tuple(
    map(DocumentColumn, ("Contrat", "Structure", "SIRET", "Ce qu’elle fait", "Heures de cette voie", "Montant HT"))
)
_TO_FILL = MarkedText("à compléter", CellMark.UNKNOWN)


@dataclass(frozen=True, slots=True)
class PlannedPart:
    """Hours of one contract in all and by way (`ways` is empty where only the total is known); `start` and `end` in French words, duration in `months`. What is
    not known is None or empty."""

    hours: float | None = None
    ways: tuple[tuple[Modality, float], ...] = ()
    start: str = ""
    months: float | None = None
    end: str = ""

    def of(self, kinds: Collection[SupplierKind]) -> tuple[tuple[Modality, float], ...]:
        """Return the ways, with their hours, open to suppliers of these kinds."""
        return tuple((way, hours) for way, hours in self.ways if not way.kinds.isdisjoint(kinds))

    def etp(self, hours: float) -> float:
        """Convert hours to full-time equivalents, over the contract's months where known, else over a year."""
        return hours / DEFAULT.hours_per_etp * (_MONTHS / self.months if self.months else 1)

    def etp_words(self, hours: float) -> str:
        """Return hours as full-time equivalents, in French; few hours are never none."""
        people = self.etp(hours)
        return f"≈ {unit(people, 'ETP', 1)}" if round(people, 1) or not hours else f"moins de {unit(0.1, 'ETP', 1)}"

    def size(self, kinds: Collection[SupplierKind]) -> str:
        """Return in French the hours planned for suppliers of these kinds (all hours where no way is planned), with full-time equivalents; empty where
        there are none."""
        hours = sum(hours for _, hours in self.of(kinds)) if self.ways else self.hours
        return f"{unit(hours, 'heures')} en tout, {self.etp_words(hours)}" if hours else ""


def persona_of(dossier: Dossier, stated: str) -> Persona:
    """Return the persona (reader: buyer, winner…) of a dossier: the organisation's choice `stated` (empty where it made none), else a winner where the
    dossier keeps a plan of contracts, else a buyer."""
    return plan_persona(stated) if _plans(dossier) else Persona(stated or Persona.BUYER)


def plan_persona(stated: str) -> Persona:
    """Return the persona of a plan of contracts: the organisation's choice `stated`, else a winner."""
    return Persona(stated or Persona.WINNER)


def promise_of(dossier: Dossier, lot: SavedLot) -> HoursPromise | None:
    """Return the promise of hours of a lot's contract, else that of the whole dossier."""
    followed = dossier.followed.get(lot.number) or dossier.followed.get(WHOLE)
    return followed.promise if followed else None


def planned_part(dossier: Dossier, lot: SavedLot) -> PlannedPart | None:
    """Return the hours and dates of a lot's contract from its promise, completed by the last plan kept; None where neither gives any. The plan's ways are
    kept only if it plans the promised total; a promise for the whole dossier is not used for one of several lots."""
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
    """Return the hours and dates that the last kept plan gives to a lot's contract; None where no plan has it."""
    for tables in _plans(dossier):
        by_first: dict[str, DocumentTable] = {}  # label of the first column → first table of hours that begins with it
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
    """Return the index of the row of a table about a lot's contract, found by its title; rows with the same title are taken in the order of lots."""
    lines = _lines_of(table, lot)
    before = sum(_lines_of(table, one) == lines for one in dossier.lots if one.number < lot.number)
    return lines[min(before, len(lines) - 1)] if lines else None


def _lines_of(table: DocumentTable, lot: SavedLot) -> list[int]:
    """Return the indexes of the rows that have a lot's title or object; a plan of several contracts (with a total) numbers its rows."""
    named = (lot.title, lot.frozen.reading.lot.objet)
    numbered = table.total and table.columns[0].label == _CONTRACT
    labels = [
        str(row.cells[0]).removeprefix(f"{at}. " if numbered else "")
        for at, row in enumerate(table.rows[: -1 if table.total else None], start=1)
    ]
    return [at for at, label in enumerate(labels) if label in named or cut_title(label) in named]


def part_facts(part: PlannedPart, entries: Iterable[Entry]) -> Iterator[tuple[str, str]]:
    """Yield a contract's planned part as pairs (label, text) for the suppliers that a winner asks: dates, hours by way open to them (else by any way but its
    own hiring, else the contract's total), public."""
    kinds = {kind for entry in entries for kind in entry.match.kinds}
    over = part.end or (f"pendant {unit(part.months, 'mois', 1)}" if part.months else "")
    if when := ", ".join(filter(None, (f"dès {part.start}" if part.start else "", over))):
        yield "Dates", when
    for way, hours in part.of(kinds) or part.of(tuple(SupplierKind)):
        yield (
            f"Heures, {way.label[:1].lower()}{way.label[1:]}",
            f"{unit(hours, 'heures')} à partager, {part.etp_words(hours)}",
        )
    if part.hours and not part.ways:
        yield "Heures, tout le contrat", f"{unit(part.hours, 'heures')}, {part.etp_words(part.hours)}"
    yield "Public", "personnes éligibles à la clause sociale, que le facilitateur valide avant l’embauche ou la mission"


def declared_table(dossier: Dossier) -> DocumentTable:
    """Return the table for declaring subcontractors (form DC4): suppliers chosen for a contract, with checked SIRET; the amount is left to fill in."""
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
    wrong = MarkedText(
        "à vérifier : clé fausse ou numéro fictif" if entry.match.siret else "à compléter", CellMark.UNKNOWN
    )
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
    """Return the tables of each kept plan, the last plan first."""
    return [one.decision.tables for one in reversed(dossier.decisions) if one.decision.kind is DocumentKind.PLAN]


def _ways(table: DocumentTable, contract: int) -> Iterator[tuple[Modality, float]]:
    """Yield the hours of a contract by way, read from its numbered column, or from the column of hours in a plan of one contract."""
    numbered = (column.label for column in table.columns if column.label.startswith(f"{contract + 1}. "))
    label = next(numbered, HOURS.label)
    by_label = {way.label: way for way in modalities()}
    for row in table.rows:
        way, hours = by_label.get(str(row.cells[0])), _by_label(table, row).get(label)
        if way and isinstance(hours, int | float) and hours > 0:
            yield way, hours


def _by_label(table: DocumentTable, row: DocumentRow) -> Mapping[str, DocumentCell]:
    return {column.label: cell for column, cell in zip(table.columns, row.cells, strict=True)}
