"""Contact details: how an establishment is reached today, where each part comes from, and its page in the public register."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date

from matcher.domain.age import SignOfLife

_REGISTER = "https://annuaire-entreprises.data.gouv.fr/etablissement/"
# Of the sample: a range that is attributed to nobody (data/samples/README.md).
_INVENTED = "0001"


@dataclass(frozen=True, slots=True)
class ContactDetails:
    """Telephone as it is dialled, e-mail and postal address of an establishment; empty where no source gives one.

    `source` names in French the source of each, and its day; `phone_day` is that day for the telephone, None where
    it gives none; `last_sign` is the last sign that the establishment works, None where none is dated.
    """

    siret: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    source: str = ""
    last_sign: SignOfLife | None = None
    phone_day: date | None = None

    @property
    def register(self) -> str:
        """Address of its page in the public register, empty where its SIRET is not known."""
        return register_page(self.siret)


# Gives the contact details of suppliers by the ids they are asked by; those of the catalogue only.
ContactLookup = Callable[[Collection[str]], Mapping[str, ContactDetails]]


def register_page(siret: str) -> str:
    """Return the address of an establishment in the State's « Annuaire des Entreprises », empty without a SIRET, or for an invented one."""
    return f"{_REGISTER}{siret}" if siret and not siret.startswith(_INVENTED) else ""
