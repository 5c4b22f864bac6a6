"""Adds the values of price indices that a team enters, by which a cost of another year is brought to today's prices."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "price_index",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", "month", name=op.f("pk_price_index")),
    )


def downgrade() -> None:
    op.drop_table("price_index")
