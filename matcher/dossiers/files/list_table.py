"""The list of dossiers as a table: its columns, the order that each sorts by, and its files."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from matcher.cleaning.names import name_key
from matcher.dossiers.dossier import Stage, Status
from matcher.dossiers.store import DossierSummary
from matcher.render.table import Cell, Column, csv_of, new_workbook, write_table

_STAGES = list(Stage)


@dataclass(frozen=True, slots=True)
class DossierColumn:
    """A column: its header and width, the cell of a dossier, and what its lines are sorted by, None where it is not said."""

    column: Column
    cell: Callable[[DossierSummary], Cell]
    sorts: Callable[[DossierSummary], Any]


def _text(header: str, width: int, of: Callable[[DossierSummary], str]) -> DossierColumn:
    return DossierColumn(Column(header, width), of, lambda line: name_key(of(line)) or None)


def _day(header: str, of: Callable[[DossierSummary], Any]) -> DossierColumn:
    return DossierColumn(Column(header, 12), lambda line: f"{of(line):%Y-%m-%d}" if of(line) else None, of)


def _counted(header: str, of: Callable[[DossierSummary], int]) -> DossierColumn:
    return DossierColumn(Column(header, 11), of, of)


def _of_status(status: Status) -> DossierColumn:
    return _counted(status.value.capitalize(), lambda line: line.statuses.get(status, 0))


# By the name under which a page or a command asks for its order.
COLUMNS: Mapping[str, DossierColumn] = MappingProxyType(
    {
        "numero": DossierColumn(Column("Numéro", 12), lambda line: line.number, lambda line: line.id),
        "dossier": _text("Dossier", 44, lambda line: line.header.title),
        "acheteur": _text("Acheteur", 32, lambda line: line.header.buyer),
        "siret": _text("SIRET de l’acheteur", 17, lambda line: line.header.buyer_siret),
        "territoire": _text("Territoire", 24, lambda line: line.header.territory),
        "reference": _text("Référence", 18, lambda line: line.header.reference),
        "etape": DossierColumn(
            Column("Étape", 22),
            lambda line: str(line.course.stage or ""),
            lambda line: None if line.course.stage is None else _STAGES.index(line.course.stage),
        ),
        "suivi": _text("Suivi par", 22, lambda line: line.course.follower),
        "offres": _day("Remise des offres le", lambda line: line.course.offers_by),
        "reponses": _day("Réponses attendues le", lambda line: line.header.deadline),
        "prochaine": _text("Prochaine étape", 40, lambda line: line.course.next_step),
        "prochaine-le": _day("Prochaine étape le", lambda line: line.course.next_on),
        "etat": _text("État", 10, lambda line: line.state.value),
        "lots": _counted("Lots", lambda line: line.lots),
        "retenues": _counted("Structures retenues", lambda line: line.suppliers),
        **{status.name.lower(): _of_status(status) for status in Status},
        "ouvert": _day("Ouvert le", lambda line: line.created),
        "change": _day("Dernier changement", lambda line: line.updated),
    }
)


def in_order(lines: Iterable[DossierSummary], name: str, *, last_first: bool = False) -> list[DossierSummary]:
    """Return dossiers by one of `COLUMNS`; those of which it is not said come last either way, and equals stay as they were."""
    key = COLUMNS[name].sorts
    found = list(lines)
    said = (line for line in found if key(line) is not None)
    return [*sorted(said, key=key, reverse=last_first), *(line for line in found if key(line) is None)]


def to_xlsx(lines: Sequence[DossierSummary]) -> bytes:
    """The sheet « Dossiers », a line a dossier."""
    created = max((line.updated for line in lines), default=date(2000, 1, 1))
    with new_workbook("Dossiers", created) as (book, content):
        write_table(book, "Dossiers", _head(), _rows(lines), frozen=2)
    return content.getvalue()


def to_csv(lines: Sequence[DossierSummary]) -> bytes:
    """The same as CSV."""
    return csv_of(_head(), _rows(lines))


def _head() -> list[Column]:
    return [its.column for its in COLUMNS.values()]


def _rows(lines: Sequence[DossierSummary]) -> Iterator[list[Cell]]:
    for line in lines:
        yield [its.cell(line) for its in COLUMNS.values()]
