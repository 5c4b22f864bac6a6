"""Identity by evidence: what people decided of two records, and the pairs that evidence ties or leaves to them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_KEYS = ("source", "ref", "other_source", "other_ref")


def upgrade() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in (*_KEYS, "verdict", "who")),
        sa.Column("given", sa.DateTime(), nullable=False),
        sa.Column("withdrawn", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_table(
        "review_pair",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in (*_KEYS, "verdict")),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_pair")),
        sa.UniqueConstraint(*_KEYS, name=op.f("uq_review_pair_source_ref_other_source_other_ref")),
    )
    op.create_index(op.f("ix_review_pair_verdict"), "review_pair", ["verdict"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_review_pair_verdict"), table_name="review_pair")
    op.drop_table("review_pair")
    op.drop_table("decision")
