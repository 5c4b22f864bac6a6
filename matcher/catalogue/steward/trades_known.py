"""Counts of suppliers whose trade is known (by a source or a contract), presumed from a clue, or unknown, by département and group of trades, and
how many each next step (calls, e-mails, imports) could complete; for the quality report. Pure."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple

from matcher.domain.french import number
from matcher.domain.kinds import SupplierKind as K
from matcher.domain.supplier import Contact, Evidence, Reference, Supplier
from matcher.ranking.shelf.activity_clues import MISSIONS, strongest_clues
from matcher.ranking.signals.activity import LEAST_CLUE
from matcher.reference.geography.territories import departement_of
from matcher.reference.trades.activities import taxonomy

UNPLACED = ""
_HOSMOZ = frozenset({K.ESAT, K.EA, K.EATT})


class TradeStanding(StrEnum):
    """Knowledge of a trade: known by a source, the kind or a past contract; presumed from a clue; unknown."""

    KNOWN = "connu"
    CLUE = "indice"
    UNKNOWN = "inconnu"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, in French, to learn unknown trades, and the most suppliers it can complete (None: not known in advance)."""

    what: str
    at_most: int | None


@dataclass(slots=True)
class TradesKnown:
    """Counts of suppliers by `TradeStanding`: `whole`, by département (`UNPLACED` where unknown), and by (département, group of trades), where
    suppliers of unknown trade are not counted. `reach` counts the ways to ask the suppliers whose trade is not known."""

    whole: Counter[TradeStanding] = field(default_factory=Counter)
    places: dict[str, Counter[TradeStanding]] = field(default_factory=dict)
    cells: dict[tuple[str, str], Counter[TradeStanding]] = field(default_factory=dict)
    reach: Counter[str] = field(default_factory=Counter)

    def add(self, supplier: Supplier, contacts: Collection[Contact], won: Collection[Reference]) -> None:
        """Count a supplier, with its contacts and the contracts it won."""
        groups = known_groups(replace(supplier, references=tuple(won)) if won else supplier)
        best = next((how for how in TradeStanding if how in groups.values()), TradeStanding.UNKNOWN)
        departements = (departement_of(site.insee, site.post_code) for site in supplier.sites)
        place = next((place.code for place in departements if place), UNPLACED)
        self.whole[best] += 1
        self.places.setdefault(place, Counter())[best] += 1
        for group, how in groups.items():
            self.cells.setdefault((place, group), Counter())[how] += 1
        if best is not TradeStanding.KNOWN:
            contact_types = {contact.type for contact in contacts}
            self.reach["hosmoz"] += not _HOSMOZ.isdisjoint(supplier.kinds)
            self.reach["siret"] += bool(supplier.siret)
            self.reach["email"] += "email" in contact_types
            self.reach["phone"] += "phone" in contact_types and "email" not in contact_types
            self.reach["website"] += "website" in contact_types

    def groups(self, place: str | None = None) -> dict[str, Counter[TradeStanding]]:
        """Return the counts by group of trades, in the order of the taxonomy, of one département or of all."""
        by_group: dict[str, Counter[TradeStanding]] = {group.code: Counter() for group in taxonomy().groups}
        for (where, group), counts in self.cells.items():
            if place is None or where == place:
                by_group[group].update(counts)
        return by_group

    @property
    def steps(self) -> tuple[Step, ...]:
        """Return the steps to do next, in the order of `docs/sources.md`."""
        n = {key: number(self.reach[key]) for key in ("siret", "hosmoz", "email", "phone", "website")}
        return (
            Step(f"« fetch marche », avec un jeton : secteurs des structures à SIRET, {n['siret']} sans métier connu", self.reach["siret"]),
            Step(f"importer l’export ou les pages de métiers de Hosmoz : {n['hosmoz']} ESAT et EA sans métier connu", self.reach["hosmoz"]),
            Step(f"interroger par courriel les {n['email']} structures sans métier connu qui ont une adresse", self.reach["email"]),
            Step(f"appeler les {n['phone']} qui n’ont qu’un téléphone", self.reach["phone"]),
            Step(f"lire les sites des {n['website']} qui en ont un : des indices à confirmer", self.reach["website"]),
            Step(f"« fetch awards » : {n['siret']} SIRET à demander ; combien ont remporté un marché n’est pas connu", None),
        )  # fmt: skip


class KnownTrade(NamedTuple):
    """Standing of one trade of a supplier; `evidence` is the clue's, None where a contract won proves the trade."""

    standing: TradeStanding
    evidence: Evidence | None


def known_trades(supplier: Supplier) -> dict[str, KnownTrade]:
    """Return how each trade (leaf or group code) of a supplier is known. The social mission that all suppliers share is not a trade."""
    trades: dict[str, KnownTrade] = {}
    for clue in strongest_clues(supplier):
        if clue.code not in MISSIONS and (clue.sure or clue.strength >= LEAST_CLUE):
            standing = TradeStanding.KNOWN if clue.sure else TradeStanding.CLUE
            trades[clue.code] = KnownTrade(standing, clue.evidence)
    for reference in supplier.references:
        code = reference.activity
        already_known = code in trades and trades[code].standing is TradeStanding.KNOWN
        if reference.own and code and code not in MISSIONS and not already_known:
            trades[code] = KnownTrade(TradeStanding.KNOWN, None)
    return trades


def known_groups(supplier: Supplier) -> dict[str, TradeStanding]:
    """Return the best standing of each group of trades of a supplier."""
    trades: dict[str, TradeStanding] = {}
    for code, known_trade in known_trades(supplier).items():
        group = taxonomy().group_of(code)
        if trades.get(group) is not TradeStanding.KNOWN:
            trades[group] = known_trade.standing
    return trades
