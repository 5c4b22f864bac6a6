"""Adds to awards whether several companies share the amount, and an index by contract, which finds those companies where the source does not give it."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("award", sa.Column("shared", sa.Boolean(), nullable=True))
    op.create_index("ix_award_contract", "award", ["buyer", "number"])


def downgrade() -> None:
    op.drop_index("ix_award_contract", "award")
    op.drop_column("award", "shared")
