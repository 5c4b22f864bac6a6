"""Every telephone of a facilitator, in the place of one."""

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


def upgrade() -> None:
    op.add_column("facilitator", sa.Column("phones", sa.JSON, nullable=False, server_default="[]"))
    _copied(_FACILITATOR.c.phone, lambda phone: {"phones": [phone] if phone else []})
    op.drop_column("facilitator", "phone")


def downgrade() -> None:
    op.add_column("facilitator", sa.Column("phone", sa.String(), nullable=False, server_default=""))
    _copied(_FACILITATOR.c.phones, lambda phones: {"phone": next(iter(phones), "")})
    op.drop_column("facilitator", "phones")


def _copied(column: sa.ColumnClause[Any], made: Callable[[Any], dict[str, Any]]) -> None:
    connection = op.get_bind()
    for key, held in connection.execute(sa.select(_FACILITATOR.c.id, column)).all():
        connection.execute(sa.update(_FACILITATOR).where(_FACILITATOR.c.id == key).values(made(held)))
