"""Dossiers as plain JSON objects of their current content, for the API, scripts and pages. The file to import again is made by `transfer_object`."""

from typing import Any

from matcher.dossiers.clause_contract import followed_contracts
from matcher.dossiers.dossier import Dossier, SavedLot
from matcher.dossiers.since import Since
from matcher.dossiers.store import DossierSummary
from matcher.journal.change import journal_object, plain
from matcher.need.as_json import match_line, reading_line, sources_object
from matcher.render.shaped import shaped


def dossier_object(dossier: Dossier) -> dict[str, Any]:
    """Return a dossier with its lots, lists and journal; what was not given is null."""
    return {
        **_heading(dossier),
        **shaped(
            "note? created updated deleted lots decisions contracts insertion insertion_by_contract journal",
            dossier,
            insertion_by_contract=insertion_object(dossier),
            lots=[
                shaped(
                    "number title frozen=at catalogue sources answer opinion lot entries removed frozen_matches",
                    lot,
                    catalogue=shaped(
                        "version=frozen.catalogue_version suppliers=frozen.catalogue_suppliers date=catalogue_date", lot
                    ),
                    sources=sources_object(lot.sources),
                    lot=reading_line(lot.frozen.reading),
                    entries=[
                        shaped(
                            "match added refused withdrawn reason? note? status status_on status_by? call call_unseen=rival",
                            entry,
                            match=match_line(entry.match, str(lot.number)),
                        )
                        for entry in lot.entries
                    ],
                    removed=[
                        shaped("id=entry.match.id name=entry.match.name who reason", removal) for removal in lot.removed
                    ],
                    frozen_matches=[match_line(match, str(lot.number)) for match in lot.frozen.matches],
                )
                for lot in dossier.lots
            ],
            decisions=[shaped("number at who", kept) | plain(kept.decision) for kept in dossier.decisions],
            journal=journal_object(dossier),
        ),
    }


def insertion_object(dossier: Dossier) -> list[dict[str, Any]]:
    """Return the hours of insertion of each followed contract of a dossier."""
    return [shaped("lot title client? hours", one, hours=plain(one.hours)) for one in followed_contracts(dossier)]


def line_object(line: DossierSummary) -> dict[str, Any]:
    """Return a dossier as one line of a list."""
    return _heading(line) | shaped("created updated lots suppliers statuses", line)


def since_object(since: Since, lot: SavedLot) -> dict[str, Any]:
    """Return the changes in the catalogue since a lot's list was frozen."""
    return shaped(
        "lot says=sentence catalogue_version method_changed lost updated candidates",
        since,
        lot=lot.number,
        lost=[shaped("id=match.id name=match.name reasons", lost) for lost in since.lost],
        updated=[shaped("id=match.id name=match.name differences", updated) for updated in since.updated],
        candidates=[match_line(match, str(lot.number)) for match in since.candidates],
    )


def _heading(dossier: Dossier | DossierSummary) -> dict[str, Any]:
    return {
        **shaped("id number version state", dossier),
        **shaped("title buyer? buyer_siret? territory? reference? deadline", dossier.header),
        **shaped("stage offers_by follower? next_step? next_on", dossier.course),
    }
