"""Clues to a supplier's activities, from its declared ones, then its NAF code, presentation and name."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

from matcher.cleaning.words import stems
from matcher.domain.kinds import SupplierKind
from matcher.domain.supplier import Evidence, RefusedActivity, Supplier
from matcher.reading.trade.offers import offers
from matcher.reference.tables import rows
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.lexicon import NAMES, hits
from matcher.reference.trades.naf import naf_activities, naf_is_trade, naf_said, naf_tells_against

# How much each kind of evidence is believed. Judgement of the trade: a declared leaf, or an answer, settles it; a declared group leaves
# the leaf open; a NAF code is one activity among several; a name evokes.
STRENGTH = {
    Evidence.DECLARED: 1.0,
    Evidence.ANSWER: 1.0,
    Evidence.GROUP: 0.7,
    Evidence.KIND: 0.85,
    Evidence.ROME: 0.8,
    Evidence.DESCRIPTION: 0.75,
    Evidence.SITE: 0.75,
    Evidence.NAF: 0.75,
    Evidence.NAME: 0.7,
}
# Kinds whose very object, by law, is to second staff.
SECONDING = frozenset({SupplierKind.AI, SupplierKind.ETTI, SupplierKind.EATT, SupplierKind.GEIQ})
SECONDMENT = "conseil.mise-a-disposition"
# What a supplier known for other activities than the lot's is worth: nothing where it declares its trades; where they are guessed, a little
# less than an unknown, since a name or a NAF code tells one trade of several.
OTHER_DECLARED, OTHER_GUESSED = 0.0, 0.3
# The mission that all these suppliers share. It may answer a lot that asks for it, and tells nothing of a trade.
MISSIONS = frozenset(
    {
        SECONDMENT,
        "conseil.ressources-humaines",
        "medico-social",
        "medico-social.accompagnement-social",
        "medico-social.insertion",
    }
)
# The weight of a word in `noms.csv` that says the trade outright.
SURE = 5
# A name that evokes trades of so many groups is that of an organisation of many trades, and tells against none: « régie de quartier ».
MANY = 3


@dataclass(frozen=True, slots=True)
class Clue:
    """One activity code with how strongly (in ]0, 1]) and by what it is known; `wording` is shown to the buyer.

    `besides` is True where it may be one activity of many, as what a presentation, a page or a neutral NAF code tells: it tells nothing
    against another, which a source's whole list of trades does, and so does the class or the name that a supplier chose. `sure`
    where the activity is known and not guessed, by this clue or a weaker one: declared, the very object of the kind, or a NAF class that is
    the trade.
    """

    code: str
    strength: float
    evidence: Evidence
    wording: str
    besides: bool = False
    sure: bool = False

    @property
    def tells_against(self) -> bool:
        """Whether it is a doubt about any other activity: neither the mission that all share nor one thing besides others."""
        return not (self.besides or self.code in MISSIONS)


def clues(supplier: Supplier) -> tuple[Clue, ...]:
    """Return the strongest clue to each of a supplier's activities, strongest first; empty where its record says nothing of them."""
    best: dict[str, Clue] = {}
    sure: set[str] = set()
    for clue in every_clue(supplier):
        if clue.code not in best or clue.strength > best[clue.code].strength:
            best[clue.code] = clue
        if clue.sure:
            sure.add(clue.code)
    found = (replace(clue, sure=clue.code in sure) for clue in best.values())
    return tuple(sorted(found, key=lambda clue: (-clue.strength, clue.code)))


def every_clue(supplier: Supplier) -> list[Clue]:
    """Return all that its record says of a supplier's activities, each piece of evidence for itself.

    What the team knows that it does not do is no clue, whatever its NAF code, presentation or name lets guess.
    """
    # To second staff says nothing of a trade: a declared « intérim » is worth what the kind alone tells.
    known = [
        Clue(
            a.code,
            min(STRENGTH[a.evidence], STRENGTH[Evidence.KIND] if a.code == SECONDMENT else 1.0),
            a.evidence,
            a.wording,
            besides=not (a.evidence.told and a.source in _whole_lists()),
            sure=a.evidence in (Evidence.DECLARED, Evidence.ANSWER),
        )
        for a in supplier.activities
    ]
    named = [clue for name in (supplier.name, supplier.brand) for clue in _from_name(name)]
    known += _narrowed(_from_naf(supplier.naf), named)
    known += [
        Clue(SECONDMENT, STRENGTH[Evidence.KIND], Evidence.KIND, kind, sure=True)
        for kind in supplier.kinds
        if kind in SECONDING
    ]
    known += [
        Clue(offer.code, STRENGTH[Evidence.DESCRIPTION], Evidence.DESCRIPTION, offer.sentence, besides=True)
        for offer in offers(supplier.description)
    ]
    known += named
    return [clue for clue in known if not refusal(supplier, clue.code)]


class Refusing(Protocol):
    """A supplier, or its card."""

    @property
    def refused_activities(self) -> tuple[RefusedActivity, ...]: ...


def refusal(supplier: Refusing, code: str) -> RefusedActivity | None:
    """Return what the team says against this activity, by name or through its group; None where it says nothing."""
    if not supplier.refused_activities:
        return None
    within = (code, taxonomy().group_of(code))
    return next((refused for refused in supplier.refused_activities if refused.code in within), None)


def other_trade(its: Iterable[Clue]) -> float:
    """Return what these clues are worth to a lot for something else, NaN where none tells against it."""
    told = {clue.evidence for clue in its if clue.tells_against}
    if not told:
        return float("nan")
    return OTHER_DECLARED if told & {Evidence.ANSWER, Evidence.DECLARED, Evidence.GROUP} else OTHER_GUESSED


@lru_cache(maxsize=1)
def _whole_lists() -> frozenset[str]:
    """The sources that list all the trades of a supplier: `metiers_complets.csv`, each with its reason."""
    return frozenset(row["source"] for row in rows("metiers_complets"))


def _from_naf(naf: str) -> list[Clue]:
    label, besides = naf_said(naf), not naf_tells_against(naf)
    return [
        Clue(code, round(STRENGTH[Evidence.NAF] * force, 3), Evidence.NAF, label, besides, naf_is_trade(naf, code))
        for code, force in naf_activities(naf).items()
    ]


def _narrowed(its: list[Clue], named: Iterable[Clue]) -> list[Clue]:
    """The clues of a NAF class but for what a name rules out: whoever says outright one trade of a group does there its neighbours alone."""
    names = taxonomy()
    outright = [clue.code for clue in named if clue.strength == STRENGTH[Evidence.NAME]]
    told = {names.group_of(code) for code in outright}
    return [
        clue
        for clue in its
        if names.group_of(clue.code) not in told
        or any(clue.code == code or names.neighbours(clue.code, code) for code in outright)
    ]


def _from_name(name: str) -> list[Clue]:
    label = taxonomy().label
    found = hits(stems(name), NAMES)
    many = len({taxonomy().group_of(hit.term.target) for hit in found}) >= MANY
    return [
        Clue(
            hit.term.target,
            STRENGTH[Evidence.NAME] * hit.term.weight / SURE,
            Evidence.NAME,
            label(hit.term.target),
            besides=many,
        )
        for hit in found
    ]
