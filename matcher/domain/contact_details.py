"""Contact details of an establishment (telephone, e-mail, address and point, with their sources), and the URL of its page in the State's register."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date

from matcher.domain.age import SignOfLife

_REGISTER = "https://annuaire-entreprises.data.gouv.fr/etablissement/"
# Prefix of the sample's SIRETs, an unattributed range (data/samples/README.md).
_INVENTED_PREFIX = "0001"


@dataclass(frozen=True, slots=True)
class LocatedPoint:
    """A site in WGS84 degrees; `approximate` where it is the middle of its commune."""

    lat: float
    lon: float
    approximate: bool


@dataclass(frozen=True, slots=True)
class ContactDetails:
    """Telephone as dialled, e-mail and postal address of an establishment; empty where no source gives one.

    `source` gives in French the source and day of each; `phone_day` is the day of the telephone's source, None where unknown; `last_sign` the last
    sign of life, None where none is dated; `point` is where its main site is, None where it is not located.
    """

    siret: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    source: str = ""
    last_sign: SignOfLife | None = None
    phone_day: date | None = None
    point: LocatedPoint | None = None

    @property
    def register(self) -> str:
        """URL of its page in the public register, empty where its SIRET is unknown."""
        return register_page(self.siret)


# Function from supplier ids to contact details; suppliers not in the catalogue are left out.
ContactLookup = Callable[[Collection[str]], Mapping[str, ContactDetails]]


def register_page(siret: str) -> str:
    """Return the URL of an establishment in the State's « Annuaire des Entreprises », empty without a SIRET or for an invented one."""
    return f"{_REGISTER}{siret}" if siret and not siret.startswith(_INVENTED_PREFIX) else ""
