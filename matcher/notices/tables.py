"""Tables of published notices: the notices as published, the lots that they leave together, and who may answer each."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from matcher.erasure import Holding, Way
from matcher.rows import Base, table_of


class NoticeRow(Base):
    """A notice, known by its source's reference: `said` is all of it, cleaned (PublishedNotice); `hash` is of it.

    `contract` is what the notices of one contract share; `taken` when it was last read with other words (UTC without zone).
    """

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("source", "ref"),)
    holding = Holding(
        "avis publiés : acheteur, objet, lots ; aucun contact", keys=("source", "ref", "hash", "contract")
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    ref: Mapped[str]
    contract: Mapped[str] = mapped_column(index=True)
    hash: Mapped[str]
    taken: Mapped[datetime]
    said: Mapped[dict[str, Any]]


class NoticeBeforeRow(Base):
    """A notice as it was before one import wrote it or moved it to another contract, so that the import can be undone; all is None of one
    that the import brought."""

    __tablename__ = "notice_before"
    holding = Holding("le même avant un import, pour l’annuler", keys=("source", "ref", "hash", "contract"))

    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id"), primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(primary_key=True)
    contract: Mapped[str | None]
    hash: Mapped[str | None]
    taken: Mapped[datetime | None]
    said: Mapped[dict[str, Any] | None]


class PublishedLotRow(Base):
    """A lot of a contract, as its notices leave it: computed from them, under a number that no later notice changes.

    `said` is all of it (PublishedLot), `notice_id` the last notice about it, `state` a LotState; `deadline` is UTC without zone, None where none is known.
    The rest is read from its words once for all: `matched` is the version of the catalogue that it was last compared with, None while that waits; `amount`
    in euros and `months` are the lot's or those of its text. `connu` and `indice` count the organisations of these bands, `credible` those that are
    credible, `reservable` those of them that each article admits.
    """

    __tablename__ = "published_lot"
    # The number of a lot that is gone is never another's: dossiers and watches know lots by it.
    __table_args__ = (
        UniqueConstraint("contract", "number"),
        Index(None, "state", "deadline"),
        {"sqlite_autoincrement": True},
    )
    holding = Holding(
        "lots publiés, calculés des avis",
        keys=("contract", "number", "state", "reserved", "buyer", "hash"),
        ahead=("deadline",),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contract: Mapped[str]
    number: Mapped[str]
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    state: Mapped[str]
    published: Mapped[date | None] = mapped_column(index=True)
    deadline: Mapped[datetime | None]
    reserved: Mapped[str | None]
    clause: Mapped[bool | None]
    buyer: Mapped[str] = mapped_column(index=True)
    hash: Mapped[str]
    said: Mapped[dict[str, Any]]
    matched: Mapped[int | None] = mapped_column(index=True)
    activities: Mapped[list[Any]]
    departements: Mapped[list[Any]]
    amount: Mapped[float | None]
    months: Mapped[float | None]
    connu: Mapped[int | None]
    indice: Mapped[int | None]
    credible: Mapped[int | None]
    reservable: Mapped[dict[str, Any]]


class LotMatchRow(Base):
    """A supplier that may answer an open lot: its band, its place there from 1, and its score in [0, 100]; `lead` what it is above that of the
    last whom a buyer reads, `wanted` whether the lot is reserved to its kind or names it."""

    __tablename__ = "lot_match"
    holding = Holding("fournisseurs qui répondraient à un lot publié, recalculés", Way.COMPUTED)

    lot_id: Mapped[int] = mapped_column(ForeignKey("published_lot.id"), primary_key=True)
    supplier_id: Mapped[str] = mapped_column(primary_key=True, index=True)
    band: Mapped[str]
    place: Mapped[int]
    score: Mapped[float]
    lead: Mapped[float]
    wanted: Mapped[bool]


# The same, for statements.
NOTICES = table_of(NoticeRow)
PUBLISHED_LOTS = table_of(PublishedLotRow)
LOT_MATCHES = table_of(LotMatchRow)
NOTICES_BEFORE = table_of(NoticeBeforeRow)
