"""Every telephone of a facilitator, in the place of one; which dossiers have a social clause, as their list says it from now on."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_FACILITATOR = sa.table(
    "facilitator", sa.column("id", sa.Integer), sa.column("phone", sa.String), sa.column("phones", sa.JSON)
)

_DOSSIER = sa.table("dossier", sa.column("id", sa.Integer), sa.column("summary", sa.JSON))
_EVENT = sa.table(
    "dossier_event", sa.column("dossier_id", sa.Integer), sa.column("action", sa.String), sa.column("data", sa.JSON)
)


def upgrade() -> None:
    op.add_column("facilitator", sa.Column("phones", sa.JSON, nullable=False, server_default="[]"))
    _copied(_FACILITATOR.c.phone, lambda phone: {"phones": [phone] if phone else []})
    op.drop_column("facilitator", "phone")
    connection = op.get_bind()
    query = sa.select(_EVENT.c.dossier_id, _EVENT.c.data).where(_EVENT.c.action.in_(("ajouter-lot", "garder-décision")))
    clauses = set()
    for dossier, data in connection.execute(query):
        match data:
            case {"frozen": {"shortlist": {"reading": {"lot": {"levier": "clause"}}}}} | {
                "decision": {"kind": "plan de clause"}
            }:
                clauses.add(dossier)
    for key, summary in connection.execute(sa.select(_DOSSIER.c.id, _DOSSIER.c.summary)).all():
        if key in clauses:
            told_so = summary | {"contract": {}}  # its areas are told by its next change
            connection.execute(sa.update(_DOSSIER).where(_DOSSIER.c.id == key).values(summary=told_so))


def downgrade() -> None:
    connection = op.get_bind()
    for key, summary in connection.execute(sa.select(_DOSSIER.c.id, _DOSSIER.c.summary)).all():
        left = {name: its for name, its in summary.items() if name != "contract"}
        connection.execute(sa.update(_DOSSIER).where(_DOSSIER.c.id == key).values(summary=left))
    op.add_column("facilitator", sa.Column("phone", sa.String(), nullable=False, server_default=""))
    _copied(_FACILITATOR.c.phones, lambda phones: {"phone": next(iter(phones), "")})
    op.drop_column("facilitator", "phones")


def _copied(column: sa.ColumnClause[Any], made: Callable[[Any], dict[str, Any]]) -> None:
    connection = op.get_bind()
    for key, value in connection.execute(sa.select(_FACILITATOR.c.id, column)).all():
        connection.execute(sa.update(_FACILITATOR).where(_FACILITATOR.c.id == key).values(made(value)))
