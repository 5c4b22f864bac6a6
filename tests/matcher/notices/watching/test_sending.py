"""The daily message on a real server of messages: each lot once, killed in the middle and run again, nobody twice and nobody left out."""

import os
import re
import signal
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from matcher.accounts.tables import OrganisationRow
from matcher.catalogue.steward.privacy import opt_out
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.club.leaving import LEAVING
from matcher.db import open_database, writing
from matcher.mail.delivery import Delivery
from matcher.notices.watching.lot_words import LotWords
from matcher.notices.watching.sending import WIDTH, LotTold, WatchRun, send_watches, watch_letter
from matcher.notices.watching.tables import WatchRow
from matcher.notices.watching.watched import NewsKind
from matcher.notices.watching.watches import (
    LotVerdict,
    Pace,
    close_watch,
    open_watch,
    opened_by,
    set_silence,
    set_verdict,
)
from matcher.ownership import FIRST_ORGANISATION
from matcher.rows import table_of
from matcher.settings import Controller, SmtpSettings
from tests.conftest import ROOT
from tests.factories import siret
from tests.matcher.dossiers.asking.campaigns import say_controller
from tests.matcher.mail.mailbox import Mailbox, serving
from tests.matcher.notices.watching.followed import ADDRESS, NOW, TODAY, follow, gardeners, take
from tests.matcher.notices.written import lot, notice

COUNT, KILLED_AT = 6, 3
_RUN = """
import sys
from datetime import UTC, date, datetime
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.db import open_database
from matcher.notices.watching.sending import send_watches
from matcher.settings import SmtpSecurity, SmtpSettings
from tests.matcher.mail.mailbox import HOST, SENDER
from tests.matcher.notices.watching.followed import ADDRESS, NOW, TODAY
engine, server = open_database(sys.argv[1]), SmtpSettings(HOST, int(sys.argv[2]), SmtpSecurity.NONE, SENDER)
send_watches(engine, load_shelf(engine), TODAY, server, ADDRESS, months=36, clock=lambda: NOW)
"""


@pytest.fixture(autouse=True)
def controller(monkeypatch: pytest.MonkeyPatch) -> None:
    say_controller(monkeypatch)


def run(engine: Engine, server: SmtpSettings, day: date = TODAY) -> WatchRun:
    moment = NOW + (day - TODAY)
    return send_watches(engine, load_shelf(engine), day, server, ADDRESS, months=36, clock=lambda: moment)


def bodies(mailbox: Mailbox) -> list[str]:
    """The texts that came since the last look, on one line with plain spaces."""
    found = [" ".join(one.get_content().split()) for one in mailbox.taken]
    mailbox.taken.clear()
    return found


def test_a_message_is_44_columns_of_text_with_one_link_a_lot_and_one_tap_to_stop(engine: Engine) -> None:
    gardeners(engine)
    take(engine, notice("26-1", lot(title="Entretien des espaces verts du cimetière communal", amount="38000")))
    follow(engine, 1)
    mailbox = Mailbox()
    with serving(mailbox) as server:
        assert run(engine, server).written == 1
    (letter,) = mailbox.taken
    text = letter.get_content()
    assert all(len(line) <= WIDTH or line.strip().startswith("https://") for line in text.splitlines())
    flat = " ".join(text.split())
    assert "À RENDRE LE 15 décembre 2026, 12 h 00, dans 18 jours Entretien" in flat
    assert "Pourquoi : Vous déclarez" in flat
    assert "Métier à confirmer" not in flat
    assert len(re.findall(rf"{ADDRESS}/veille/\S+/lots/\d+", text)) == 1
    assert letter["List-Unsubscribe"].startswith(f"<{ADDRESS}/veille/")
    assert letter["Subject"].startswith("1 lot pour Jardin 1")
    (secret,) = set(re.findall(r"/veille/([\w-]+)", text))
    watch = opened_by(engine, secret, NOW + timedelta(days=400))
    assert watch is not None
    assert watch.title == "Jardin 1"


def test_a_lot_is_told_once_then_again_corrected_near_its_end_or_cancelled(engine: Engine) -> None:
    gardeners(engine)
    take(engine, notice())
    follow(engine, 1)
    mailbox, day = Mailbox(), timedelta(days=1)
    with serving(mailbox) as server:
        assert run(engine, server).written == 1
        assert run(engine, server).written == 0
        assert run(engine, server, TODAY + day).without_news == 1
        bodies(mailbox)
        for hour in range(13, 18):  # corrected five times before it is told
            corrected = lot(deadline=f"2026-12-16T{hour}:00:00+01:00")
            take(engine, notice(f"26-{hour}", corrected, nature="RECTIFICATIF", earlier=("26-1",)))
        run(engine, server, TODAY + 2 * day)
        (text,) = bodies(mailbox)
        assert "CORRIGÉ DEPUIS." in text
        assert text.count("/lots/") == 1
        assert "17 h 00" in text
        run(engine, server, date(2026, 12, 14))
        (text,) = bodies(mailbox)
        assert "BIENTÔT CLOS." in text
        take(engine, notice("26-20", nature="ANNULATION", earlier=("26-1",)))
        run(engine, server, date(2026, 12, 15))
        (text,) = bodies(mailbox)
        assert "ANNULÉ" in text
        assert "Pourquoi" not in text
        assert run(engine, server, date(2026, 12, 16)).without_news == 1
    assert not mailbox.taken


def test_a_run_killed_in_the_middle_and_run_again_writes_to_each_once(tmp_path: Path) -> None:
    path = f"sqlite:///{(tmp_path / 'c.sqlite').as_posix()}"
    engine, mailbox = open_database(path), Mailbox()
    gardeners(engine, COUNT)
    take(engine, notice())
    for number in range(1, COUNT + 1):
        follow(engine, number)
    with serving(mailbox) as server:
        first = subprocess.Popen([sys.executable, "-c", _RUN, path, str(server.port)], cwd=ROOT, env=dict(os.environ))

        def answer(number: int) -> str:
            if number == KILLED_AT:
                first.send_signal(signal.SIGKILL)
            return "250 OK"

        mailbox.data = answer
        assert first.wait() == -signal.SIGKILL
        done = run(engine, server)
        assert (done.written, done.sent.sent) == (0, COUNT - KILLED_AT)
        assert run(engine, server).sent.sent == 0
    engine.dispose()
    assert sorted(one["To"] for one in mailbox.taken) == [f"contact@jardin-{n}.example" for n in range(1, COUNT + 1)]


def test_what_could_not_leave_one_day_is_one_message_with_the_next_days(engine: Engine) -> None:
    gardeners(engine)
    take(engine, notice())
    follow(engine, 1)
    mailbox = Mailbox(rcpt={"contact@jardin-1.example": ["450 4.2.1 plus tard"]})
    with serving(mailbox) as server:
        assert run(engine, server).sent.later == 1
        take(engine, notice("26-2", lot(title="Tonte du stade, espaces verts")))
        run(engine, server, TODAY + timedelta(days=1))
    (text,) = bodies(mailbox)
    assert text.count("/lots/") == 2


def test_an_address_that_no_header_takes_costs_the_others_no_message(engine: Engine) -> None:
    gardeners(engine, 2)
    take(engine, notice())
    first, _ = follow(engine, 1)
    second, _ = follow(engine, 2)
    own = table_of(WatchRow)
    with writing(engine) as connection:  # as an earlier version let it in
        connection.execute(own.update().where(own.c.id == first.id).values(address="a..b@jardin.example"))
    mailbox = Mailbox()
    with serving(mailbox) as server:
        done = run(engine, server)
    assert (done.written, done.sent) == (2, Delivery(1, 0, 1))
    assert [one["To"] for one in mailbox.taken] == [second.address]


def test_an_organisation_that_no_header_takes_burns_no_message(engine: Engine) -> None:
    gardeners(engine)
    take(engine, notice())
    follow(engine, 1)
    controller = {"name": "La maire", "address": "1 place Verte", "contact": "a..b@ville.example"}
    with writing(engine) as connection:  # as an earlier version let it in
        values = {f"controller_{field}": value for field, value in controller.items()}
        connection.execute(table_of(OrganisationRow).update().values(values))
    mailbox = Mailbox()
    with serving(mailbox) as server:
        done = run(engine, server)
    assert (done.written, mailbox.taken) == (0, [])
    assert "a..b@ville.example" in done.unwritten["Jardin 1"]


def test_nobody_who_said_stop_or_left_is_written_to_and_it_is_remembered(engine: Engine) -> None:
    gardeners(engine, 4)
    take(engine, notice())
    (stopped, _), (closed, _), (_left, secret), (kept, _) = (follow(engine, number) for number in range(1, 5))
    set_silence(engine, stopped, silent=True, now=NOW)
    assert close_watch(engine, FIRST_ORGANISATION, closed.id, NOW)
    opt_out(engine, siret(3), author="Léa", motive="", now=NOW.replace(tzinfo=None), leaving=LEAVING)
    assert opened_by(engine, secret, NOW) is None
    follow(engine, 1, address="")
    again, _ = follow(engine, 1, author="Paul", address="autre@jardin-1.example")
    other, _ = open_watch(engine, FIRST_ORGANISATION, "Nord", address=stopped.address, author="Paul", now=NOW)
    assert (again.id, again.silent, other.silent) == (stopped.id, True, True)
    mailbox = Mailbox()
    with serving(mailbox) as server:
        assert run(engine, server).written == 1
    assert [one["To"] for one in mailbox.taken] == [kept.address]


def test_not_for_me_is_told_no_more_and_a_weekly_watch_waits_a_week(engine: Engine) -> None:
    gardeners(engine, 2)
    take(engine, notice())
    (refusing, _), (weekly, _) = follow(engine, 1), follow(engine, 2, pace=Pace.WEEKLY)
    mailbox = Mailbox()
    with serving(mailbox) as server:
        run(engine, server)
        (number,) = {int(found) for text in bodies(mailbox) for found in re.findall(r"/lots/(\d+)", text)}
        set_verdict(engine, refusing, number, LotVerdict.REFUSED, NOW)
        take(
            engine, notice("26-13", lot(deadline="2026-12-16T13:00:00+01:00"), nature="RECTIFICATIF", earlier=("26-1",))
        )
        assert run(engine, server, TODAY + timedelta(days=1)).without_news == 2
        run(engine, server, TODAY + timedelta(days=7))
    assert [one["To"] for one in mailbox.taken] == [weekly.address]


WORDS = LotWords(id=7, title="Menuiserie", margin="15 déc.", until="", left="dans 18 jours", facts=(), url="")


def test_it_says_for_how_many_lots_the_trade_is_to_be_confirmed() -> None:
    told = [LotTold(NewsKind.NEW, WORDS, unsure) for unsure in (True, True, False)]
    text = watch_letter(
        "Jardin", told, Controller("Dép.", "Lille", "dpo@exemple.invalid"), sender="Léa", pace=Pace.DAILY, months=6
    )
    flat = " ".join(text.split())
    assert "3 lots pour Jardin. Métier à confirmer pour 2 lots : est-ce bien le vôtre ?" in flat
