"""Database tables of e-mails (outbox) and of their secret links, of which only the hash is stored. Times are UTC without zone.

`kind` (survey campaign, meeting day, watch) gives the table that the ids `batch` and `holder` refer to.
"""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from matcher.erasure import Holding, Way
from matcher.rows import Base, table_of


class MessageRow(Base):
    """One message to one address, in a `batch`, for a `holder`; `token` identifies it, the same at each attempt.

    `text` has the placeholder `LINK`; the secret is drawn when the message is sent. `said` is the reason of its state.
    """

    __tablename__ = "message"
    __table_args__ = (Index(None, "kind", "batch"), Index(None, "kind", "holder"))
    holding = Holding(
        "messages à envoyer et envoyés : adresse, objet, texte, réponse du serveur",
        keys=("token", "kind", "state"),
        person=("address",),
        dates=("queued",),
        supplier=True,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    batch: Mapped[int]
    holder: Mapped[int]
    address: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    state: Mapped[str] = mapped_column(index=True)
    said: Mapped[str]
    tries: Mapped[int]
    queued: Mapped[datetime]
    changed: Mapped[datetime]


class LinkRow(Base):
    """One secret link of a holder; `mark` is the SHA-256 of its secret. A holder has a link for each message sent to it."""

    __tablename__ = "message_link"
    __table_args__ = (Index(None, "kind", "holder"),)
    holding = Holding("empreintes des liens secrets envoyés, et leur fin", Way.APART, ahead=("until",))

    mark: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    holder: Mapped[int]
    until: Mapped[datetime]
    revoked: Mapped[datetime | None]


# The tables of these classes.
MESSAGES = table_of(MessageRow)
LINKS = table_of(LinkRow)
