"""The plan of social clauses as its Document."""

from matcher.decisions.clause import words
from matcher.decisions.clause.answer import Planned
from matcher.decisions.clause.tables import (
    HOURS,
    Contacts,
    calls_table,
    contracts_table,
    declared_table,
    facilitators_table,
    named,
    side_table,
    small_table,
    ways_table,
)
from matcher.decisions.opinion.words import NOTICE
from matcher.domain.french import enumeration, percent
from matcher.render.document import Document, DocumentKind


def plan_document(planned: Planned, address: str = "", contacts: Contacts | None = None) -> Document:
    """The plan; `address` asks for it again. `contacts`, how its structures are reached today, add their telephones and the facilitators,
    whom no dossier keeps."""
    its = planned.plan
    return Document(
        kind=DocumentKind.PLAN,
        title=enumeration([one.label for one in its.contracts]),
        asked=tuple(words.asked(its)),
        answer=words.answer(its),
        remarks=tuple(words.remarks(its)),
        tables=(
            *(contracts_table(its), ways_table(its), small_table(its), calls_table(planned, contacts)),
            *(declared_table(planned), side_table(its)),
            *([facilitators_table(planned)] if contacts is not None else []),
        ),
        hypotheses=tuple(words.hypotheses(its)),
        names=named(its),
        address=address,
        catalogue_version=planned.catalogue_version,
        catalogue_suppliers=planned.catalogue_suppliers,
        on=planned.on,
        sources=tuple(
            f"Part usuelle, {one.modality.label} : {percent(one.usual)} ; {one.modality.source}." for one in its.carried
        ),
        scope=NOTICE,
        steps=tuple(words.steps(its)),
    )


def hours_in(kept: Document) -> int | float | None:
    """Return the hours of a plan that was kept, the last line of its first table that adds up; None where it has none."""
    for table in kept.tables:
        at = next((at for at, column in enumerate(table.columns) if column.label == HOURS.label), None)
        if at is not None and table.rows and isinstance(hours := table.rows[-1].cells[at], int | float):
            return hours
    return None
