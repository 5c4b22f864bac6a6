"""Ownership of rows by an organisation: the column that names the owner of a row, and the one condition under which it is read or written.

It is the wall between two organisations of one installation: a store takes the organisation as an argument that has no default, and its
statements hold `owned_by`. Only what crosses the wall by right (a secret link, a value to forget, a worker) goes without, and documents it.
"""

from collections.abc import Collection
from typing import NewType

from sqlalchemy import Column, ColumnElement, ForeignKey, Table, select
from sqlalchemy.orm import Mapped, mapped_column

OrganisationId = NewType("OrganisationId", int)
# The organisation that every installation has: what was there before there were several is its own.
FIRST_ORGANISATION = OrganisationId(1)


class OwnedRow:
    """Column of a row that an organisation owns; null where it is of the whole installation: a work on the common
    catalogue, an account that is opened."""

    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True, sort_order=99)


def owned_by(table: Table, owner: OrganisationId | None) -> ColumnElement[bool]:
    """Return the condition that a row is of this organisation; for None, that it is common to all."""
    condition: ColumnElement[int | None] = table.c.organisation_id
    return condition.is_(None) if owner is None else condition == owner


def owned_by_any(table: Table, owners: Collection[OrganisationId]) -> ColumnElement[bool]:
    """Return the condition that a row is of one of these organisations: all those that a person is a member of."""
    condition: ColumnElement[int | None] = table.c.organisation_id
    return condition.in_(owners)


def under_owned(key: Column[int], table: Table, owner: OrganisationId) -> ColumnElement[bool]:
    """Return the condition that a row hangs, by this key, on a row of `table` that is of this organisation."""
    return key.in_(select(table.c.id).where(owned_by(table, owner)))
