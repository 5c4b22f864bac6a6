"""References made of a supplier's name, and all that repeats one (ids, addresses, texts in JSON), told by a digest as imports now do."""

import json
import re
from base64 import b32encode
from hashlib import blake2b, sha256
from typing import Any

import sqlalchemy as sa
from alembic import op

from matcher.rows import pages

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

# A row of a journal holds a whole list: few at a time.
_PAGE = 50
# A whole text, or the address of a supplier's page.
_ID = re.compile(r"(?:\A|(?<=/fournisseurs/))(hosmoz|marche|tableur):([^\s/]+)(?=/|\Z)")
_PAIRS = (("source", "ref"), ("other_source", "other_ref"), ("anchor_source", "anchor_ref"))
_PARTS = re.compile(r"(page:)?([^@~]+)(.*)")
_DIGEST = re.compile(r"[_.][a-z2-7]{16}")
# Kind, name and place, joined as importers do: not « ref_12 », which a sheet may give. A name alone has no digit.
_JOINED = re.compile(
    r"(?![a-z0-9-]+_\d{1,3}$)[a-z0-9]+(?:-[a-z0-9]+)*(?:_[a-z0-9]+(?:-[a-z0-9]+)*)+|[a-z]+(?:-[a-z]+)+"
)


def upgrade() -> None:
    connection = op.get_bind()
    metadata = sa.MetaData()
    metadata.reflect(connection)
    children = _defer(connection, metadata)
    for reflected in metadata.sorted_tables:
        # With its key and its columns of text alone: the others hold no reference.
        columns = [
            sa.Column(column.name, column.type, primary_key=column.primary_key)
            for column in reflected.columns
            if column.primary_key or isinstance(column.type, sa.String | sa.JSON)
        ]
        table = sa.Table(reflected.name, sa.MetaData(), *columns)
        for page in pages(connection, table, _PAGE):
            for row in page:
                new = {name: value for name, value in _nameless_row(row).items() if value != row[name]}
                if new:
                    own = [column == row[column.name] for column in table.primary_key.columns]
                    connection.execute(sa.update(table).where(*own).values(new))
    if children:
        connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    for name, key in children:
        connection.exec_driver_sql(f"ALTER TABLE {name} ALTER CONSTRAINT {key} NOT DEFERRABLE")


def downgrade() -> None:
    """Leave the digests: nothing gives the names back, and references are opaque to the former version too."""


def _nameless_row(row: dict[str, Any]) -> dict[str, Any]:
    new: dict[str, Any] = _nameless(row)
    if (payload := row.get("payload")) and (former := json.loads(payload)) != (value := _nameless(former)):
        new["payload"] = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        if "hash" in row:
            new["hash"] = sha256(new["payload"].encode()).hexdigest()
    return new


def _nameless(value: Any) -> Any:
    """A value of a column, or of JSON, with its references told by digests."""
    if isinstance(value, str):
        return _ID.sub(lambda found: f"{found[1]}:{_reference(found[1], found[2])}", value) if ":" in value else value
    if isinstance(value, list):
        return [_nameless(item) for item in value]
    if not isinstance(value, dict):
        return value
    new = {_nameless(key): _nameless(item) for key, item in value.items()}
    for source, ref in _PAIRS:
        if isinstance(value.get(source), str) and isinstance(value.get(ref), str):
            new[ref] = _reference(value[source], value[ref])
    return new


def _reference(source: str, ref: str) -> str:
    """A reference of a source without the words that may tell a name."""
    listing, own = "", ref
    if source == "tableur" and ":" in ref:
        listing, _, own = ref.partition(":")
        listing += ":"
    match = _PARTS.fullmatch(own)
    if match is None or source not in ("hosmoz", "marche", "tableur") or _DIGEST.fullmatch(match[2]):
        return ref
    page, words, rest = match[1] or "", match[2], match[3]
    if not (page or _JOINED.fullmatch(words) or (source == "marche" and not words.isdecimal())):
        return ref
    digest = b32encode(blake2b(words.encode(), digest_size=10).digest()).decode().lower()
    return f"{listing}{page}{'_' if '_' in words else '.'}{digest}{rest}"


def _defer(connection: sa.Connection, metadata: sa.MetaData) -> list[tuple[str, str]]:
    """Let a supplier change its id before what hangs from it; return what hangs, by table and constraint, where a server must be told again."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")  # ends with the transaction
        return []
    keys = [(table.name, str(key.name)) for table in metadata.sorted_tables for key in table.foreign_key_constraints]
    for table, key in keys:
        connection.exec_driver_sql(f"ALTER TABLE {table} ALTER CONSTRAINT {key} DEFERRABLE INITIALLY DEFERRED")
    return keys
