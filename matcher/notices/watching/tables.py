"""Database tables of watches (saved searches of published lots): their filters, the lots of their messages, and their readers' verdicts on lots."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from matcher.erasure import Holding
from matcher.ownership import OwnedRow
from matcher.rows import Base, table_of


class WatchRow(OwnedRow, Base):
    """A watch of an organisation, over all lots or, with `supplier_id`, over the lots that suit this supplier. `trade`, `place`, `supplier_kind` and `lever`
    (the article of a reservation, or a clause) are filters, empty for none. `who` opened it at `opened`; its secret links are in `message_link`, and do not
    work once it is `closed`. `silent`: the reader at `address` has stopped the messages."""

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
    """A lot in a day's message: `mark` is the digest of its state then, `near` True if it closed soon at this message or an earlier one. The lot may have
    been deleted since."""

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


# The tables of these classes.
WATCHES = table_of(WatchRow)
WATCHES_TOLD = table_of(WatchToldRow)
WATCH_VERDICTS = table_of(WatchVerdictRow)
