"""Answers of persons on which field each column of a spreadsheet holds, stored by header row and reused for any file with the same header."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, UniqueConstraint, delete, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from importers.formats.columns import ColumnMapping, header_key
from matcher.db import reading, writing
from matcher.erasure import Holding
from matcher.rows import Base, table_of


class ColumnMappingRow(Base):
    """Field of each column, by column name, for one header row of one kind of `sheet`. `given` is UTC without zone."""

    __tablename__ = "column_mapping"
    __table_args__ = (UniqueConstraint("sheet", "header"),)
    holding = Holding(
        "titres de colonnes de tableaux, et ce qu’une personne a dit qu’elles contiennent",
        keys=("sheet", "header"),
        whole=True,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet: Mapped[str]
    header: Mapped[str]
    columns: Mapped[dict[str, Any]]
    given: Mapped[datetime]


_ROWS = table_of(ColumnMappingRow)


def remembered_columns(engine: Engine, sheet: str) -> ColumnMapping:
    """Return the stored answers for a kind of sheet. Raises DatabaseError."""
    with reading(engine) as connection:
        rows = connection.execute(select(_ROWS.c.header, _ROWS.c.columns).where(_ROWS.c.sheet == sheet))
        return ColumnMapping(remembered={row.header: row.columns for row in rows})


def remember_columns(
    engine: Engine, sheet: str, columns_by_header: Mapping[tuple[str, ...], Mapping[str, str]], *, now: datetime
) -> None:
    """Store a person's answers for some headers, replacing earlier ones. Raises DatabaseError."""
    with writing(engine) as connection:
        for names, columns in columns_by_header.items():
            header = header_key(names)
            connection.execute(delete(_ROWS).where(_ROWS.c.sheet == sheet, _ROWS.c.header == header))
            row = {"sheet": sheet, "header": header, "columns": dict(columns), "given": now.replace(tzinfo=None)}
            connection.execute(insert(_ROWS), row)
