"""The tables of dossiers. `dossier_event` is the truth; `dossier` repeats what a list of dossiers shows and filters by."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from matcher.erasure import Holding
from matcher.journal.store import JournalLine
from matcher.ownership import OwnedRow
from matcher.rows import Base, table_of


class DossierRow(OwnedRow, Base):
    """A dossier as its journal makes it. `version` is how many events it has; `summary` counts its lots and its statuses, and holds its course."""

    __tablename__ = "dossier"
    holding = Holding("intitulé, acheteur et suivi d’un dossier", supplier=True)

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    title: Mapped[str]
    buyer: Mapped[str]
    buyer_siret: Mapped[str]
    territory: Mapped[str]
    reference: Mapped[str]
    deadline: Mapped[date | None]
    state: Mapped[str] = mapped_column(index=True)
    created: Mapped[datetime]
    updated: Mapped[datetime]
    deleted: Mapped[datetime | None]
    summary: Mapped[dict[str, Any]]


class DossierEventRow(JournalLine, Base):
    """One line of a dossier's journal."""

    __tablename__ = "dossier_event"
    holding = Holding("journal d’un dossier : listes figées, notes, motifs, messages envoyés, qui écrit", supplier=True)

    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), primary_key=True)


# The same, for statements.
DOSSIER_HEADS = table_of(DossierRow)
DOSSIER_EVENTS = table_of(DossierEventRow)
