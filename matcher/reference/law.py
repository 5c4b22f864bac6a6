"""French procurement law (code de la commande publique): thresholds and exemptions with their dates of validity (seuils.csv, dispenses.csv), duties of
buyers by what they buy (devoirs.csv), « social and other specific services » (services_specifiques.csv), own laws of territories (droits_propres.csv)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from matcher.domain.place import Place
from matcher.reference.tables import rows
from matcher.reference.trades.cpv import normalise_cpv

_YES = "oui"
# First digits of the SIREN of State and local buyers; others are undetermined.
_STATE, _LOCAL = ("11", "12", "17"), "2"


class LegalRule(StrEnum):
    """Legal rule that depends on a threshold amount."""

    DIRECT = "achat-direct"
    SMALL_LOT = "petit-lot"
    EUROPEAN = "europeen"
    NOTICE = "publicite"
    SPECIFIC_NOTICE = "publicite-services"


class BuyerNature(StrEnum):
    """Nature of a buyer, on which the European thresholds depend."""

    STATE = "etat"
    OTHER = "autre"
    UTILITY = "entite"


BUYER_NATURES = {
    BuyerNature.OTHER: "commune, EPCI, département, région, hôpital, bailleur…",
    BuyerNature.STATE: "État, ou établissement public de l’État ni industriel ni commercial (université, agence de l’eau…)",
    BuyerNature.UTILITY: "entité adjudicatrice (eau, énergie, transports, postes)",
}


@dataclass(frozen=True, slots=True)
class LegalThreshold:
    """An amount before tax from which, or up to which, a rule applies. `buyer`: None for any; `until`: None for no known end; `to_check`: it
    could not be verified at its source."""

    rule: LegalRule
    works: bool
    buyer: BuyerNature | None
    euros: float
    since: date
    until: date | None
    article: str
    source: str
    to_check: bool

    def holds(self, on: date) -> bool:
        """Return whether the threshold is in force on a day."""
        return self.since <= on and (self.until is None or on <= self.until)


@dataclass(frozen=True, slots=True)
class Exemption:
    """A case in which no social condition is compulsory; the buyer chooses it and gives the reason."""

    code: str
    label: str
    works_only: bool
    article: str


@lru_cache(maxsize=1)
def _thresholds() -> tuple[LegalThreshold, ...]:
    return tuple(
        LegalThreshold(
            rule=LegalRule(row["regle"]),
            works=row["travaux"] == _YES,
            buyer=BuyerNature(row["acheteur"]) if row["acheteur"] else None,
            euros=float(row["euros"]),
            since=date.fromisoformat(row["depuis"]),
            until=date.fromisoformat(row["jusqu_a"]) if row["jusqu_a"] else None,
            article=row["article"],
            source=row["source"],
            to_check=row["a_verifier"] == _YES,
        )
        for row in rows("seuils")
    )


def law_thresholds(
    rule: LegalRule, on: date, *, works: bool | None = None, buyer: BuyerNature | None = None
) -> tuple[LegalThreshold, ...]:
    """Return the possible thresholds of a rule on a day, the lowest first: several where `works` or `buyer` is unknown (None)."""
    legal_thresholds = (
        its
        for its in _thresholds()
        if its.rule is rule
        and its.holds(on)
        and works in (None, its.works)
        and (buyer is None or its.buyer in (None, buyer))
    )
    return tuple(sorted(legal_thresholds, key=lambda its: its.euros))


def reaches_threshold(euros: float | None, may_be: tuple[LegalThreshold, ...]) -> bool | None:
    """Return whether an amount reaches the threshold, which is one of `may_be`; None where it reaches only some, or is unknown."""
    if euros is None or not may_be:
        return None
    passed = {euros >= its.euros for its in may_be}
    return passed.pop() if len(passed) == 1 else None


@lru_cache(maxsize=1)
def exemptions() -> tuple[Exemption, ...]:
    """Return the four exemptions of article L2112-2-1, in the order of the article."""
    listed = (
        Exemption(row["code"], row["libelle"], row["travaux_seulement"] == _YES, row["article"])
        for row in rows("dispenses")
    )
    return tuple(sorted(listed, key=lambda its: its.article))


def exemption(code: str) -> Exemption:
    """Return an exemption by its code. Raises KeyError for an unknown one."""
    return {its.code: its for its in exemptions()}[code]


def nature_of(siren: str) -> BuyerNature | None:
    """Return the nature of a buyer by its SIREN; None where undetermined (a public company…)."""
    if siren.startswith(_STATE):
        return BuyerNature.STATE
    return BuyerNature.OTHER if siren.startswith(_LOCAL) else None


_ANY = "*"


@dataclass(frozen=True, slots=True)
class BuyerDuty:
    """A legal duty of buyers of these activities (of any, if empty); `to_check`: the legal text could not be verified at its source."""

    name: str
    demand: str
    activities: frozenset[str]
    since: date
    until: date | None
    article: str
    source: str
    to_check: bool


@dataclass(frozen=True, slots=True)
class OwnLaw:
    """A territory whose buyers, except the State, do not follow the code de la commande publique; `rule`: the text that they follow."""

    name: str
    rule: str
    source: str


@lru_cache(maxsize=1)
def _duties() -> tuple[BuyerDuty, ...]:
    return tuple(
        BuyerDuty(
            name=row["devoir"],
            demand=row["demande"],
            activities=frozenset(row["activites"].split()) - {_ANY},
            since=date.fromisoformat(row["depuis"]),
            until=date.fromisoformat(row["jusqu_a"]) if row["jusqu_a"] else None,
            article=row["article"],
            source=row["source"],
            to_check=row["a_verifier"] == "oui",
        )
        for row in rows("devoirs")
    )


def buyer_duties(activities: Collection[str], on: date) -> tuple[BuyerDuty, ...]:
    """Return the duties in force on a day for a buyer of these activities, general ones last."""
    in_force = (
        duty
        for duty in _duties()
        if duty.since <= on
        and (duty.until is None or on <= duty.until)
        and (not duty.activities or not duty.activities.isdisjoint(activities))
    )
    return tuple(sorted(in_force, key=lambda duty: not duty.activities))


@lru_cache(maxsize=1)
def _own_laws() -> dict[str, OwnLaw]:
    return {row["territoire"]: OwnLaw(row["nom"], row["texte"], row["source"]) for row in rows("droits_propres")}


def own_law(places: Iterable[Place]) -> OwnLaw | None:
    """Return the own law of the first place that has one; else None."""
    codes = (code for place in places for code in place.communes or (place.code,))
    return next((_own_laws()[code[:3]] for code in codes if code[:3] in _own_laws()), None)


@dataclass(frozen=True, slots=True)
class ListedService:
    """A line of the list: whole CPV codes from `first` to `last`, and activities of the taxonomy that it surely covers. `reservable`: article
    L2113-15 may reserve it; `to_check`: not verified at its source."""

    first: str
    last: str
    label: str
    activities: frozenset[str]
    reservable: bool
    source: str
    to_check: bool


@lru_cache(maxsize=1)
def listed_services() -> tuple[ListedService, ...]:
    """Return the list, reservable lines first, since wider lines may contain them."""
    lines = (
        ListedService(
            first,
            last or first,
            row["libelle"],
            frozenset(row["activites"].split()),
            row["l2113_15"] == "oui",
            row["source"],
            row["a_verifier"] == "oui",
        )
        for row in rows("services_specifiques")
        for first, _, last in [row["cpv"].partition("-")]
    )
    return tuple(sorted(lines, key=lambda line: not line.reservable))


def listed_service(cpv: Iterable[str], activity: str) -> ListedService | None:
    """Return the line that covers a lot: by its first readable CPV, else by its activity; None for none. Codes are compared whole: a code below one
    that is listed is not listed with it (directive 2014/24/UE, recital 119)."""
    codes = [code for raw in cpv if (code := normalise_cpv(raw)[0])]
    if codes:
        return next((line for line in listed_services() if line.first <= codes[0] <= line.last), None)
    return next((line for line in listed_services() if activity in line.activities), None)
