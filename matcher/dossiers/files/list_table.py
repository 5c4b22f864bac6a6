"""The list of dossiers, and the list of their social-clause contracts, as tables: columns, sorting, and export to XLSX or CSV."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from types import MappingProxyType
from typing import Any

from matcher.cleaning.names import name_key
from matcher.decisions.clause.followup import ClauseContract, HoursKind, InsertionHours
from matcher.decisions.clause.followup_document import yearly_table
from matcher.dossiers.dossier import Stage, Status
from matcher.dossiers.store import DossierSummary
from matcher.ownership import OrganisationId
from matcher.reference.wordings import persona_wording
from matcher.render.described_file import DescribedFile
from matcher.render.table import NO_DAY, Cell, Column, Sheet, csv_of, workbook_of

_STAGES = list(Stage)


@dataclass(frozen=True, slots=True)
class DossierColumn:
    """A column: header and width, function that gives a dossier's cell, function that gives its sort key (None where unknown)."""

    column: Column
    cell: Callable[[DossierSummary], Cell]
    sorts: Callable[[DossierSummary], Any]


def text_column(header: str, width: int, of: Callable[[DossierSummary], str]) -> DossierColumn:
    """Return a column of texts, sorted without accents or case."""
    return DossierColumn(Column(header, width), of, lambda line: name_key(of(line)) or None)


def day_column(header: str, of: Callable[[DossierSummary], Any]) -> DossierColumn:
    """Return a column of days."""

    def cell(line: DossierSummary) -> date | None:
        day: date | None = of(line)
        return day.date() if isinstance(day, datetime) else day

    return DossierColumn(Column(header, 12), cell, of)


def _count_column(header: str, of: Callable[[DossierSummary], int]) -> DossierColumn:
    return DossierColumn(Column(header, 11), of, of)


def _of_status(status: Status) -> DossierColumn:
    return _count_column(status.value.capitalize(), lambda line: line.statuses.get(status, 0))


# Columns by the key with which a page or a command asks to sort by them.
COLUMNS: Mapping[str, DossierColumn] = MappingProxyType(
    {
        "numero": DossierColumn(Column("Numéro", 12), lambda line: line.number, lambda line: line.id),
        "dossier": text_column("Dossier", 44, lambda line: line.header.title),
        "acheteur": text_column("Acheteur", 32, lambda line: line.header.buyer),
        "siret": text_column("SIRET de l’acheteur", 17, lambda line: line.header.buyer_siret),
        "territoire": text_column("Territoire", 24, lambda line: line.header.territory),
        "reference": text_column("Référence", 18, lambda line: line.header.reference),
        "etape": DossierColumn(
            Column("Étape", 22),
            lambda line: str(line.course.stage or ""),
            lambda line: None if line.course.stage is None else _STAGES.index(line.course.stage),
        ),
        "suivi": text_column("Suivi par", 22, lambda line: line.course.follower),
        "offres": day_column("Remise des offres le", lambda line: line.course.offers_by),
        "reponses": day_column("Réponses attendues le", lambda line: line.header.deadline),
        "prochaine": text_column("Prochaine étape", 40, lambda line: line.course.next_step),
        "prochaine-le": day_column("Prochaine étape le", lambda line: line.course.next_on),
        "etat": text_column("État", 10, lambda line: line.state.value),
        "lots": _count_column("Lots", lambda line: line.lots),
        "retenues": _count_column("Structures retenues", lambda line: line.suppliers),
        **{status.name.lower(): _of_status(status) for status in Status},
        "ouvert": day_column("Ouvert le", lambda line: line.created),
        "change": day_column("Dernier changement", lambda line: line.updated),
    }
)


def sort_dossiers(
    lines: Iterable[DossierSummary], column: DossierColumn, *, last_first: bool = False
) -> list[DossierSummary]:
    """Return dossiers sorted by a column (stable); those without a value come last in both directions."""
    key = column.sorts
    dossier_summaries = list(lines)
    known = (line for line in dossier_summaries if key(line) is not None)
    return [*sorted(known, key=key, reverse=last_first), *(line for line in dossier_summaries if key(line) is None)]


def dossiers_xlsx(lines: Sequence[DossierSummary]) -> bytes:
    """Return a workbook of one sheet, a line a dossier."""
    created = max((line.updated for line in lines), default=NO_DAY)
    return workbook_of("Dossiers", created, Sheet("Dossiers", _head(COLUMNS), _rows(lines, COLUMNS), frozen=2))


def dossiers_csv(lines: Sequence[DossierSummary]) -> DescribedFile:
    """Return the list of dossiers as CSV."""
    return csv_of(_head(COLUMNS), _rows(lines, COLUMNS))


# Columns whose header depends on the persona (buyer, winner…) → key of the wording.
_WORDED: Mapping[str, str] = {
    "acheteur": "client",
    "siret": "client_siret",
    "offres": "remise_le",
    "reponses": "reponses_le",
}


def _head(columns: Mapping[str, DossierColumn]) -> list[Column]:
    return [
        replace(its.column, header=persona_wording(_WORDED[name])) if name in _WORDED else its.column
        for name, its in columns.items()
    ]


def _rows(lines: Sequence[DossierSummary], columns: Mapping[str, DossierColumn]) -> Iterator[list[Cell]]:
    for line in lines:
        yield [its.cell(line) for its in columns.values()]


TITLE = "Clauses"
YEARLY = "Heures par an"


def contract_columns(today: date, organisations: Mapping[OrganisationId, str]) -> Mapping[str, DossierColumn]:
    """Return the columns of the list of contracts (a line a contract), by sort key; delays are as of `today`, and a column names the organisation where
    there are several."""
    named = text_column("Organisation", 32, lambda line: organisations.get(line.owner, ""))
    return {
        **({"organisation": named} if len(organisations) > 1 else {}),
        **{name: COLUMNS[name] for name in ("numero", "dossier")},
        "contrat": text_column("Contrat", 36, lambda line: _contract(line).title),
        "acheteur": text_column("Acheteur", 32, lambda line: _contract(line).client),
        **{name: COLUMNS[name] for name in ("siret", "territoire")},
        "epci": text_column("EPCI", 32, lambda line: " ; ".join(_contract(line).areas)),
        **{name: COLUMNS[name] for name in ("etape", "suivi", "offres", "prochaine", "prochaine-le")},
        "debut": day_column("Début du marché", lambda line: its.start if (its := line.hours.promise) else None),
        "fin": day_column("Fin du marché", lambda line: its.end if (its := line.hours.promise) else None),
        "promises": _hours("Heures promises", lambda its: its.promise.hours if its.promise else None),
        **{kind.value: _hours(f"Heures {kind}", partial(InsertionHours.total, kind=kind)) for kind in HoursKind},
        "attendues": _hours("Heures attendues à la fin du mois dernier", lambda its: its.due(today)),
        "faites-alors": _hours("Heures faites à la fin du mois dernier", lambda its: its.total(HoursKind.DONE, today)),
        "retard": _hours("Heures de retard", lambda its: its.late(today)),
        "silence": _count_column("Mois sans rien noté", lambda line: line.hours.silence(today)),
        **{name: COLUMNS[name] for name in ("etat", "change")},
    }


def contracts_xlsx(
    lines: Sequence[DossierSummary], columns: Mapping[str, DossierColumn], organisations: Mapping[OrganisationId, str]
) -> bytes:
    """Return a workbook: a sheet with a line a contract, then a sheet of their hours by year, modality and public."""
    created = max((line.updated for line in lines), default=NO_DAY)
    named = [Column("Organisation", 32)] if len(organisations) > 1 else []
    widths = (8, 32, 36, 44, 36)
    whole = yearly_table(())
    head = [Column(one.label, widths[at] if at < len(widths) else 12) for at, one in enumerate(whole.columns)]
    rows = (
        [
            *([organisations.get(line.owner, "")] if named else []),
            *(line.number, int(str(year)), *(cell if isinstance(cell, str | int | float) else None for cell in cells)),
        ]
        for line in lines
        for year, *cells in (row.cells for row in yearly_table(line.contracts).rows)
    )
    contracts = Sheet(TITLE, _head(columns), _rows(lines, columns), frozen=3)
    return workbook_of(TITLE, created, contracts, Sheet(YEARLY, [*named, Column("Numéro", 12), *head], rows, frozen=1))


def _contract(line: DossierSummary) -> ClauseContract:
    return next(iter(line.contracts), ClauseContract())


def _hours(header: str, of: Callable[[InsertionHours], float | None]) -> DossierColumn:
    def cell(line: DossierSummary) -> float | None:
        return of(line.hours)

    return DossierColumn(Column(header, 12, "0.00"), cell, cell)
