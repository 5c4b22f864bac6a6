"""Alembic migrations of the catalogue, run by `matcher.db` from wherever the package is installed."""
