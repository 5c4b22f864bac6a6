"""Answers of persons on the suppliers that sheets name, replayed at the next file."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "settled_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("supplier_id", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("given", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settled_name")),
        sa.UniqueConstraint("key", name=op.f("uq_settled_name_key")),
    )
    op.create_index(op.f("ix_settled_name_supplier_id"), "settled_name", ["supplier_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_settled_name_supplier_id"), table_name="settled_name")
    op.drop_table("settled_name")
