"""Constraints on every import: suppliers that left, values to forget, records the team tied together."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from matcher.catalogue.identity.compare import RecordKey
from matcher.catalogue.identity.records import CleanRecord
from matcher.catalogue.identity.references import reference_key
from matcher.catalogue.identity.trust import STATED
from matcher.catalogue.store.forgotten import Forgotten, scrub
from matcher.catalogue.store.tables import (
    CORRECTIONS,
    FORGOTTEN,
    META,
    OPT_OUTS,
)

OPTED_OUT = "fournisseur retiré du catalogue à sa demande"
SALT = "forget_salt"


@dataclass(frozen=True)
class Guard:
    """The keys of suppliers that left, and the hashes of forgotten values."""

    opted_out: frozenset[str] = frozenset()
    forgotten: Forgotten = field(default_factory=Forgotten)

    def refuses(self, record: CleanRecord) -> bool:
        """Return whether the record is of a supplier that asked to leave. A FINESS number decides only where there is no SIRET."""
        return not self.opted_out.isdisjoint(deciding_keys(record))

    def clear(self, record: CleanRecord) -> CleanRecord:
        """Return the record without forgotten values."""
        return scrub(record, self.forgotten)


def deciding_keys(record: CleanRecord) -> tuple[str, ...]:
    """Return the keys by which a record is recognised as one of a supplier that left."""
    number = f"siret:{record.siret}" if record.siret else f"finess:{record.finess}" if record.finess else ""
    own = "" if record.source in STATED else reference_key(record.source, record.ref)
    return tuple(filter(None, (number, own)))


def read_guard(connection: Connection) -> Guard:
    """Read the guard inside a transaction."""
    opted_out = frozenset(connection.execute(select(OPT_OUTS.c.key)).scalars())
    words = {row.hash: row.words for row in connection.execute(select(FORGOTTEN.c.hash, FORGOTTEN.c.words))}
    salt = connection.execute(select(META.c.value).where(META.c.key == SALT)).scalar() or ""
    return Guard(opted_out, Forgotten(salt, words))


def read_anchors(connection: Connection) -> dict[RecordKey, RecordKey]:
    """Return, of each correction that stands, the record of a source that it was written on."""
    columns = (CORRECTIONS.c.source, CORRECTIONS.c.id, CORRECTIONS.c.anchor_source, CORRECTIONS.c.anchor_ref)
    standing = select(*columns).where(CORRECTIONS.c.withdrawn.is_(None), CORRECTIONS.c.anchor_source != "")
    return {(row[0], str(row[1])): (row[2], row[3]) for row in connection.execute(standing.order_by(CORRECTIONS.c.id))}


def follow_anchors(ids: dict[RecordKey, str], anchors: Mapping[RecordKey, RecordKey]) -> dict[RecordKey, str]:
    """Return the suppliers' `ids` with each correction in the supplier of the record it was written on.

    Where the correction brings the SIRET that this supplier lacked, the whole supplier takes it instead. A supplier with a
    SIRET never takes another.
    """
    followed = dict(ids) if anchors else ids  # a whole catalogue is long
    for record, anchor in anchors.items():
        own, anchored = followed.get(record), followed.get(anchor)
        if own is None or anchored is None or own == anchored:
            continue
        if not own.startswith("siret:"):
            followed[record] = anchored
        elif not anchored.startswith("siret:"):
            followed = {key: own if value == anchored else value for key, value in followed.items()}
    return followed
