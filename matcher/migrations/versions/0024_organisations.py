"""Organisations, who is a member of each, and whose each owned row is: all that was there is of the first."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

# Its name shows once there is another.
_FIRST, _NAME = 1, "Première organisation"
_OWNED = ("dossier", "meeting_event", "campaign", "work", "audit")
# The work that is on the common catalogue.
_COMMON = "import"
_ACCOUNT = sa.table("account", sa.column("id", sa.Integer), sa.column("role", sa.String))
_MEMBERSHIP = sa.table(
    "membership",
    sa.column("account_id", sa.Integer),
    sa.column("organisation_id", sa.Integer),
    sa.column("role", sa.String),
)


def upgrade() -> None:
    texts = ("name", "siret", "territory", "place", "controller_name", "controller_address", "controller_contact")
    organisation = op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in texts),
        sa.Column("families", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )
    op.bulk_insert(organisation, [{**dict.fromkeys(texts, ""), "name": _NAME, "families": []}])
    op.create_table(
        "membership",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_membership_account_id_account")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_membership_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("account_id", "organisation_id", name=op.f("pk_membership")),
    )
    everyone = sa.select(_ACCOUNT.c.id, sa.literal(_FIRST), _ACCOUNT.c.role)
    op.execute(sa.insert(_MEMBERSHIP).from_select(["account_id", "organisation_id", "role"], everyone))
    op.drop_column("account", "role")
    for table in _OWNED:
        # In one statement, which both databases know: Alembic's own adds the reference in a second one, which SQLite refuses.
        reference = f"CONSTRAINT fk_{table}_organisation_id_organisation REFERENCES organisation (id)"
        op.execute(f"ALTER TABLE {table} ADD COLUMN organisation_id INTEGER {reference}")
        op.create_index(op.f(f"ix_{table}_organisation_id"), table, ["organisation_id"])
    for name in ("dossier", "meeting_event", "campaign"):
        op.execute(sa.update(sa.table(name, sa.column("organisation_id"))).values(organisation_id=_FIRST))
    work = sa.table("work", sa.column("organisation_id"), sa.column("kind", sa.String))
    op.execute(sa.update(work).where(work.c.kind != _COMMON).values(organisation_id=_FIRST))


def downgrade() -> None:
    for table in _OWNED:
        op.drop_index(op.f(f"ix_{table}_organisation_id"), table)
        op.drop_column(table, "organisation_id")
    op.add_column("account", sa.Column("role", sa.String(), nullable=False, server_default="lecteur"))
    in_first = (_MEMBERSHIP.c.account_id == _ACCOUNT.c.id) & (_MEMBERSHIP.c.organisation_id == _FIRST)
    of_first = sa.select(_MEMBERSHIP.c.role).where(in_first).scalar_subquery()
    op.execute(sa.update(_ACCOUNT).values(role=sa.func.coalesce(of_first, "lecteur")))
    op.drop_table("membership")
    op.drop_table("organisation")
