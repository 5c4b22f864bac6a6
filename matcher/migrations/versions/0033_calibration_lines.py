"""Lines of calibration that a team fills."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calibration_line",
        sa.Column("family", sa.String(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("family", name=op.f("pk_calibration_line")),
    )


def downgrade() -> None:
    op.drop_table("calibration_line")
