"""Links of participants of an earlier version, upgraded: each still opens its page, and no other room's."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from matcher import db
from matcher.club.meeting_day.changes import Register
from matcher.club.meeting_day.participant_link import behind, give_links, load_links
from matcher.club.meeting_day.store import change_day, create_day
from matcher.db import open_database, reading, writing
from matcher.mail.links import Correspondence, draw, holder_of
from matcher.mail.outbox import QueuedMessage, of_batch, queue_messages
from matcher.ownership import FIRST_ORGANISATION
from tests.matcher.club import day
from tests.matcher.dossiers.kept import AT, WHO

BEFORE = "0040"


def test_links_and_messages_open_what_they_did(engine: Engine) -> None:
    event = create_day(engine, FIRST_ORGANISATION, day.HEADER, day.SCHEDULE, day.RULES, author=WHO, now=AT)
    event = change_day(
        engine, FIRST_ORGANISATION, event.id, [Register(day.BUYERS)], version=event.version, author=WHO, now=AT
    )
    tokens = give_links(engine, FIRST_ORGANISATION, event, [1, 2], author=WHO, now=AT)
    before = load_links(engine, FIRST_ORGANISATION, event.id)
    with writing(engine) as connection:
        secret = draw(connection, Correspondence.CAMPAIGN, 1, AT)
        queue_messages(connection, Correspondence.CAMPAIGN, 1, [QueuedMessage(1, "a@b.example", "O", "T")], AT)
    config = Config()
    config.set_main_option("script_location", str(Path(db.__file__).parent / "migrations"))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, BEFORE)
    engine.dispose()
    engine = open_database(engine.url.render_as_string(hide_password=False))
    assert load_links(engine, FIRST_ORGANISATION, event.id) == before
    for key, token in tokens.items():
        page = behind(engine, token, AT.date())
        assert page is not None
        assert page.participant == key
    with reading(engine) as connection:
        assert len(of_batch(connection, Correspondence.CAMPAIGN, 1)) == 1
        assert holder_of(connection, Correspondence.CAMPAIGN, secret, AT) is not None
        assert holder_of(connection, Correspondence.MEETING, secret, AT) is None
    engine.dispose()
