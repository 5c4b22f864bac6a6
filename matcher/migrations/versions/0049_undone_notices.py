"""Adds the state of notices before each import, so that it can be undone, and forbids SQLite to reuse the numbers of deleted lots."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice_before",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("contract", sa.String(), nullable=True),
        sa.Column("hash", sa.String(), nullable=True),
        sa.Column("taken", sa.DateTime(), nullable=True),
        sa.Column("said", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["import_run.id"], name=op.f("fk_notice_before_run_id_import_run")),
        sa.PrimaryKeyConstraint("run_id", "source", "ref", name=op.f("pk_notice_before")),
    )
    _made_anew(sqlite_autoincrement=True)


def downgrade() -> None:
    _made_anew()
    op.drop_table("notice_before")


def _made_anew(**options: bool) -> None:
    """Make `published_lot` anew on SQLite, with these options, without losing what hangs on it."""
    if op.get_bind().dialect.name != "sqlite":
        return
    op.execute("CREATE TABLE lot_match_kept AS SELECT * FROM lot_match")
    op.execute("DELETE FROM lot_match")
    with op.batch_alter_table("published_lot", recreate="always", table_kwargs=options):
        pass
    op.execute("INSERT INTO lot_match SELECT * FROM lot_match_kept")
    op.drop_table("lot_match_kept")
