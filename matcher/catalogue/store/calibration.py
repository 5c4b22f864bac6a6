"""The lines of calibration and the values of indices that a team fills, kept in its catalogue: every server and command of it reads the same."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from matcher.catalogue.store.read import read_version, write_version
from matcher.db import reading, writing
from matcher.erasure import Holding
from matcher.reference.calibration import (
    COLUMNS,
    CalibrationRefused,
    WorkFamily,
    family_from,
    follow_lines,
    shipped_lines,
    texts_by_figure,
)
from matcher.reference.price_index import IndexValue
from matcher.rows import Base, table_of


class CalibrationLineRow(Base):
    """A line of calibration that the team has filled: the name of its family, and its cells as texts, by column."""

    __tablename__ = "calibration_line"
    holding = Holding(
        "calage de l’équipe : ce que coûte le travail par famille de métiers, et la source", keys=("family",)
    )

    family: Mapped[str] = mapped_column(primary_key=True)
    cells: Mapped[dict[str, Any]]


class PriceIndexRow(Base):
    """Value of a price index for a month, as the team has noted it, and where it was read."""

    __tablename__ = "price_index"
    holding = Holding("indices de prix notés par l’équipe : valeur d’un mois, et la source")

    name: Mapped[str] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    value: Mapped[float]
    source: Mapped[str]


_LINES, _INDICES = table_of(CalibrationLineRow), table_of(PriceIndexRow)


def follow_team(connection: Connection) -> tuple[WorkFamily, ...]:
    """Read the table of calibration, from now on, with the lines and the indices of this catalogue; return the families that they change."""
    lines, indices = _kept(connection), _index_values(connection)
    shipped = {row["famille"]: row for row in shipped_lines()}
    changed = {name: {**shipped.get(name, {}), **cells} for name, cells in lines.items()}
    team = tuple(
        family_from(cells, indices=indices) for cells in ({**shipped, **changed} if indices else changed).values()
    )
    follow_lines(team)
    return team


def index_values(engine: Engine) -> tuple[IndexValue, ...]:
    """Return the values of indices that the team has noted, by index and month."""
    with reading(engine) as connection:
        return _index_values(connection)


def note_index(engine: Engine, noted: IndexValue, today: date) -> None:
    """Keep the value of an index for a month, in the place of the one noted before. The catalogue has changed then. Raises CalibrationRefused
    for a month to come, or for a value of another base than the others."""
    if noted.month > today:
        raise CalibrationRefused(f"« {noted.month:%m/%Y} » est un mois à venir.", "mois")
    with writing(engine) as connection:
        known = (each for each in _index_values(connection) if each.name == noted.name and each.month != noted.month)
        if far := next((each for each in known if not 0.5 < noted.value / each.value < 2), None):
            raise CalibrationRefused(
                f"{noted.name} : {noted.figure}, à côté de {far.figure}. Les valeurs d’un indice doivent être d’une même base : vérifiez.",
                "valeur",
            )
        connection.execute(delete(_INDICES).where(_INDICES.c.name == noted.name, _INDICES.c.month == noted.month))
        connection.execute(insert(_INDICES).values(**asdict(noted)))
        _changed(connection)


def team_lines(engine: Engine) -> dict[str, dict[str, str]]:
    """Return the cells that the team has filled, by family."""
    with reading(engine) as connection:
        return _kept(connection)


def fill_lines(engine: Engine, lines: Iterable[Mapping[str, str]]) -> tuple[WorkFamily, ...]:
    """Keep lines in the place of those of their families; what their cells leave out is as known so far. The catalogue has changed then.

    Raises CalibrationRefused where a cell cannot be used, with nothing written.
    """
    with writing(engine) as connection:
        saved, shipped = _kept(connection), {row["famille"]: row for row in shipped_lines()}
        filled = {}
        for cells in lines:
            name = cells.get("famille", "")
            before = {**dict.fromkeys(COLUMNS, ""), **shipped.get(name, {}), **saved.get(name, {})}
            filled[name] = {**before, **cells, **texts_by_figure(before, cells)}
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


def _index_values(connection: Connection) -> tuple[IndexValue, ...]:
    rows = connection.execute(select(_INDICES).order_by(_INDICES.c.name, _INDICES.c.month))
    return tuple(IndexValue(row.name, row.month, row.value, row.source) for row in rows)


def _changed(connection: Connection) -> None:
    """Count one more version of the catalogue: its lists rank otherwise, and every server reads the lines again."""
    write_version(connection, read_version(connection) + 1)
    follow_team(connection)
