"""Published contracts: a notice, its lots, what became of it. Cleaned, and nothing read into the words yet."""

import datetime
from dataclasses import dataclass
from enum import StrEnum

from matcher.domain.reading import Lot


class NoticeKind(StrEnum):
    """Kind of a notice: it announces, calls, awards, corrects, changes or cancels."""

    PLANNED = "préinformation"
    CALL = "avis de marché"
    AWARD = "attribution"
    CORRECTION = "rectificatif"
    CHANGE = "modification"
    CANCELLED = "annulation"
    OTHER = "autre"


class ReservedFor(StrEnum):
    """Suppliers that a lot is reserved for, as far as it is known: the code « res-ws » stands for two families without naming either."""

    HANDICAP = "EA et ESAT"
    INSERTION = "SIAE"
    EITHER = "EA, ESAT et SIAE"
    PRISON = "structures en établissement pénitentiaire"
    SOCIAL_ECONOMY = "entreprises de l’économie sociale et solidaire"
    UNSAID = "à préciser"


class LotState(StrEnum):
    """Standing of a published lot: `CALLED` asks for offers, until its deadline; the others ask for none."""

    PLANNED = "annoncé"
    CALLED = "publié"
    CANCELLED = "annulé"
    AWARDED = "attribué"


@dataclass(frozen=True, slots=True)
class Deadline:
    """Last moment for an offer: an aware time in its own zone, `supposed` where none is written, so that it is taken as Paris's."""

    at: datetime.datetime
    supposed: bool = False


@dataclass(frozen=True, slots=True)
class PublishedLot:
    """A lot as it is published: `lot` is what the engine reads, in euros before tax and months, renewals included.

    `renewals_months` are those of its months that renewals add, None where unknown. `reserved` is None where it is not, and
    `not_reserved` whether the notice writes so, rather than nothing; `without_winner` whether its award declares that it has none;
    `clause` whether it is to be executed with a social clause, None where unknown. `conditions` are its words on execution.
    `doubts` are sentences in French on what is not sure.
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


@dataclass(frozen=True, slots=True)
class PublishedNotice:
    """A notice as its source publishes it, `ref` unique in its source; `earlier` are the references of those that it corrects, cancels or awards.

    `folder` is the number that the notices of one procedure share, empty where unknown. `buyer` is the buyer's SIRET or SIREN, or
    empty; `published` None where no day can be read. `deadline` is that of all its lots,
    None where each has its own. `why` is by which words it corrects or ends another. A lot numbered « » is the whole contract, whose lots
    another notice numbers.
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
