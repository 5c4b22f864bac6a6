"""Signal (criterion of the score) of kind: is the supplier of a kind (EI, ACI, EA, ESAT…) that the need's text asks for, or usual for such needs?

A kind named in the text counts 1. Otherwise the value is a hypothesis from `data/reference/usages.csv`, shown as such; the same for a kind of a
named family, since « SIAE » asks for no ETTI in particular. A kind outside the family to which the text reserves the lot counts little.
"""

from functools import lru_cache

import numpy as np

from matcher.cleaning.siret import SIRET_BAD_KEY
from matcher.domain.kinds import Family, SupplierKind
from matcher.domain.supplier import Supplier
from matcher.ranking.ask import INSERTION, LotOnShelf, Saying, Signal
from matcher.ranking.shelf.shelf import KIND_INDEX, KINDS, ShelfFact
from matcher.ranking.shelf.sphere import Floats
from matcher.ranking.signals.activity import seconding_told
from matcher.reading.intent import INSERTION_CONTRACT
from matcher.reading.kinds_cited import families_cited
from matcher.reference.own_needs import works_for_itself
from matcher.reference.trades.how_widespread import usual_kinds

PRIOR = 0.5
# Factor for a kind that the text does not ask for: it comes after, but only a gate refuses.
NOT_ASKED = 0.15
# Factor for a body that runs its chantier d’insertion (ACI) for its own needs and seldom bids.
OWN_NEEDS = 0.6
# First digit of the SIREN of local authorities, their CCAS and groupings.
LOCAL_BODY = "2"
_STPA = frozenset(kind for kind in KINDS if kind.family is Family.STPA)


def _for_itself(supplier: Supplier) -> bool:
    """Return whether a local authority or a charity runs the supplier for its own needs; never for an ESAT or EA, nor with a declared trade or a
    contract won."""
    if _STPA.intersection(supplier.kinds) or any(won.own for won in supplier.references):
        return False
    if any(does.evidence.is_declared for does in supplier.activities):
        return False
    local_body = supplier.siren.startswith(LOCAL_BODY) and SIRET_BAD_KEY not in supplier.flags
    return local_body or works_for_itself(supplier.name)


FOR_ITSELF = ShelfFact("for_itself", _for_itself, yes_or_no=True)
# Least values of « souvent », a reason for, and « parfois », neutral; below, « rarement » is a reason against.
USUAL, SOMETIMES = 0.6, 0.3


def _by_kind(ask: LotOnShelf) -> Floats:
    """Return (12,) the value of each kind for this lot."""
    reading = ask.reading
    guesses = [(guess.code, guess.confidence) for guess in reading.activities]
    # The mode (seconded staff, insertion) predicts the kind better than the trade.
    way = reading.mode or (INSERTION if reading.levier_hint == INSERTION_CONTRACT else "")
    usual = usual_kinds([(way, 1.0)] if way else guesses)
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
    """Return (n,) the best value among the supplier's kinds; NaN where its kind is unknown."""
    best = ask.shelf.kinds.best(ask.once(_by_kind))
    best[ask.shelf[FOR_ITSELF]] *= OWN_NEEDS
    return best


def say(ask: LotOnShelf, row: int, value: float | None) -> Saying:
    """Return the French texts: the kind that counted and why, or that no kind is known."""
    if value is None:
        unknown = "type de structure non connu"
        return Saying(unknown, unknown, "de quel type est-il (EI, ACI, EA, ESAT…)")
    by_kind = ask.once(_by_kind)
    kinds = ask.shelf.suppliers[row].kinds
    best = kinds[0] if len(kinds) == 1 else max(kinds, key=lambda kind: (by_kind[KIND_INDEX[kind]], kind))
    if best in ask.reading.kinds_asked:
        return Saying(f"{best} : demandé dans le texte", f"son type ({best}) est demandé dans le texte")
    if best.family in families_cited(ask.reading):
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
    return _usually(best, float(by_kind[KIND_INDEX[best]]), bool(ask.shelf[FOR_ITSELF][row]))


@lru_cache(maxsize=256)
def _usually(kind: SupplierKind, usual: float, for_itself: bool) -> Saying:
    """Return the French texts on how often a kind answers such needs, with a reservation for bodies that work for themselves."""
    often = "souvent" if usual >= USUAL else "parfois" if usual >= SOMETIMES else "rarement"
    less = ", mais ce chantier travaille pour la collectivité ou l’œuvre qui le porte" if for_itself else ""
    such = f"{often} à ce type de besoin (hypothèse){less}"
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
    facts=(FOR_ITSELF,),
    speaks_for=USUAL,
    speaks_against=SOMETIMES,
)
