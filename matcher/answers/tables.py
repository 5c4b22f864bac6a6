"""Database tables of shared answers: consents given here, facts received from other installations, hand-overs of the file, trusted keys."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Mapped, mapped_column

from matcher.db import reading
from matcher.erasure import Holding
from matcher.rows import Base, table_of

# Days a hand-over is kept: a fact ends at most three years after its answer, and its recipients are shown until then.
HANDED_DAYS = 3 * 366


class AnswerConsentRow(Base):
    """Consent of a supplier to share one answer (a correction): the boxes, how it was given, until when. It was `made` at a time (UTC without zone) and
    `ended` at another, where a later consent replaced it. The values are read from the record of the correction at each export; only their digest (`mark`) is
    stored here, so an answer that is withdrawn, corrected or erased no longer matches it and is exported as a withdrawal."""

    __tablename__ = "answer_consent"
    holding = Holding(
        "accords de partage d’une réponse : ses cases, comment elle fut donnée, jusqu’à quand ; rien de ce qu’elle dit",
        keys=("mark", "boxes", "way", "directory"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    mark: Mapped[str]
    correction_id: Mapped[int] = mapped_column(index=True)
    boxes: Mapped[list[Any]]
    way: Mapped[str]
    directory: Mapped[str]
    asked_by: Mapped[str]
    said_on: Mapped[date]
    ends: Mapped[date]
    made: Mapped[datetime | None]
    ended: Mapped[datetime | None]


class AnswerReceivedRow(Base):
    """Fact received from another installation, by signing key and identifier. Column `said`: its line of the file, while its supplier is not in the
    catalogue; it is empty once the fact is applied (`correction_id`) or withdrawn: the identifier then stays, until `ends`, so that no file
    brings the fact back."""

    __tablename__ = "answer_received"
    holding = Holding(
        "réponses reçues d’une autre installation, le temps que leur structure soit au catalogue ; ensuite leur identifiant seul",
        keys=("siret", "finess"),
        whole=True,
        supplier=True,
    )

    key: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    siret: Mapped[str] = mapped_column(index=True)
    finess: Mapped[str] = mapped_column(index=True)
    ends: Mapped[date] = mapped_column(index=True)
    said: Mapped[str]
    correction_id: Mapped[int | None] = mapped_column(index=True)
    withdrawn: Mapped[bool]


class AnswerHandedRow(Base):
    """Hand-over of the file of all shared answers: when (`at`, UTC without zone) and to which organisation, empty where nobody wrote it."""

    __tablename__ = "answer_handed"
    holding = Holding(
        "remises des réponses partagées : quand, et à quelle organisation", days=HANDED_DAYS, dates=("at",)
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    whom: Mapped[str]


class TrustedKeyRow(Base):
    """Installation whose facts are accepted: its local name, its public key, who trusted it and since when (UTC without zone)."""

    __tablename__ = "answer_key"
    holding = Holding("clés des installations dont les réponses sont acceptées, et qui l’a dit", keys=("key",))

    name: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    who: Mapped[str]
    since: Mapped[datetime]


# The same tables as SQLAlchemy Core objects.
CONSENTS = table_of(AnswerConsentRow)
RECEIVED = table_of(AnswerReceivedRow)
HANDED = table_of(AnswerHandedRow)
TRUSTED_KEYS = table_of(TrustedKeyRow)


def any_past_end(engine: Engine, today: date) -> bool:
    """Return whether any received fact is past its end date. Raises DatabaseError."""
    with reading(engine) as connection:
        return connection.execute(select(RECEIVED.c.id).where(RECEIVED.c.ends <= today).limit(1)).first() is not None
