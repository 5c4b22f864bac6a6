"""Hours of insertion of an earlier version, upgraded: those of a dossier of one lot are of that lot, others of the whole, none is lost."""

from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Engine, select, update

from matcher import db
from matcher.db import open_database, reading, writing
from matcher.decisions.clause.followup import HoursKind
from matcher.dossiers.changes import AddLot
from matcher.dossiers.dossier import WHOLE, DossierChange
from matcher.dossiers.frozen_list import freeze
from matcher.dossiers.insertion_changes import CorrectHours, MoveHours
from matcher.dossiers.store import (
    DOSSIER_EVENTS,
    DossierFilter,
    change_dossier,
    create_dossier,
    list_dossiers,
    load_dossier,
)
from matcher.ownership import FIRST_ORGANISATION
from tests.matcher.dossiers.kept import AT, HEADER, SHORTLIST, WHO
from tests.matcher.dossiers.test_insertion_changes import MARCH_80, PROMISE

BEFORE = "0052"
NEW = ("lot", "over", "public", "client", "reference")


def downgrade(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(db.__file__).parent / "migrations"))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, BEFORE)


@pytest.mark.parametrize(
    "more",
    [
        (replace(PROMISE, lot=2),),
        (PROMISE, MARCH_80, CorrectHours(replace(MARCH_80.months[0], done=-5), "Feuille rectifiée")),
        (PROMISE, MARCH_80, MoveHours(WHOLE, 1)),
    ],
)
def test_there_is_no_way_back_that_loses_hours(engine: Engine, more: tuple[DossierChange, ...]) -> None:
    lot = AddLot("Berges", freeze(SHORTLIST))
    number = create_dossier(engine, FIRST_ORGANISATION, HEADER, author=WHO, now=AT).id
    changes = (lot, replace(lot, title="Rives"), *more)
    change_dossier(engine, FIRST_ORGANISATION, number, changes, version=None, author=WHO, now=AT)
    before = load_dossier(engine, FIRST_ORGANISATION, number).followed
    with pytest.raises(CommandError, match=f"perdrait des heures d’insertion \\(dossiers {number}\\)"):
        downgrade(engine)
    assert before == load_dossier(engine, FIRST_ORGANISATION, number).followed != {}


def test_the_hours_of_a_dossier_are_of_its_only_lot(engine: Engine) -> None:
    lot = AddLot("Berges", freeze(SHORTLIST))
    for changes in ((lot, PROMISE, MARCH_80), (lot, lot, PROMISE, MARCH_80), (PROMISE, MARCH_80, lot)):
        number = create_dossier(engine, FIRST_ORGANISATION, HEADER, author=WHO, now=AT).id
        change_dossier(engine, FIRST_ORGANISATION, number, changes, version=None, author=WHO, now=AT)
    downgrade(engine)
    with writing(engine) as connection:
        for event in connection.execute(select(DOSSIER_EVENTS)).all():  # as they were written then
            older = {name: its for name, its in event.data.items() if name not in NEW}
            own = (DOSSIER_EVENTS.c.dossier_id == event.dossier_id) & (DOSSIER_EVENTS.c.number == event.number)
            if event.action != AddLot.action:
                connection.execute(update(DOSSIER_EVENTS).where(own).values(data=older))
    engine.dispose()
    engine = open_database(engine.url.render_as_string(hide_password=False))
    expected = {1: 1, 2: WHOLE, 3: WHOLE}
    for number, lot_number in expected.items():
        followed = load_dossier(engine, FIRST_ORGANISATION, number).followed
        assert {one: its.total(HoursKind.DONE) for one, its in followed.items()} == {lot_number: 80}
    lines = list_dossiers(engine, FIRST_ORGANISATION, DossierFilter(clause=True))
    assert {line.id: line.contracts[0].lot for line in lines} == expected
    assert {(line.contracts[0].client, line.hours.total(HoursKind.DONE)) for line in lines} == {(HEADER.buyer, 80)}
    with reading(engine) as connection:
        data = connection.execute(select(DOSSIER_EVENTS.c.data).where(DOSSIER_EVENTS.c.dossier_id == 1)).scalars().all()
    assert [one["lot"] for one in data[2:]] == [1, 1]
    engine.dispose()
