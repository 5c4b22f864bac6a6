"""A name for the state of the catalogues made before states were named: without one their shelf was built at each search."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_META = sa.table("meta", sa.column("key", sa.String), sa.column("value", sa.String))


def upgrade() -> None:
    connection = op.get_bind()
    named = set(connection.execute(sa.select(_META.c.key)).scalars())
    if "version" in named and "state" not in named:
        connection.execute(sa.insert(_META).values(key="state", value=secrets.token_hex(8)))


def downgrade() -> None:
    """A catalogue without states reads one as well as none."""
