"""Sends the waiting messages of an outbox batch by SMTP (RFC 5321), one after the other; a crash at any moment never sends a message twice."""

import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import quote

from sqlalchemy import Engine

from matcher.mail.links import Correspondence, new_secret
from matcher.mail.outbox import LINK, MessageState, OutboxMessage, claim, note_reply, settle_message, to_send
from matcher.settings import SMTP_FROM_VARIABLE, SMTP_SECURITY_VARIABLE, SMTP_USER_VARIABLE, SmtpSecurity, SmtpSettings

# Anchor of the unsubscribe form in a link's page, for the header List-Unsubscribe.
_LEAVE = "retirer"
# Headers are folded at 500, below the limit of 998: at the usual 78, a header with a long link would begin with an empty line, which some servers refuse.
_HEADERS = SMTP.clone(max_line_length=500)


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Sender of messages: address, name, reply-to address, and the URL prefix of the links."""

    sender: str
    name: str
    reply_to: str
    links: str

    def link(self, secret: str) -> str:
        """Return the URL of the page that a secret opens."""
        return f"{self.links}/{secret}"


def encode_message(message: OutboxMessage, letterhead: Letterhead, secret: str, now: datetime) -> bytes:
    """Return a message as ASCII bytes; `now` is aware. Raises ValueError or MessageError if an address or the subject cannot be written in a header:
    « a..b@x.example », a line break."""
    message.address.encode("ascii")  # SMTPUTF8 is not used
    link = letterhead.link(secret)
    letter = EmailMessage(policy=SMTP)
    letter["From"] = Address(display_name=letterhead.name, addr_spec=letterhead.sender)
    letter["To"] = Address(addr_spec=message.address)
    letter["Subject"] = message.subject
    letter["Date"] = format_datetime(now)
    letter["Message-ID"] = f"<{message.token}@{letterhead.sender.rpartition('@')[2]}>"
    letter["Reply-To"] = Address(addr_spec=letterhead.reply_to)
    by_mail = f"mailto:{letterhead.reply_to}?subject={quote('Ne plus m’écrire')}"
    letter["List-Unsubscribe"] = f"<{link}#{_LEAVE}>, <{by_mail}>"
    letter.set_content(message.text.replace(LINK, link), cte="quoted-printable")
    return letter.as_bytes(policy=_HEADERS)


Clock = Callable[[], datetime]
# Time that RFC 5321 (4.5.3.2) gives a server to answer a command; the end of a text has twice as long.
_TIMEOUT_S = 300.0
_OK, _WILL_FORWARD, _GO_ON, _CLOSING = 250, 251, 354, 421
# First digit of a reply code: 2 done, 4 try later, 5 refused (RFC 5321, 4.2.1).
_DONE = 2
_NOT_TAKEN = {4: MessageState.TO_SEND, 5: MessageState.REFUSED}
_LONGEST_ANSWER = 500
FORGOTTEN = "adresse effacée depuis"
UNWRITABLE = "l’adresse ou l’objet ne peut pas s’écrire dans un message : corrigez-les ; rien n’est parti"
_UNWRITTEN = (ValueError, MessageError)
_ANYBODY = "contact@entremise.example"
BEFORE_TEXT = "interrompu avant le texte : rien n’est parti"
# Dot-stuffing: a line of one dot ends a text, so that each line that begins with a dot gets one more (RFC 5321, 4.5.2).
_DOTS = re.compile(rb"^\.", re.MULTILINE)


class MailRefused(Exception):
    """The server cannot be reached, or refuses everything. The message is French; only the messages marked as sent were sent."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Result of one run: numbers of messages sent, put off until the next run (`later`) and refused; `stopped` is why it ended early, if it did."""

    sent: int
    later: int
    refused: int
    stopped: str = ""


def send_batch(
    engine: Engine, kind: Correspondence, batch: int, server: SmtpSettings, letterhead: Letterhead, *, clock: Clock
) -> Delivery:
    """Send the waiting messages of a batch. `clock` returns the time, aware.

    A message is marked as `SENDING`, in a transaction of its own, before the first byte of its text: after a crash it stays so, and no run sends it again
    (at most once). Raises MailRefused if the server refuses everything, or if the letterhead cannot be written in headers.
    """
    waiting = to_send(engine, kind, batch)
    counts = {MessageState.SENT: 0, MessageState.TO_SEND: 0, MessageState.REFUSED: 0}
    if not waiting:
        return Delivery(0, 0, 0)
    try:  # an invalid letterhead must not mark the messages as refused
        encode_message(replace(waiting[0], address=_ANYBODY, subject=""), letterhead, "", clock())
    except _UNWRITTEN as error:
        raise MailRefused(
            f"« {letterhead.name} » <{letterhead.sender}>, qui répond à {letterhead.reply_to}, ne peut pas s’écrire en tête d’un message : corrigez "
            f"le nom et les adresses de l’organisation, ou {SMTP_FROM_VARIABLE}. Rien n’est envoyé."
        ) from error
    with _open_connection(server) as smtp:
        for message in waiting:
            if not message.address:
                note_reply(engine, message, MessageState.CANCELLED, FORGOTTEN, clock())
                continue
            try:
                state = _send(engine, smtp, message, letterhead, clock)
            except OSError as broken:
                return _delivery(counts, f"L’envoi s’est interrompu ({_error_text(broken)}) : relancez-le.")
            if state is not None:
                counts[state] += 1
    return _delivery(counts)


def _delivery(counts: dict[MessageState, int], stopped: str = "") -> Delivery:
    return Delivery(counts[MessageState.SENT], counts[MessageState.TO_SEND], counts[MessageState.REFUSED], stopped)


def _send(
    engine: Engine, smtp: smtplib.SMTP, message: OutboxMessage, letterhead: Letterhead, clock: Clock
) -> MessageState | None:
    """Send one message and store its new state; None if another run has taken it. Raises OSError if the connection breaks."""
    now, secret = clock(), new_secret()
    try:
        letter = encode_message(message, letterhead, secret, now)
    except _UNWRITTEN:
        note_reply(engine, message, MessageState.REFUSED, UNWRITABLE, now)
        return MessageState.REFUSED
    code, reply = smtp.mail(letterhead.sender)
    if _NOT_TAKEN.get(code // 100) is MessageState.TO_SEND:  # the server takes no message of this sender for now
        raise smtplib.SMTPServerDisconnected(f"{code} {_text(reply)}")
    if code != _OK:
        raise MailRefused(
            f"Le serveur n’envoie rien au nom de {letterhead.sender} ({code} {_text(reply)}) : voyez {SMTP_FROM_VARIABLE}."
        )
    code, reply = smtp.rcpt(message.address)
    if code not in (_OK, _WILL_FORWARD):
        state = _not_taken(code, reply)
        note_reply(engine, message, state, f"{code} {_text(reply)}", clock())
        _begin_again(smtp, code)
        return state
    if not claim(engine, message, secret, now):
        _begin_again(smtp, code)
        return None
    state, answer = MessageState.TO_SEND, BEFORE_TEXT
    try:
        code, reply = smtp.docmd("DATA")
        state = MessageState.SENDING if code == _GO_ON else _not_taken(code, reply)
        answer = f"{code} {_text(reply)}"
    finally:  # if the run stops here, nothing of the text was sent
        if state is not MessageState.SENDING:
            settle_message(engine, message, state, answer, secret, clock())
    if state is MessageState.SENDING:
        smtp.send(_DOTS.sub(b"..", letter) + b".\r\n")
        code, reply = smtp.getreply()
        state = MessageState.SENT if code // 100 == _DONE else _not_taken(code, reply)
        settle_message(engine, message, state, f"{code} {_text(reply)}", secret, clock())
    if state is not MessageState.SENT:
        _begin_again(smtp, code)
    return state


def _not_taken(code: int, reply: bytes) -> MessageState:
    """Return the state of a message that the server did not accept: to send again (4xx) or refused (5xx). Raises SMTPServerDisconnected for any other
    reply: the message may have been sent."""
    if code // 100 not in _NOT_TAKEN:
        raise smtplib.SMTPServerDisconnected(f"réponse inattendue : {code} {_text(reply)}")
    return _NOT_TAKEN[code // 100]


def _begin_again(smtp: smtplib.SMTP, code: int) -> None:
    """Abort the current message (RSET). Raises SMTPServerDisconnected if the server is closing (421)."""
    if code == _CLOSING:
        raise smtplib.SMTPServerDisconnected("421")
    smtp.rset()


@contextmanager
def _open_connection(server: SmtpSettings) -> Iterator[smtplib.SMTP]:
    """Give an SMTP connection with the encryption and login of the settings. Raises MailRefused, rather than send unencrypted."""
    where = f"« {server.host} », port {server.port}"
    try:
        if server.security is SmtpSecurity.TLS:
            context = ssl.create_default_context()
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=_TIMEOUT_S, context=context)
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=_TIMEOUT_S)
    except OSError as error:
        raise MailRefused(
            f"Le serveur {where} ne répond pas comme attendu ({_error_text(error)}). Rien n’est envoyé."
        ) from error
    try:
        try:
            smtp.ehlo_or_helo_if_needed()
            if server.security is SmtpSecurity.STARTTLS:
                if not smtp.has_extn("starttls"):
                    raise MailRefused(
                        f"Le serveur {where} ne propose pas de connexion chiffrée (STARTTLS) : rien n’est envoyé. S’il est sur cet ordinateur, "
                        f"{SMTP_SECURITY_VARIABLE}={SmtpSecurity.NONE} s’en passe."
                    )
                smtp.starttls(context=ssl.create_default_context())
                smtp.ehlo_or_helo_if_needed()
            if server.user:
                smtp.login(server.user, server.password)
        except smtplib.SMTPAuthenticationError as error:
            raise MailRefused(
                f"Le serveur {where} refuse le compte « {server.user} » : voyez {SMTP_USER_VARIABLE}. Rien n’est envoyé."
            ) from error
        except OSError as error:
            raise MailRefused(
                f"La connexion à {where} n’a pas pu être protégée ({_error_text(error)}). Rien n’est envoyé."
            ) from error
        yield smtp
    finally:
        with suppress(OSError):
            smtp.quit()
        smtp.close()


def _error_text(error: Exception) -> str:
    return _text(str(error)) or type(error).__name__


def _text(reply: bytes | str) -> str:
    """Return a server's reply on one line, cut at 500 characters."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return " ".join(text.split())[:_LONGEST_ANSWER]
