"""The tables of answers that travel: what suppliers agreed to share from here, what came from elsewhere, the keys that are trusted."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Mapped, mapped_column

from matcher.db import reading
from matcher.erasure import Holding
from matcher.rows import Base, table_of

# A fact ends at most three years after its answer, and whom it was handed to is shown until then.
HANDED_DAYS = 3 * 366


class AnswerConsentRow(Base):
    """One fact that a supplier agreed to share: of which correction, box by box, how it was signed, until when. It was `made` at a moment (UTC
    without zone) and `ended` at another, where a later word took its place.

    Its values are read in the record of that correction each time it leaves: nothing is copied here but a digest, its `mark`, and an answer
    that is taken back, corrected or erased is withdrawn by that alone.
    """

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
    """One fact of another installation, by its key and identifier. The column of its line is filled while it waits for its supplier to be in
    the catalogue, empty once it is a correction (`correction_id`), or is withdrawn: its identifier alone then stays, until `ends`, so that
    no file brings it back."""

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
    """One handing over of all that was shared at a moment (UTC without zone): to whom, as it was written, empty where it was not."""

    __tablename__ = "answer_handed"
    holding = Holding(
        "remises des réponses partagées : quand, et à quelle organisation", days=HANDED_DAYS, dates=("at",)
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    whom: Mapped[str]


class TrustedKeyRow(Base):
    """One installation whose facts are taken: the name that it is given here, its public key, who trusts it and since when (UTC without
    zone)."""

    __tablename__ = "answer_key"
    holding = Holding("clés des installations dont les réponses sont acceptées, et qui l’a dit", keys=("key",))

    name: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    who: Mapped[str]
    since: Mapped[datetime]


# The same, for statements.
CONSENTS = table_of(AnswerConsentRow)
RECEIVED = table_of(AnswerReceivedRow)
HANDED = table_of(AnswerHandedRow)
TRUSTED_KEYS = table_of(TrustedKeyRow)


def any_past_end(engine: Engine, today: date) -> bool:
    """Return whether a received fact is past its end. Raises DatabaseError."""
    with reading(engine) as connection:
        return connection.execute(select(RECEIVED.c.id).where(RECEIVED.c.ends <= today).limit(1)).first() is not None
