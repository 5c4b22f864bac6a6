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
_COMMON = "kind <> 'import'"


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
    op.execute(
        f"INSERT INTO membership (account_id, organisation_id, role) SELECT id, {_FIRST}, role FROM account"  # noqa: S608  # a number of ours
    )
    op.drop_column("account", "role")
    for table in _OWNED:
        # In one statement, which both databases know: Alembic's own adds the reference in a second one, which SQLite refuses.
        reference = f"CONSTRAINT fk_{table}_organisation_id_organisation REFERENCES organisation (id)"
        op.execute(f"ALTER TABLE {table} ADD COLUMN organisation_id INTEGER {reference}")
        op.create_index(op.f(f"ix_{table}_organisation_id"), table, ["organisation_id"])
    for table, which in (("dossier", ""), ("meeting_event", ""), ("campaign", ""), ("work", f" WHERE {_COMMON}")):
        op.execute(f"UPDATE {table} SET organisation_id = {_FIRST}{which}")  # noqa: S608  # names of ours


def downgrade() -> None:
    for table in _OWNED:
        op.drop_index(op.f(f"ix_{table}_organisation_id"), table)
        op.drop_column(table, "organisation_id")
    op.add_column("account", sa.Column("role", sa.String(), nullable=False, server_default="lecteur"))
    of_first = f"SELECT role FROM membership WHERE account_id = account.id AND organisation_id = {_FIRST}"  # noqa: S608  # a number of ours
    op.execute(f"UPDATE account SET role = COALESCE(({of_first}), 'lecteur')")  # noqa: S608  # the same
    op.drop_table("membership")
    op.drop_table("organisation")
