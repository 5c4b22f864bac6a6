"""Database tables (SQLAlchemy) of campaigns, of the suppliers they ask, and of their answers. Times are UTC without zone."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from matcher.erasure import Holding
from matcher.ownership import OwnedRow
from matcher.rows import Base, table_of


class CampaignRow(OwnedRow, Base):
    """A campaign: its message, the same for all, and the dossier and lot where it is about one need.

    `trades` are the codes asked of everyone; `followed` is when the reminder was queued, `revoked` when the campaign was ended."""

    __tablename__ = "campaign"
    holding = Holding("campagnes : message envoyé à tous, qui l’a écrit", keys=("trades",), supplier=True)

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    dossier_id: Mapped[int | None] = mapped_column(ForeignKey("dossier.id"), index=True)
    lot: Mapped[int | None]
    trades: Mapped[list[Any]]
    subject: Mapped[str]
    text: Mapped[str]
    who: Mapped[str]
    created: Mapped[datetime]
    followed: Mapped[datetime | None]
    revoked: Mapped[datetime | None]


class AskedRow(Base):
    """One supplier of a campaign: asked, or left out for the reason in `left_out` (empty where it is asked).

    `source` and `as_of` are the origin and date of its address; the address itself is only in the outbox."""

    __tablename__ = "campaign_asked"
    holding = Holding(
        "structures interrogées, d’où vient leur adresse, et pourquoi d’autres ne le sont pas",
        keys=("supplier_id", "source"),
        supplier=True,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    supplier_id: Mapped[str] = mapped_column(index=True)
    left_out: Mapped[str]
    source: Mapped[str]
    as_of: Mapped[date | None]


class AnswerRow(Base):
    """The last answer of one supplier: `said` is a `GivenAnswer` without the contact, which has its own columns.

    `correction_id` is the catalogue correction made from it, None while it waits for the team (`waiting`) or where it states nothing."""

    __tablename__ = "campaign_answer"
    holding = Holding(
        "réponses d’une structure par son lien : métiers, effectif, zone, qui appeler",
        person=("contact", "phone", "email"),
        dates=("at",),
        supplier=True,
    )

    asked_id: Mapped[int] = mapped_column(ForeignKey("campaign_asked.id"), primary_key=True)
    at: Mapped[datetime]
    said: Mapped[dict[str, Any]]
    contact: Mapped[str]
    phone: Mapped[str]
    email: Mapped[str]
    waiting: Mapped[bool]
    correction_id: Mapped[int | None]


# The same tables as Core objects, for SQL statements.
CAMPAIGNS = table_of(CampaignRow)
ASKED = table_of(AskedRow)
ANSWERS = table_of(AnswerRow)
