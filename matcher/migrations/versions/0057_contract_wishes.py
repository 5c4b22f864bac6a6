"""Adds the duration and the season of contract that suit a supplier, and the register of those to whom shared answers were handed over."""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

_COLUMNS = ("contract_duration", "contract_season")


def upgrade() -> None:
    for column in _COLUMNS:
        op.add_column("supplier", sa.Column(column, sa.String(), nullable=False, server_default=""))
    op.create_table(
        "answer_handed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("whom", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_handed")),
    )
    op.create_index(op.f("ix_answer_handed_at"), "answer_handed", ["at"])


def downgrade() -> None:
    op.drop_table("answer_handed")
    for column in _COLUMNS:
        op.drop_column("supplier", column)
