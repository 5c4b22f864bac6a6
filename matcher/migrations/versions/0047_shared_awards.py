"""Awards: whether an amount is told of several companies together, and an index by contract, which tells it where the source does not."""

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
