"""Adds the note on a supplier, and to a decision on two records the numbers of the other pairs that it made pointless."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("supplier", sa.Column("note", sa.String(), nullable=False, server_default=""))
    op.add_column("decision", sa.Column("settled", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("decision", "settled")
    op.drop_column("supplier", "note")
