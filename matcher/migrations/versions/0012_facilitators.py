"""The facilitators of social clauses, from a list that the team imports."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "facilitator",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("structure", sa.String, nullable=False),
        sa.Column("territory", sa.String, nullable=False),
        sa.Column("territories", sa.JSON, nullable=False),
        sa.Column("phone", sa.String, nullable=False),
        sa.Column("email", sa.String, nullable=False),
        sa.Column("as_of", sa.Date),
        sa.Column("imported", sa.DateTime, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("facilitator")
