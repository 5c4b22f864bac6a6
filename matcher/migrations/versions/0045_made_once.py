"""Adds the table of creations that must not happen twice, requested from pages or the API; it replaces the one of the API, whose rows it takes over."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "made_once",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_made_once")),
        sa.UniqueConstraint("mark", name=op.f("uq_made_once_mark")),
    )
    op.create_index(op.f("ix_made_once_at"), "made_once", ["at"])
    op.execute(
        "INSERT INTO made_once (mark, asked, number, at) SELECT mark, asked, made, at FROM api_request WHERE made IS NOT NULL"
    )
    op.drop_table("api_request")


def downgrade() -> None:
    op.create_table(
        "api_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_request")),
        sa.UniqueConstraint("mark", name=op.f("uq_api_request_mark")),
    )
    op.create_index(op.f("ix_api_request_at"), "api_request", ["at"])
    op.execute("INSERT INTO api_request (mark, asked, made, at) SELECT mark, asked, number, at FROM made_once")
    op.drop_table("made_once")
