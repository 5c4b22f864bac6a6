"""Adds the kind (campaign, meeting day…) of queued messages and of their secret links, each kind with its own numbers of batches and recipients; existing
rows are of campaigns. The links of participants move there, and a meeting day gets its mailings."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

_INDEXED = {"message": ("batch", "holder"), "message_link": ("holder",)}
_CAMPAIGN, _MEETING, _LASTS = "enquête", "rendez-vous", timedelta(days=1095)
_TABLE = "meeting_event_link"
_SECRETS = sa.table(
    "message_link",
    sa.column("mark", sa.String),
    sa.column("kind", sa.String),
    sa.column("holder", sa.Integer),
    sa.column("until", sa.DateTime),
    sa.column("revoked", sa.DateTime),
)


def upgrade() -> None:
    for table, columns in _INDEXED.items():
        op.add_column(table, sa.Column("kind", sa.String(), nullable=False, server_default=_CAMPAIGN))
        for column in columns:
            op.drop_index(op.f(f"ix_{table}_{column}"), table)
            op.create_index(op.f(f"ix_{table}_kind_{column}"), table, ["kind", column])
    query = sa.select(sa.table(_TABLE, *_columns("mark")))
    present = [dict(row) for row in op.get_bind().execute(query).mappings()]
    marks = [row.pop("mark") for row in present]
    op.drop_table(_TABLE)
    op.create_table(
        _TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("participant", sa.Integer(), nullable=False),
        sa.Column("opened", sa.DateTime(), nullable=True),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["meeting_event.id"], name=op.f("fk_meeting_event_link_event_id_meeting_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_event_link")),
        sa.UniqueConstraint("event_id", "participant", name=op.f("uq_meeting_event_link_event_id_participant")),
    )
    links = sa.table(_TABLE, *_columns("id", "silent"))
    for row, mark in zip(present, marks, strict=True):
        made = sa.insert(links).values(row | {"silent": False}).returning(links.c.id)
        secret = {"mark": mark, "kind": _MEETING, "until": row["opened"] + _LASTS, "revoked": None}
        op.execute(sa.insert(_SECRETS).values(secret | {"holder": op.get_bind().execute(made).scalar_one()}))
    op.create_table(
        "meeting_event_mailing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["meeting_event.id"], name=op.f("fk_meeting_event_mailing_event_id_meeting_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_event_mailing")),
    )
    op.create_index(op.f("ix_meeting_event_mailing_event_id"), "meeting_event_mailing", ["event_id"])


def downgrade() -> None:
    op.drop_table("meeting_event_mailing")
    links = sa.table(_TABLE, *_columns("id"))
    open_ = sa.select(links, _SECRETS.c.mark).join(_SECRETS, _SECRETS.c.holder == links.c.id)
    open_ = open_.where(_SECRETS.c.kind == _MEETING, _SECRETS.c.revoked.is_(None), links.c.opened.is_not(None))
    result = op.get_bind().execute(open_.order_by(_SECRETS.c.until)).mappings()
    last = {row["id"]: {name: value for name, value in row.items() if name != "id"} for row in result}
    op.drop_table(_TABLE)
    op.create_table(
        _TABLE,
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
    former = sa.table(_TABLE, *_columns("mark"))
    op.bulk_insert(former, list(last.values()))
    for table, columns in _INDEXED.items():
        kind = sa.table(table, sa.column("kind"))
        op.execute(sa.delete(kind).where(kind.c.kind != _CAMPAIGN))
        for column in columns:
            op.drop_index(op.f(f"ix_{table}_kind_{column}"), table)
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
        op.drop_column(table, "kind")


def _columns(*more: str) -> list[sa.ColumnClause[Any]]:
    """The columns of a participant's link that both versions have, and these."""
    types = {"opened": sa.DateTime, "who": sa.String, "mark": sa.String, "silent": sa.Boolean}
    return [
        sa.column(name, types.get(name, sa.Integer))
        for name in (*more, "event_id", "participant", "opened", "who", "told")
    ]
