"""Facts: what registers say of an establishment, and what a list says of a whole organisation."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "organisation_fact",
        sa.Column("siren", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("wording", sa.String(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["import_run.id"], name=op.f("fk_organisation_fact_run_id")),
        sa.PrimaryKeyConstraint("siren", "source", "field", name=op.f("pk_organisation_fact")),
    )
    # Columns are added one by one: rebuilding the table would delete, by cascade, what hangs from its rows.
    op.add_column("supplier", sa.Column("closed", sa.Date(), nullable=True))
    for name in ("closed_reason", "successor", "headcount"):
        op.add_column("supplier", sa.Column(name, sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    for name in ("headcount", "successor", "closed_reason", "closed"):
        op.drop_column("supplier", name)
    op.drop_table("organisation_fact")
