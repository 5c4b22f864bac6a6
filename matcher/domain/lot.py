"""A lot: the need as the buyer writes it, nothing read into it yet."""

import datetime
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RawPlace:
    """A place as given: free text in `code` where `type` and `nom` are empty, or the three parts of a DECP `lieuExecution`."""

    code: str = ""
    type: str = ""
    nom: str = ""


@dataclass(frozen=True, slots=True)
class Lot:
    """A buyer's need as written. Amounts are euros before tax for the whole duration; `duree` is in months.

    `levier` is one of 12, 13, 13-1, 14, 15, clause, or empty; `kinds` are acronyms: both refuse suppliers (gates).
    """

    objet: str
    lot_id: str = ""
    cpv: tuple[str, ...] = ()
    lieux: tuple[RawPlace, ...] = ()
    acheteur_siret: str = ""
    date: datetime.date | None = None
    montant: float | None = None
    duree: float | None = None
    levier: str = ""
    kinds: tuple[str, ...] = ()
