"""Multi-tenancy: the column that gives the organisation owning a row, and the SQL conditions by which stores only read and write its rows.

Every store takes the organisation as an argument without a default, and uses `owned_by` in its statements. Code that legitimately crosses organisations (a
secret link, an erasure, a worker) documents it."""

from collections.abc import Collection
from typing import NewType

from sqlalchemy import Column, ColumnElement, ForeignKey, Table, select
from sqlalchemy.orm import Mapped, mapped_column

OrganisationId = NewType("OrganisationId", int)
# The organisation that every installation has, which owns the rows from before there were several.
FIRST_ORGANISATION = OrganisationId(1)


class OwnedRow:
    """Mixin with the owner column; null for a row of the whole installation (a job on the common catalogue, an account being opened)."""

    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True, sort_order=99)


def owned_by(table: Table, owner: OrganisationId | None) -> ColumnElement[bool]:
    """Return the condition that a row belongs to this organisation; for None, to none (common rows)."""
    condition: ColumnElement[int | None] = table.c.organisation_id
    return condition.is_(None) if owner is None else condition == owner


def owned_by_any(table: Table, owners: Collection[OrganisationId]) -> ColumnElement[bool]:
    """Return the condition that a row belongs to one of these organisations."""
    condition: ColumnElement[int | None] = table.c.organisation_id
    return condition.in_(owners)


def under_owned(key: Column[int], table: Table, owner: OrganisationId) -> ColumnElement[bool]:
    """Return the condition that the foreign `key` refers to a row of `table` that belongs to this organisation."""
    return key.in_(select(table.c.id).where(owned_by(table, owner)))
