"""Adds the number of calls of each API token by minute, which all servers count together."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_call",
        sa.Column("token_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("minute", sa.DateTime(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("token_id", "minute", name=op.f("pk_api_call")),
    )


def downgrade() -> None:
    op.drop_table("api_call")
