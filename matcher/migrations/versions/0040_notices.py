"""Published notices, the lots of their contracts, and who may answer each."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("contract", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("taken", sa.DateTime(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("source", "ref", name=op.f("uq_notice_source_ref")),
    )
    op.create_index(op.f("ix_notice_contract"), "notice", ["contract"])
    op.create_table(
        "published_lot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("published", sa.Date(), nullable=True),
        sa.Column("deadline", sa.DateTime(), nullable=True),
        sa.Column("reserved", sa.String(), nullable=True),
        sa.Column("clause", sa.Boolean(), nullable=True),
        sa.Column("buyer", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("matched", sa.Integer(), nullable=True),
        sa.Column("activities", sa.JSON(), nullable=False),
        sa.Column("departements", sa.JSON(), nullable=False),
        sa.Column("amount", sa.Double(), nullable=True),
        sa.Column("months", sa.Double(), nullable=True),
        sa.Column("connu", sa.Integer(), nullable=True),
        sa.Column("indice", sa.Integer(), nullable=True),
        sa.Column("credible", sa.Integer(), nullable=True),
        sa.Column("reservable", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_published_lot_notice_id_notice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_lot")),
        sa.UniqueConstraint("contract", "number", name=op.f("uq_published_lot_contract_number")),
    )
    for columns in (("notice_id",), ("published",), ("buyer",), ("matched",), ("state", "deadline")):
        op.create_index(op.f(f"ix_published_lot_{'_'.join(columns)}"), "published_lot", list(columns))
    op.create_table(
        "lot_match",
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("supplier_id", sa.String(), nullable=False),
        sa.Column("band", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("lead", sa.Double(), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["published_lot.id"], name=op.f("fk_lot_match_lot_id_published_lot")),
        sa.PrimaryKeyConstraint("lot_id", "supplier_id", name=op.f("pk_lot_match")),
    )
    op.create_index(op.f("ix_lot_match_supplier_id"), "lot_match", ["supplier_id"])


def downgrade() -> None:
    for table in ("lot_match", "published_lot", "notice"):
        op.drop_table(table)
