"""Families of needs that an organisation corrected by hand, by need as written."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "need_family",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("objet", sa.String(), nullable=False),
        sa.Column("cpv", sa.String(), nullable=False),
        sa.Column("family", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_need_family_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_family")),
        sa.UniqueConstraint("organisation_id", "key", name=op.f("uq_need_family_organisation_id_key")),
    )
    op.create_index(op.f("ix_need_family_organisation_id"), "need_family", ["organisation_id"])


def downgrade() -> None:
    op.drop_table("need_family")
