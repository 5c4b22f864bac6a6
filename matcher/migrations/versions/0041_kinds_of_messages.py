"""Kinds of messages and of their links: each room has its own numbers of batches and holders. Those kept are of campaigns."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

_INDEXED = {"message": ("batch", "holder"), "message_link": ("holder",)}


def upgrade() -> None:
    for table, columns in _INDEXED.items():
        op.add_column(table, sa.Column("kind", sa.String(), nullable=False, server_default="enquête"))
        for column in columns:
            op.drop_index(op.f(f"ix_{table}_{column}"), table)
            op.create_index(op.f(f"ix_{table}_kind_{column}"), table, ["kind", column])


def downgrade() -> None:
    for table, columns in _INDEXED.items():
        kind = sa.table(table, sa.column("kind"))
        op.execute(sa.delete(kind).where(kind.c.kind != "enquête"))
        for column in columns:
            op.drop_index(op.f(f"ix_{table}_kind_{column}"), table)
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
        op.drop_column(table, "kind")
