"""Adds watches over published lots (a person's request to be informed of new ones), the lots that their messages listed, and their readers' verdicts."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "watch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("supplier_id", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("trade", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("supplier_kind", sa.String(), nullable=False),
        sa.Column("lever", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),  # e-mail of the reader
        sa.Column("pace", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("opened", sa.DateTime(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_watch_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch")),
        sa.UniqueConstraint("organisation_id", "supplier_id", name=op.f("uq_watch_organisation_id_supplier_id")),
    )
    for column in ("organisation_id", "supplier_id", "address"):
        op.create_index(op.f(f"ix_watch_{column}"), "watch", [column])
    # A lot may be deleted before the rows of these two tables: `lot_id` is no foreign key.
    op.create_table(
        "watch_told",
        sa.Column("watch_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("near", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["watch_id"], ["watch.id"], name=op.f("fk_watch_told_watch_id_watch")),
        sa.PrimaryKeyConstraint("watch_id", "lot_id", "day", name=op.f("pk_watch_told")),
    )
    op.create_table(
        "watch_verdict",
        sa.Column("watch_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["watch_id"], ["watch.id"], name=op.f("fk_watch_verdict_watch_id_watch")),
        sa.PrimaryKeyConstraint("watch_id", "lot_id", name=op.f("pk_watch_verdict")),
    )


def downgrade() -> None:
    for table in ("watch_verdict", "watch_told", "watch"):
        op.drop_table(table)
