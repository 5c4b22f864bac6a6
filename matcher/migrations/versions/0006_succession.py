"""Reason a pair is asked, and the former content of a list of organisations, so that its import can be undone."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("review_pair", sa.Column("reason", sa.String(), nullable=False, server_default=""))
    op.add_column("organisation_fact", sa.Column("first_seen_run", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE organisation_fact SET first_seen_run = run_id")
    op.create_table(
        "fact_before",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("siren", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("wording", sa.String(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("last_run", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["import_run.id"], name=op.f("fk_fact_before_run_id")),
        sa.PrimaryKeyConstraint("run_id", "siren", "source", "field", name=op.f("pk_fact_before")),
    )


def downgrade() -> None:
    op.drop_table("fact_before")
    op.drop_column("organisation_fact", "first_seen_run")
    op.drop_column("review_pair", "reason")
