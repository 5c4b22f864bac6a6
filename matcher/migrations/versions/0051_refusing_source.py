"""Adds to the activities that a supplier does not do who stated it: the team, or the supplier itself."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("refused_activity", sa.Column("source", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("refused_activity", "source")
