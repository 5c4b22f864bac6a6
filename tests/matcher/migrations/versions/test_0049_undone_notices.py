"""Lots of an earlier version, upgraded: their table is made anew on SQLite, and nothing that hangs on them is lost."""

from datetime import timedelta
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from importers.importer import Claim, Source
from matcher import db
from matcher.catalogue.intake.intake import run_import
from matcher.db import open_database, writing
from matcher.notices.intake import take_notice_files
from tests.engines import dump
from tests.factories import importer as directory
from tests.factories import raw, siret
from tests.matcher.notices.written import NOW, importer, lot, notice

BEFORE = "0047"


def test_lots_and_who_may_answer_them_are_kept(engine: Engine) -> None:
    record = raw("1", siret=siret(1), claims=(Claim("libre", "Entretien des espaces verts"),))
    run_import(engine, directory([record]), [Source(Path(__file__))], now=NOW - timedelta(1))
    take_notice_files(engine, importer(notice("26-1", lot("1"), lot("2"))), [Path(__file__)], now=NOW)
    kept = {"notice", "published_lot", "lot_match"}
    before = [row for row in dump(engine) if row[0] in kept]
    config = Config()
    config.set_main_option("script_location", str(Path(db.__file__).parent / "migrations"))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, BEFORE)
    engine.dispose()
    engine = open_database(engine.url.render_as_string(hide_password=False))
    assert {row[0] for row in before} == kept
    assert [row for row in dump(engine) if row[0] in kept] == before
    engine.dispose()
