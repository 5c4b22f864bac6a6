"""History of imports, for undo: each record as it was before the import, and when the import was undone."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("import_run") as table:
        table.add_column(sa.Column("undone", sa.DateTime(), nullable=True))
    op.create_table(
        "record_before",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("payload", sa.String(), nullable=True),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("last_seen_run", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["import_run.id"], name=op.f("fk_record_before_run_id")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["source_record.id"], name=op.f("fk_record_before_record_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "record_id", name=op.f("pk_record_before")),
    )
    op.create_index(op.f("ix_record_before_record_id"), "record_before", ["record_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_record_before_record_id"), table_name="record_before")
    op.drop_table("record_before")
    with op.batch_alter_table("import_run") as table:
        table.drop_column("undone")
