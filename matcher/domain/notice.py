"""Published contracts: a notice, its lots, what became of it. Cleaned, and nothing read into the words yet."""

import datetime
from dataclasses import dataclass
from enum import StrEnum

from matcher.domain.lot import Lot


class NoticeKind(StrEnum):
    """Kind of a notice: it announces, calls, awards, corrects, changes or cancels."""

    PLANNED = "préinformation"
    CALL = "avis de marché"
    AWARD = "attribution"
    CORRECTION = "rectificatif"
    CHANGE = "modification"
    CANCELLED = "annulation"
    OTHER = "autre"


class Family(StrEnum):
    """Suppliers that a lot is reserved for, as far as it is known: the code « res-ws » tells both families and not which."""

    HANDICAP = "EA et ESAT"
    INSERTION = "SIAE"
    EITHER = "EA, ESAT et SIAE"
    UNSAID = "à préciser"


@dataclass(frozen=True, slots=True)
class Deadline:
    """Last moment for an offer: an aware time in its own zone, `supposed` where none is said, so that it is taken as Paris's."""

    at: datetime.datetime
    supposed: bool = False


@dataclass(frozen=True, slots=True)
class PublishedLot:
    """A lot as it is published: `lot` is what the engine reads, in euros before tax and months, renewals included.

    `renewals_months` are those of its months that renewals add, None where nothing is said. `reserved` is None where it is not;
    `clause` whether it is to be executed with a social clause, None where nothing is said. `conditions` are its words on execution.
    """

    number: str
    title: str
    lot: Lot
    deadline: Deadline | None = None
    renewals_months: float | None = None
    reserved: Family | None = None
    clause: bool | None = None
    conditions: str = ""
    documents: str = ""
