"""Tables of watches: what each follows, the lots of its messages, the verdicts of its reader."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from matcher.erasure import Holding
from matcher.ownership import OwnedRow
from matcher.rows import Base, table_of


class WatchRow(OwnedRow, Base):
    """A watch of an organisation, over lots or, where `supplier_id` is given, over those that suit this supplier.

    `trade`, `place`, `supplier_kind` and `lever` narrow it, empty where they do not. The secrets of its links are in `message_link`: they were first
    `opened` by `who`; `closed` has them open nothing. `silent`: whoever is written to at `address` wants no message any more.
    """

    __tablename__ = "watch"
    __table_args__ = (UniqueConstraint("organisation_id", "supplier_id"),)
    holding = Holding(
        "veilles sur les lots publiés : fournisseur, choix, courriel, qui l’a ouverte",
        keys=("trade", "place", "supplier_kind", "lever", "pace"),
        person=("address",),
        dates=("opened",),
        supplier=True,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    supplier_id: Mapped[str | None] = mapped_column(index=True)
    title: Mapped[str]
    trade: Mapped[str]
    place: Mapped[str]
    supplier_kind: Mapped[str]
    lever: Mapped[str]
    address: Mapped[str] = mapped_column(index=True)
    pace: Mapped[str]
    who: Mapped[str]
    opened: Mapped[datetime]
    closed: Mapped[bool]
    silent: Mapped[bool]


class WatchToldRow(Base):
    """A lot in the message of a day: `mark` is its state then, `near` is True where it was announced to close soon. The lot may be gone since, where its
    notices were read otherwise."""

    __tablename__ = "watch_told"
    holding = Holding("lots que les messages d’une veille ont dits", keys=("mark",))

    watch_id: Mapped[int] = mapped_column(ForeignKey("watch.id"), primary_key=True)
    lot_id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    mark: Mapped[str]
    near: Mapped[bool]


class WatchVerdictRow(Base):
    """Verdict of the reader of a watch on a lot (a LotVerdict)."""

    __tablename__ = "watch_verdict"
    holding = Holding("lots qui intéressent le lecteur d’une veille, ou ne sont pas pour lui", keys=("verdict",))

    watch_id: Mapped[int] = mapped_column(ForeignKey("watch.id"), primary_key=True)
    lot_id: Mapped[int] = mapped_column(primary_key=True)
    verdict: Mapped[str]
    at: Mapped[datetime]


# The same, for statements.
WATCHES = table_of(WatchRow)
WATCHES_TOLD = table_of(WatchToldRow)
WATCH_VERDICTS = table_of(WatchVerdictRow)
