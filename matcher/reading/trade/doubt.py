"""Doubt about a lot's trade: whether it is understood, and the question to ask where it is not."""

import re
from collections.abc import Iterable, Mapping, Sequence, Set

from matcher.cleaning.words import fold, stems
from matcher.domain.kinds import SupplierKind
from matcher.domain.reading import SUPPOSED, ActivityGuess, DoubtKind, Reading, ReadingDoubt
from matcher.reading.trade.model import NOTHING
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.cpv import cpv_weights
from matcher.reference.trades.lexicon import hits
from matcher.reference.trades.links import twins_of

# Guesses under this confidence are noise; past these few, nobody reads them.
LEAST_CONFIDENCE = 0.07
MOST_GUESSES = 6
# From this confidence on 96 of 100 readings are right on a fold of the corpus it began with (docs/evaluation.md). Of titles of contracts, plainer
# than what a person tells, as many are right from a lower one on: 97 of 100 of that fold, and 99 of 100 past contracts.
SURE, SURE_TITLE = 0.85, 0.6
# Words that titles of contracts are made of, and words of a person who speaks, which no title has.
_OF_TITLES = re.compile(
    r"\b(?:accord|acquisitions?|amenagement|construction|consultation|creation|etudes?|execution|exploitation|extension|fournitures?|location"
    r"|lots?|maintenance|maitrise|mapa|marches?|missions?|prestations?|realisation|rehabilitation|renovation|restructuration|services|travaux)\b"
)
_OF_PERSONS = re.compile(
    r"\b(?:aimerai[st]|besoin|cherche|cherchez|cherchons|demande|demandons|elles?|faut|faudrait|ils?|j|je|m|ma|mes?|moi|mon|nos|notre|nous|on|quelqu"
    r"|recherche|recherchons|souhaite|souhaitons|souhaiterai(?:t|ent)|souhaiterions|tu|veulent|veut|voudrai[st]|voudrions|vos|votre|vous)\b"
)
# Kinds of suppliers, and whom a lot is reserved for, are no words of a trade: they make no title plainer.
_OF_SUPPLIERS = re.compile(rf"\b(?:{'|'.join(kind.value.lower() for kind in SupplierKind)}|siae|stpa|reserve\w*)\b")
# One word is too little for a model to be sure by: a term of the lexicon of this weight must name its group.
TELLS = 3
# Of a text of which the model knows fewer words than this part, nothing is sure.
KNOWN_WORDS = 0.5
EVEN = 0.5
# Answers that a question offers.
MOST_OPTIONS = 3
# A CPV that says less than this of the work (those of insertion) contradicts no text, nor does a text less sure than this.
TELLING, CLEAR = 0.3, 0.5
_NOT_UNDERSTOOD = "Nous n’avons pas compris de quel métier il s’agit. Dites-le en deux mots, ou choisissez un code CPV."
_A_LOT_EACH = "un lot par métier attirerait plus de candidats"
_EMPTY = "L’objet du lot est vide : décrivez le besoin en quelques mots."


def guesses_of(
    confidence: Mapping[str, float], named: Set[str] = frozenset(), options: Sequence[str] = ()
) -> tuple[ActivityGuess, ...]:
    """Return the activities worth showing, the likeliest first; those that are `named` are, whatever their confidence, and so are the `options` of a
    question, if one of them is."""
    shown = {*named, *(options if max(confidence.values()) >= LEAST_CONFIDENCE else ())}
    likely = [(-share, code) for code, share in confidence.items() if share >= LEAST_CONFIDENCE or code in shown]
    label = taxonomy().label
    return tuple(
        ActivityGuess(code, label(code), -minus, code in named)
        for rank, (minus, code) in enumerate(sorted(likely))
        if code in shown or rank < MOST_GUESSES
    )


def least_sure(text: str) -> float:
    """Return the confidence from which on a reading of a text is sure: a lower one of a title of a contract."""
    folded = fold(text)
    is_title = _OF_TITLES.search(folded) and not (_OF_PERSONS.search(folded) or _OF_SUPPLIERS.search(folded))
    return SURE_TITLE if is_title else SURE


def likeliest(shares: Mapping[str, float]) -> str:
    """Return the outcome of the greatest share; of equals, the last by its code."""
    greatest = max(shares.values())
    return max(code for code, share in shares.items() if share == greatest)


def sure_of(confidence: Mapping[str, float], beside: Mapping[str, float], known: float, least: float = SURE) -> bool:
    """Return whether a lot is understood: its likeliest outcome is an activity, of the `least` confidence or more with its twin and with those
    that are more likely than not asked `beside` it; and the model has enough of its words."""
    first = likeliest(confidence)
    both = [code for code, chance in beside.items() if chance >= EVEN]
    together = {first, *both}.union(*(twins_of(code) for code in (first, *both)))
    return first != NOTHING and known >= KNOWN_WORDS and sum(confidence.get(code, 0.0) for code in together) >= least


def names_nothing(text: str) -> bool:
    """Return whether a text is one word that no term of the lexicon names a trade by: « Services », « Table »."""
    words = stems(text)
    return len(words) < 2 and not any(hit.term.weight >= TELLS for hit in hits(words))


def options_of(confidence: Mapping[str, float]) -> tuple[str, ...]:
    """Return the codes that a question offers, the likeliest first, of which the first must be likely enough among all activities; of one
    trade given twice, the likelier alone."""
    ranked = sorted(confidence, key=lambda code: (-confidence[code], code))
    if confidence[ranked[0]] < LEAST_CONFIDENCE * sum(confidence.values()):
        return ()
    options: list[str] = []
    for code in ranked:
        if twins_of(code).isdisjoint(options):
            options.append(code)
        if len(options) == MOST_OPTIONS:
            break
    return tuple(options)


def shown_activities(reading: Reading) -> tuple[ActivityGuess, ...]:
    """Return the activities that pages, files and commands show as understood: those chosen, or asked for, or likely enough."""
    if reading.told:
        return reading.activities
    codes = set(reading.asked)
    return tuple(
        guess for guess in reading.activities if guess.code in codes and (guess.named or guess.confidence >= SUPPOSED)
    )


def doubtful_activities(reading: Reading) -> list[ActivityGuess]:
    """Return the activities shown that are in doubt: all of a reading that is not sure, else those hardly asked beside the first; none where chosen."""
    shown = [] if reading.told else shown_activities(reading)
    return [guess for guess in shown if not reading.sure or is_doubtful(guess, shown)]


def likeliest_of(reading: Reading) -> tuple[ActivityGuess, ...]:
    """Return the activities that a list is ranked by as long as its trade is asked about; of one trade given twice, the likelier alone."""
    return tuple(_apart([guess for guess in reading.activities if guess.code in reading.asked]))


def doubts_about(
    guesses: Sequence[ActivityGuess], options: Sequence[str], *, sure: bool, empty: bool, nothing: float
) -> list[ReadingDoubt]:
    """Return what to ask: nothing stated, nothing understood, one that is not sure; or that several trades are asked for.

    `nothing` is the share of no activity at all: where it is the likeliest, no activity is proposed.
    """
    if empty:
        return [ReadingDoubt(DoubtKind.TRADE, _EMPTY)]
    if not guesses or guesses[0].confidence < max(SUPPOSED, nothing):
        return [ReadingDoubt(DoubtKind.TRADE_UNKNOWN, _NOT_UNDERSTOOD)]
    label = taxonomy().label
    if not sure:
        likely = " ou ".join(f"« {label(code)} »" for code in options)
        return [ReadingDoubt(DoubtKind.TRADE_UNSURE, f"Activité à confirmer : {likely} ?")]
    trades = several_trades(guesses)
    sure_trades = [guess for guess in trades if not is_doubtful(guess, guesses)]
    says = []
    if len(sure_trades) > 1:
        says.append(f"Plusieurs métiers dans ce lot : {_quoted(sure_trades)}. {_A_LOT_EACH.capitalize()}.")
    if perhaps := [guess for guess in trades if guess not in sure_trades]:
        says.append(f"Aussi {_quoted(perhaps)} ? Si oui, {_A_LOT_EACH}.")
    return [ReadingDoubt(DoubtKind.TRADE, sentence) for sentence in says]


def is_doubtful(guess: ActivityGuess, guesses: Sequence[ActivityGuess]) -> bool:
    """Return whether an activity is asked beside the first of `guesses` with a chance under one half: of sentences held out one in four then does."""
    return guess.confidence < EVEN * guesses[0].confidence


def _quoted(guesses: Iterable[ActivityGuess]) -> str:
    return ", ".join(f"« {guess.label} »" for guess in guesses)


def several_trades(guesses: Iterable[ActivityGuess]) -> tuple[ActivityGuess, ...]:
    """Return the different trades that a text names; empty where it does not name two."""
    trades = _apart([guess for guess in guesses if guess.named])
    return tuple(trades) if len(trades) > 1 else ()


def contradiction(shares: Mapping[str, float], codes: Iterable[str]) -> list[ReadingDoubt]:
    """Return one doubt where the text alone clearly states one group, by its shares, and the CPV another."""
    names = taxonomy()
    coded = {names.group_of(code) for cpv in codes for code, weight in cpv_weights(cpv).items() if weight >= TELLING}
    first = likeliest(shares)
    if coded and first != NOTHING and shares[first] >= CLEAR and names.group_of(first) not in coded:
        meant = ", ".join(sorted(names.label(code) for code in coded))
        says = f"Le texte dit plutôt « {names.label(first)} », le CPV plutôt « {meant} » : lequel des deux ?"
        return [ReadingDoubt(DoubtKind.TRADE, says)]
    return []


def _apart(guesses: Sequence[ActivityGuess]) -> list[ActivityGuess]:
    """Guesses of different trades."""
    apart: list[ActivityGuess] = []
    for guess in guesses:
        if not twins_of(guess.code) & {other.code for other in apart}:
            apart.append(guess)
    return apart
