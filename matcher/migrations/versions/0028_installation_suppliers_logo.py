"""Right of the installation, held by an account: those that administered the first organisation have it; past suppliers and logos of
organisations."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0024"
branch_labels = None
depends_on = None

# The first organisation, which held every account before there were several.
_FIRST, _ADMINISTRATOR = 1, "administrateur"
_ACCOUNT = sa.table("account", sa.column("id", sa.Integer), sa.column("installation", sa.Boolean))
_MEMBERSHIP = sa.table(
    "membership",
    sa.column("account_id", sa.Integer),
    sa.column("organisation_id", sa.Integer),
    sa.column("role", sa.String),
)


def upgrade() -> None:
    op.add_column("account", sa.Column("installation", sa.Boolean(), nullable=False, server_default=sa.false()))
    administers = (_MEMBERSHIP.c.organisation_id == _FIRST) & (_MEMBERSHIP.c.role == _ADMINISTRATOR)
    administrators = sa.select(_MEMBERSHIP.c.account_id).where(administers)
    op.execute(sa.update(_ACCOUNT).where(_ACCOUNT.c.id.in_(administrators)).values(installation=True))
    op.create_table(
        "past_supplier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("supplier_id", sa.String(), nullable=False),
        sa.Column("last_year", sa.Integer(), nullable=True),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_past_supplier_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_supplier")),
        sa.UniqueConstraint(
            "organisation_id", "supplier_id", name=op.f("uq_past_supplier_organisation_id_supplier_id")
        ),
    )
    op.create_index(op.f("ix_past_supplier_organisation_id"), "past_supplier", ["organisation_id"])
    op.create_table(
        "organisation_logo",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("media", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_organisation_logo_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_organisation_logo")),
    )


def downgrade() -> None:
    op.drop_table("organisation_logo")
    op.drop_table("past_supplier")
    op.drop_column("account", "installation")
