"""The secret link of an event's registration form, kept as its hash, and what waits behind it; the token in clear goes."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_EVENTS = sa.table("meeting_event", sa.column("id", sa.Integer), sa.column("token", sa.String))


def upgrade() -> None:
    with op.batch_alter_table("meeting_event") as batch:
        batch.drop_constraint(op.f("uq_meeting_event_token"), type_="unique")
        batch.drop_column("token")
    op.create_table(
        "meeting_event_door",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("opened", sa.DateTime(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["meeting_event.id"], name=op.f("fk_meeting_event_door_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_meeting_event_door")),
        sa.UniqueConstraint("mark", name=op.f("uq_meeting_event_door_mark")),
    )
    op.create_table(
        "meeting_event_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["meeting_event.id"], name=op.f("fk_meeting_event_request_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_event_request")),
    )
    op.create_index(op.f("ix_meeting_event_request_event_id"), "meeting_event_request", ["event_id"], unique=False)


def downgrade() -> None:
    """Each event gets a new token: the former ones were never kept."""
    op.drop_index(op.f("ix_meeting_event_request_event_id"), table_name="meeting_event_request")
    op.drop_table("meeting_event_request")
    op.drop_table("meeting_event_door")
    op.add_column("meeting_event", sa.Column("token", sa.String(), nullable=True))
    connection = op.get_bind()
    for event_id in connection.execute(sa.select(_EVENTS.c.id)).scalars().all():
        own = sa.update(_EVENTS).where(_EVENTS.c.id == event_id)
        connection.execute(own.values(token=secrets.token_urlsafe(18)))
    with op.batch_alter_table("meeting_event") as batch:
        batch.alter_column("token", existing_type=sa.String(), nullable=False)
        batch.create_unique_constraint(op.f("uq_meeting_event_token"), ["token"])
