"""Row of a published lot, from a lot as its notices leave it."""

from datetime import UTC
from typing import Any

import msgspec

from matcher.catalogue.identity.records import payload_hash
from matcher.notices.contract import StandingLot


def lot_row(contract: str, standing: StandingLot) -> dict[str, Any]:
    """Return the row of a lot, that is still to be read and compared with the catalogue: what is known of it by its words waits."""
    lot = standing.lot
    said = msgspec.to_builtins(lot)
    return {
        "contract": contract,
        "number": lot.number,
        "notice_id": standing.notice_id,
        "state": standing.state.value,
        "published": lot.lot.date,
        "deadline": lot.deadline.at.astimezone(UTC).replace(tzinfo=None) if lot.deadline else None,
        "reserved": lot.reserved.value if lot.reserved else None,
        "clause": lot.clause,
        "buyer": lot.lot.acheteur_siret,
        "hash": payload_hash(repr((standing.state.value, standing.notice_id, said))),
        "said": said,
        "matched": None,
        "activities": [],
        "departements": [],
        "amount": lot.lot.montant,
        "months": lot.lot.duree,
        "connu": None,
        "indice": None,
        "credible": None,
        "reservable": {},
    }
