"""Maximum lengths of the fields of imported records: characters of a text, items of a list. Limits of suppliers' fields come from `FIELDS`.

Each is several times the longest real value (in brackets: SIAE 2019 and 2026, FINESS 2021, DECP 2018 to 2020), or that of a norm. A longer value is
an error of the file, which every page and export would carry.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar

from matcher.cleaning import Cleaned
from matcher.domain.fields import FIELDS
from matcher.domain.french import number

T = TypeVar("T", str, tuple[Any, ...])


class Limit(NamedTuple):
    """A field's French name and maximum length. A longer value is cut, or dropped if `cut` is False (numbers, web addresses: a part means something else)."""

    label: str
    most: int
    cut: bool = True
    unit: str = "signes"

    @property
    def flag(self) -> str:
        """French flag of a value that is too long."""
        return f"{self.label} de plus de {number(self.most)} {self.unit} : {'coupé' if self.cut else 'non repris'}"


LIMITS: Mapping[str, Limit] = {
    field.name: Limit(field.label, field.most, field.cut) for field in FIELDS if field.most
} | {
    # Other fields of a record.
    "source_ref": Limit("référence", 300),  # 60
    "listing": Limit("nom de liste", 300),  # 26; a name of file has 255 at most
    "kind": Limit("type de structure", 300),  # 22
    "address_extra": Limit("complément d’adresse", 300),  # 26
    "insee": Limit("code INSEE", 100, cut=False),  # 5
    "departement": Limit("département", 100, cut=False),  # 3; some write its name
    "x": Limit("longitude", 100, cut=False),  # 19
    "y": Limit("latitude", 100, cut=False),  # 17
    "projection": Limit("nom de projection", 100, cut=False),  # 10
    "contact": Limit("courriel et téléphone", 600, cut=False),  # two of each in one cell
    "ended": Limit("arrêt de l’activité", 100),  # 10
    "claims": Limit("liste d’activités", 100, unit="éléments"),  # 9
    "claim": Limit("activité", 2_000),  # 180, a list in one cell included
    "activities": Limit("activités reconnues", 200, unit="éléments"),  # 11
    "state": Limit("état de l’établissement", 100, cut=False),  # 1
    "closed": Limit("date de fermeture", 100, cut=False),  # 10
    "successor": Limit("SIRET du successeur", 100, cut=False),  # 14
    # Records of one supplier.
    "sources": Limit("fournisseur", 100, unit="fiches"),  # 7
    # Of an award.
    "winner": Limit("numéro de l’attributaire", 100, cut=False),  # 20
    "winner_type": Limit("type de numéro", 100, cut=False),  # 9
    "number": Limit("numéro du marché", 300),  # 16
    "buyer": Limit("SIRET de l’acheteur", 100, cut=False),  # 14
    "buyer_name": Limit("nom de l’acheteur", 300),  # 100
    "objet": Limit("objet du marché", 1_000),  # 256; the schema of 2022 allows as many
    "cpv": Limit("code CPV", 300, cut=False),  # 14; some write the label after the code
    "notified": Limit("date de notification", 100, cut=False),  # 16
    "amount": Limit("montant", 100, cut=False),  # 18
    "months": Limit("durée", 100, cut=False),
    "social": Limit("considération sociale", 1_000),
}


def cut_to_limit(name: str, value: T) -> Cleaned[T]:
    """Return a field's value cut to its limit, with a flag where it was too long."""
    limit = LIMITS[name]
    if len(value) <= limit.most:
        return Cleaned(value)
    return Cleaned(value[: limit.most if limit.cut else 0], limit.flag)


def flags_of(*names: str) -> frozenset[str]:
    """Return the flags of these fields' values that are too long."""
    return frozenset(LIMITS[name].flag for name in names)
