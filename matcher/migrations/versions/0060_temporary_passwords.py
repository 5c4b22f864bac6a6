"""Adds when somebody else chose the password of an account, whose person must then change it; existing accounts are left as they are."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("temporary_since", sa.DateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("account", "temporary_since")
