"""Kind: is it a kind of supplier that the text asks for, or else that usually answers such needs?

A kind that the text names counts 1. Otherwise the value is a hypothesis from `data/reference/usages.csv`, a table of the trade with
its reasons, and is said as such; a kind of a family that the text names as well counts so too, for « SIAE » asks for no ETTI in
particular; one that is not of the family which the text reserves the lot to counts little.
"""

import numpy as np

from matcher.domain.kinds import Family, SupplierKind
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.shelf.facts import ShelfFact
from matcher.ranking.shelf.shelf import KIND_INDEX, KINDS, Shelf
from matcher.ranking.shelf.sphere import Floats
from matcher.ranking.shelf.word_index import Bools
from matcher.ranking.signal import Saying, Signal
from matcher.ranking.signals.activity import elsewhere, seconding_told
from matcher.reading.kinds_cited import kinds_cited
from matcher.reference.charities import works_for_itself
from matcher.reference.trades.usages import usual_kinds

PRIOR = 0.5
# A kind that the text did not ask for is not refused (a gate does that), it only comes after.
NOT_ASKED = 0.15
# INSEE gives public bodies a SIREN that begins with 1 (State) or 2 (local bodies, their CCAS and hospitals): from, and below.
PUBLIC_SIREN = (100_000_000, 300_000_000)
# A commune, an EPCI or a CCAS runs a chantier for its own needs, and seldom bids for those of others; so does a charity that feeds
# people (`oeuvres.csv`). The ESAT and EA of either work for customers as any other does.
OWN_NEEDS = 0.6
# A charity that runs a chantier among many other things bids less than one whose only purpose it is.
OTHER_PURPOSE = 0.8
# « Autres organisations fonctionnant par adhésion volontaire »: what INSEE gives an association whose purpose is something else.
MEMBERSHIP_NAF = "9499Z"
MEMBERSHIP = ShelfFact("membership", lambda supplier: supplier.naf == MEMBERSHIP_NAF, yes_or_no=True)
CHARITY = ShelfFact("charity", lambda supplier: works_for_itself(supplier.name), yes_or_no=True)
# What such structures usually answer says little of one that is known to do something else.
OTHER_TRADE = 0.6
_STPA = tuple(kind for kind in KINDS if kind.family is Family.STPA)
# From which value « souvent » is said, which speaks for, and « parfois », which says neither; « rarement » speaks against.
USUAL, SOMETIMES = 0.6, 0.3


def _by_kind(ask: LotOnShelf) -> Floats:
    """(12,) value of each kind for this lot."""
    reading = ask.reading
    guesses = [(guess.code, guess.confidence) for guess in reading.activities]
    usual = usual_kinds([(reading.mode, 1.0)] if reading.mode else guesses)
    named = frozenset(reading.kinds_asked)
    family = ask.wanted_kinds - named
    return np.array(
        [
            1.0 if kind in named else usual[kind] * (NOT_ASKED if ask.wanted_kinds and kind not in family else 1.0)
            for kind in KINDS
        ],
        dtype=np.float32,
    )


def values(ask: LotOnShelf) -> Floats:
    """(n,) the best value among the supplier's kinds; NaN where its kind is not known."""
    best = ask.shelf.kinds.best(ask.once(_by_kind))
    best *= ask.shelf.once(_inclination)
    best *= np.where(ask.once(elsewhere), np.float32(OTHER_TRADE), np.float32(1))
    return best


def _public(shelf: Shelf) -> Bools:
    """(n,) True for what a public body runs, its ESAT and EA aside."""
    least, below = PUBLIC_SIREN
    return (shelf.sirens >= least) & (shelf.sirens < below) & ~shelf.kinds.any_of(_STPA)


def _charity(shelf: Shelf) -> Bools:
    """(n,) True for what a charity runs for its own work, its ESAT and EA aside."""
    return shelf[CHARITY] & ~shelf.kinds.any_of(_STPA)


def _inclination(shelf: Shelf) -> Floats:
    """(n,) what is left of a kind's value by who runs the supplier: the least that is said of it."""
    left = np.where(shelf[MEMBERSHIP], np.float32(OTHER_PURPOSE), np.float32(1))
    left[shelf.once(_public)] *= OWN_NEEDS
    left[shelf.once(_charity)] = OWN_NEEDS
    return left


def _but(ask: LotOnShelf, row: int) -> str:
    """Why this one answers less than its kind does, between parentheses; empty where nothing says so."""
    less = []
    if ask.shelf.once(_public)[row]:
        less.append("porté par une collectivité")
    elif ask.shelf.once(_charity)[row]:
        less.append("porté par une œuvre d’aide alimentaire")
    elif ask.shelf[MEMBERSHIP][row]:
        less.append(f"porté par une association à l’objet plus large, NAF {MEMBERSHIP_NAF}")
    if ask.once(elsewhere)[row]:
        less.append("connu pour un autre métier")
    return f" ({' et '.join(less)})" if less else ""


def _cited(ask: LotOnShelf) -> frozenset[SupplierKind]:
    return kinds_cited(ask.reading)


def say(ask: LotOnShelf, row: int, value: float | None) -> Saying:
    """Name the kind that counted and why, or that the source does not say what kind of supplier it is."""
    if value is None:
        return Saying(
            "type de structure non connu", "type de structure non connu", "de quel type est-il (EI, ACI, EA, ESAT…)"
        )
    by_kind = ask.once(_by_kind)
    best = max(ask.shelf.suppliers[row].kinds, key=lambda kind: (by_kind[KIND_INDEX[kind]], kind))
    if best in ask.reading.kinds_asked:
        return Saying(f"{best} : demandé dans le texte", f"son type ({best}) est demandé dans le texte")
    if best in ask.once(_cited):
        also = f"de la famille {best.family}, que le texte admet aussi"
        return Saying(f"{best} : {also}", f"il est {best}, {also}")
    if ask.wanted_kinds and best not in ask.wanted_kinds:
        rather = f"le texte demande plutôt {', '.join(sorted(ask.wanted_kinds))}"
        return Saying(f"{best} : {rather}", f"il est {best} alors que {rather}")
    if ask.reading.mode and value >= USUAL:
        seconding = "du personnel à disposition, ce que le texte demande"
        return Saying(
            f"{best} : met {seconding}", "" if seconding_told(ask, row) else f"les {best} mettent {seconding}"
        )
    return _usually(best, by_kind[KIND_INDEX[best]], _but(ask, row))


def _usually(kind: SupplierKind, usual: float, but: str) -> Saying:
    """How often its kind answers such needs, and why it may less."""
    often = "souvent" if usual >= USUAL else "parfois" if usual >= SOMETIMES else "rarement"
    less = "" if not but else ", et lui moins encore" if usual < SOMETIMES else ", mais lui moins"
    such = f"{often} à ce type de besoin (hypothèse){less}{but}"
    return Saying(f"{kind} : répond {such}", f"les {kind} répondent {such}")


TOLD = (
    "Un type de structure que le texte demande vaut plein. Sinon, c’est une hypothèse : quels types répondent "
    "d’ordinaire à ce besoin. Elle est toujours dite comme telle."
)
SIGNAL = Signal(
    key="kind",
    label="Type de structure",
    told=TOLD,
    prior=PRIOR,
    values=values,
    say=say,
    mail="De quel type est votre structure (ESAT, EA, EI, ACI…) ? Votre conventionnement est-il en cours ?",
    field="kinds",
    facts=(MEMBERSHIP, CHARITY),
    speaks_for=USUAL,
    speaks_against=SOMETIMES,
)
