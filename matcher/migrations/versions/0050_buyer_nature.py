"""Adds the nature of a buyer (State, local authority…), given once by its organisation: the European thresholds depend on it."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("organisation", sa.Column("nature", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("organisation", "nature")
