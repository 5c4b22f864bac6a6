"""Facilitators and dossiers of an earlier version, upgraded: the telephone is kept, and a dossier with a clause is told as one."""

from dataclasses import replace
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from matcher import db
from matcher.db import open_database, writing
from matcher.decisions.clause.facilitators import Facilitator, import_facilitators, load_facilitators
from matcher.dossiers.changes import AddLot
from matcher.dossiers.frozen_list import freeze
from matcher.dossiers.store import DossierFilter, change_dossier, create_dossier, list_dossiers
from matcher.ownership import FIRST_ORGANISATION
from tests.matcher.dossiers.kept import AT, HEADER, SHORTLIST, WHO

BEFORE = "0034"


def test_the_telephone_is_kept_and_what_has_a_clause_is_found(engine: Engine) -> None:
    person = Facilitator("Léa Exemple", "Plie", "Nord", ("dep:59",), ("+33320000000",), "", None)
    import_facilitators(engine, [person], now=AT)
    reading = SHORTLIST.reading
    for lever in ("clause", "12"):
        dossier = create_dossier(engine, FIRST_ORGANISATION, HEADER, author=WHO, now=AT)
        list_ = replace(SHORTLIST, reading=replace(reading, lot=replace(reading.lot, levier=lever)))
        change_dossier(
            engine, FIRST_ORGANISATION, dossier.id, [AddLot("", freeze(list_))], version=None, author=WHO, now=AT
        )
    config = Config()
    config.set_main_option("script_location", str(Path(db.__file__).parent / "migrations"))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, BEFORE)
    engine.dispose()
    engine = open_database(engine.url.render_as_string(hide_password=False))
    assert load_facilitators(engine, since=AT.date()) == (person,)
    assert [one.id for one in list_dossiers(engine, FIRST_ORGANISATION, DossierFilter(clause=True))] == [1]
    engine.dispose()
