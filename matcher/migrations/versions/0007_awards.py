"""Contracts that were won, and whose references they are."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "award",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("superseded_by", sa.Integer(), nullable=True),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("siret", sa.String(), nullable=False),
        sa.Column("siren", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("buyer", sa.String(), nullable=False),
        sa.Column("buyer_name", sa.String(), nullable=False),
        sa.Column("objet", sa.String(), nullable=False),
        sa.Column("cpv", sa.String(), nullable=False),
        sa.Column("notified", sa.Date(), nullable=True),
        sa.Column("amount", sa.Double(), nullable=True),
        sa.Column("months", sa.Double(), nullable=True),
        sa.Column("social", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["import_run.id"], name=op.f("fk_award_run_id")),
        sa.ForeignKeyConstraint(["superseded_by"], ["import_run.id"], name=op.f("fk_award_superseded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award")),
        sa.UniqueConstraint("source", "ref", "run_id", name=op.f("uq_award_source_ref_run_id")),
    )
    for column in ("run_id", "siren"):
        op.create_index(op.f(f"ix_award_{column}"), "award", [column], unique=False)
    op.create_table(
        "reference",
        sa.Column("supplier_id", sa.String(), nullable=False),
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("activity", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supplier.id"], name=op.f("fk_reference_supplier_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_reference_award_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("supplier_id", "award_id", name=op.f("pk_reference")),
    )
    op.create_index(op.f("ix_reference_award_id"), "reference", ["award_id"], unique=False)


def downgrade() -> None:
    op.drop_table("reference")
    op.drop_table("award")
