"""Meeting days: what a list of them shows, the journal that makes each, and the persons who come, apart."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meeting_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("organiser", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("updated", sa.DateTime(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_event")),
        sa.UniqueConstraint("token", name=op.f("uq_meeting_event_token")),
    )
    op.create_index(op.f("ix_meeting_event_day"), "meeting_event", ["day"], unique=False)
    op.create_table(
        "meeting_event_line",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["meeting_event.id"], name=op.f("fk_meeting_event_line_event_id")),
        sa.PrimaryKeyConstraint("event_id", "number", name=op.f("pk_meeting_event_line")),
    )
    op.create_table(
        "meeting_event_person",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("participant", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["meeting_event.id"], name=op.f("fk_meeting_event_person_event_id")),
        sa.PrimaryKeyConstraint("event_id", "participant", "rank", name=op.f("pk_meeting_event_person")),
    )


def downgrade() -> None:
    op.drop_table("meeting_event_person")
    op.drop_table("meeting_event_line")
    op.drop_index(op.f("ix_meeting_event_day"), table_name="meeting_event")
    op.drop_table("meeting_event")
