"""A message as it travels: its headers (RFC 5322, RFC 2369) and its text, for one address and with one link."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import quote

from matcher.mail.outbox import LINK, OutboxMessage

# What the page of a link shows first where one comes from the header of a mail program.
_LEAVE = "retirer"
# Folded at the usual 78, the header of a long link would begin by an empty line, which some servers refuse; the limit is 998.
_HEADERS = SMTP.clone(max_line_length=500)


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Sender of messages: its address and name, where answers by mail go, the address that links begin with."""

    sender: str
    name: str
    reply_to: str
    links: str

    def link(self, secret: str) -> str:
        """Return the address of the page that a secret opens."""
        return f"{self.links}/{secret}"


def written(message: OutboxMessage, letterhead: Letterhead, secret: str, now: datetime) -> bytes:
    """Return the bytes of a message, in ASCII, `now` with its zone. Raises ValueError where an address or the subject holds a line break."""
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
