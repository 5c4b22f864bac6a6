"""Right of the installation, held by an account: those that administered the first organisation have it."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0024"
branch_labels = None
depends_on = None

# The first organisation, which held every account before there were several.
_ADMINISTERED = "SELECT account_id FROM membership WHERE organisation_id = 1 AND role = 'administrateur'"


def upgrade() -> None:
    op.add_column("account", sa.Column("installation", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(f"UPDATE account SET installation = TRUE WHERE id IN ({_ADMINISTERED})")  # noqa: S608  # words of ours


def downgrade() -> None:
    op.drop_column("account", "installation")
