"""A real server of messages on loopback, for the tests: it keeps what it takes, and refuses, puts off or dies as it is told."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from matcher.mail.delivery import Letterhead
from matcher.settings import SmtpSecurity, SmtpSettings

HOST = "127.0.0.1"
SENDER = "achats@mairie.example"
LETTERHEAD = Letterhead(SENDER, "Ville de Valbrune", "dpo@mairie.example", "https://entremise.example/r")


@dataclass
class Mailbox:
    """What the server took, and what it answers: to who sends (`sender_answers`, in turn), to an address before the text (`rcpt`), to the command
    that begins a text (`begins`, in turn, then that it may), to a text by its number from 1 (`data`). « dies » closes the connection."""

    rcpt: dict[str, list[str]] = field(default_factory=dict)
    data: Callable[[int], str] = lambda _: "250 OK"
    taken: list[EmailMessage] = field(default_factory=list)
    froms: list[str] = field(default_factory=list)
    sender_answers: list[str] = field(default_factory=list)
    begins: list[str] = field(default_factory=list)
    texts: int = 0

    async def handle_MAIL(  # noqa: N802  # the name that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer to who sends."""
        self.froms.append(address)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.sender_answers.pop(0) if self.sender_answers else "250 OK"

    async def handle_RCPT(  # noqa: N802  # the name that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer to an address: each of its answers in turn, then that it is taken."""
        if answers := self.rcpt.get(address):
            return answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # the name that aiosmtpd calls
        """Keep a text, or refuse it."""
        self.texts += 1
        answer = self.data(self.texts)
        if answer.startswith("250"):
            self.taken.append(parsed(envelope.content))
        elif answer == "dies":
            self.taken.append(parsed(envelope.content))
            if server.transport is not None:
                server.transport.abort()
        return answer


class _Server(SMTP):
    """A server that may answer by itself to the command that begins a text."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  # the name that aiosmtpd calls
        """Refuse a text before it begins, or take it."""
        assert isinstance(self.event_handler, Mailbox)
        answer = self.event_handler.begins.pop(0) if self.event_handler.begins else ""
        if answer == "dies":
            assert self.transport is not None
            self.transport.abort()
        elif answer:
            await self.push(answer)
        else:
            await super().smtp_DATA(arg)


class _FreePort(Controller):
    """A server on the port that the system gives: it is known once it listens, and the library looks there."""

    def factory(self) -> SMTP:
        """Return what answers a connection."""
        return _Server(self.handler, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def parsed(content: Any) -> EmailMessage:
    """Return the message of these bytes."""
    found: Message = message_from_bytes(content, policy=default)
    assert isinstance(found, EmailMessage)
    return found


@contextmanager
def serving(mailbox: Mailbox, tls: ssl.SSLContext | None = None) -> Iterator[SmtpSettings]:
    """Serve a mailbox; with `tls`, one must begin by STARTTLS."""
    controller = _FreePort(mailbox, hostname=HOST, port=0, tls_context=tls, require_starttls=tls is not None)
    controller.start()
    try:
        yield SmtpSettings(HOST, controller.port, SmtpSecurity.STARTTLS if tls else SmtpSecurity.NONE, SENDER)
    finally:
        controller.stop()
