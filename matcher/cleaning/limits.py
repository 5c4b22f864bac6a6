"""The most that is kept of each field of a source's record: signs of a text, items of a list. Those of a supplier's fields are in their table.

Each is several times the longest value of the real directories (in brackets: SIAE 2019 and 2026, FINESS 2021, DECP 2018 to 2020),
or what a norm allows. What is longer is no value of that field, and would be carried by every page and every file.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar

from matcher.cleaning import Cleaned
from matcher.domain.fields import FIELDS
from matcher.domain.french import number

T = TypeVar("T", str, tuple[Any, ...])


class Limit(NamedTuple):
    """The French name of a field, and the most that is kept of it. What is beyond is cut; of a value that would then mean
    something else (`cut` False: a number, an address of the web), nothing is kept.
    """

    label: str
    most: int
    cut: bool = True
    unit: str = "signes"

    @property
    def flag(self) -> str:
        """Return the French flag of a value that is beyond."""
        return f"{self.label} de plus de {number(self.most)} {self.unit} : {'coupé' if self.cut else 'non repris'}"


LIMITS: Mapping[str, Limit] = {
    field.name: Limit(field.label, field.most, field.cut) for field in FIELDS if field.most
} | {
    # Of a record, besides the fields of a supplier.
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
    # Of a supplier: the records that it is made of, each of one site at most.
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
    """Return what is kept of a field's value, flagged where it was beyond its limit."""
    limit = LIMITS[name]
    if len(value) <= limit.most:
        return Cleaned(value)
    return Cleaned(value[: limit.most if limit.cut else 0], limit.flag)


def flags_of(*names: str) -> frozenset[str]:
    """Return the flags of values of these fields that are beyond."""
    return frozenset(LIMITS[name].flag for name in names)
