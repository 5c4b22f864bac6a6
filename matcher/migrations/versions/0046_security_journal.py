"""Turns the audit into a security journal: the kind of each entry, the number of times that it occurred in its minute, and the network of an incident."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

_AUDIT = sa.table("audit", sa.column("action", sa.String), sa.column("kind", sa.String))
_KINDS = {
    "connexion": ("se connecte", "se déconnecte", "échoue à se connecter"),
    "jeton": ("donne un jeton", "révoque un jeton"),
    "fichier emporté": ("emporter des fichiers",),
}


def upgrade() -> None:
    op.add_column("audit", sa.Column("kind", sa.String(), nullable=False, server_default="action"))
    op.add_column("audit", sa.Column("times", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("audit", sa.Column("network", sa.String(), nullable=False, server_default=""))
    for kind, actions in _KINDS.items():
        op.execute(sa.update(_AUDIT).where(_AUDIT.c.action.in_(actions)).values(kind=kind))


def downgrade() -> None:
    for column in ("network", "times", "kind"):
        op.drop_column("audit", column)
