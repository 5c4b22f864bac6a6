"""Supplier: an establishment of the inclusive economy (ESAT, EA, SIAE…) as stored in the catalogue, with its sites, activities, contracts and origins."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from matcher.domain.fields import SupplierValues
from matcher.domain.french import unit
from matcher.domain.kinds import SupplierKind

# Key of the source that is the supplier itself.
ITSELF = "structure"
# Key of the same source where the answer came from another installation; it sorts after `ITSELF`, which wins on the same day.
ELSEWHERE = "structure-ailleurs"


class Evidence(StrEnum):
    """Kind of evidence of an activity, strongest first."""

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
        """Return whether a source or the supplier declares the activity; False where it is deduced."""
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
    """An activity (a leaf, or a group with all its leaves) that the team or the supplier denies (`source`), on `date`."""

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

    @property
    def is_located(self) -> bool:
        """Return whether its coordinates are known, be it only those of its commune."""
        return self.lat is not None and self.lon is not None


@dataclass(frozen=True, slots=True)
class Origin:
    """Origin of a field or record: source key, reference, date."""

    source: str
    ref: str
    date: date | None


class Contact(NamedTuple):
    """A contact of a supplier. `type` is phone, email or website."""

    type: str
    value: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Reference:
    """A public contract won under the supplier's own SIRET (`own`), or by its organisation (same SIREN).

    `activity` is a code of the taxonomy, empty in doubt; `number` is the buyer's number of the contract and `buyer` its SIRET, empty where unknown;
    `notified` the day the winner was notified; `amount` euros before tax over `months`, or `shared_amount` where several winners share it in
    unknown parts (one of them is None); `social` the source's words on social aims (« Marché réservé »).
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
        """Amount in French: « 48 000 € », « 48 000 € à plusieurs, part non connue »; empty where unknown."""
        if self.shared_amount:
            return f"{unit(self.shared_amount, '€')} à plusieurs, part non connue"
        return unit(self.amount, "€") if self.amount else ""


@dataclass(frozen=True, slots=True)
class Supplier(SupplierValues):
    """One establishment. Unknown is None or an empty tuple, never zero.

    `closed_reason` is a French phrase where a register or a list gives the establishment as closed, else empty; `closed` is the day, None where unknown, and
    `successor` the SIRET that carries on. `provenance` maps a field's name to the origin of its value.
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
