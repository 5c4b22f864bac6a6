"""Calibration of the work-cost table by a team (cost of labour per family of trades, values of price indices), stored in its catalogue so that all
its servers and commands use the same figures."""

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
    """Calibration of one family of trades by the team: the cells it filled, as texts, by column."""

    __tablename__ = "calibration_line"
    holding = Holding(
        "calage de l’équipe : ce que coûte le travail par famille de métiers, et la source", keys=("family",)
    )

    family: Mapped[str] = mapped_column(primary_key=True)
    cells: Mapped[dict[str, Any]]


class PriceIndexRow(Base):
    """Value of a price index for a month, entered by the team, and its source."""

    __tablename__ = "price_index"
    holding = Holding("indices de prix notés par l’équipe : valeur d’un mois, et la source")

    name: Mapped[str] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    value: Mapped[float]
    source: Mapped[str]


_LINES, _INDICES = table_of(CalibrationLineRow), table_of(PriceIndexRow)


def follow_team(connection: Connection) -> tuple[WorkFamily, ...]:
    """Use the calibration of this catalogue for the rest of this thread or task; return the families that it changes."""
    lines, indices = _stored_lines(connection), _index_values(connection)
    shipped = {row["famille"]: row for row in shipped_lines()}
    changed = {name: {**shipped.get(name, {}), **cells} for name, cells in lines.items()}
    team = tuple(
        family_from(cells, indices=indices) for cells in ({**shipped, **changed} if indices else changed).values()
    )
    follow_lines(team)
    return team


def index_values(engine: Engine) -> tuple[IndexValue, ...]:
    """Return the index values entered by the team, by index and month."""
    with reading(engine) as connection:
        return _index_values(connection)


def note_index(engine: Engine, noted: IndexValue, today: date) -> None:
    """Store the value of an index for a month, replacing an earlier one, and raise the catalogue's version. Raises CalibrationRefused for a future
    month, or a value whose base year differs from the others'."""
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
        _bump_version(connection)


def team_lines(engine: Engine) -> dict[str, dict[str, str]]:
    """Return the cells filled by the team, by family."""
    with reading(engine) as connection:
        return _stored_lines(connection)


def fill_lines(engine: Engine, lines: Iterable[Mapping[str, str]]) -> tuple[WorkFamily, ...]:
    """Store the team's lines, replacing those of their families; cells not given keep their value. Raises the catalogue's version.

    Raises CalibrationRefused where a cell is unusable, with nothing written.
    """
    with writing(engine) as connection:
        saved, shipped = _stored_lines(connection), {row["famille"]: row for row in shipped_lines()}
        filled = {}
        for cells in lines:
            name = cells.get("famille", "")
            before = {**dict.fromkeys(COLUMNS, ""), **shipped.get(name, {}), **saved.get(name, {})}
            filled[name] = {**before, **cells, **texts_by_figure(before, cells)}
        families = tuple(map(family_from, filled.values()))
        connection.execute(delete(_LINES).where(_LINES.c.family.in_(filled)))
        if filled:
            connection.execute(insert(_LINES), [{"family": name, "cells": row} for name, row in filled.items()])
        _bump_version(connection)
    return families


def drop_line(engine: Engine, family: str) -> None:
    """Delete the team's line of a family, so that the shipped one applies again; raises the catalogue's version."""
    with writing(engine) as connection:
        connection.execute(delete(_LINES).where(_LINES.c.family == family))
        _bump_version(connection)


def _stored_lines(connection: Connection) -> dict[str, dict[str, str]]:
    return {row.family: dict(row.cells) for row in connection.execute(select(_LINES).order_by(_LINES.c.family))}


def _index_values(connection: Connection) -> tuple[IndexValue, ...]:
    rows = connection.execute(select(_INDICES).order_by(_INDICES.c.name, _INDICES.c.month))
    return tuple(IndexValue(row.name, row.month, row.value, row.source) for row in rows)


def _bump_version(connection: Connection) -> None:
    """Raise the catalogue's version: rankings change, and every server reloads the lines."""
    write_version(connection, read_version(connection) + 1)
    follow_team(connection)
