"""The tables as versions 0.1 and 0.2 made them, where every catalogue that still upgrades begins."""

from alembic import op
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

revision = "0013"
down_revision = None
branch_labels = None
depends_on = None

# As the tables of the program name theirs today; written again here, for these names must not move with them.
_TABLES = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _texts(*names: str) -> list[Column[str]]:
    return [Column(name, String, nullable=False) for name in names]


Table(
    "import_run",
    _TABLES,
    Column("id", Integer, primary_key=True),
    Column("source", String, nullable=False, index=True),
    *_texts("file_name", "sha256"),
    Column("started", DateTime, nullable=False),
    Column("finished", DateTime, nullable=False),
    Column("counts", JSON, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("catalogue_version", Integer, nullable=False),
    Column("undone", DateTime),
)
Table(
    "meta",
    _TABLES,
    Column("key", String, primary_key=True),
    Column("value", String, nullable=False),
)
Table(
    "supplier",
    _TABLES,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("siret", String, nullable=False, index=True),
    Column("siren", String, nullable=False, index=True),
    *_texts("brand", "naf", "description"),
    Column("workers", Double),
    Column("workers_text", String, nullable=False),
    Column("turnover", Double),
    *_texts("capacity", "area"),
    Column("area_codes", JSON, nullable=False),
    Column("labels", JSON, nullable=False),
    Column("active", Boolean),
    Column("updated", Date),
    Column("flags", JSON, nullable=False),
    Column("closed", Date),
    Column("closed_reason", String, nullable=False, server_default=""),
    Column("successor", String, nullable=False, server_default=""),
    Column("headcount", String, nullable=False, server_default=""),
)
Table(
    "supplier_kind",
    _TABLES,
    Column("supplier_id", String, ForeignKey("supplier.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("kind", String, nullable=False),
)
Table(
    "site",
    _TABLES,
    Column("supplier_id", String, ForeignKey("supplier.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    *_texts("name", "address", "post_code", "city", "insee"),
    Column("lat", Double),
    Column("lon", Double),
    Column("approximate", Boolean, nullable=False),
    Column("finess", String, nullable=False),
)
Table(
    "contact",
    _TABLES,
    Column("supplier_id", String, ForeignKey("supplier.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    *_texts("type", "value", "source", "ref"),
    Column("date", Date),
)
Table(
    "activity",
    _TABLES,
    Column("supplier_id", String, ForeignKey("supplier.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    *_texts("code", "wording", "evidence", "source"),
)
Table(
    "refused_activity",
    _TABLES,
    Column("supplier_id", String, ForeignKey("supplier.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    *_texts("code", "wording"),
    Column("date", Date),
)
Table(
    "finess_number",
    _TABLES,
    Column("supplier_id", String, ForeignKey("supplier.id", ondelete="CASCADE"), primary_key=True),
    Column("number", String, primary_key=True, index=True),
)
Table(
    "provenance",
    _TABLES,
    Column("supplier_id", String, ForeignKey("supplier.id", ondelete="CASCADE"), primary_key=True),
    Column("field", String, primary_key=True),
    *_texts("source", "ref"),
    Column("date", Date),
)
Table(
    "source_record",
    _TABLES,
    Column("id", Integer, primary_key=True),
    *_texts("source", "ref"),
    Column(
        "supplier_id",
        String,
        ForeignKey("supplier.id", deferrable=True, initially="DEFERRED"),
        nullable=False,
        index=True,
    ),
    *_texts("siret", "finess", "payload", "hash"),
    Column("flags", JSON, nullable=False),
    Column("as_of", Date),
    Column("first_seen_run", Integer, ForeignKey("import_run.id"), nullable=False),
    Column("last_seen_run", Integer, ForeignKey("import_run.id"), nullable=False),
    Column("gone", Boolean, nullable=False),
    UniqueConstraint("source", "ref"),
)
Table(
    "record_before",
    _TABLES,
    Column("run_id", Integer, ForeignKey("import_run.id"), primary_key=True),
    Column("record_id", Integer, ForeignKey("source_record.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("payload", String),
    Column("gone", Boolean, nullable=False),
    Column("last_seen_run", Integer, nullable=False),
)
Table(
    "organisation_fact",
    _TABLES,
    Column("siren", String, primary_key=True),
    Column("source", String, primary_key=True),
    Column("field", String, primary_key=True),
    *_texts("value", "wording"),
    Column("as_of", Date),
    Column("run_id", Integer, ForeignKey("import_run.id"), nullable=False),
    Column("gone", Boolean, nullable=False),
    Column("first_seen_run", Integer, nullable=False, server_default="0"),
)
Table(
    "fact_before",
    _TABLES,
    Column("run_id", Integer, ForeignKey("import_run.id"), primary_key=True),
    Column("siren", String, primary_key=True),
    Column("source", String, primary_key=True),
    Column("field", String, primary_key=True),
    *_texts("value", "wording"),
    Column("as_of", Date),
    Column("last_run", Integer, nullable=False),
    Column("gone", Boolean, nullable=False),
)
Table(
    "decision",
    _TABLES,
    Column("id", Integer, primary_key=True),
    *_texts("source", "ref", "other_source", "other_ref", "verdict", "who"),
    Column("given", DateTime, nullable=False),
    Column("withdrawn", DateTime),
)
Table(
    "review_pair",
    _TABLES,
    Column("id", Integer, primary_key=True),
    *_texts("source", "ref", "other_source", "other_ref"),
    Column("verdict", String, nullable=False, index=True),
    Column("score", Integer, nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("reason", String, nullable=False, server_default=""),
    UniqueConstraint("source", "ref", "other_source", "other_ref"),
)
Table(
    "correction",
    _TABLES,
    Column("id", Integer, primary_key=True),
    Column("said", JSON, nullable=False),
    *_texts("who", "motive"),
    Column("given", DateTime, nullable=False),
    *_texts("anchor_source", "anchor_ref"),
    Column("withdrawn", DateTime),
)
Table(
    "opt_out",
    _TABLES,
    Column("key", String, primary_key=True),
    Column("supplier_id", String, nullable=False, index=True),
    *_texts("who", "motive"),
    Column("since", DateTime, nullable=False),
)
Table(
    "forgotten",
    _TABLES,
    Column("hash", String, primary_key=True),
    Column("words", Integer, nullable=False),
    Column("since", DateTime, nullable=False),
)
Table(
    "award",
    _TABLES,
    Column("id", Integer, primary_key=True),
    *_texts("source", "ref"),
    Column("run_id", Integer, ForeignKey("import_run.id"), nullable=False, index=True),
    Column("superseded_by", Integer, ForeignKey("import_run.id")),
    *_texts("hash", "siret"),
    Column("siren", String, nullable=False, index=True),
    *_texts("number", "buyer", "buyer_name", "objet", "cpv"),
    Column("notified", Date),
    Column("amount", Double),
    Column("months", Double),
    Column("social", String, nullable=False),
    UniqueConstraint("source", "ref", "run_id"),
)
Table(
    "reference",
    _TABLES,
    Column("supplier_id", String, ForeignKey("supplier.id", ondelete="CASCADE"), primary_key=True),
    Column("award_id", Integer, ForeignKey("award.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("own", Boolean, nullable=False),
    Column("activity", String, nullable=False),
)

Table(
    "facilitator",
    _TABLES,
    Column("id", Integer, primary_key=True),
    *_texts("name", "structure", "territory"),
    Column("territories", JSON, nullable=False),
    *_texts("phone", "email"),
    Column("as_of", Date),
    Column("imported", DateTime, nullable=False),
)
Table(
    "dossier",
    _TABLES,
    Column("id", Integer, primary_key=True),
    Column("version", Integer, nullable=False),
    *_texts("title", "buyer", "buyer_siret", "territory", "reference"),
    Column("deadline", Date),
    Column("state", String, nullable=False, index=True),
    Column("created", DateTime, nullable=False),
    Column("updated", DateTime, nullable=False),
    Column("deleted", DateTime),
    Column("summary", JSON, nullable=False),
)
Table(
    "dossier_event",
    _TABLES,
    Column("dossier_id", Integer, ForeignKey("dossier.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", DateTime, nullable=False),
    *_texts("who", "action"),
    Column("data", JSON, nullable=False),
)
Table(
    "meeting_event",
    _TABLES,
    Column("id", Integer, primary_key=True),
    Column("version", Integer, nullable=False),
    *_texts("title", "organiser"),
    Column("day", Date, index=True),
    Column("place", String, nullable=False),
    Column("created", DateTime, nullable=False),
    Column("updated", DateTime, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("summary", JSON, nullable=False),
)
Table(
    "meeting_event_line",
    _TABLES,
    Column("event_id", Integer, ForeignKey("meeting_event.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", DateTime, nullable=False),
    *_texts("who", "action"),
    Column("data", JSON, nullable=False),
)
Table(
    "meeting_event_person",
    _TABLES,
    Column("event_id", Integer, ForeignKey("meeting_event.id"), primary_key=True),
    Column("participant", Integer, primary_key=True),
    Column("rank", Integer, primary_key=True),
    *_texts("name", "phone", "email"),
    Column("since", DateTime, nullable=False),
)
Table(
    "meeting_event_door",
    _TABLES,
    Column("event_id", Integer, ForeignKey("meeting_event.id"), primary_key=True),
    Column("mark", String, nullable=False, unique=True),
    Column("opened", DateTime, nullable=False),
    Column("who", String, nullable=False),
)
Table(
    "meeting_event_request",
    _TABLES,
    Column("id", Integer, primary_key=True),
    Column("event_id", Integer, ForeignKey("meeting_event.id"), nullable=False, index=True),
    Column("at", DateTime, nullable=False),
    Column("data", JSON, nullable=False),
)
Table(
    "account",
    _TABLES,
    Column("id", Integer, primary_key=True),
    Column("login", String, nullable=False),
    Column("login_key", String, nullable=False, unique=True),
    *_texts("name", "password", "role"),
    Column("active", Boolean, nullable=False),
    Column("created", DateTime, nullable=False),
    Column("last_sign_in", DateTime),
)
Table(
    "account_session",
    _TABLES,
    Column("id", Integer, primary_key=True),
    Column("account_id", Integer, ForeignKey("account.id"), nullable=False, index=True),
    Column("token_hash", String, nullable=False, unique=True),
    Column("created", DateTime, nullable=False),
    Column("seen", DateTime, nullable=False),
)
Table(
    "sign_in_attempt",
    _TABLES,
    Column("id", Integer, primary_key=True),
    Column("mark", String, nullable=False, index=True),
    Column("at", DateTime, nullable=False),
)
Table(
    "audit",
    _TABLES,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime, nullable=False, index=True),
    *_texts("who", "action", "target", "detail"),
)


def upgrade() -> None:
    _TABLES.create_all(op.get_bind(), checkfirst=False)


def downgrade() -> None:
    _TABLES.drop_all(op.get_bind(), checkfirst=False)
