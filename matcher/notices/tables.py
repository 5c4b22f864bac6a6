"""Database tables of published notices: the notices, their content before an import, the lots computed from them, the suppliers matched with each."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from matcher.erasure import Holding, Way
from matcher.rows import Base, table_of


class NoticeRow(Base):
    """A notice, unique by source and reference. Its content is a PublishedNotice as JSON, without personal data asked to be erased, `hash` the digest of
    what was published. `contract` is the key that the notices of one contract share; `taken` when it was last new or changed (UTC without zone)."""

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
    """A notice as it was before an import changed it, so that the import can be undone; the columns of its content are None if the import
    created it."""

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
    """A lot of a contract, computed from the contract's notices; its id never changes.

    Its content is a whole PublishedLot, which a matching may complete, `hash` the digest of it as published, `reserved` the code of the article that reserves
    it, `clause` True with a social clause, `buyer` a SIRET; `notice_id` the last notice about it, `state` a LotState; `published` is its day, `deadline` UTC
    without zone, None if not known; `amount` (euros) and `months` come from its fields, then from its text once it is matched.
    A matching fills the others: `matched` is the catalogue version it was last matched with, None until then; `activities` and `departements` hold codes.
    `connu` and `indice` count the organisations of these bands, `credible` the credible ones within reach, `reservable` how many of these each law article
    admits, by its code.
    """

    __tablename__ = "published_lot"
    # The id of a deleted lot is never used again: dossiers and watches refer to it.
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
    """A supplier matched with an open lot: its band, its rank in the band from 1, its score in [0, 100]; `lead` is the score minus that of the last
    supplier listed to a buyer, `wanted` True if the lot is reserved to the supplier's kind or its text asks for that kind."""

    __tablename__ = "lot_match"
    holding = Holding("fournisseurs qui répondraient à un lot publié, recalculés", Way.COMPUTED)

    lot_id: Mapped[int] = mapped_column(ForeignKey("published_lot.id"), primary_key=True)
    supplier_id: Mapped[str] = mapped_column(primary_key=True, index=True)
    band: Mapped[str]
    place: Mapped[int]
    score: Mapped[float]
    lead: Mapped[float]
    wanted: Mapped[bool]


NOTICES = table_of(NoticeRow)
PUBLISHED_LOTS = table_of(PublishedLotRow)
LOT_MATCHES = table_of(LotMatchRow)
NOTICES_BEFORE = table_of(NoticeBeforeRow)
