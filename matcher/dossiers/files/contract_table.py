"""The contracts with a social clause as a table: whose each is, where it is, its stage and deadlines, its hours."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial

from matcher.dossiers.files.list_table import COLUMNS, DossierColumn, day_column, text_column
from matcher.dossiers.insertion.hours import HoursKind, HoursPromise, InsertionHours
from matcher.dossiers.store import DossierSummary
from matcher.ownership import OrganisationId
from matcher.render.table import Column

TITLE = "Clauses"


def contract_columns(today: date, organisations: Mapping[OrganisationId, str]) -> Mapping[str, DossierColumn]:
    """Return the columns, by the name of the order that each gives; hours are late on `today`, `organisations` are named where they are several."""
    named = text_column("Organisation", 32, lambda line: organisations.get(line.owner, ""))
    return {
        **({"organisation": named} if len(organisations) > 1 else {}),
        **{name: COLUMNS[name] for name in ("numero", "dossier", "acheteur", "siret", "territoire")},
        "epci": text_column("EPCI", 32, lambda line: " ; ".join(line.contract.areas) if line.contract else ""),
        **{name: COLUMNS[name] for name in ("etape", "suivi", "offres", "prochaine", "prochaine-le")},
        "debut": day_column("Début du marché", lambda line: its.start if (its := _promise(line)) else None),
        "fin": day_column("Fin du marché", lambda line: its.end if (its := _promise(line)) else None),
        "promises": _hours("Heures promises", lambda its: its.promise.hours if its.promise else None),
        **{kind.value: _hours(f"Heures {kind}", partial(InsertionHours.total, kind=kind)) for kind in HoursKind},
        "attendues": _hours("Heures attendues à ce jour", lambda its: its.due(today)),
        "retard": _hours("Heures de retard", lambda its: its.late(today)),
        **{name: COLUMNS[name] for name in ("etat", "change")},
    }


def _promise(line: DossierSummary) -> HoursPromise | None:
    return line.hours.promise


def _hours(header: str, of: Callable[[InsertionHours], float | None]) -> DossierColumn:
    def cell(line: DossierSummary) -> float | None:
        return of(line.hours)

    return DossierColumn(Column(header, 12, "0.00"), cell, cell)
