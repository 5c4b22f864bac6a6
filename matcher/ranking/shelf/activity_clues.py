"""Clues to a supplier's activities, from its declared ones, then its NAF code, presentation and name."""

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

# How much each kind of evidence is believed, where its table gives no chance of its own. Judgement of the trade: a declared leaf, or an answer,
# settles it, that given to another installation a little less, since nobody here heard it; the object of a kind, by law, is as sure as a class that is the trade; a declared group, a presentation or a name that says
# the trade outright leaves a doubt.
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

    `besides` is True where it may be one activity of many, as those of a presentation, a page, a NAF class of several trades or a word that only evokes: it
    is no doubt about another, which a source's whole list of trades is, and so is a class that is a trade, or a name that bears it outright. `sure` where
    the activity is known and not guessed, by this clue or a weaker one: declared, the very object of the kind, a NAF class that is the trade, or a brand
    that does it.
    """

    code: str
    strength: float
    evidence: Evidence
    wording: str
    besides: bool = False
    sure: bool = False

    @property
    def tells_against(self) -> bool:
        """Return whether it is a doubt about any other activity: neither the mission that all share nor one thing besides others."""
        return not (self.besides or self.code in MISSIONS)


def clues(supplier: Supplier) -> tuple[Clue, ...]:
    """Return the strongest clue to each of a supplier's activities, strongest first; empty where its record has none."""
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
    """Return all the clues of a record to a supplier's activities, each piece of evidence for itself.

    What the team notes that it does not do is no clue, whatever its NAF code, presentation or name lets guess.
    """
    # To second staff says nothing of a trade: a declared « intérim » is worth what the kind alone tells.
    known = [
        Clue(
            a.code,
            min(STRENGTH[a.evidence], STRENGTH[Evidence.KIND] if a.code == SECONDMENT else 1.0),
            a.evidence,
            a.wording,
            besides=not (a.evidence.is_declared and a.source in _whole_lists()),
            sure=a.evidence in (Evidence.DECLARED, Evidence.ANSWER, Evidence.SHARED),
        )
        for a in supplier.activities
    ]
    label = naf_said(supplier.naf)
    known += [
        Clue(code, chance, Evidence.NAF, label, besides=chance < ALWAYS, sure=chance >= ALWAYS)
        for code, chance in naf_activities(supplier.naf).items()
    ]
    known += [
        Clue(SECONDMENT, STRENGTH[Evidence.KIND], Evidence.KIND, kind, sure=True)
        for kind in supplier.kinds
        if kind in SECONDING
    ]
    known += [
        Clue(offer.code, STRENGTH[Evidence.DESCRIPTION], Evidence.DESCRIPTION, offer.sentence, besides=True)
        for offer in offers(supplier.description)
    ]
    known += [clue for name in (supplier.name, supplier.brand) for clue in _from_name(name)]
    return [clue for clue in known if not refusal(supplier, clue.code)]


class Refusing(Protocol):
    """A supplier, or its card."""

    @property
    def refused_activities(self) -> tuple[RefusedActivity, ...]: ...


def refusal(supplier: Refusing, code: str) -> RefusedActivity | None:
    """Return the note of the team against this activity, by name or through its group; None without one."""
    if not supplier.refused_activities:
        return None
    within = (code, taxonomy().group_of(code))
    return next((refused for refused in supplier.refused_activities if refused.code in within), None)


def other_trade(supplier: Supplier, clues: Iterable[Clue]) -> float:
    """Return what a supplier of these clues is worth to a lot for something else, NaN where nothing speaks against it."""
    evidences = {clue.evidence for clue in clues if clue.tells_against}
    if evidences & {Evidence.ANSWER, Evidence.SHARED, Evidence.DECLARED, Evidence.GROUP}:
        return OTHER_DECLARED
    return OTHER_GUESSED if evidences or not sells(supplier) else float("nan")


def sells(supplier: Supplier) -> bool:
    """Return True where it sells anything at all, by its NAF class: an ESAT or an EA does whatever the class of the house that runs it, and so does one
    with a declared trade."""
    if naf_sells(supplier.naf) or any(kind.family is Family.STPA for kind in supplier.kinds):
        return True
    return any(does.evidence.is_declared for does in supplier.activities)


@lru_cache(maxsize=1)
def _whole_lists() -> frozenset[str]:
    """The sources that list all the trades of a supplier: `metiers_complets.csv`, each with its reason."""
    return frozenset(row["source"] for row in rows("metiers_complets"))


def _from_name(name: str) -> list[Clue]:
    """Return the clues of its brand, then those of the other words of a name."""
    words = stems(name)
    found_brand = brand_in(words)
    if found_brand is None:
        return _from_words(words)
    brand, start = found_brand
    many = len({taxonomy().group_of(code) for code in brand.chances}) >= MANY
    return [
        *(
            Clue(code, chance, Evidence.BRAND, brand.name, besides=many or chance < ALWAYS, sure=chance >= ALWAYS)
            for code, chance in brand.chances.items()
        ),
        *_from_words(words[:start]),
        *_from_words(words[start + len(brand.words) :]),
    ]


def _from_words(words: tuple[str, ...]) -> list[Clue]:
    names = taxonomy()
    name_hits = hits(words, NAMES)
    many = len({names.group_of(hit.term.target) for hit in name_hits}) >= MANY
    return [
        Clue(
            hit.term.target,
            round(STRENGTH[Evidence.NAME] * hit.term.weight / SURE, 3),
            Evidence.NAME,
            names.label(hit.term.target),
            besides=many or hit.term.weight < SURE,
        )
        for hit in name_hits
    ]
