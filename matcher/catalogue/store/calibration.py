"""The lines of calibration that a team fills, kept in its catalogue: every server and command of it reads the same."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from matcher.catalogue.store.read import read_version, write_version
from matcher.db import reading, writing
from matcher.erasure import Holding
from matcher.reference.calibration import COLUMNS, WorkFamily, family_from, follow, shipped_lines
from matcher.rows import Base, table_of


class CalibrationLineRow(Base):
    """A line of calibration that the team has filled: the name of its family, and its cells as texts, by column."""

    __tablename__ = "calibration_line"
    holding = Holding(
        "calage de l’équipe : ce que coûte le travail par famille de métiers, et la source", keys=("family",)
    )

    family: Mapped[str] = mapped_column(primary_key=True)
    cells: Mapped[dict[str, Any]]


_LINES = table_of(CalibrationLineRow)


def follow_team(connection: Connection) -> tuple[WorkFamily, ...]:
    """Read the table of calibration, from now on, with the lines of this catalogue; return these, by name."""
    its = tuple(family_from(cells) for cells in _kept(connection).values())
    follow(its)
    return its


def team_lines(engine: Engine) -> dict[str, dict[str, str]]:
    """Return the cells that the team has filled, by family."""
    with reading(engine) as connection:
        return _kept(connection)


def fill_lines(engine: Engine, lines: Iterable[Mapping[str, str]]) -> tuple[WorkFamily, ...]:
    """Keep lines in the place of those of their families; what their cells leave out is as known so far. The catalogue has changed then.

    Raises CalibrationRefused where a cell cannot be used, with nothing written.
    """
    with writing(engine) as connection:
        kept, shipped = _kept(connection), {row["famille"]: row for row in shipped_lines()}
        filled = {}
        for cells in lines:
            name = cells.get("famille", "")
            filled[name] = {**dict.fromkeys(COLUMNS, ""), **shipped.get(name, {}), **kept.get(name, {}), **cells}
        families = tuple(map(family_from, filled.values()))
        connection.execute(delete(_LINES).where(_LINES.c.family.in_(filled)))
        if filled:
            connection.execute(insert(_LINES), [{"family": name, "cells": row} for name, row in filled.items()])
        _changed(connection)
    return families


def drop_line(engine: Engine, family: str) -> None:
    """Keep no line of the team for a family: what is shipped of it stands again. The catalogue has changed then."""
    with writing(engine) as connection:
        connection.execute(delete(_LINES).where(_LINES.c.family == family))
        _changed(connection)


def _kept(connection: Connection) -> dict[str, dict[str, str]]:
    return {row.family: dict(row.cells) for row in connection.execute(select(_LINES).order_by(_LINES.c.family))}


def _changed(connection: Connection) -> None:
    """What ranks suppliers has changed: lists say another version of the catalogue, and every server reads the lines again."""
    write_version(connection, read_version(connection) + 1)
    follow_team(connection)
