"""Table of candidates for a printed A4 page: name, SIRET, distance, evidence of the trade, question to ask, contact details."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from matcher.domain.age import UNDATED
from matcher.domain.contact_details import ContactDetails
from matcher.domain.french import NO_BREAK, in_groups, number
from matcher.domain.match import Match
from matcher.ranking.reasons import listed_evidence
from matcher.render.document import ColumnKind, DocumentCell, DocumentColumn, DocumentRow, DocumentTable

_COLUMNS = (
    *(DocumentColumn("Structure"), DocumentColumn("Types", ColumnKind.KINDS, under=True)),
    DocumentColumn("Numéro", under=True),
    *(DocumentColumn("Commune"), DocumentColumn("Adresse", under=True)),
    DocumentColumn("Distance", ColumnKind.NUMBER, "km"),
    *(DocumentColumn("Ce qui le dit"), DocumentColumn("Source", under=True), DocumentColumn("À demander", under=True)),
    *(DocumentColumn("Téléphone, notes"), DocumentColumn("Courriel", under=True)),
)


def paper_table(
    title: str, matches: Iterable[Match], contacts: Mapping[str, ContactDetails], asked_of: Callable[[Match], list[str]]
) -> DocumentTable:
    """Return the table of candidates under a title; `contacts` are by supplier id, `asked_of` returns the questions to ask a candidate."""
    rows = (DocumentRow(tuple(_cells(match, contacts.get(match.id), asked_of(match))), match.id) for match in matches)
    return DocumentTable(title, _COLUMNS, tuple(rows))


def distance_cell(match: Match) -> DocumentCell:
    """Return the distance to print: kilometres, « sur place » under one, None where unknown."""
    return "sur place" if match.distance_km is not None and match.distance_km < 1 else match.distance_km


def _cells(match: Match, contact: ContactDetails | None, questions: list[str]) -> Iterator[DocumentCell]:
    details, reason = contact or ContactDetails(), next(iter(listed_evidence(match)), None)
    yield f"{number(match.place)}.{NO_BREAK}{match.name}" if match.place else match.name
    yield match.kinds or None
    yield f"SIRET{NO_BREAK}{in_groups(match.siret)}" if match.siret else "SIRET non connu"
    yield from (match.city or None, details.address)
    yield distance_cell(match)
    yield from (reason.says, reason.source.removesuffix(UNDATED)) if reason else ("aucune source ne dit le métier", "")
    yield f"{questions[0]} ?" if questions else ""
    yield from (details.phone, details.email)
