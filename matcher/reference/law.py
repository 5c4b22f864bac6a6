"""Thresholds and exemptions of French procurement law (code de la commande publique), each with its dates of validity (seuils.csv,
dispenses.csv)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from matcher.reference.tables import rows

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
