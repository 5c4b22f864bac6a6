"""Rules that every import obeys, read from the database: suppliers that asked to leave are refused, values that a person asked to forget are erased
from records, and each correction follows the record it was written on (its anchor)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from matcher.catalogue.identity.compare import RecordKey
from matcher.catalogue.identity.records import CleanRecord
from matcher.catalogue.identity.references import reference_key
from matcher.catalogue.identity.trust import STATED
from matcher.catalogue.store.forgotten import Forgotten, scrub
from matcher.catalogue.store.tables import CORRECTIONS, FORGOTTEN, META, OPT_OUTS

OPTED_OUT = "fournisseur retiré du catalogue à sa demande"
SALT = "forget_salt"


@dataclass(frozen=True)
class Guard:
    """Keys of the suppliers that left, and hashes of the forgotten values."""

    opted_out: frozenset[str] = frozenset()
    forgotten: Forgotten = field(default_factory=Forgotten)

    def refuses(self, record: CleanRecord) -> bool:
        """Return whether a record is of a supplier that left. A FINESS number counts only where there is no SIRET."""
        return not self.opted_out.isdisjoint(deciding_keys(record))

    def clear(self, record: CleanRecord) -> CleanRecord:
        """Return the record without forgotten values."""
        return scrub(record, self.forgotten)


def deciding_keys(record: CleanRecord) -> tuple[str, ...]:
    """Return the keys by which a record is recognised as a supplier that left."""
    number = f"siret:{record.siret}" if record.siret else f"finess:{record.finess}" if record.finess else ""
    own = "" if record.source in STATED else reference_key(record.source, record.ref)
    return tuple(filter(None, (number, own)))


def read_guard(connection: Connection) -> Guard:
    """Load the guard, inside a transaction."""
    opted_out = frozenset(connection.execute(select(OPT_OUTS.c.key)).scalars())
    words = {row.hash: row.words for row in connection.execute(select(FORGOTTEN.c.hash, FORGOTTEN.c.words))}
    salt = connection.execute(select(META.c.value).where(META.c.key == SALT)).scalar() or ""
    return Guard(opted_out, Forgotten(salt, words))


def read_anchors(connection: Connection) -> dict[RecordKey, RecordKey]:
    """Return the anchor of each correction in force: the record that it was written on."""
    columns = (CORRECTIONS.c.source, CORRECTIONS.c.id, CORRECTIONS.c.anchor_source, CORRECTIONS.c.anchor_ref)
    standing = select(*columns).where(CORRECTIONS.c.withdrawn.is_(None), CORRECTIONS.c.anchor_source != "")
    return {(row[0], str(row[1])): (row[2], row[3]) for row in connection.execute(standing.order_by(CORRECTIONS.c.id))}


def follow_anchors(ids: dict[RecordKey, str], anchors: Mapping[RecordKey, RecordKey]) -> dict[RecordKey, str]:
    """Return `ids` with each correction in the supplier of its anchor.

    Where the correction brings a SIRET that this supplier lacked, the whole supplier takes the new id. A supplier with a SIRET never takes another.
    """
    followed = dict(ids) if anchors else ids  # copied only if needed: it is large
    for record, anchor in anchors.items():
        own, anchored = followed.get(record), followed.get(anchor)
        if own is None or anchored is None or own == anchored:
            continue
        if not own.startswith("siret:"):
            followed[record] = anchored
        elif not anchored.startswith("siret:"):
            followed = {key: own if value == anchored else value for key, value in followed.items()}
    return followed
