"""`veille envoyer`: the day that it is given is the day of all that it does."""

from pathlib import Path

import pytest

from matcher.db import open_database
from tests.matcher.cli.conftest import Run
from tests.matcher.dossiers.asking.campaigns import say_controller
from tests.matcher.mail.mailbox import Mailbox
from tests.matcher.notices.watching.followed import follow, gardeners, take
from tests.matcher.notices.written import lot, notice


def test_a_given_day_is_the_whole_day(new: Path, run: Run, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lot that has closed since, by the clock of this machine, is open on that day, and written of."""
    say_controller(monkeypatch)
    engine = open_database()
    gardeners(engine)
    take(engine, notice("26-1", lot(deadline="2026-11-28T17:00:00+01:00")))
    follow(engine, 1)
    engine.dispose()
    done = run("veille", "envoyer", "--jour", "2026-11-27")
    assert "27 novembre 2026 : 1 message écrit" in " ".join(done.said.split())
    (letter,) = mailbox.taken
    assert letter["To"] == "contact@jardin-1.example"
    assert "0 message écrit" in " ".join(run("veille", "envoyer", "--jour", "2026-11-29").said.split()), "it has closed"
