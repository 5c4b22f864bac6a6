"""Types of published contracts: a notice (call, award, correction…), its lots and their state, cleaned but not interpreted."""

import datetime
from dataclasses import dataclass
from enum import StrEnum

from matcher.domain.reading import Lot


class NoticeKind(StrEnum):
    """Kind of a notice: prior information, call, award, correction, modification, cancellation."""

    PLANNED = "préinformation"
    CALL = "avis de marché"
    AWARD = "attribution"
    CORRECTION = "rectificatif"
    CHANGE = "modification"
    CANCELLED = "annulation"
    OTHER = "autre"


class ReservedFor(StrEnum):
    """Suppliers that a lot is reserved for; the code « res-ws » of notices does not say which of two families: `EITHER`."""

    HANDICAP = "EA et ESAT"
    INSERTION = "SIAE"
    EITHER = "EA, ESAT et SIAE"
    PRISON = "structures en établissement pénitentiaire"
    SOCIAL_ECONOMY = "entreprises de l’économie sociale et solidaire"
    UNSAID = "à préciser"


class LotState(StrEnum):
    """State of a published lot; only `CALLED` asks for offers, until its deadline."""

    PLANNED = "annoncé"
    CALLED = "publié"
    CANCELLED = "annulé"
    AWARDED = "attribué"


@dataclass(frozen=True, slots=True)
class Deadline:
    """Last moment for an offer, with time zone; `supposed` where none is given, so that Paris time is assumed."""

    at: datetime.datetime
    supposed: bool = False


@dataclass(frozen=True, slots=True)
class PublishedLot:
    """A published lot: `lot` is what the engine reads, in euros before tax and months, renewals included.

    `renewals_months` are the months that renewals add, None where unknown. `reserved` is None if it is not; `not_reserved`: the notice declares so
    explicitly; `without_winner`: the award declares no winner; `clause`: performed with a social clause, None where unknown. `conditions` are the
    words on performance. `trade_unsure`: compared with the catalogue, its trade was only guessed, or not understood. `doubts` are French sentences.
    """

    number: str
    title: str
    lot: Lot
    deadline: Deadline | None = None
    renewals_months: float | None = None
    reserved: ReservedFor | None = None
    not_reserved: bool = False
    without_winner: bool = False
    clause: bool | None = None
    conditions: str = ""
    documents: str = ""
    doubts: tuple[str, ...] = ()
    trade_unsure: bool = False


@dataclass(frozen=True, slots=True)
class PublishedNotice:
    """A notice of one source, `ref` unique in it; `earlier` are the references of notices that it corrects, cancels or awards, for the reason `why`.

    `folder` is the number shared by the notices of one procedure, empty where unknown. `buyer` is a SIRET or SIREN, or empty; `published` is None
    where unreadable; `deadline` is that of all its lots, None where each has its own. A lot with an empty number is the whole contract; another
    notice numbers its lots.
    """

    source: str
    ref: str
    kind: NoticeKind
    lots: tuple[PublishedLot, ...] = ()
    folder: str = ""
    earlier: tuple[str, ...] = ()
    published: datetime.date | None = None
    title: str = ""
    buyer: str = ""
    buyer_name: str = ""
    url: str = ""
    deadline: Deadline | None = None
    doubts: tuple[str, ...] = ()
    why: str = ""
