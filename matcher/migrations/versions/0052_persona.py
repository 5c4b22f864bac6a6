"""Adds the persona of an organisation (buyer, company that won a contract, facilitator, network), empty where it has chosen none."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("organisation", sa.Column("persona", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("organisation", "persona")
