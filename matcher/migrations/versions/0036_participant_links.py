"""Secret links of the participants of a meeting day, each to its own page."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meeting_event_link",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("participant", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("opened", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["meeting_event.id"], name=op.f("fk_meeting_event_link_event_id_meeting_event")
        ),
        sa.PrimaryKeyConstraint("event_id", "participant", name=op.f("pk_meeting_event_link")),
        sa.UniqueConstraint("mark", name=op.f("uq_meeting_event_link_mark")),
    )


def downgrade() -> None:
    op.drop_table("meeting_event_link")
