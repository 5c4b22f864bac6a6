"""A need as entered by any door (page, command, API, file): the lot as written, a person's choices that override its reading, and its faults."""

from dataclasses import dataclass

from matcher.domain.kinds import SupplierKind
from matcher.domain.place import PlaceOrigin
from matcher.domain.reading import Lot


@dataclass(frozen=True, slots=True)
class NeedChoices:
    """A person's choices, which override the reading. None leaves a part to the reading; an empty tuple chooses nothing.

    `activities` are codes of the taxonomy, `places` free text or prefixed codes, `kinds` the kinds that the text asks for (a criterion, not an
    elimination). `unreserved` ignores the lever (reservation or clause) that the text hints at, `without_amount` and `without_duration` its amount
    and duration.
    """

    activities: tuple[str, ...] | None = None
    places: tuple[str, ...] | None = None
    kinds: tuple[SupplierKind, ...] | None = None
    unreserved: bool = False
    without_amount: bool = False
    without_duration: bool = False


UNCHOSEN = NeedChoices()


@dataclass(frozen=True, slots=True)
class BuyerDefaults:
    """A buyer's defaults for what a need omits: its SIRET, a place as typed, with the origin of that place, and the `year` of its spreadsheet (for
    « T1 » without a year). Empty or None where unknown."""

    siret: str = ""
    place: str = ""
    origin: PlaceOrigin = PlaceOrigin.DEFAUT
    year: int | None = None


NO_DEFAULTS = BuyerDefaults()


@dataclass(frozen=True, slots=True)
class NeedFault:
    """A field that cannot be used as written: what to write, in French (`says`), and its position in a file, empty elsewhere. Where `is_question`,
    the field is used nevertheless, as the sentence explains."""

    field: str
    says: str
    where: str = ""
    is_question: bool = False

    def __str__(self) -> str:
        return f"{self.where} : {self.says}" if self.where else self.says


@dataclass(frozen=True, slots=True)
class Need:
    """A lot as written, its faults, the choices made since, and the buyer's defaults. `lot` holds the usable fields. Where a person waits (page,
    command), a need with faults is refused; a file is processed, and its faults are listed."""

    lot: Lot
    faults: tuple[NeedFault, ...] = ()
    chosen: NeedChoices = UNCHOSEN
    defaults: BuyerDefaults = NO_DEFAULTS
