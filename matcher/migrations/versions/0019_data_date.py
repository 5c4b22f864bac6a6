"""The day that the data of an import are of; of past imports, the latest that their records or awards give."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0017"
branch_labels = None
depends_on = None

_LATEST = (
    "UPDATE import_run SET data_date = (SELECT max(as_of) FROM source_record WHERE last_seen_run = import_run.id)",
    "UPDATE import_run SET data_date = (SELECT max(notified) FROM award WHERE run_id = import_run.id) WHERE data_date IS NULL",
    "UPDATE import_run SET data_date = NULL WHERE data_date > date(started)",
)


def upgrade() -> None:
    op.add_column("import_run", sa.Column("data_date", sa.Date(), nullable=True))
    for statement in _LATEST:
        op.execute(statement)


def downgrade() -> None:
    op.drop_column("import_run", "data_date")
