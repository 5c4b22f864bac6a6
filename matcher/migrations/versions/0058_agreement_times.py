"""Moments of an agreement to share an answer: when it was made, and when a later word ended it. No file held it before, or after."""

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
