"""Alembic's entry: runs inside the transaction that `matcher.db` opened."""

from alembic import context

from matcher.rows import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
