"""Gates: rules that exclude a supplier from the list for a lot (a buyer's need): closed, ineligible, the buyer itself…, with French reasons."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from matcher.domain.kinds import Family, SupplierKind
from matcher.domain.supplier import Supplier
from matcher.ranking.ask import LotOnShelf, outside_reach
from matcher.ranking.shelf.awards import siren_number
from matcher.ranking.shelf.shelf import ShelfFact
from matcher.ranking.shelf.word_index import Bools
from matcher.reference.geography.communes import Commune, commune, commune_by_siren, whole_city
from matcher.reference.levers import eligible_kinds, lever
from matcher.reference.own_needs import serves_commune

# Ordinal day on which a register or a list gives the establishment as closed, 0 for an unknown day, NaN where it is not closed.
CLOSED = ShelfFact(
    "closed",
    lambda supplier: float(supplier.closed.toordinal() if supplier.closed else 0) if supplier.closed_reason else np.nan,
)


def _commune_served(supplier: Supplier) -> float:
    towns = (commune(whole_city(site.insee) or site.insee) for site in supplier.sites)
    named = next((town for town in towns if town and serves_commune(supplier.name, town.name)), None)
    town = commune_by_siren(supplier.siren) or named
    return _number(town) if town else np.nan


def _number(town: Commune) -> float:
    """Return an INSEE code as a number, read as hexadecimal because of « 2A » and « 2B » (Corsica)."""
    return float(int(town.code, 16))


# The commune that a supplier is, or is a service of.
COMMUNE = ShelfFact("commune", _commune_served)
INACTIVE = ShelfFact("inactive", lambda supplier: supplier.active is False, yes_or_no=True)


# Reason of the gate for ended conventions; lists and pages put the source and its date in the place of « sa source » (need/sourced.py).
ENDED = "n’est plus conventionné d’après sa source"
# Key of the gate for families that the article of a lot does not admit.
FAMILY = "famille"
# Key of the gate for suppliers whose declared area does not cover the lot.
REACH = "portee"


@dataclass(frozen=True, slots=True)
class Gate:
    """A rule of exclusion. `refuses` returns (n,) True where the supplier is excluded; `reason` the French sentence for all of them. `reason_for`
    returns a sentence for one row instead; `told` describes the gate, whatever the lot. `facts`: columns that the gate adds to the shelf."""

    key: str
    refuses: Callable[[LotOnShelf], Bools]
    reason: Callable[[LotOnShelf], str]
    reason_for: Callable[[LotOnShelf, int], str] | None = None
    told: str = ""
    facts: tuple[ShelfFact, ...] = ()

    def says(self, ask: LotOnShelf, row: int) -> str:
        """Return the French reason for this row."""
        return self.reason_for(ask, row) if self.reason_for else self.reason(ask)


def _nobody(ask: LotOnShelf) -> Bools:
    return np.zeros(len(ask.shelf), dtype=bool)


def _admitted_kinds(ask: LotOnShelf) -> frozenset[SupplierKind] | None:
    """Return the kinds that the article of the lot admits; None where no article reserves it."""
    code = ask.reading.lever
    return None if not code or lever(code).open_to_all else eligible_kinds(code)


def _of_no_kind_in(ask: LotOnShelf, kinds: frozenset[SupplierKind] | None) -> Bools:
    """Return (n,) True for suppliers whose kinds are known and all outside `kinds`; all False for None."""
    if kinds is None:
        return _nobody(ask)
    return ask.shelf.kinds.any_known() & ~ask.shelf.kinds.any_of(kinds)


def _family_reason(ask: LotOnShelf) -> str:
    chosen = lever(ask.reading.lever)
    if chosen.families == {Family.ESS}:  # a status besides the kind: it may be missing from the catalogue
        return f"sa qualité d’entreprise de l’économie sociale et solidaire n’est pas connue : « {chosen.label} » la demande, à vérifier"
    kinds = ", ".join(sorted(eligible_kinds(chosen.code)))
    return f"pas éligible à ce lot : « {chosen.label} » demande {kinds}"


def _buyer(ask: LotOnShelf) -> Bools:
    """Return (n,) True for establishments of the buying legal person (same SIREN), and for services of the commune that buys."""
    siren = siren_number(ask.reading.buyer)
    town = commune_by_siren(ask.reading.buyer_siren)
    itself = (ask.shelf.sirens == siren) & (siren > 0)
    return np.asarray(itself | (ask.shelf[COMMUNE] == _number(town)) if town else itself)


def _closed_reason(ask: LotOnShelf, row: int) -> str:
    """Return in French why the supplier is closed and the present holder of its successor's SIRET, following successive closures."""
    supplier = ask.shelf.suppliers[row]
    if not supplier.successor:
        return supplier.closed_reason
    closure = f"{supplier.closed_reason} ; continue sous le SIRET {supplier.successor}"
    seen = {supplier.siret}
    while (successor_row := ask.shelf.find(supplier.successor)) is not None:
        seen.add(supplier.successor)
        supplier = ask.shelf.suppliers[successor_row]
        if not (supplier.closed_reason and supplier.successor) or supplier.successor in seen:
            also = f", lui-même {supplier.closed_reason}" if supplier.closed_reason else ""
            return f"{closure} (« {supplier.name} », au catalogue sous le SIRET {supplier.siret}{also})"
    absent = "absent du catalogue : importez un annuaire récent qui le liste, ou ajoutez-le"
    if len(seen) > 1:
        absent = f"« {supplier.name} », lui-même {supplier.closed_reason}, qui continue sous le SIRET {supplier.successor}, {absent}"
    return f"{closure} ({absent})"


GATES: tuple[Gate, ...] = (
    Gate(
        "acheteur",
        _buyer,
        lambda _: "c’est l’acheteur lui-même, ou un service de la commune qui achète",
        told="L’acheteur lui-même : les établissements de son propre SIREN et, quand une commune achète, son CCAS.",
        facts=(COMMUNE,),
    ),
    Gate(
        "ferme",
        # Compared with the day of the query: a lot of an earlier year admits suppliers that were open then.
        lambda ask: np.asarray(ask.shelf[CLOSED] <= ask.on.toordinal()),
        lambda _: "établissement fermé",
        _closed_reason,
        told="Un établissement que Sirene, ou une liste importée avec sa date de fermeture, dit fermé avant le jour du lot.",
        facts=(CLOSED,),
    ),
    Gate(
        FAMILY,
        lambda ask: _of_no_kind_in(ask, _admitted_kinds(ask)),
        _family_reason,
        told="Un type de structure que l’article du lot, choisi ou écrit dans son texte, n’admet pas.",
    ),
    Gate(
        "type",
        lambda ask: _of_no_kind_in(ask, frozenset(map(SupplierKind, ask.reading.lot.kinds)) or None),
        lambda ask: f"n’est pas du type demandé ({', '.join(ask.reading.lot.kinds)})",
        told="Un type de structure que vous n’avez pas demandé, quand vous en choisissez.",
    ),
    Gate(
        "type non connu",
        lambda ask: (
            ~ask.shelf.kinds.any_known() if ask.reading.lot.kinds or _admitted_kinds(ask) is not None else _nobody(ask)
        ),
        lambda _: "type de structure non connu : son éligibilité est à vérifier",
        told="Un fournisseur dont le type n’est pas connu, pour un lot réservé : il faut le lui demander.",
    ),
    Gate(
        "inactif",
        lambda ask: np.asarray(ask.shelf[INACTIVE], dtype=bool),
        lambda _: ENDED,
        told="Une convention que sa source dit terminée.",
        facts=(INACTIVE,),
    ),
    Gate(
        REACH,
        outside_reach,
        lambda _: "le lieu est hors de la zone d’intervention qu’il déclare",
        told="Un lieu hors de la zone d’intervention qu’il déclare, et à plus de 10 km de ses sites.",
    ),
    Gate(
        "refus",
        lambda ask: np.isin(
            np.arange(len(ask.shelf)), [row for row in map(ask.shelf.find, ask.declined) if row is not None]
        ),
        lambda _: "a répondu non pour ce lot",
        lambda ask, row: ask.declined[ask.shelf.ids[row]],
        told="Qui a répondu, dans le dossier de ce lot, que ce lot n’est pas pour lui.",
    ),
)
