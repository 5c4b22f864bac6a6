"""Dossiers as plain JSON objects, for scripts and pages: what they hold now. The file that makes one again is `transfer_object`’s."""

from typing import Any

from matcher.dossiers.dossier import Course, Dossier, DossierHeader, Entry, SavedLot
from matcher.dossiers.since import Since
from matcher.dossiers.store import DossierSummary
from matcher.journal.change import journal_object, plain
from matcher.need.as_json import match_line, reading_line, sources_object


def dossier_object(dossier: Dossier) -> dict[str, Any]:
    """A dossier with its lots, its lists in order and its journal. What was not given is null."""
    return {
        "id": dossier.id,
        "number": dossier.number,
        "version": dossier.version,
        "state": str(dossier.state),
        **_header(dossier.header),
        **_course(dossier.course),
        "note": dossier.note or None,
        "created": dossier.created.isoformat(),
        "updated": dossier.updated.isoformat(),
        "deleted": dossier.deleted.isoformat() if dossier.deleted else None,
        "lots": [_lot(lot) for lot in dossier.lots],
        "decisions": [
            {"number": one.number, "at": one.at.isoformat(), "who": one.who, **plain(one.decision)}
            for one in dossier.decisions
        ],
        "contracts": [plain(one) for one in dossier.contracts],
        "insertion": plain(dossier.insertion),
        "journal": journal_object(dossier),
    }


def line_object(line: DossierSummary) -> dict[str, Any]:
    """A dossier in a list."""
    return {
        "id": line.id,
        "number": line.number,
        "version": line.version,
        "state": str(line.state),
        **_header(line.header),
        **_course(line.course),
        "created": line.created.isoformat(),
        "updated": line.updated.isoformat(),
        "lots": line.lots,
        "suppliers": line.suppliers,
        "statuses": dict(line.statuses),
    }


def since_object(found: Since, lot: SavedLot) -> dict[str, Any]:
    """Changes since a list was frozen, as JSON."""
    return {
        "lot": lot.number,
        "says": found.sentence,
        "catalogue_version": found.catalogue_version,
        "method_changed": found.method_changed,
        "lost": [{"id": one.match.id, "name": one.match.name, "reasons": list(one.reasons)} for one in found.lost],
        "updated": [
            {"id": one.match.id, "name": one.match.name, "differences": list(one.differences)} for one in found.updated
        ],
        "candidates": [match_line(match, str(lot.number)) for match in found.candidates],
    }


def _header(header: DossierHeader) -> dict[str, Any]:
    return {
        "title": header.title,
        "buyer": header.buyer or None,
        "buyer_siret": header.buyer_siret or None,
        "territory": header.territory or None,
        "reference": header.reference or None,
        "deadline": header.deadline.isoformat() if header.deadline else None,
    }


def _course(course: Course) -> dict[str, Any]:
    return {name: value or None for name, value in plain(course).items()}


def _lot(lot: SavedLot) -> dict[str, Any]:
    return {
        "number": lot.number,
        "title": lot.title,
        "frozen": lot.at.isoformat(),
        "catalogue": {
            "version": lot.frozen.catalogue_version,
            "suppliers": lot.frozen.catalogue_suppliers,
            "date": lot.catalogue_date.isoformat() if lot.catalogue_date else None,
        },
        "sources": sources_object(lot.sources),
        "answer": lot.answer,
        "opinion": plain(lot.opinion),
        "lot": reading_line(lot.frozen.reading),
        "entries": [_entry(entry, lot) for entry in lot.entries],
        "removed": [
            {"id": one.entry.match.id, "name": one.entry.match.name, "who": one.who, "reason": one.reason}
            for one in lot.removed
        ],
        "frozen_matches": [match_line(match, str(lot.number)) for match in lot.frozen.matches],
    }


def _entry(entry: Entry, lot: SavedLot) -> dict[str, Any]:
    return {
        "match": match_line(entry.match, str(lot.number)),
        "added": entry.added,
        "refused": list(entry.refused),
        "withdrawn": entry.withdrawn,
        "reason": entry.reason or None,
        "note": entry.note or None,
        "status": str(entry.status),
        "status_on": entry.status_on.isoformat() if entry.status_on else None,
        "status_by": entry.status_by or None,
        "call": plain(entry.call),
        "call_unseen": plain(entry.rival),
    }
