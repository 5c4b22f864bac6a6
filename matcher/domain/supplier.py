"""A supplier: an establishment of the inclusive economy, as the catalogue holds it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from matcher.domain.fields import SupplierValues
from matcher.domain.french import unit
from matcher.domain.kinds import SupplierKind

# Key of the source that is the supplier itself.
ITSELF = "structure"
# The same, where another installation asked it and shares its answer. By name it comes after `ITSELF`, which counts first of two of one day.
ELSEWHERE = "structure-ailleurs"


class Evidence(StrEnum):
    """Evidence of an activity, strongest first."""

    DECLARED = "déclarée"
    ANSWER = "répondue par la structure"
    SHARED = "répondue par la structure à une autre installation"
    GROUP = "famille déclarée"
    KIND = "objet de ce type de structure"
    ROME = "déduite d’un métier"
    DESCRIPTION = "déduite de la présentation"
    SITE = "lue sur son site"
    NAF = "déduite du code NAF"
    BRAND = "déduite de la marque"
    NAME = "déduite du nom"

    @property
    def is_declared(self) -> bool:
        """Return whether a source, or the supplier itself, declares the activity; deduced where not."""
        return self in (Evidence.DECLARED, Evidence.ANSWER, Evidence.SHARED, Evidence.GROUP)


@dataclass(frozen=True, slots=True)
class Activity:
    """One activity of a supplier: a code of the taxonomy (a leaf, or a group where only the group is known).

    `wording` is the source's own words, shown to the buyer; `source` is the importer's key.
    """

    code: str
    wording: str
    evidence: Evidence
    source: str


@dataclass(frozen=True, slots=True)
class RefusedActivity:
    """Activity that a supplier does not do, by the team or itself (`source`): a leaf, or a group with all its leaves. `date`: when that was
    written.
    """

    code: str
    wording: str
    date: date | None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """A place of work. `lat` and `lon` are WGS84 degrees, None where unknown; `approximate` when taken from the commune."""

    name: str = ""
    address: str = ""
    post_code: str = ""
    city: str = ""
    insee: str = ""
    lat: float | None = None
    lon: float | None = None
    approximate: bool = False
    finess: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Origin of a field, or of the whole record."""

    source: str
    ref: str
    date: date | None


class Contact(NamedTuple):
    """A way to reach a supplier. `type` is phone, email or website."""

    type: str
    value: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Reference:
    """A public contract that was won: under the supplier's own SIRET (`own`), or by its organisation, under the same SIREN.

    `activity` is a code of the taxonomy, empty where the contract is in doubt; `number` is the buyer's for
    the contract and `buyer` its SIRET, empty where unknown; `notified` the day of its notification to
    the winner; `amount` euros before tax over `months`, and `shared_amount` what it won together with others, its share being unknown
    (one of them is None); `social` the source's words on social aims (« Marché réservé »).
    """

    source: str
    ref: str
    own: bool
    objet: str
    activity: str
    cpv: str = ""
    number: str = ""
    buyer: str = ""
    buyer_name: str = ""
    notified: date | None = None
    amount: float | None = None
    shared_amount: float | None = None
    months: float | None = None
    social: str = ""

    @property
    def won_for(self) -> str:
        """Its amount in French: « 48 000 € », « 48 000 € à plusieurs, part non connue »; empty where none is known."""
        if self.shared_amount:
            return f"{unit(self.shared_amount, '€')} à plusieurs, part non connue"
        return unit(self.amount, "€") if self.amount else ""


@dataclass(frozen=True, slots=True)
class Supplier(SupplierValues):
    """One establishment, its kinds and sites. Unknown is None or an empty tuple, never zero.

    `closed_reason` is a French phrase where the establishment is closed in a register, empty otherwise; `closed` its day,
    None where unknown, and `successor` the SIRET that carries on.
    `provenance` maps a field's name to where its value was taken.
    """

    id: str
    name: str
    kinds: tuple[SupplierKind, ...]
    siret: str = ""
    siren: str = ""
    finess: tuple[str, ...] = ()
    website: str = ""
    closed: date | None = None
    closed_reason: str = ""
    successor: str = ""
    updated: date | None = None
    sites: tuple[Site, ...] = ()
    activities: tuple[Activity, ...] = ()
    refused_activities: tuple[RefusedActivity, ...] = ()
    references: tuple[Reference, ...] = ()
    origins: tuple[Origin, ...] = ()
    flags: tuple[str, ...] = ()
    provenance: dict[str, Origin] | None = None
