"""A catalogue of one team, upgraded: all that it held is of the first organisation, and each person keeps their role in it."""

from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text

from matcher import db
from matcher.accounts.organisations import list_organisations as organisations
from matcher.accounts.roles import Role
from matcher.accounts.store import add_account, list_accounts
from matcher.club.meeting_day.store import create_day as open_event
from matcher.club.meeting_day.store import load_day as load_event
from matcher.db import open_database, writing
from matcher.dossiers.store import create_dossier, load_dossier
from matcher.jobs.works import WorkStore
from matcher.ownership import FIRST_ORGANISATION
from tests.matcher.club import day
from tests.matcher.dossiers.kept import AT, HEADER, WHO

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
BEFORE = "0022"


def test_what_was_there_is_of_the_first_organisation_and_roles_are_kept(engine: Engine) -> None:
    for role in reversed(Role):
        add_account(engine, role.value, "une phrase assez longue", role, FIRST_ORGANISATION, author=WHO, now=NOW)
    dossier = create_dossier(engine, FIRST_ORGANISATION, HEADER, author=WHO, now=AT)
    event = open_event(engine, FIRST_ORGANISATION, day.HEADER, day.SCHEDULE, day.RULES, author=WHO, now=AT)
    works = WorkStore(engine, lambda: NOW.replace(tzinfo=None))
    study, common = works.put(FIRST_ORGANISATION, "programme", {}), works.put(None, "import", {})
    before = list_accounts(engine)

    config = Config()
    config.set_main_option("script_location", str(Path(db.__file__).parent / "migrations"))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, BEFORE)
        roles = dict(connection.execute(text("SELECT login, role FROM account")).all())
        assert roles == {role.value: role.value for role in Role}
    engine.dispose()
    engine = open_database(engine.url.render_as_string(hide_password=False))

    assert list_accounts(engine) == before
    assert [one.id for one in organisations(engine)] == [FIRST_ORGANISATION]
    assert load_dossier(engine, FIRST_ORGANISATION, dossier.id) == dossier
    assert load_event(engine, FIRST_ORGANISATION, event.id) == event
    works = WorkStore(engine)
    assert works.get(FIRST_ORGANISATION, study.key) == study
    assert works.get(None, common.key) == common
    assert works.get(None, study.key) is works.get(FIRST_ORGANISATION, common.key) is None
    engine.dispose()
