"""Infers what a supplier does from its record: clues to activities, each with a strength, from declarations, NAF code, presentation and name."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

from matcher.cleaning.words import stems
from matcher.domain.kinds import Family, SupplierKind
from matcher.domain.supplier import Evidence, RefusedActivity, Supplier
from matcher.reading.trade.offers import offers
from matcher.reference.tables import rows
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.brands import brand_in
from matcher.reference.trades.lexicon import NAMES, hits
from matcher.reference.trades.links import ALWAYS
from matcher.reference.trades.naf import naf_activities, naf_said, naf_sells

# Strength of each kind of evidence, where its table gives no probability. Expert judgement: a declared activity or an answer is certain,
# an answer given to another installation a little less; the legal purpose of a kind counts as a NAF class that is the trade; a declared
# group of activities, a presentation, or a name with the trade in it leave a doubt.
STRENGTH = {
    Evidence.DECLARED: 1.0,
    Evidence.ANSWER: 1.0,
    Evidence.SHARED: 0.95,
    Evidence.GROUP: 0.8,
    Evidence.KIND: ALWAYS,
    Evidence.ROME: 0.8,
    Evidence.DESCRIPTION: 0.75,
    Evidence.SITE: 0.75,
    Evidence.NAME: 0.8,
}
# Kinds whose legal purpose is to second staff.
SECONDING = frozenset({SupplierKind.AI, SupplierKind.ETTI, SupplierKind.EATT, SupplierKind.GEIQ})
SECONDMENT = "conseil.mise-a-disposition"
# Value of a supplier known only for other activities than the lot's: 0 where declared; where guessed, or where it sells nothing, a little less than unknown, since a
# name or a NAF code gives only one trade of several.
OTHER_DECLARED, OTHER_GUESSED = 0.0, 0.3
# The social mission that all these suppliers share: it may answer a lot that asks for it, but is no evidence of a trade.
MISSIONS = frozenset(
    {
        SECONDMENT,
        "conseil.ressources-humaines",
        "medico-social",
        "medico-social.accompagnement-social",
        "medico-social.insertion",
    }
)
# Weight in `noms.csv` of a word that names the trade explicitly.
SURE = 5
# A name that evokes trades of this many groups (« régie de quartier ») is no evidence against any other trade.
MANY = 3


@dataclass(frozen=True, slots=True)
class Clue:
    """Evidence of one activity (`code`), with its strength in ]0, 1] and its type; `wording` is shown to the buyer.

    `among_others`: it may be one activity of many (from a presentation, a page, a NAF class of several trades, an evocative word), so that it is no
    evidence against other activities, unlike a source's complete list of trades, a NAF class that is a trade, or a name that states one. `sure`:
    the activity is known rather than guessed: declared itself (not its group), legal purpose of the kind, NAF class that is the trade, or brand that
    does it; by this clue, and after `strongest_clues` by this one or a weaker one.
    """

    code: str
    strength: float
    evidence: Evidence
    wording: str
    among_others: bool = False
    sure: bool = False

    @property
    def tells_against(self) -> bool:
        """Return whether the clue is evidence against other activities: neither the shared mission nor one activity among many."""
        return not (self.among_others or self.code in MISSIONS)


def strongest_clues(supplier: Supplier) -> tuple[Clue, ...]:
    """Return the strongest clue to each of a supplier's activities, strongest first."""
    best: dict[str, Clue] = {}
    sure: set[str] = set()
    for clue in every_clue(supplier):
        if clue.code not in best or clue.strength > best[clue.code].strength:
            best[clue.code] = clue
        if clue.sure:
            sure.add(clue.code)
    clues = (replace(clue, sure=clue.code in sure) for clue in best.values())
    return tuple(sorted(clues, key=lambda clue: (-clue.strength, clue.code)))


def every_clue(supplier: Supplier) -> list[Clue]:
    """Return all clues to a supplier's activities, one for each piece of evidence. Activities that the team noted as not done are left out, whatever
    the evidence."""
    # A declared « intérim » (seconded staff) is worth no more than the kind of structure.
    clues = [
        Clue(
            activity.code,
            min(STRENGTH[activity.evidence], STRENGTH[Evidence.KIND] if activity.code == SECONDMENT else 1.0),
            activity.evidence,
            activity.wording,
            among_others=not (activity.evidence.is_declared and activity.source in _whole_lists()),
            sure=activity.evidence in (Evidence.DECLARED, Evidence.ANSWER, Evidence.SHARED),
        )
        for activity in supplier.activities
    ]
    label = naf_said(supplier.naf)
    clues += [
        Clue(code, chance, Evidence.NAF, label, among_others=chance < ALWAYS, sure=chance >= ALWAYS)
        for code, chance in naf_activities(supplier.naf).items()
    ]
    clues += [
        Clue(SECONDMENT, STRENGTH[Evidence.KIND], Evidence.KIND, kind, sure=True)
        for kind in supplier.kinds
        if kind in SECONDING
    ]
    clues += [
        Clue(offer.code, STRENGTH[Evidence.DESCRIPTION], Evidence.DESCRIPTION, offer.sentence, among_others=True)
        for offer in offers(supplier.description)
    ]
    clues += [clue for name in (supplier.name, supplier.brand) for clue in _from_name(name)]
    return [clue for clue in clues if not refusal(supplier, clue.code)]


class Refusing(Protocol):
    """A supplier, or its card."""

    @property
    def refused_activities(self) -> tuple[RefusedActivity, ...]: ...


def refusal(supplier: Refusing, code: str) -> RefusedActivity | None:
    """Return the team's note that a supplier does not do this activity or its group; None without one."""
    if not supplier.refused_activities:
        return None
    within = (code, taxonomy().group_of(code))
    return next((refused for refused in supplier.refused_activities if refused.code in within), None)


def other_trade(supplier: Supplier, clues: Iterable[Clue]) -> float:
    """Return the value of a supplier with these clues for a lot of another trade; NaN (unknown) where nothing excludes that it does it."""
    evidences = {clue.evidence for clue in clues if clue.tells_against}
    if evidences & {Evidence.ANSWER, Evidence.SHARED, Evidence.DECLARED, Evidence.GROUP}:
        return OTHER_DECLARED
    return OTHER_GUESSED if evidences or not sells(supplier) else float("nan")


def sells(supplier: Supplier) -> bool:
    """Return whether a supplier sells anything, by its NAF class; an ESAT, an EA or one with a declared trade does, whatever the class."""
    if naf_sells(supplier.naf) or any(kind.family is Family.STPA for kind in supplier.kinds):
        return True
    return any(activity.evidence.is_declared for activity in supplier.activities)


@lru_cache(maxsize=1)
def _whole_lists() -> frozenset[str]:
    """Return the sources that list all the trades of a supplier (`metiers_complets.csv`)."""
    return frozenset(row["source"] for row in rows("metiers_complets"))


def _from_name(name: str) -> list[Clue]:
    """Return the clues of the brand in a name, if any, then those of its other words."""
    words = stems(name)
    found_brand = brand_in(words)
    if found_brand is None:
        return _from_words(words)
    brand, start = found_brand
    many = len({taxonomy().group_of(code) for code in brand.chances}) >= MANY
    return [
        *(
            Clue(code, chance, Evidence.BRAND, brand.name, among_others=many or chance < ALWAYS, sure=chance >= ALWAYS)
            for code, chance in brand.chances.items()
        ),
        *_from_words(words[:start]),
        *_from_words(words[start + len(brand.words) :]),
    ]


def _from_words(words: tuple[str, ...]) -> list[Clue]:
    name_hits = hits(words, NAMES)
    many = len({taxonomy().group_of(hit.term.target) for hit in name_hits}) >= MANY
    return [
        Clue(
            hit.term.target,
            round(STRENGTH[Evidence.NAME] * hit.term.weight / SURE, 3),
            Evidence.NAME,
            taxonomy().label(hit.term.target),
            among_others=many or hit.term.weight < SURE,
        )
        for hit in name_hits
    ]
