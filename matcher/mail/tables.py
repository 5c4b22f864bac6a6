"""The tables of messages and of their links. `kind` is the room that the numbers `batch` and `holder` are of. Times are UTC without zone; no
secret is in them, only its hash."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from matcher.erasure import Holding, Way
from matcher.rows import Base, table_of


class MessageRow(Base):
    """One message to one address, of the caller's `batch`, for the caller's `holder`; `token` is the same at each attempt, and names it.

    `text` has `LINK` in the place of the link, which is drawn as the message leaves; the last answer of the server, or of a person, has its
    own column.
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
    """One secret link of a holder, by the SHA-256 of its secret: a holder has one for each message it was sent."""

    __tablename__ = "message_link"
    __table_args__ = (Index(None, "kind", "holder"),)
    holding = Holding("empreintes des liens secrets envoyés, et leur fin", Way.APART, ahead=("until",))

    mark: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    holder: Mapped[int]
    until: Mapped[datetime]
    revoked: Mapped[datetime | None]


# The same, for statements.
MESSAGES = table_of(MessageRow)
LINKS = table_of(LinkRow)
