"""Adds the answers of suppliers shared between installations (consents, answers received, trusted keys), and two fields of a supplier: the size of contract
that suits it and its price basis."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answer_consent",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("correction_id", sa.Integer(), nullable=False),
        sa.Column("boxes", sa.JSON(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("directory", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_consent")),
    )
    op.create_index(op.f("ix_answer_consent_correction_id"), "answer_consent", ["correction_id"])
    op.create_table(
        "answer_received",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("siret", sa.String(), nullable=False),
        sa.Column("finess", sa.String(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("correction_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", "id", name=op.f("pk_answer_received")),
    )
    for column in ("siret", "finess", "ends", "correction_id"):
        op.create_index(op.f(f"ix_answer_received_{column}"), "answer_received", [column])
    op.create_table(
        "answer_key",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_answer_key")),
        sa.UniqueConstraint("key", name=op.f("uq_answer_key_key")),
    )
    for column in ("contract_size", "price_basis"):
        op.add_column("supplier", sa.Column(column, sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    for column in ("contract_size", "price_basis"):
        op.drop_column("supplier", column)
    for table in ("answer_key", "answer_received", "answer_consent"):
        op.drop_table(table)
