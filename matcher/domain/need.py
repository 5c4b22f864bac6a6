"""A need as every door gives it: the lot as written, what a person chose in place of what is read of it, and what cannot be used."""

from dataclasses import dataclass

from matcher.domain.kinds import SupplierKind
from matcher.domain.place import PlaceOrigin
from matcher.domain.reading import Lot


@dataclass(frozen=True, slots=True)
class Chosen:
    """Choices of a person in place of what was read. None leaves a part to the reading; an empty tuple is a choice of none.

    `activities` are codes of the taxonomy, `places` free text or prefixed codes as a lot gives them, `kinds` those that the
    text is taken to ask for (they weigh, they refuse nobody). `unreserved` sets aside the lever that the text hints at, and
    `without_amount` and `without_duration` the size that it gives.
    """

    activities: tuple[str, ...] | None = None
    places: tuple[str, ...] | None = None
    kinds: tuple[SupplierKind, ...] | None = None
    unreserved: bool = False
    without_amount: bool = False
    without_duration: bool = False


UNCHOSEN = Chosen()


@dataclass(frozen=True, slots=True)
class BuyerDefaults:
    """Defaults of a buyer, for a need that leaves them out: its SIRET, a place as one would type it, with where that comes from, and the
    `year` of its sheet, for « T1 » written alone. Empty or None where it has none.
    """

    siret: str = ""
    place: str = ""
    origin: PlaceOrigin = PlaceOrigin.DEFAUT
    year: int | None = None


NO_DEFAULTS = BuyerDefaults()


@dataclass(frozen=True, slots=True)
class NeedFault:
    """A field that cannot be used as it is written: what to write, in French (`says`), and where it stands in a file, empty elsewhere. One that
    `is_question` is used meanwhile, as its sentence explains.
    """

    field: str
    says: str
    where: str = ""
    is_question: bool = False

    def __str__(self) -> str:
        return f"{self.where} : {self.says}" if self.where else self.says


@dataclass(frozen=True, slots=True)
class Need:
    """A lot as written, its faults, the choices made since, and the buyer's own defaults for what it leaves out. `lot` holds what can be used in spite of the faults: where a person waits,
    the need is refused until there are none; a file goes on, and lists them.
    """

    lot: Lot
    faults: tuple[NeedFault, ...] = ()
    chosen: Chosen = UNCHOSEN
    defaults: BuyerDefaults = NO_DEFAULTS
