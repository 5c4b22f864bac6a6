"""A batch sent to a real server: what it refuses, puts off, or takes before it dies; a run killed in the middle, and the next one."""

import os
import signal
import smtplib
import ssl
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme
from sqlalchemy import Engine, select

from matcher.db import open_database, reading, writing
from matcher.mail.delivery import BEFORE_TEXT, FORGOTTEN, UNWRITABLE, Delivery, MailRefused, send_batch
from matcher.mail.links import Correspondence, holder_of
from matcher.mail.outbox import LINK, MessageState, OutboxMessage, QueuedMessage, of_batch, queue_messages
from matcher.mail.tables import LinkRow, MessageRow
from matcher.rows import table_of
from matcher.settings import SmtpSecurity, SmtpSettings
from tests.conftest import ROOT
from tests.matcher.mail.mailbox import HOST, LETTERHEAD, SENDER, Mailbox, serving

NOW = datetime(2026, 11, 27, 9, 12, tzinfo=UTC)
KIND, BATCH = Correspondence.MEETING, 3
_LATER = "450 4.2.1 boîte occupée"
_RUN = """
import sys
from datetime import UTC, datetime
from matcher.db import open_database
from matcher.mail.links import Correspondence
from matcher.mail.delivery import send_batch
from matcher.settings import SmtpSecurity, SmtpSettings
from tests.matcher.mail.mailbox import HOST, LETTERHEAD, SENDER
server = SmtpSettings(HOST, int(sys.argv[2]), SmtpSecurity.NONE, SENDER)
send_batch(open_database(sys.argv[1]), Correspondence.MEETING, 3, server, LETTERHEAD, clock=lambda: datetime.now(UTC))
"""


def address(number: int) -> str:
    return f"contact@atelier-{number}.example"


def fill(engine: Engine, count: int) -> None:
    text = f"Bonjour,\n\nUne minute suffit :\n{LINK}\n\nRépondre ne vous engage à rien.\n.\n..fin\n"
    with writing(engine) as connection:
        messages = [QueuedMessage(n, address(n), "Qui fait quoi ?", text) for n in range(1, count + 1)]
        queue_messages(connection, KIND, BATCH, messages, NOW)


def send(engine: Engine, server: SmtpSettings) -> Delivery:
    return send_batch(engine, KIND, BATCH, server, LETTERHEAD, clock=lambda: NOW)


def states(engine: Engine) -> dict[MessageState, int]:
    return dict(Counter(one.state for one in messages(engine)))


def messages(engine: Engine) -> list[OutboxMessage]:
    with reading(engine) as connection:
        return of_batch(connection, KIND, BATCH)


def secret_of(text: str) -> str:
    return text.partition(f"{LETTERHEAD.links}/")[2].split()[0]


def test_each_message_leaves_once_with_its_own_link_which_is_kept_nowhere(engine: Engine) -> None:
    fill(engine, 3)
    mailbox = Mailbox()
    with serving(mailbox) as server:
        assert send(engine, server) == Delivery(3, 0, 0)
        assert send(engine, server) == Delivery(0, 0, 0), "nothing waits"
    assert [one["To"] for one in mailbox.taken] == [address(1), address(2), address(3)]
    first = mailbox.taken[0]
    assert first["From"] == f"Ville de Valbrune <{SENDER}>"
    assert first["Reply-To"] == LETTERHEAD.reply_to
    assert first["Subject"] == "Qui fait quoi ?"
    assert first["Message-ID"] == f"<{messages(engine)[0].token}@mairie.example>"
    secrets = [secret_of(one.get_content()) for one in mailbox.taken]
    assert first["List-Unsubscribe"].startswith(
        f"<{LETTERHEAD.links}/{secrets[0]}#retirer>, <mailto:dpo@mairie.example?"
    )
    assert "Répondre ne vous engage à rien.\r\n.\r\n..fin" in first.get_content(), "no line is cut for its dots"
    assert len(set(secrets)) == 3
    with reading(engine) as connection:
        assert [holder_of(connection, KIND, one, NOW) is not None for one in secrets] == [True] * 3
        held = "\n".join(
            str(row) for table in (MessageRow, LinkRow) for row in connection.execute(select(table_of(table)))
        )
    assert not any(one in held for one in secrets)
    assert states(engine) == {MessageState.SENT: 3}


def test_an_address_that_is_refused_is_noted_and_one_put_off_is_sent_at_the_next_run(engine: Engine) -> None:
    fill(engine, 4)
    mailbox = Mailbox(
        rcpt={address(1): ["550 5.1.1 inconnu"], address(2): [_LATER]}, data=lambda n: _LATER if n == 1 else "250 OK"
    )
    with serving(mailbox) as server:
        assert send(engine, server) == Delivery(1, 2, 1)
        assert [one["To"] for one in mailbox.taken] == [address(4)]
        refused, later, cut, _ = messages(engine)
        assert (refused.state, refused.reason) == (MessageState.REFUSED, "550 5.1.1 inconnu")
        assert (later.state, later.reason, later.tries) == (MessageState.TO_SEND, _LATER, 1)
        assert (cut.state, cut.reason) == (MessageState.TO_SEND, _LATER)
        assert send(engine, server) == Delivery(2, 0, 0)
    assert [one["To"] for one in mailbox.taken] == [address(4), address(2), address(3)]
    with reading(engine) as connection:
        assert len(connection.execute(select(table_of(LinkRow))).all()) == 3, "a link that reached nobody is forgotten"


def test_a_text_that_is_refused_is_noted(engine: Engine) -> None:
    fill(engine, 1)
    with serving(Mailbox(data=lambda _: "554 5.7.1 pourriel")) as server:
        assert send(engine, server) == Delivery(0, 0, 1)
    assert messages(engine)[0].reason == "554 5.7.1 pourriel"


def test_a_server_that_dies_after_the_text_leaves_it_perhaps_sent_and_it_is_not_sent_again(engine: Engine) -> None:
    fill(engine, 3)
    mailbox = Mailbox(data=lambda n: "dies" if n == 2 else "250 OK")
    with serving(mailbox) as server:
        first = send(engine, server)
        assert (first.sent, first.later, first.refused) == (1, 0, 0)
        assert "s’est interrompu" in first.stopped
        assert states(engine) == {MessageState.SENT: 1, MessageState.SENDING: 1, MessageState.TO_SEND: 1}
        assert send(engine, server) == Delivery(1, 0, 0)
    assert [one["To"] for one in mailbox.taken] == [address(1), address(2), address(3)]
    perhaps = secret_of(mailbox.taken[1].get_content())
    with reading(engine) as connection:
        assert holder_of(connection, KIND, perhaps, NOW) is not None, "who has it may answer"


def test_a_server_that_closes_leaves_the_rest_to_the_next_run(engine: Engine) -> None:
    fill(engine, 2)
    with serving(Mailbox(rcpt={address(1): ["421 4.3.2 arrêt"]})) as server:
        assert send(engine, server).stopped
        assert states(engine) == {MessageState.TO_SEND: 2}
        assert send(engine, server) == Delivery(2, 0, 0)


def test_a_server_that_puts_the_sender_off_in_the_middle_says_how_many_left(engine: Engine) -> None:
    fill(engine, 2)
    mailbox = Mailbox(sender_answers=["250 OK", "451 4.7.1 trop de messages"])
    with serving(mailbox) as server:
        done = send(engine, server)
        assert (done.sent, "trop de messages" in done.stopped) == (1, True)
        assert send(engine, server) == Delivery(1, 0, 0)


@pytest.mark.parametrize("answer", ["n’importe quoi", "252 peut-être", "354 encore"])
def test_an_answer_that_says_nothing_of_an_address_is_not_taken_for_sent(engine: Engine, answer: str) -> None:
    fill(engine, 1)
    with serving(Mailbox(rcpt={address(1): [answer]})) as server:
        assert "réponse inattendue" in send(engine, server).stopped
        assert states(engine) == {MessageState.TO_SEND: 1}


@pytest.mark.parametrize(
    ("answer", "stopped"),
    [("dies", "s’est interrompu"), ("n’importe quoi", "réponse inattendue"), ("421 4.3.2 arrêt", "421"), (_LATER, "")],
)
def test_what_fails_before_the_text_is_sent_at_the_next_run_and_once(engine: Engine, answer: str, stopped: str) -> None:
    fill(engine, 1)
    mailbox = Mailbox(begins=[answer])
    with serving(mailbox) as server:
        assert stopped in send(engine, server).stopped
        assert (mailbox.taken, states(engine)) == ([], {MessageState.TO_SEND: 1})
        assert messages(engine)[0].reason in (BEFORE_TEXT, answer)
        assert send(engine, server) == Delivery(1, 0, 0)
    with reading(engine) as connection:
        assert len(connection.execute(select(table_of(LinkRow))).all()) == 1, "a link that reached nobody is forgotten"


def test_a_run_that_is_stopped_by_hand_before_the_text_leaves_it_to_be_sent(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(engine, 1)

    docmd = smtplib.SMTP.docmd

    def stop(smtp: smtplib.SMTP, command: str, told: str = "") -> tuple[int, bytes]:
        if command == "DATA":
            raise KeyboardInterrupt
        return docmd(smtp, command, told)

    monkeypatch.setattr(smtplib.SMTP, "docmd", stop)
    with serving(Mailbox()) as server, pytest.raises(KeyboardInterrupt):
        send(engine, server)
    assert states(engine) == {MessageState.TO_SEND: 1}


def test_a_text_that_is_refused_before_it_begins_is_noted(engine: Engine) -> None:
    fill(engine, 2)
    with serving(Mailbox(begins=["554 5.7.1 pas de vous"])) as server:
        assert send(engine, server) == Delivery(1, 0, 1)
    assert messages(engine)[0].reason == "554 5.7.1 pas de vous"


@pytest.mark.parametrize(
    "unwritable",
    ["a..b@c.example", ".a@c.example", "a.@c.example", "é@c.example", "a@b.example\nBcc: x@y.example", "a"],
)
def test_an_address_that_no_header_takes_is_refused_and_the_others_are_sent(engine: Engine, unwritable: str) -> None:
    fill(engine, 3)
    with writing(engine) as connection:
        own = table_of(MessageRow).c.address == address(2)
        connection.execute(table_of(MessageRow).update().where(own).values(address=unwritable))
    mailbox = Mailbox()
    with serving(mailbox) as server:
        assert send(engine, server) == Delivery(2, 0, 1)
        assert send(engine, server) == Delivery(0, 0, 0)
    assert [one["To"] for one in mailbox.taken] == [address(1), address(3)]
    assert (messages(engine)[1].state, messages(engine)[1].reason) == (MessageState.REFUSED, UNWRITABLE)


@pytest.mark.parametrize(
    "wrong", [{"reply_to": "a..b@mairie.example"}, {"name": "Ville\nde Valbrune"}, {"sender": "a..b@mairie.example"}]
)
def test_a_letterhead_that_no_header_takes_costs_no_message(engine: Engine, wrong: dict[str, str]) -> None:
    fill(engine, 2)
    mailbox = Mailbox()
    with serving(mailbox) as server, pytest.raises(MailRefused, match="en tête d’un message"):
        send_batch(engine, KIND, BATCH, server, replace(LETTERHEAD, **wrong), clock=lambda: NOW)
    assert mailbox.froms == []
    assert states(engine) == {MessageState.TO_SEND: 2}


def test_an_answer_that_says_nothing_of_a_text_leaves_it_perhaps_sent(engine: Engine) -> None:
    fill(engine, 1)
    with serving(Mailbox(data=lambda _: "n’importe quoi")) as server:
        assert "réponse inattendue" in send(engine, server).stopped
    assert states(engine) == {MessageState.SENDING: 1}


def test_without_the_protection_that_is_asked_nothing_is_sent(engine: Engine) -> None:
    fill(engine, 1)
    mailbox = Mailbox()
    with serving(mailbox) as server:
        for security, said in ((SmtpSecurity.STARTTLS, "STARTTLS"), (SmtpSecurity.TLS, "Rien n’est envoyé")):
            with pytest.raises(MailRefused, match=said):
                send(engine, SmtpSettings(HOST, server.port, security, SENDER))
    assert mailbox.froms == []
    assert states(engine) == {MessageState.TO_SEND: 1}


def test_a_certificate_that_nobody_vouches_for_is_refused_and_another_is_taken(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(engine, 1)
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(context)
    mailbox = Mailbox()
    with serving(mailbox, context) as server:
        with pytest.raises(MailRefused, match="n’a pas pu être protégée"):
            send(engine, server)
        assert mailbox.froms == []
        authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        assert send(engine, server) == Delivery(1, 0, 0)


def test_a_server_that_is_absent_or_refuses_the_sender_sends_nothing(engine: Engine) -> None:
    fill(engine, 2)
    with (
        serving(Mailbox(sender_answers=["553 5.7.1 pas vous"])) as server,
        pytest.raises(MailRefused, match="SMTP_FROM"),
    ):
        send(engine, server)
    with pytest.raises(MailRefused, match="ne répond pas"):
        send(engine, server)
    assert states(engine) == {MessageState.TO_SEND: 2}


def test_an_address_that_was_forgotten_is_written_to_no_more(engine: Engine) -> None:
    fill(engine, 1)
    with writing(engine) as connection:
        connection.execute(table_of(MessageRow).update().values(address=""))
    mailbox = Mailbox()
    with serving(mailbox) as server:
        assert send(engine, server) == Delivery(0, 0, 0)
    assert mailbox.taken == []
    assert (messages(engine)[0].state, messages(engine)[0].reason) == (MessageState.CANCELLED, FORGOTTEN)


@pytest.mark.slow(reason="it starts interpreters")
@pytest.mark.parametrize("killed_at", [1, 30, 60])
def test_sixty_messages_and_a_run_killed_in_the_middle_are_sixty_messages(tmp_path: Path, killed_at: int) -> None:
    url = f"sqlite:///{(tmp_path / 'catalogue.sqlite').as_posix()}"
    engine = open_database(url)
    fill(engine, 60)
    mailbox = Mailbox()
    with serving(mailbox) as server:
        run: Callable[[], subprocess.Popen[bytes]] = lambda: subprocess.Popen(  # noqa: E731  # started twice
            [sys.executable, "-c", _RUN, url, str(server.port)], cwd=ROOT, env={**os.environ}
        )
        first = run()

        def answer(number: int) -> str:
            if number == killed_at:
                first.send_signal(signal.SIGKILL)
            return "250 OK"

        mailbox.data = answer
        assert first.wait(120) == -signal.SIGKILL
        assert run().wait(120) == 0
    ids = [one["Message-ID"] for one in mailbox.taken]
    assert len(ids) == len(set(ids)) == 60
    assert sorted(one["To"] for one in mailbox.taken) == sorted(map(address, range(1, 61)))
    found = states(engine)
    engine.dispose()
    assert found[MessageState.SENT] + found[MessageState.SENDING] == 60
    assert found[MessageState.SENDING] == 1
