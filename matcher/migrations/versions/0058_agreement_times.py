"""Adds when a supplier's consent to share an answer was given, and when a later statement ended it; exported files contain neither."""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in ("made", "ended"):
        op.add_column("answer_consent", sa.Column(column, sa.DateTime(), nullable=True))
    op.execute(  # when it is not known better
        "UPDATE answer_consent SET made = (SELECT given FROM correction WHERE correction.id = answer_consent.correction_id)"
    )


def downgrade() -> None:
    for column in ("ended", "made"):
        op.drop_column("answer_consent", column)
