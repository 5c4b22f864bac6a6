"""The certifications of a supplier, apart from its labels."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("supplier", sa.Column("certifications", sa.JSON, nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("supplier", "certifications")
